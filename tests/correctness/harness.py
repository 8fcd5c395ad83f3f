# SPDX-License-Identifier: MIT
"""harness - what the scripts of this folder share.

A script is a list of cases, functions marked @case(NUMBER, NAME), and ends with main(). Numbers are
those of the checklist in README.md beside this file; cases beyond it have no number. Each prints a
line: ok, SKIP with the reason, or FAIL. Every program runs with a time limit in a session of its
own, which is killed as a whole when the limit passes.

    SCRIPT [WORD..]     only the cases whose number or name one of the words is in
"""
import collections
import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

BUILD = os.path.abspath(os.environ.get("RN_BUILD", "build"))
BACKEND = os.environ.get("RN_BACKEND")  # the same cases by another one
RECORD = f"{BUILD}/renacer-record"
LIVE = f"{BUILD}/renacer"
RENACER = f"{BUILD}/renacer"
ANALYZE = f"{BUILD}/renacer-analyze"
HERE = os.path.dirname(os.path.abspath(__file__))
if BACKEND:
    RECORD = os.path.join(os.path.dirname(HERE), "recorder")
    os.environ["RN_BUILD"] = BUILD
SUBJECTS = f"{BUILD}/tests/correctness"
LIMIT_S = 60

os.environ.update(LC_ALL="C.UTF-8", TZ="UTC")

Done = collections.namedtuple("Done", "status out err")


class Skip(Exception):
    """The kernel or the machine cannot do it."""


class Failed(Exception):
    pass


def check(condition, message):
    if not condition:
        raise Failed(message)


def skip(reason):
    raise Skip(reason)


def subject(name, *words):
    return [f"{SUBJECTS}/{name}", *map(str, words)]


def signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def kill_session(process):
    """The program and all that it started and that stayed in its session."""
    for pid in pids_of_session(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.kill()


def pids_of_session(session):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                if stat_of(name)[3] == str(session):
                    found.append(int(name))
    return found


def stat_of(pid):
    """The words of /proc/PID/stat behind the name: state, ppid, pgrp, session, .."""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()


def state_of(pid):
    try:
        return stat_of(pid)[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def status_field(pid, field):
    with open(f"/proc/{pid}/status") as file:
        return re.search(rf"^{field}:\s*(.*)$", file.read(), re.M).group(1)


def wait_until(condition, what, limit_s=20):
    end = time.monotonic() + limit_s
    while not condition():
        check(time.monotonic() < end, f"in vain waited for: {what}")
        time.sleep(0.005)


@contextlib.contextmanager
def started(argv, **options):
    """A program that runs beside the test; whatever is left of its session is killed."""
    process = subprocess.Popen(argv, start_new_session=True, **options)
    try:
        yield process
    finally:
        kill_session(process)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()


def run(argv, limit_s=LIMIT_S, given=None, **options):
    """Runs to its end; Done with bytes of output. A negative status is a signal."""
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    if given is None:
        options.setdefault("stdin", subprocess.DEVNULL)
    else:
        options["stdin"] = subprocess.PIPE
    with started(argv, **options) as process:
        try:
            out, err = process.communicate(given, timeout=limit_s)
        except subprocess.TimeoutExpired:
            raise Failed(f"hung for {limit_s} s: {' '.join(argv)[:200]}") from None
        return Done(process.returncode, out, err)


class Trace:
    """A recorded file as the analyzer shows it."""

    def __init__(self, path):
        self.path = path
        self._events = None

    @property
    def events(self):
        if self._events is None:
            done = run([ANALYZE, "--format", "jsonl", self.path])
            check(done.status in (0, 3), f"renacer-analyze: status {done.status}: {done.err}")
            self._events = [json.loads(line) for line in done.out.splitlines()]
        return self._events

    def of(self, kind):
        return [event for event in self.events if event["type"] == kind]

    def calls(self, name=None, tid=None):
        return [event for event in self.of("syscall")
                if (name is None or event["name"] == name) and (tid is None or event["tid"] == tid)]

    @property
    def summary(self):
        return self.of("summary")[-1]

    def listing(self, *options):
        done = run([ANALYZE, *options, self.path])
        check(done.status == 0, f"renacer-analyze: status {done.status}: {done.err}")
        return done.out.decode(errors="replace")

    def facts(self):
        done = run([ANALYZE, "info", "--format", "json", self.path])
        check(done.status == 0, f"renacer-analyze info: status {done.status}: {done.err}")
        return json.loads(done.out)["tables"]["trace"]

    def verify(self):
        """The trace is whole, and calls of a thread follow each other without overlap."""
        done = run([ANALYZE, "verify", self.path])
        check(done.status == 0 and b"whole" in done.out,
              f"verify: status {done.status}\n{done.out.decode()}{done.err.decode()}")
        return self

    def check_pairs(self):
        """Of each thread: a call begins when the one before has ended, and only the last before
        its end (or an execve of another thread) stays without one."""
        ends = {}
        open_call = {}
        for event in self.events:
            tid = event.get("tid")
            if not tid:
                continue  # of a half block at the end of a cut trace: whose it was is not known
            if event["type"] == "exec":
                open_call.pop(tid, None)
            elif event["type"] == "exit":
                open_call.pop(tid, None)
                ends.pop(tid, None)
            elif event["type"] == "syscall":
                check(tid not in open_call,
                      f"{event['name']} of {tid} follows an unfinished {open_call.get(tid)}")
                begin = event["timestamp_ns"]
                check(begin >= ends.get(tid, 0),
                      f"{event['name']} of {tid} begins before the call before ended")
                ends[tid] = begin + (event.get("duration_ns") or 0)
                if event.get("unfinished"):
                    open_call[tid] = event["name"]
        return self


class Case:
    """What a case is given: a folder of its own, and how to record."""

    def __init__(self, folder):
        self.folder = folder
        self.n = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def record(self, argv, options=(), **how):
        """Done and the trace, unchecked."""
        self.n += 1
        trace = self.path(f"{self.n}.rnt")
        done = run([RECORD, "-q", "-o", trace, *options, "--", *argv], **how)
        return done, Trace(trace)

    def same(self, argv, options=(), mask=None, pairs=True, **how):
        """Runs it untraced and recorded: status and output must be equal, the trace whole. Returns
        the trace and how it ended."""
        plain = run(argv, **how)
        done, trace = self.record(argv, options, **how)
        show = " ".join(argv)[:120]
        check(plain.status not in (97, 98, 99), f"{show}: untraced: {plain}")
        check(done.status == plain.status,
              f"{show}: status {done.status}, untraced {plain.status}\n{done.err.decode()[-500:]}")
        masked = mask or (lambda text: text)
        for name in ("out", "err"):
            ours, theirs = getattr(done, name), getattr(plain, name)
            if ours is not None:
                check(masked(ours) == masked(theirs),
                      f"{show}: std{name} {ours[-600:]}, untraced {theirs[-600:]}")
        trace.verify()
        if pairs:
            trace.check_pairs()
        trace.done = done
        return trace

    def strace_calls(self, argv, limit_s=LIMIT_S):
        """How often strace -f sees each call, by name."""
        if not shutil.which("strace"):
            return None
        out = self.path("strace.txt")
        run(["strace", "-f", "-o", out, "--", *argv], limit_s=limit_s)
        with open(out, errors="replace") as file:
            return collections.Counter(re.findall(r"^\d+ +([a-z_][a-z0-9_]*)\(", file.read(), re.M))

    def like_strace(self, argv, trace, names=None):
        """Every call strace sees, as often as it sees it."""
        theirs = self.strace_calls(argv)
        if theirs is None:
            return
        ours = collections.Counter(call["name"] for call in trace.calls())
        for name in names or theirs:
            check(ours[name] == theirs[name],
                  f"{name}: {ours[name]} times, strace sees it {theirs[name]} times")


@contextlib.contextmanager
def attached(case, pids, options=(), trace="attached.rnt"):
    """A recorder attached to the pids; asked to end when the block does."""
    path = case.path(trace)
    pids = [pids] if isinstance(pids, int) else pids
    argv = [RECORD, "-q", "-o", path, *options, "-p", ",".join(map(str, pids))]
    with started(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                 stderr=subprocess.PIPE) as process:
        process.trace = Trace(path)
        wait_until(lambda: process.poll() is not None or
                   any(traced_by(pid) == process.pid for pid in pids), "the recorder to attach")
        yield process


def traced_by(pid):
    try:
        return int(status_field(pid, "TracerPid"))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def end_recording(process, sig=signal.SIGINT, limit_s=20):
    """Asks a recorder to end; its status."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(sig)
    try:
        return process.wait(limit_s)
    except subprocess.TimeoutExpired:
        raise Failed("the recorder does not end") from None


def syscall(number, *args):
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, args))
    return result if result >= 0 else -ctypes.get_errno()


cases = []


def case(number, name):
    def add(function):
        cases.append((number, name, function))
        return function
    return add


def chosen(words):
    for number, name, function in cases:
        if not words or any(word == str(number) or word in name for word in words):
            yield number, name, function


def run_case(function):
    # Scripts of the cases have paths in them as they are, without quotes.
    usual = tempfile.gettempdir()
    with tempfile.TemporaryDirectory(prefix="renacer-", dir=usual if not re.search(r"[^\w./-]", usual) else "/tmp") as folder:
        function(Case(folder))


def ended(sig, _):
    """The time limit of ctest passed: what was started must end, too."""
    raise KeyboardInterrupt(f"ended by signal {sig}")


def main():
    signal.signal(signal.SIGTERM, ended)
    failed = 0
    done = 0
    if run([f"{BUILD}/tests/can_trace"]).status != 0:
        print("SKIP: all: needs permission to ptrace")
        sys.exit(77)
    if BACKEND and run([RECORD, "-q", "-o", "/dev/null", "--", "true"]).status != 0:
        print(f"SKIP: all: the {BACKEND} backend does not work here")
        sys.exit(77)
    for number, name, function in chosen(sys.argv[1:]):
        title = f"{number or '--':>2} {name}"
        begin = time.monotonic()
        try:
            run_case(function)
            done += 1
            print(f"ok   {title} ({time.monotonic() - begin:.1f} s)", flush=True)
        except Skip as reason:
            print(f"SKIP {title}: {reason}", flush=True)
        except Exception as why:  # a bug of the test must not keep the other cases from running
            failed += 1
            text = str(why) if isinstance(why, Failed) else traceback.format_exc()
            print(f"FAIL {title}: {text}", flush=True)
    sys.exit(1 if failed else 0 if done else 77)
