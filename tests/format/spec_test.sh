#!/bin/sh
# SPDX-License-Identifier: MIT
# The reader written from docs/format.md and ours see the same in the same traces, and zstd takes
# them; so does the test vector of the document: spec_test.sh DUMP_EVENTS MAKE_SAMPLE SPEC_READER
# GOLDEN_DIR DOCUMENT
set -eu
dump=$1 make=$2 spec=$3 golden=$4 document=$5
command -v python3 >/dev/null || { echo "SKIP: no python3"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$make" "$dir/plain.rnt" 1500 1
"$make" "$dir/wild.rnt" 400 2 wild
"$make" "$dir/empty.rnt" 0 1

# The document's section 13: bytes of the trace in the first listing, its events in the second.
python3 - "$document" "$dir" <<'END'
import re, sys
listings = re.findall("```\n(.*?)```", open(sys.argv[1]).read().split("## 13")[1], re.S)
rows = [row for row in listings[0].splitlines() if not row.startswith("#")]
with open(sys.argv[2] + "/vector.rnt", "wb") as f:
    f.write(bytes.fromhex("".join(row[:36] for row in rows)))
with open(sys.argv[2] + "/vector.txt", "w") as f:
    f.write(listings[1])
END
"$dump" "$dir/vector.rnt" | cmp - "$dir/vector.txt"
"$make" "$dir/made.rnt" vector
cmp "$dir/made.rnt" "$dir/vector.rnt"

for trace in "$dir"/*.rnt "$golden"/*.rnt; do
	[ -e "$trace" ] || continue
	"$dump" "$trace" >"$dir/ours"
	python3 "$spec" "$trace" >"$dir/theirs"
	# ours has no header lines, and its modules last
	{ grep -Ev '^(header|tag|module) ' "$dir/theirs" || :; grep '^module ' "$dir/theirs" || :; } \
		>"$dir/sorted"
	cmp "$dir/ours" "$dir/sorted"
	# a golden trace says for ever what it said when it was made; fields that came later are 0
	case $trace in "$golden"/*) sed '/^[0-9]* task /s/ cgroup=0$//; /^[0-9]* \(end\|cost\) /s/ unseen_ns=0$//; s/ held_ns=0$//; s/ stop_ns=0$//' "$dir/ours" | cmp - "${trace%.rnt}.txt" ;; esac
	# .. and its header, where that is kept beside it
	head=${trace%.rnt}.head
	[ ! -e "$head" ] || grep -E '^(header|tag) ' "$dir/theirs" | cmp - "$head"
	if command -v zstd >/dev/null; then
		zstd -tq "$trace"
	fi
	echo "same: $(basename "$trace"), $(wc -l <"$dir/ours") lines"
done
