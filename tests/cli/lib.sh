# SPDX-License-Identifier: MIT
# lib.sh - sourced by the shell tests of this folder.
#
# Sets: $build (where the programs are), $record (with the backend $RN_BACKEND, if set), $analyze, $renacer, $tmp (removed at the end).
# A test stops at the first failed command; skip and fail say why.
set -eu
build=${RN_BUILD:?run by ctest, or with RN_BUILD=build}
build=$(cd "$build" && pwd)
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
record=$build/renacer-record
# The same test with another backend.
if [ -n "${RN_BACKEND-}" ]; then
	export RN_BACKEND RN_BUILD=$build
	record=$source/tests/recorder
fi
analyze=$build/renacer-analyze
renacer=$build/renacer
tmp=$(mktemp -d)
# What is mounted in it is somebody else's.
remove_tmp()
{
	if grep -qsF " $tmp/" /proc/self/mountinfo; then
		echo "something is mounted in $tmp: it is not removed" >&2
	else
		rm -rf --one-file-system "$tmp"
	fi
}
trap remove_tmp EXIT
# ctest leaves its log open, and numbers of descriptors are part of a listing. 255 is bash's own.
for fd in "/proc/$$/fd"/*; do
	fd=${fd##*/}
	case $fd in
	0 | 1 | 2 | 255) ;;
	*) eval "exec $fd>&-" ;;
	esac
done
export LC_ALL=C.UTF-8 TZ=UTC

# For things the machine lacks, not for things of ours that fail.
skip()
{
	echo "SKIP: $(basename "$0"): $*"
	exit 77
}

fail()
{
	echo "FAIL: $(basename "$0"): $*" >&2
	exit 1
}

needs()
{
	local command
	for command; do
		command -v "$command" >/dev/null || skip "needs $command"
	done
}

# Whether this process may trace a child of its own; containers may forbid it.
needs_ptrace()
{
	"$build/tests/can_trace" || skip "needs permission to ptrace"
	[ "${RN_BACKEND-}" != bpf ] || needs_bpf
}

# expect_status N command...: runs it, fails unless it exits with N.
expect_status()
{
	local wanted=$1 status=0
	shift
	"$@" || status=$?
	[ "$status" = "$wanted" ] || fail "exit status $status instead of $wanted: $*"
}

# expect_line FILE REGEX: a line of the file matches.
expect_line()
{
	grep -qE -- "$2" "$1" || { cat "$1" >&2; fail "no line matches $2"; }
}

expect_no_line()
{
	! grep -E -- "$2" "$1" >&2 || fail "a line matches $2"
}

# Whether the bpf backend can be had: the build may have none, the kernel or the user's rights too.
# Anything else that keeps it from working is a failure.
needs_bpf()
{
	"$record" -q --backend=bpf -o /dev/null -- true 2>"$tmp/needs_bpf" && return
	local why='no bpf backend|not permitted|does not describe its types|no ring buffer'
	if grep -qE "$why" "$tmp/needs_bpf"; then
		skip "$(head -n 1 "$tmp/needs_bpf")"
	fi
	fail "the bpf backend does not work: $(cat "$tmp/needs_bpf")"
}
