#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mutate.py [--build DIR] [--group NAME] [--count N] [--seed S] [--least PERCENT] - are the unit tests worth something?

Makes one small mistake in a source file at a time (another operator, another number, a condition turned round, a
statement left out), compiles that file, links it in front of the library into the group's tests, and runs them. A
mistake that no test notices has survived. Mistakes that make no difference to the compiler are not counted, nor those in
what is done when memory is out, in how much is asked for, or in giving it back: the same tests find these under
sanitizers (make sanitize).
Which are tried is drawn with a seed, so that a run can be repeated. The build must be a ninja build.

Exit: 0; 1 when less than --least of a group's mistakes are noticed (they are all listed then); 77 to be skipped.
"""
import argparse
import concurrent.futures
import json
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# name: (what is asked, one after the other until one notices; the sources; their folder). OWN in a command becomes the
# suites that are about the file: they notice most, in a tenth of the time that all take.
OWN = "{own}"
GROUPS = {
    "codecs": (["fuzz/fuzz_roundtrip {root}/fuzz/corpus/roundtrip",
                f"tests/test_format -j1 --fail-fast --filter {OWN}", "tests/test_format -j1 --fail-fast",
                "fuzz/mknasty --read", "fuzz/fuzz_reader {root}/fuzz/corpus/reader"],
               {"args": "sections", "core": "sections", "dict": "dict", "planes": "planes", "regs": "sections",
                "spans": "sections", "stack_decode": "sections", "stack_encode": "sections", "words": "words",
                "meta": "@(sections|round_trip)", "frame": "frame", "directory": "@(frame|round_trip)", "squeeze": "frame"},
               "format"),
    "filter": ([f"tests/test_shared -j1 --fail-fast --filter {OWN}", "tests/test_shared -j1 --fail-fast",
                "fuzz/fuzz_filter {root}/fuzz/corpus/filter"],
               {"filter": "filter*", "filter_parse": "filter*", "filter_part": "filter*", "filter_word": "filter*",
                "filter_canonical": "filter*", "suggest": "suggest"}, "shared"),
    "statistics": ([f"tests/test_num -j1 --fail-fast --filter {OWN}", "tests/test_num -j1 --fail-fast"],
                   {"quantile": "quantile*", "ranks": "@(quantile*|values|rank_test)", "moments": "moments",
                    "baseline": "baseline", "correlate": "correlate", "kmeans": "@(kmeans|pinned)",
                    "silhouette": "kmeans", "iforest": "@(iforest|pinned)", "values": "values"}, "analyze/num"),
}
PATIENCE = 10 # times as long as without a mistake, and at least LEAST_S: then it is taken to hang
LEAST_S = 20
# What turns in a circle is stopped sooner, however busy the machine: no test takes a second of CPU time as it is.
LIMITS = "ulimit -t 5; ulimit -v 4000000; exec \"$@\""
# Room for more than is needed changes nothing that a test could see; too little, and what is not given back, is for the
# sanitizers to find.
ROOM = re.compile(r"(alloc|reserve)\w*\(|^\s+(static |const )*(char|double|size_t|unsigned|u?int\d*_t|struct \w+) \w+\["
                  r"|^\s+\w*free\w*\(.*\);$")

# (what is looked for, what it becomes); a line gives one mistake for each place.
SWAPS = [(r"==", "!="), (r"!=", "=="), (r"(?<![<>=!-])<=", "<"), (r"(?<![<>=!-])>=", ">"),
         (r"(?<![<>-])(?<= )<(?= )", "<="), (r"(?<![<>-])(?<= )>(?= )", ">="), (r"&&", "||"), (r"\|\|", "&&"),
         (r"(?<= )\+(?= )", "-"), (r"(?<= )-(?= )", "+"), (r"(?<= )\*(?= )", "+"), (r"(?<= )/(?= )", "*"),
         (r"(?<= )%(?= )", "/"), (r"<<", ">>"), (r">>", "<<"), (r"(?<= )&(?= )", "|"), (r"(?<= )\|(?= )", "&"),
         (r"\+\+", "--"), (r"(?<= )\+=", "-="), (r"(?<= )-=", "+="), (r"\|=", "&="), (r"\btrue\b", "false"),
         (r"\bfalse\b", "true"), (r"\bcontinue;", "break;"), (r"(?<![\w.])0(?![\w.])", "1"),
         (r"(?<![\w.])1(?![\w.])", "2"), (r"(?<![\w.])([2-9]|[1-9]\d+)(?![\w.])", r"(\1 + 1)"),
         (r"\bif \((.*)\)$", r"if (!(\1))"), (r"\bwhile \((.*)\)$", r"while (0 && (\1))"),
         (r"^(\t+)[\w>.\[\]*-]+ [-+|&^]?= [^{}]*;$", r"\1;"), (r"^(\t+)(?!return|break|goto)[\w]+\(.*\);$", r"\1;")]


def strip_comments(text):
    """The same lines with comments and the insides of strings blanked, so that places agree."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def mistakes_in(path):
    """(line number, the line as it becomes) for every mistake there is to make."""
    with open(path) as file:
        text = file.read()
    found = []
    for number, (line, bare) in enumerate(zip(text.split("\n"), strip_comments(text).split("\n"))):
        code = bare.strip()
        # Only within functions: not declarations at the left edge, not preprocessor lines, not tables.
        after = text.split("\n")[number + 1] if number + 1 < text.count("\n") else ""
        if ROOM.search(line) or any("NOMEM" in x or "out of memory" in x or "failed = true" in x for x in (line, after)):
            continue
        if not bare.startswith("\t") or code.startswith(("#", "{", "[")) or "static_assert" in code:
            continue
        for pattern, replacement in SWAPS:
            for match in re.finditer(pattern, bare):
                changed = line[:match.start()] + match.expand(replacement) + line[match.end():]
                if '"' in match.group() or changed == line:
                    continue
                if "\\1" in replacement:  # what was matched is taken from the line itself: strings stay
                    changed = re.sub(pattern, replacement, line[match.start():match.end()], count=1)
                    changed = line[:match.start()] + changed + line[match.end():]
                found.append((number, changed))
    return found


