# SPDX-License-Identifier: MIT
"""Run inside gdb: the stack of every marked call, as module and the module's own address of each frame,
one line a stack, to the file named by $RN_STACKS."""
import os
import re
import struct

import gdb

MARKS = ("getppid", "clock_gettime")


def segments(path):
    with open(path, "rb") as f:
        data = f.read()
    wide = data[4] == 2
    phoff = struct.unpack_from("<Q" if wide else "<I", data, 32 if wide else 28)[0]
    size, n = struct.unpack_from("<HH", data, 54 if wide else 42)
    for i in range(n):
        at = phoff + i * size
        if wide:
            kind, _, offset, addr, _, length = struct.unpack_from("<IIQQQQ", data, at)
        else:
            kind, offset, addr, _, length = struct.unpack_from("<IIIII", data, at)
        if kind == 1:
            yield offset, addr, length


class Maps:
    def __init__(self):
        self.known = {}

    def place(self, pc):
        for low, high, offset, path in self.read():
            if not low <= pc < high:
                continue
            if path == "[vdso]":
                return path, pc - low
            at = pc - low + offset
            if path not in self.known:
                self.known[path] = list(segments(path))
            for start, addr, length in self.known[path]:
                if start <= at < start + length:
                    return os.path.realpath(path), at - start + addr
        return "-", pc

    def read(self):
        with open("/proc/%d/maps" % gdb.selected_inferior().pid) as f:
            for line in f:
                m = re.match(r"([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) \S+ \d+\s*(.*)", line)
                yield int(m[1], 16), int(m[2], 16), int(m[3], 16), m[4]


def stack(maps):
    frames = []
    frame = gdb.newest_frame()
    while frame is not None:
        # Inlined calls and those that gdb infers from tail calls have no frame on the stack.
        if frame.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
            module, addr = maps.place(frame.pc())
            frames.append("%s %#x" % (module, addr))
        frame = frame.older()
    return ";".join(frames)


def main():
    maps = Maps()
    entered = set()
    with open(os.environ["RN_STACKS"], "w") as out:
        for command in ("set pagination off", "set confirm off", "set backtrace past-main on",
                        "set print thread-events off", "set debuginfod enabled off",
                        "handle SIGSEGV nostop noprint pass", "handle SIGUSR1 SIGUSR2 nostop noprint pass",
                        "set breakpoint pending on", "set startup-with-shell off",
                        "catch syscall " + " ".join(MARKS), "run > /dev/null"):
            gdb.execute(command, to_string=True)
        while gdb.selected_inferior().pid:
            # A catchpoint stops twice, before and after the call.
            thread = gdb.selected_thread().ptid
            if thread in entered:
                entered.remove(thread)
            else:
                entered.add(thread)
                out.write(stack(maps) + "\n")
            gdb.execute("continue", to_string=True)


main()
