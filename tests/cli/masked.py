# SPDX-License-Identifier: MIT
"""Prints a listing with what differs from run to run masked, its lines sorted by thread. A call in two lines, since
another thread's came between, is one again."""
import re
import sys

UNFINISHED = " <unfinished ...>\n"
said = [re.match(r"(?:\[pid +(\d+)\] )?(.*)", line, re.S).groups() for line in sys.stdin]
# A live listing names no thread as long as it knows of one only, which is the oldest.
oldest = min((int(thread) for thread, _ in said if thread), default=0)
threads, order = {}, []
for thread, line in said:
    thread = int(thread or oldest)
    if thread not in threads:
        threads[thread] = []
        order.append(thread)
    resumed = re.match(r"<\.\.\. \w+ resumed>", line)
    if resumed and threads[thread] and threads[thread][-1].endswith(UNFINISHED):
        line = threads[thread].pop()[:-len(UNFINISHED)] + line[resumed.end():]
    line = re.sub(r"\s+= ", " = ", line)
    line = re.sub(r'getrandom\("[^"]*"', 'getrandom("R"', line)
    line = re.sub(r"0x[0-9a-f]{5,}", "ADDRESS", line)
    line = re.sub(r"\b\d{2,}\b" if re.match(r"clone|v?fork|wait|set_tid|get[pt]+id", line) else r"\b\d{3,}\b", "N", line)
    line = re.sub(r"^((?:sem|msg)(?:op|ctl|snd|rcv)\()\d+", r"\1ID", line)
    line = re.sub(r"^((?:sem|msg)get\(.*) = \d+$", r"\1 = ID", line)
    line = re.sub(r"uptime=\d+", "uptime=N", line) # of a machine that has just begun, too
    line = re.sub(r"procs=\d+", "procs=N", line) # of the whole machine
    line = re.sub(r"tv_n?u?sec=\d+", "TIME", line)
    line = re.sub(r"si_[us]time=\d+( /\* [\d.]+ s \*/)?", "TIME", line)
    threads[thread].append(line)
# When a child ends is not its parent's doing: its signal is looked for at the end.
for thread in order:
    threads[thread].sort(key=lambda line: line.startswith("--- SIGCHLD"))
# Threads beside the first may appear in any order: by what they did.
print("".join(threads[order[0]]), end="")
for lines in sorted("".join(threads[t]) for t in order[1:]):
    print("--\n" + lines, end="")
