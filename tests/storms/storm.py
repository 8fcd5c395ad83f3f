#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""storm.py KIND [--times N] [--seed S] [--backend B] [--jobs J] - the same accident at many random moments.

KIND:
  recorder    the recorder is killed (SIGKILL): the program ends as if nothing had been, at most 0.2 s of its calls
              are lost, the trace can be read and indexed
  tracee      the traced program is killed: the recorder says so by its own end, the trace is whole
  disk        the disk is full after a random number of bytes
  readers     whoever reads a report or a trace goes away
  damage      traces are cut and bytes of them changed: every command ends, and ends as it may
  index       indexes are cut and changed: the answers are those without one

What a storm saw is printed as one line of figures. Exit: 0, 1 (with what was wrong), 77 to be skipped.
"""
import argparse
import concurrent.futures
import ctypes
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(os.environ.get("RN_BUILD", "build"))
RECORD, ANALYZE, RENACER = (f"{BUILD}/renacer-{n}" if n else f"{BUILD}/renacer" for n in ("record", "analyze", ""))
STEADY = f"{BUILD}/tests/programs/steady"
STEADY_MS = 400
LOST_MAX_S = 0.2
HANG_S = 30
PR_SET_CHILD_SUBREAPER = 36
LAST_CALL = "SELECT max(a1) FROM syscalls WHERE name = 'lseek'"


class Wrong(Exception):
    pass


def skip(why):
    print(f"SKIP: storm {why}")
    sys.exit(77)


def run(argv, **more):
    """A command that must end; its status, streams taken."""
    try:
        return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG_S, **more)
    except subprocess.TimeoutExpired:
        raise Wrong(f"hangs: {' '.join(argv)}") from None


def answers(trace, allowed=(0,)):
    """The trace can be listed, summed up and indexed."""
    for command in (["-c"], ["index", "-q", "--anew"], ["info"], []):
        done = run([ANALYZE, *command, trace])
        if done.returncode not in allowed:
            raise Wrong(f"{command} exits with {done.returncode}: {done.stderr.decode()[-300:]}")


# The recorder dies.

HEADER_BYTES = 200


def has_header(trace):
    return os.path.exists(trace) and os.path.getsize(trace) >= HEADER_BYTES


def kill_recorder(folder, rng, backend):
    """Runs in a process of its own, which orphans come to. Seconds of calls lost, or None: nothing was started."""
    trace, out = f"{folder}/t.rnt", f"{folder}/out"
    with open(out, "wb") as stdout:
        recorder = subprocess.Popen([RECORD, "-q", f"--backend={backend}", "-o", trace, "--", STEADY, str(STEADY_MS)],
                                    stdout=stdout, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        # Mostly while it records, sometimes before it does.
        end = time.monotonic() + HANG_S
        while rng.random() > 0.002 and time.monotonic() < end and not has_header(trace):
            time.sleep(0.002)
        time.sleep(rng.uniform(0, STEADY_MS / 1000 * 1.1))
        killed_ns = time.monotonic_ns()
        recorder.kill()
        recorder.wait()
    statuses = []
    end = time.monotonic() + HANG_S
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if pid:
            statuses.append(os.waitstatus_to_exitcode(status))
        elif time.monotonic() > end:
            raise Wrong("the program hangs when its recorder is gone")
        else:
            time.sleep(0.01)
    with open(out, "rb") as file:
        said = file.read()
    started = said or (statuses and statuses[-1] == 6)
    # Without a status the recorder had waited for it already when it was killed.
    if started and (said != b"steady 5\n" or (statuses and 6 not in statuses)):
        raise Wrong(f"the program said {said} and ended with {statuses}")
    if not has_header(trace) or not started:
        return None
    answers(trace)
    if recorder.returncode != -9:
        return 0.0
    asked = run([ANALYZE, "sql", "--format", "csv", trace, LAST_CALL])
    if asked.returncode:
        raise Wrong(f"sql exits with {asked.returncode}: {asked.stderr.decode()[-300:]}")
    last = asked.stdout.decode().split("\n")[1]
    return (killed_ns - int(last)) / 1e9 if last.isdigit() else None


def in_own_process(function, *args):
    """What function returns, from a child that orphans come to."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
            text = repr(("got", function(*args)))
        except Wrong as wrong:
            text = repr(("wrong", str(wrong)))
        except BaseException as error:  # pylint: disable=broad-except
            text = repr(("wrong", repr(error)))
        os.write(write, text.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        kind, value = eval(pipe.read().decode())  # pylint: disable=eval-used
    os.waitpid(pid, 0)
    if kind == "wrong":
        raise Wrong(value)
    return value


def storm_recorder(args):
    def once(i):
        rng = random.Random(f"{args.seed}/{i}")
        with tempfile.TemporaryDirectory(prefix="storm-") as folder:
            return in_own_process(kill_recorder, folder, rng, args.backend)
    lost = [s for s in each(args, once) if s is not None]
    late = [s for s in lost if s > LOST_MAX_S]
    lost.sort()
    print(f"recorder killed ({args.backend}): {args.times} times, {len(lost)} with calls in the trace; lost s: median "
          f"{at(lost, 0.5):.3f}, 95 % {at(lost, 0.95):.3f}, most {at(lost, 1):.3f}; {len(late)} over {LOST_MAX_S} s")
    # On a machine that is busy with other things a thread may be late by itself.
    busy = os.getloadavg()[0] > 1.5 * (os.cpu_count() or 1)
    if not busy and lost and (at(lost, 0.9) > LOST_MAX_S or at(lost, 1) > 5 * LOST_MAX_S):
        raise Wrong(f"more than {LOST_MAX_S} s of calls were lost")
    if args.times > 20 and len(lost) < args.times / 4:
        raise Wrong("hardly any trace had calls")


def at(values, q):
    return values[min(len(values) - 1, int(q * len(values)))] if values else 0


def each(args, once):
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        return list(pool.map(once, range(args.times)))


# The program dies.

def storm_tracee(args):
    def once(i):
        rng = random.Random(f"{args.seed}/{i}")
        with tempfile.TemporaryDirectory(prefix="storm-") as folder:
            trace, moment = f"{folder}/t.rnt", rng.uniform(0.02, STEADY_MS / 1000)
            script = f'{STEADY} {STEADY_MS} & sleep {moment}; kill -9 $! ; wait $!; kill -9 $$'
            done = run([RECORD, "-q", f"--backend={args.backend}", "-o", trace, "--", "sh", "-c", script])
            if done.returncode != -9:
                raise Wrong(f"the recorder ends with {done.returncode}: {done.stderr.decode()[-200:]}")
            verified = run([ANALYZE, "verify", trace])
            if verified.returncode:
                raise Wrong(f"verify: {verified.stdout.decode()[-300:]}")
            if "complete" not in run([ANALYZE, "info", trace]).stdout.decode():
                raise Wrong("the trace is not complete")
            answers(trace)
    each(args, once)
    print(f"program killed ({args.backend}): {args.times} times, every trace whole")


# The disk is full.

def storm_disk(args):
    if os.geteuid() or run(["unshare", "-m", "mount", "-t", "tmpfs", "storm", "/mnt"]).returncode:
        skip("disk: needs root and a private mount")
    script = ('mount -t tmpfs -o size=$1 storm /mnt && status=0; {r} -q --backend={b} --stack=4096 -o /mnt/t.rnt -- '
              '{p} 200 >/mnt/../tmp/"$2" 2>/dev/null || status=$?; cp /mnt/t.rnt "$3" 2>/dev/null; exit $status')
    script = script.format(r=RECORD, b=args.backend, p=STEADY)
    sizes = []

    def once(i):
        rng = random.Random(f"{args.seed}/{i}")
        with tempfile.TemporaryDirectory(prefix="storm-", dir="/tmp") as folder:
            size = 4096 * rng.randint(1, 100)
            done = run(["unshare", "-m", "sh", "-c", script, "sh", str(size), os.path.basename(folder) + "/out",
                        f"{folder}/t.rnt"])
            with open(f"{folder}/out", "rb") as file:
                said = file.read()
            if done.returncode != 6 or said != b"steady 5\n":
                raise Wrong(f"disk of {size}: status {done.returncode}, {said}")
            if os.path.getsize(f"{folder}/t.rnt") >= 4096:
                answers(f"{folder}/t.rnt")
            sizes.append(os.path.getsize(f"{folder}/t.rnt"))
    each(args, once)
    print(f"disk full ({args.backend}): {args.times} disks of 4 to 400 KiB, traces of {min(sizes)} to {max(sizes)} bytes")


# Readers go away.

def storm_readers(args):
    commands = [["report"], ["report", "--format", "json"], ["report", "--format", "csv"], ["report", "-k"], ["-c"],
                ["flame"], ["info"], ["files"], ["sql"], ["export", "--format", "chrome"]]
    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        trace = make_trace(folder)

        def once(i):
            rng = random.Random(f"{args.seed}/{i}")
            command = list(rng.choice(commands))
            if rng.random() < 0.3:
                argv, good = [RECORD, "-q", "-o", "-", "--", STEADY, "50"], (6,)
            else:
                argv, good = [ANALYZE, *command, trace, *(["SELECT * FROM syscalls"] if command[0] == "sql" else [])], (0, -13)
            child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
            os.read(child.stdout.fileno(), rng.randint(1, 60000))
            child.stdout.close()
            try:
                said = child.communicate(timeout=HANG_S)[1]
            except subprocess.TimeoutExpired:
                child.kill()
                raise Wrong(f"hangs without a reader: {argv}") from None
            if child.returncode not in good:
                raise Wrong(f"{argv[1:]} exits with {child.returncode} when its reader leaves: {said[-200:]}")
        each(args, once)
    print(f"readers gone: {args.times} times")


# Damage.

def make_trace(folder):
    trace = f"{folder}/t.rnt"
    done = run([RECORD, "-q", "--backend=ptrace", "--stack=2048", "-o", trace, "--", "sh", "-c",
                f"ls -R /etc >/dev/null; {STEADY} 50; cat /etc/passwd | wc -l; {STEADY} 200 & wait"])
    if done.returncode:
        skip("needs permission to ptrace")
    return trace


def hurt(data, rng):
    """Cut, changed here and there, or a piece moved."""
    data = bytearray(data)
    kind = rng.randrange(4)
    if kind == 0:
        return bytes(data[:rng.randrange(len(data))])
    if kind == 1:
        for _ in range(rng.randint(1, 20)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == 2:
        start = rng.randrange(len(data))
        end = min(len(data), start + rng.randint(1, 5000))
        data[start:end] = bytes(end - start) if rng.random() < 0.5 else rng.randbytes(end - start)
    else:
        start = rng.randrange(len(data))
        del data[start:start + rng.randint(1, 5000)]
    return bytes(data)


COMMANDS = [[], ["-c"], ["-k", "--source"], ["--format", "json"], ["--format", "csv"], ["info"], ["verify"], ["flame"],
            ["processes"], ["files"], ["-c", "--stats-extended", "--format", "html"], ["index", "-q"],
            ["sql", "TRACE", "SELECT count(*), max(path), sum(dur) FROM syscalls"], ["slice", "-o", "OUT", "-q"],
            ["redact", "-o", "OUT", "-q"], ["embed", "-o", "OUT"], ["export", "--sqlite", "OUT"]]


def storm_damage(args):
    slowest = [0.0]
    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        trace = make_trace(folder)
        with open(trace, "rb") as file:
            data = file.read()

        def once(i):
            rng = random.Random(f"{args.seed}/{i}")
            with tempfile.TemporaryDirectory(prefix="hurt-", dir=folder) as place:
                path, out = f"{place}/h.rnt", f"{place}/out"
                with open(path, "wb") as file:
                    file.write(hurt(data, rng))
                for command in rng.sample(COMMANDS, 4):
                    argv = [out if w == "OUT" else path if w == "TRACE" else w for w in command]
                    begin = time.monotonic()
                    done = run([ANALYZE, *argv, *([] if "TRACE" in command else [path])])
                    slowest[0] = max(slowest[0], time.monotonic() - begin)
                    if done.returncode not in (0, 1, 3):
                        shutil.copy(path, f"/tmp/storm-{os.getpid()}-{i}.rnt")
                        raise Wrong(f"{command} exits with {done.returncode} (/tmp/storm-{os.getpid()}-{i}.rnt): "
                                    f"{done.stderr.decode(errors='replace')[-300:]}")
        each(args, once)
    print(f"traces damaged: {args.times} of {len(data)} bytes, 4 commands each; slowest {slowest[0]:.2f} s")


QUESTIONS = [["-c"], ["-c", "-e", "trace=openat,read"], ["-c", "--path", "/etc/*"], ["files"], ["errors"],
             ["sql", "TRACE", "SELECT name, path, count(*) FROM syscalls GROUP BY 1, 2 ORDER BY 1, 2"]]


def storm_index(args):
    def ask(trace, command):
        done = run([ANALYZE, *[trace if w == "TRACE" else w for w in command], *([] if "TRACE" in command else [trace])],
                   env={**os.environ, "HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent"})
        return done.returncode, done.stdout

    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        trace = make_trace(folder)
        right = [ask(trace, q) for q in QUESTIONS]
        run([ANALYZE, "index", "-q", "--anew", trace])
        with open(f"{folder}/t.rnx", "rb") as file:
            data = file.read()

        def once(i):
            rng = random.Random(f"{args.seed}/{i}")
            with tempfile.TemporaryDirectory(prefix="hurt-", dir=folder) as place:
                os.link(trace, f"{place}/t.rnt")
                with open(f"{place}/t.rnx", "wb") as file:
                    file.write(hurt(data, rng))
                k = rng.randrange(len(QUESTIONS))
                got = ask(f"{place}/t.rnt", QUESTIONS[k])
                if got != right[k]:
                    shutil.copy(f"{place}/t.rnx", f"/tmp/storm-{os.getpid()}-{i}.rnx")
                    raise Wrong(f"{QUESTIONS[k]} answers otherwise with a damaged index (/tmp/storm-{os.getpid()}-{i}.rnx)")
        each(args, once)
    print(f"indexes damaged: {args.times} of {len(data)} bytes, the same answers")


STORMS = {"recorder": storm_recorder, "tracee": storm_tracee, "disk": storm_disk, "readers": storm_readers,
          "damage": storm_damage, "index": storm_index}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=STORMS)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backend", default="ptrace")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    if args.kind in ("recorder", "tracee", "disk"):
        probe = run([RECORD, "-q", f"--backend={args.backend}", "-o", "/dev/null", "--", "true"])
        if probe.returncode:
            skip(f"{args.kind}: {probe.stderr.decode().strip()[:200]}")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        STORMS[args.kind](args)
    except Wrong as wrong:
        sys.exit(f"FAIL: storm {args.kind} ({args.backend}): {wrong}")


main()
