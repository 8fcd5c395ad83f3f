#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads a trace by docs/format.md alone and prints every event on a line (as dump_events.c does).

It shares no code with format/, so that it proves the document: a test compares the two outputs.
Needs nothing but Python and libzstd (or, without it, the program zstd).
"""
import ctypes
import ctypes.util
import subprocess
import sys

M64 = (1 << 64) - 1
MAGIC, MAGIC_SEEK, MAGIC_ZSTD = 0x184D2A52, 0x184D2A5E, 0xFD2FB528
META = {  # section 7
    1: ("task", "how:U leader:U parent:U tid:U pid:U ns_tid:U ns_pid:U clone_flags:U comm:B exe:B "
        "ppid:U cgroup:U"),
    2: ("exec", "tid:U old_tid:U exe:B comm:B abi:U"),
    3: ("exit", "status:U superseded:U"),
    4: ("comm", "name:B"),
    5: ("signal", "signo:U stop:U info:B"),
    6: ("map", "addr:U len:U offset:U prot:U dev:U ino:U path:B build_id:B"),
    7: ("unmap", "addr:U len:U"),
    8: ("fd", "fd:I how:U kind:U flags:U ino:U rdev:U from:I target:B proto:B detail:B"),
    9: ("fd_close", "fd:I"),
    10: ("cwd", "path:B"),
    11: ("lost", "count:U from_ns:U cause:U bytes:U"),
    12: ("note", "severity:U text:B"),
    13: ("end", "reason:U status:U calls:U events:U lost:U cpu_ns:U max_rss_bytes:U wall_ns:U stop_ns:U "
         "held_ns:U unseen_ns:U"),
    14: ("sampled", "count:U from_ns:U abi:U nr:U kept:U"),
    15: ("cost", "cpu_ns:U stop_ns:U held_ns:U rss_bytes:U calls:U lost:U left_out:U raw_bytes:U file_bytes:U "
         "unseen_ns:U"),
    16: ("detail", "level:U cause:U stack_bytes:U string_bytes:U one_of:U"),
    17: ("apart", "what:U"),
}
CLASS_BYTES = {4: 2, 5: 2, 6: 2, 7: 2, 8: 4, 9: 6, 10: 8}


def crc_table():
    table = []
    for i in range(256):
        for _ in range(8):
            i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
        table.append(i)
    return table


CRC = crc_table()


def crc32c(data):
    c = 0xFFFFFFFF
    for b in data:
        c = c >> 8 ^ CRC[(c ^ b) & 0xFF]
    return c ^ 0xFFFFFFFF


def load_zstd():
    name = ctypes.util.find_library("zstd")
    if not name:
        return None
    lib = ctypes.CDLL(name)
    lib.ZSTD_decompress.restype = ctypes.c_size_t
    lib.ZSTD_decompress.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p,
                                    ctypes.c_size_t]
    return lib


ZSTD = load_zstd()


def unpack(frame, raw_bytes):
    if not ZSTD:
        out = subprocess.run(["zstd", "-dcq"], input=frame, stdout=subprocess.PIPE,
                             check=True).stdout
    else:
        to = ctypes.create_string_buffer(raw_bytes + 1)
        n = ZSTD.ZSTD_decompress(to, raw_bytes, frame, len(frame))
        if n > raw_bytes:
            raise ValueError("zstd refuses a frame")
        out = to.raw[:n]
    if len(out) != raw_bytes:
        raise ValueError("a frame of a wrong size")
    return out


def unzigzag(v):
    return (v >> 1) ^ -(v & 1)


class Bytes:
    """A run of bytes that is taken apart from the front."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def left(self):
        return len(self.data) - self.at

    def take(self, n):
        if n > self.left():
            raise ValueError("ends early")
        self.at += n
        return self.data[self.at - n:self.at]

    def fixed(self, n):
        return int.from_bytes(self.take(n), "little")

    def varint(self):
        v = shift = 0
        while True:
            b = self.fixed(1)
            v |= (b & 0x7F) << shift
            shift += 7
            if b < 0x80:
                return v

    def svarint(self):
        return unzigzag(self.varint())

    def string(self):
        return self.take(self.varint())

    def planes(self, n):
        width = self.fixed(1)
        runs = [self.take(n) for _ in range(width)]
        return [sum(run[i] << 8 * k for k, run in enumerate(runs)) for i in range(n)]

    def own_frame(self):
        """(kind, body) of the own frame here."""
        start = self.at
        magic, length = self.fixed(4), self.fixed(4)
        content = self.take(length)
        if magic != MAGIC:
            return None, content
        if crc32c(self.data[start:self.at - 4]) != int.from_bytes(content[-4:], "little"):
            raise ValueError("a checksum differs")
        return content[:8], Bytes(content[8:-4])


