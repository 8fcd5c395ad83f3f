#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""soak.py KIND [N] [--backend B] - a long recording, with the recorder's memory looked at all the while.

KIND: processes (N short ones, one after the other), steady (the same load for N seconds), threads (N at once, or as
many as the machine has room for). Memory must not grow once the recording is under way; nothing may be lost; what
was recorded is counted by the analyzer. Prints a line of figures. Exit: 0, 1, 77 to be skipped.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(os.environ.get("RN_BUILD", "build"))
RECORD, ANALYZE = f"{BUILD}/renacer-record", f"{BUILD}/renacer-analyze"
PROGRAMS = f"{BUILD}/tests/programs"
USUAL = {"processes": 3000, "steady": 5, "threads": 2000}
SAMPLE_S = 0.1
GROWTH_KIB = 2048   # of what stands still, for all that is rounded and counted in batches
HANG_S = 3600


def skip(why):
    print(f"SKIP: soak: {why}")
    sys.exit(77)


def rss_kib(pid):
    """Without what is mapped: rings of the bpf backend have their size, however much of them was touched."""
    try:
        with open(f"/proc/{pid}/status") as file:
            for line in file:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def record(args, command, trace):
    """(memory samples, seconds, what the program said)"""
    begin = time.monotonic()
    child = subprocess.Popen([RECORD, "-q", f"--backend={args.backend}", "--stack=none", "-o", trace, "--", *command],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    samples = []
    while child.poll() is None:
        samples.append(rss_kib(child.pid))
        if time.monotonic() - begin > HANG_S:
            child.kill()
            sys.exit("FAIL: soak: the recording does not end")
        time.sleep(SAMPLE_S)
    said, errors = child.communicate()
    if child.returncode not in (0, 6):
        sys.exit(f"FAIL: soak: the recorder ends with {child.returncode}: {errors.decode()[-300:]}")
    return [s for s in samples if s], time.monotonic() - begin, said.decode().strip()


def count(trace, where):
    done = subprocess.run([ANALYZE, "sql", "--format", "csv", trace, f"SELECT count(*) FROM syscalls WHERE {where}"],
                          capture_output=True, text=True, check=True)
    return int(done.stdout.split("\n")[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=USUAL)
    parser.add_argument("n", nargs="?", type=int)
    parser.add_argument("--backend", default="ptrace")
    args = parser.parse_args()
    n = args.n or USUAL[args.kind]
    probe = subprocess.run([RECORD, "-q", f"--backend={args.backend}", "-o", "/dev/null", "--", "true"],
                           capture_output=True, text=True, check=False)
    if probe.returncode:
        skip(probe.stderr.strip()[:200])
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        trace = f"{folder}/t.rnt"
        command = [f"{PROGRAMS}/steady", str(n * 1000)] if args.kind == "steady" else \
            [f"{PROGRAMS}/soaked", args.kind, str(n)]
        samples, seconds, said = record(args, command, trace)
        size = os.path.getsize(trace)
        calls = count(trace, "name = 'lseek'" if args.kind == "steady" else "name = 'close' AND a0 & 4294967295 = 4294967295")
    made = n if args.kind == "steady" else int(said)
    early = max(samples[:max(3, len(samples) // 4)], default=0)
    late = max(samples[len(samples) // 2:], default=0)
    print(f"{args.kind} ({args.backend}): {made} in {seconds:.1f} s, {calls} calls counted, trace {size} bytes; recorder "
          f"{early} KiB in the first quarter, {late} KiB in the second half")
    if args.kind == "threads":
        if made < n:
            print(f"threads: this machine gives {made} of {n}")
    elif late > early + GROWTH_KIB and late > early * 1.25:
        sys.exit("FAIL: soak: the recorder's memory grows")
    if args.kind != "steady" and calls < made and args.backend == "ptrace":
        sys.exit(f"FAIL: soak: {calls} calls of {made}")
    if args.kind == "processes" and made != n:
        sys.exit(f"FAIL: soak: {made} processes of {n}")


main()