def in_session(session):
    """Criterion gives each test a process group of its own, but not a session."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as f:
                if int(f.read().rpartition(")")[2].split()[3]) == session:
                    yield int(name)
        except (OSError, IndexError):
            pass


class Group:
    def __init__(self, name, build):
        tests, files, folder = GROUPS[name]
        self.name, self.build = name, os.path.abspath(build)
        self.own = {f"{folder}/{f}.c": suites + "/*" for f, suites in files.items()}
        self.files = list(self.own)
        with open(f"{build}/compile_commands.json") as file:
            entries = {os.path.relpath(os.path.realpath(os.path.join(e["directory"], e["file"])), ROOT): e["command"]
                       for e in json.load(file)}
        self.compile = {f: self.without_output(entries[f]) for f in self.files}
        self.tests = [self.how_to_link(t) for t in tests]

    def how_to_link(self, test):
        """(the command that links it, how it is run, how long it may take)"""
        words = test.format(root=ROOT, own="*/*").split()
        lines = subprocess.run(["ninja", "-C", self.build, "-t", "commands", words[0]], capture_output=True, text=True,
                               check=True).stdout.strip().split("\n")
        link = shlex.split(lines[-1].removeprefix(": && ").removesuffix(" && :"))
        with tempfile.TemporaryDirectory(prefix="mutate-") as tmp:
            i = link.index("-o")
            begin = time.monotonic()
            if self.call([*link[:i], "-o", f"{tmp}/test", *link[i + 2:]]) or \
                    self.call([f"{tmp}/test", *words[1:]], where=ROOT):
                sys.exit(f"mutate: {test} cannot be linked, or fails as it is")
        return link, test.format(root=ROOT, own=OWN).split()[1:], max(LEAST_S, PATIENCE * (time.monotonic() - begin))

    @staticmethod
    def without_output(command):
        words = shlex.split(command)
        if words[0].endswith("ccache"):
            words = words[1:]
        i = words.index("-o")
        return [w for k, w in enumerate(words) if k not in (i, i + 1)]

    def call(self, argv, timeout=None, where=None):
        """Its status. In a session of its own, so that nothing of a test that never ends is left."""
        child = subprocess.Popen(argv, cwd=where or self.build, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            return child.wait(timeout)
        finally:
            for pid in in_session(child.pid):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            child.wait()

    def make_object(self, file, text, out):
        """Compiled as the file itself: its name and folder are those, so that nothing else differs."""
        source = os.path.join(os.path.dirname(out), os.path.basename(file))
        with open(source, "w") as f:
            f.write(text)
        # By file: the source is given last; quotes of its own folder are found through -I of the root.
        words = [source if w.endswith(os.path.basename(file)) and not w.startswith("-") else w for w in self.compile[file]]
        return self.call([*words, "-g0", "-w", f"-ffile-prefix-map={os.path.dirname(out)}=.", "-o", out]) == 0

    def is_noticed(self, file, text, original):
        """True, False, or None: it does not compile or makes no difference."""
        with tempfile.TemporaryDirectory(prefix="mutate-") as tmp:
            if not self.make_object(file, text, f"{tmp}/m.o"):
                return None
            with open(f"{tmp}/m.o", "rb") as f:
                if f.read() == original:
                    return None
            return any(self.fails(file, *test, tmp) for test in self.tests)

    def fails(self, file, link, arguments, patience, tmp):
        i = link.index("-o")
        if self.call([*link[:i], "-o", f"{tmp}/test", f"{tmp}/m.o", *link[i + 2:]]):
            return True  # it does not fit any more
        try:
            return self.call(["sh", "-c", LIMITS, "sh", f"{tmp}/test", *(a.replace(OWN, self.own[file]) for a in arguments)], timeout=patience,
                             where=ROOT) != 0
        except subprocess.TimeoutExpired:
            return True

    def original(self, file):
        with tempfile.TemporaryDirectory(prefix="mutate-") as tmp, open(f"{ROOT}/{file}") as f:
            if not self.make_object(file, f.read(), f"{tmp}/m.o"):
                sys.exit(f"mutate: {file} does not compile by itself")
            with open(f"{tmp}/m.o", "rb") as f:
                return f.read()


def tell(file, number, was, changed):
    print(f"  {file}:{number}: {was}  ->  {changed}", flush=True)


def run_group(group, count, seed, jobs, at_once):
    """(noticed, tried, survivors). at_once: survivors are told of as they are found."""
    all_mistakes = [(f, *m) for f in group.files for m in mistakes_in(f"{ROOT}/{f}")]
    random.Random(seed).shuffle(all_mistakes)
    wanted = count or len(all_mistakes)
    originals = {f: group.original(f) for f in group.files}

    def attempt(mistake):
        file, number, changed = mistake
        with open(f"{ROOT}/{file}") as f:
            lines = f.read().split("\n")
        was, lines[number] = lines[number], changed
        return group.is_noticed(file, "\n".join(lines), originals[file]), (file, number + 1, was.strip(), changed.strip())

    noticed, survivors = 0, []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        pending = iter(all_mistakes)
        while noticed + len(survivors) < wanted:
            batch = [m for _, m in zip(range(min(2 * jobs, wanted - noticed - len(survivors))), pending)]
            if not batch:
                break
            for result, what in pool.map(attempt, batch):
                noticed += result is True
                if result is False:
                    survivors.append(what)
                    if at_once:
                        tell(*what)
    return noticed, noticed + len(survivors), survivors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.environ.get("RN_BUILD", "build"))
    parser.add_argument("--group", action="append", choices=GROUPS)
    parser.add_argument("--count", type=int, default=60, help="mistakes of each group, 0: all there are")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="say which survived")
    args = parser.parse_args()
    if not os.path.exists(f"{args.build}/build.ninja"):
        print("SKIP: mutate: needs a build by ninja")
        sys.exit(77)
    failed = False
    for name in args.group or GROUPS:
        noticed, tried, survivors = run_group(Group(name, args.build), args.count, args.seed, args.jobs, args.list)
        share = 100 * noticed / max(1, tried)
        print(f"{name}: {noticed} of {tried} mistakes noticed, {share:.0f} %", flush=True)
        bad = share < args.least or tried < args.count
        failed |= bad
        for survivor in survivors if bad and not args.list else []:
            tell(*survivor)
    sys.exit(1 if failed else 0)


main()