class Cell:
    def __init__(self):
        self.v = [0, 0, 0]

    def learn(self, w):
        if w in self.v[:2]:
            self.v[:2] = [w, self.v[0] if w != self.v[0] else self.v[1]]
        else:
            self.v = [w, self.v[0], self.v[1]]


class Cells(dict):
    def __missing__(self, key):
        self[key] = Cell()
        return self[key]


class Words:
    """The class streams at the end of a section; codes: all of it, in any order."""

    def __init__(self, section, codes):
        self.last = 0
        self.stream = {k: Bytes(section.take(n * codes.count(k))) for k, n in CLASS_BYTES.items()}

    def take(self, code, cell, ref, other=None):
        if code < 3:
            return cell[code]
        if code == 3:
            if other is None:
                raise ValueError("no other guess here")
            return other
        v = self.stream[code].fixed(CLASS_BYTES[code])
        base = {5: ref, 6: cell[0], 7: self.last}.get(code)
        w = v if base is None else (base + unzigzag(v)) & M64
        if code >= 7:
            self.last = w
        return w


def read_core(s, n):
    base = s.varint()
    threads = [s.varint() for _ in range(s.varint())]
    numbers = [(s.varint(), s.varint()) for _ in range(s.varint())]
    thread, number, gap, dur, ret, flags = [s.planes(n) for _ in range(6)]
    end, calls, before = {}, [], base
    for i in range(n):
        t = thread[i]
        ts = (end.get(t, before) + unzigzag(gap[i])) & M64
        end[t] = before = (ts + dur[i]) & M64
        r = unzigzag(ret[i])
        calls.append({"ts": ts, "dur": dur[i], "thread": t, "utid": threads[t], "ret": r,
                      "number": number[i], "abi": numbers[number[i]][0],
                      "nr": numbers[number[i]][1],
                      "flags": flags[i] ^ (2 if -4095 <= r < 0 else 0),
                      "args": [0] * 6, "regs": [], "spans": [], "stack": (0, 0, b"")})
    return calls


def read_args(s, calls):
    n, mask = len(calls), s.varint()
    codes = [s.take(n) if mask >> a & 1 else bytes(n) for a in range(6)]
    words, cells = Words(s, b"".join(codes)), Cells()
    for i, c in enumerate(calls):
        context = (c["thread"] * 61 + c["number"]) % 1024
        for a in range(6):
            cell = cells[context, a]
            w = words.take(codes[a][i], cell.v, c["args"][a - 1] if a else 0)
            cell.learn(w)
            c["args"][a] = w


LAYOUT = {27: (16, 19), 34: (32, 31)}
DERIVED = {
    (27, 1): [(6, "flags"), (7, 3), (8, 5), (9, 4), (11, "pc"), (12, 2), (13, 1), (14, 0),
              (15, "nr")],
    (27, 2): [(4, 5), (5, 0), (11, 1), (12, 2), (13, 3), (14, 4), (15, "nr")],
    (34, 3): [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (8, "nr")],
}


def derived_value(source, row, n_regs, call):
    if source == "nr":
        return call["nr"]
    if source == "pc":
        return row[LAYOUT[n_regs][0]]
    if source == "flags":
        return row[18]
    return call["args"][source]


