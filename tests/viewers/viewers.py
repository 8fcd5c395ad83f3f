# SPDX-License-Identifier: MIT
"""What the tests of this folder share: traces, exports, and the npm packages, installed into the build folder."""
import fcntl
import filecmp
import os
import shutil
import subprocess
import sys

build = os.path.abspath(os.environ["RN_BUILD"])
here = os.path.dirname(os.path.abspath(__file__))
analyze, record = os.path.join(build, "renacer-analyze"), os.path.join(build, "renacer-record")
test = os.path.basename(sys.argv[0])
wrong = 0


def skip(reason):
    print(f"SKIP: {test}: {reason}")
    sys.exit(77)


def fail(text):
    global wrong
    wrong += 1
    print(f"FAIL: {test}: {text}")


def check(truth, text):
    if not truth:
        fail(text)


def end():
    sys.exit(wrong != 0)


def needs(*commands):
    """The paths of commands, each a name or several to try."""
    found = []
    for names in commands:
        paths = [shutil.which(name) for name in ([names] if isinstance(names, str) else names)]
        if not any(paths):
            skip(f"needs {names if isinstance(names, str) else names[0]}")
        found.append(next(path for path in paths if path))
    return found


def packages():
    """The folder whose node_modules has what package-lock.json names."""
    needs("node", "npm")
    folder = os.path.join(build, "viewers")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = os.path.join(folder, "node_modules", ".done")
        ours, theirs = os.path.join(here, "package-lock.json"), os.path.join(folder, "package-lock.json")
        if os.path.exists(done) and filecmp.cmp(ours, theirs, shallow=False):
            return folder
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(here, name), folder)
        try:
            installed = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240)
        except subprocess.TimeoutExpired:
            skip("npm cannot install its packages: it takes too long")
        if installed.returncode:
            skip("npm cannot install its packages: " + installed.stdout.decode()[-300:].replace("\n", " "))
        open(done, "w").close()
    return folder


def node(script, *args, timeout=120):
    """Runs a script of this folder; its output."""
    folder = packages()
    done = subprocess.run(["node", os.path.join(here, script), folder, *args], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=timeout)
    if done.returncode:
        fail(f"{script} {' '.join(args)}: {done.stderr.decode()[-600:]}")
    return done.stdout.decode()


PROGRAM = r"""
#include <fcntl.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>
static void nap(void) { struct timespec t = { 0, 1000000 }; nanosleep(&t, 0); }
static void inner(void) { if (write(1, "in\n", 3) < 0) _exit(1); }
static void *work(void *arg) { (void)arg; nap(); inner(); return 0; }
int main(void)
{
	pthread_t t;
	pthread_create(&t, 0, work, 0);
	open("/no/</script>\xff;=\"x\"\n 12", O_RDONLY);
	for (int i = 0; i < 3; i++)
		inner();
	pthread_join(t, 0);
	return 0;
}
"""


def trace_into(path, environment=None):
    """Records a program of two threads, whose name is nasty, from a shell."""
    if subprocess.run([os.path.join(build, "tests", "can_trace")]).returncode:
        skip("needs permission to ptrace")
    folder = os.path.dirname(path)
    with open(os.path.join(folder, "p.c"), "w") as file:
        file.write(PROGRAM)
    program = os.path.join(folder, "<b>=p;q 7")
    subprocess.run([os.environ.get("CC", "cc"), "-g", "-O0", "-o", program, os.path.join(folder, "p.c"),
                    "-lpthread"], check=True)
    subprocess.run([record, "-q", "-o", path, "--", "sh", "-c", f"'{program}'; cat missing; exit 3"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})})


def export(form, trace, path, *options):
    subprocess.run([analyze, "export", "-q", "--format", form, "-o", path, *options, trace], check=True)
    return path
