# SPDX-License-Identifier: MIT
"""measure - runs commands and says how long they took, how much memory they held.

Runs of one comparison are interleaved (A B C A B C ..), so that a slow phase of the machine falls
on all of them, and the median is taken.
"""
import os
import statistics
import subprocess
import threading
import time


def run(argv, cwd=None):
    """Seconds of wall time; output is thrown away; a failing command is an error."""
    begin = time.perf_counter()
    done = subprocess.run(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE)
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)}: exit status {done.returncode}: "
                           + done.stderr.decode(errors="replace")[-500:])
    return seconds


def interleaved(commands, repetitions, cwd=None):
    """commands: name -> argv. Returns name -> median seconds, name -> greatest less smallest."""
    times = {name: [] for name in commands}
    for _ in range(repetitions):
        for name, argv in commands.items():
            times[name].append(run(argv, cwd))
    return ({name: statistics.median(t) for name, t in times.items()},
            {name: max(t) - min(t) for name, t in times.items()})


def cpu_and_memory(argv):
    """Wall seconds, CPU seconds (all threads), peak resident KiB of a program with no children."""
    begin = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - begin
    if status:
        raise RuntimeError(f"{' '.join(argv)}: wait status {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def peak_kib(argv, cwd=None):
    """Peak resident KiB of the first process alone, its children left out."""
    process = subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    peak = 0
    ended = threading.Event()

    def watch():
        nonlocal peak
        while not ended.wait(0.005):
            try:
                with open(f"/proc/{process.pid}/status") as status:
                    for line in status:
                        if line.startswith("VmHWM:"):
                            peak = max(peak, int(line.split()[1]))
            except (FileNotFoundError, ProcessLookupError):
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    ended.set()
    watcher.join()
    return peak