def read_regs(s, calls):
    n_regs = s.varint()
    rows = [c for c, has in zip(calls, s.planes(len(calls))) if has]
    pcs, pc_index = [0], [0] * len(rows)
    pc, sp = LAYOUT.get(n_regs, (None, None))
    if pc is not None:
        pcs, at = [], 0
        for _ in range(s.varint()):
            at = (at + s.svarint()) & M64
            pcs.append(at)
        pc_index = s.planes(len(rows))
    mask = s.varint()
    codes = [s.take(len(rows)) if mask >> r & 1 else bytes(len(rows)) for r in range(n_regs)]
    words, cells, last = Words(s, b"".join(codes)), Cells(), {}
    for i, c in enumerate(rows):
        row = [0] * n_regs
        context = (c["thread"] * 61 + pc_index[i]) % 512
        before = last.setdefault(c["thread"] % 256, [0] * n_regs)
        derived = DERIVED.get((n_regs, c["abi"]), [])
        skip = {slot for slot, _ in derived} | {pc, sp}

        def take(slot, ref):
            cell = cells[context, slot]
            row[slot] = words.take(codes[slot][i], cell.v, ref, before[slot])
            cell.learn(row[slot])
            before[slot] = row[slot]
        if pc is not None:
            row[pc] = pcs[pc_index[i]]
            take(sp, before[sp])
        ref = row[sp] if sp is not None else 0
        for slot in range(n_regs):
            if slot not in skip:
                take(slot, ref)
        for slot, source in derived:
            guess = derived_value(source, row, n_regs, c)
            code = codes[slot][i]
            row[slot] = guess if code == 0 else words.take(code, [guess, None, None], ref)
        c["regs"] = row


def read_stack(s, calls):
    n = len(calls)
    log2, n_images = s.varint(), s.varint()
    lens, wanteds, addrs, runs = [s.planes(n) for _ in range(4)]
    skips, counts, codes, tails = [Bytes(s.string()) for _ in range(4)]
    words = Words(s, codes.data)
    images = [Cells() for _ in range(n_images)]
    last_addr = [0] * n_images
    for i, c in enumerate(calls):
        wanted = (lens[i] + unzigzag(wanteds[i])) & 0xFFFFFFFF
        addr = unzigzag(addrs[i]) & M64
        if lens[i] == 0 and wanted == 0:
            c["stack"] = (addr, 0, b"")
            continue
        image = c["thread"] % n_images
        sp = LAYOUT.get(len(c["regs"]), (None, None))[1]
        guess = c["regs"][sp] & ~7 if sp is not None else last_addr[image]
        addr = last_addr[image] = (addr + guess) & M64
        cells, place, out = images[image], addr // 8, []
        words.last = 0
        for _ in range(runs[i]):
            skip, count = skips.varint(), counts.varint()
            for _ in range(skip):
                out.append(cells[(place + len(out)) % (1 << log2)].v[0])
            for _ in range(count):
                cell = cells[(place + len(out)) % (1 << log2)]
                w = words.take(codes.fixed(1), cell.v, (place + len(out)) * 8 & M64)
                cell.learn(w)
                out.append(w)
        while len(out) < lens[i] // 8:
            out.append(cells[(place + len(out)) % (1 << log2)].v[0])
        data = b"".join(w.to_bytes(8, "little") for w in out) + tails.take(lens[i] % 8)
        c["stack"] = (addr, wanted, data)


def read_data(s, calls):
    counts = s.planes(len(calls))
    n = s.varint()
    what, addr, lens, missing, back = [s.planes(n) for _ in range(5)]
    i, contents = 0, []
    for c, count in zip(calls, counts):
        for _ in range(count):
            arg = what[i] & 7
            data = b""
            if lens[i]:
                if not back[i]:
                    contents.append(s.take(lens[i]))
                data = contents[-(back[i] or 1)]
            base = c["args"][arg] if arg < 6 else 0
            c["spans"].append((arg, what[i], (base + unzigzag(addr[i])) & M64,
                               (lens[i] + unzigzag(missing[i])) & 0xFFFFFFFF, data))
            i += 1


def read_meta(s, n):
    threads = [[s.varint() for _ in range(4)] for _ in range(s.varint())]
    events, before, ts = [], 0, 0
    for _ in range(n):
        before += s.varint()
        kind, utid = s.varint(), s.varint()
        ts = (ts + s.svarint()) & M64
        fields = Bytes(s.string())
        name, known = META.get(kind, (str(kind), ""))
        values = []
        for field in known.split():
            label, form = field.split(":")
            if form == "B":
                value = (fields.string() if fields.left() else b"").hex()
            elif form == "I":
                value = fields.svarint() if fields.left() else 0
            else:
                value = fields.varint() if fields.left() else 0
            values.append(f"{label}={value}")
        events.append((before, f"{name} ts={ts} utid={utid} " + " ".join(values)))
    return threads, events


def call_line(c):
    addr, wanted, stack = c["stack"]
    spans = [f"{arg},{what & 8 and 1},{what & 16 and 1},{what & 32 and 1},{at:x},{wanted_},"
             f"{len(data)},{data.hex()}" for arg, what, at, wanted_, data in c["spans"]]
    return (f"call ts={c['ts']} utid={c['utid']} dur={c['dur']} abi={c['abi']} nr={c['nr']} "
            f"flags={c['flags']} ret={c['ret']} "
            f"args={','.join(f'{a:x}' for a in c['args'])} "
            f"regs={','.join(f'{r:x}' for r in c['regs'])} "
            f"stack={addr:x},{wanted},{len(stack)},{crc32c(stack):08x} "
            f"spans={';'.join(spans)}")


def read_block(directory, file):
    number, first_seq, n_calls, n_meta, first_ns, span_ns, max_dur, n_errors = [
        directory.varint() for _ in range(8)]
    sizes = [[directory.varint() for _ in range(3)] for _ in range(directory.varint())]
    directory.string(), directory.string()
    section = {}
    for kind, raw, disk in sizes:
        frame = file.take(disk)
        if directory.left() and directory.fixed(4) != crc32c(frame):
            raise ValueError(f"block {number}, section {kind}: checksum")
        section[kind] = Bytes(unpack(frame, raw))
    calls = read_core(section[0], n_calls) if n_calls else []
    for kind, read in ((1, read_args), (2, read_regs), (3, read_stack), (4, read_data)):
        if kind in section:
            read(section[kind], calls)
    threads, metas = read_meta(section[5], n_meta) if 5 in section else ([], [])
    print(f"block {number} calls={n_calls} meta={n_meta} first={first_ns} "
          f"last={first_ns + span_ns} max={max_dur} errors={n_errors} threads="
          + ";".join(",".join(str(v) for v in t) for t in threads))
    k = 0
    for before, line in metas + [(n_calls, None)]:
        while k < before:
            print(first_seq, call_line(calls[k]))
            k, first_seq = k + 1, first_seq + 1
        if line:
            print(first_seq, line)
            first_seq += 1


def main():
    with open(sys.argv[1], "rb") as f:
        file = Bytes(f.read())
    while file.left():
        if int.from_bytes(file.data[file.at:file.at + 4], "little") == MAGIC_ZSTD:
            raise ValueError("a zstd frame that belongs to nothing")
        kind, body = file.own_frame()
        if kind == b"\x89RNT\r\n\x1a\n":
            print(f"header {body.fixed(2)}.{body.fixed(2)} {body.fixed(8):x} {body.fixed(8):x}")
            while body.left():
                tag = body.varint()
                print(f"tag {tag} {body.string().hex()}")
        elif kind == b"RNTBLOCK":
            read_block(body, file)
        elif kind == b"RNTMODUL":
            module_kind, build_id, name = body.varint(), body.string(), body.string()
            raw, disk = body.varint(), body.varint()
            frame = file.take(disk)
            if disk and body.left() and body.fixed(4) != crc32c(frame):
                raise ValueError("module: checksum")
            image = unpack(frame, raw) if disk else b""
            print(f"module {module_kind} {build_id.hex()} {name.hex()} {len(image)} "
                  f"{crc32c(image):08x}")


if __name__ == "__main__":
    main()
