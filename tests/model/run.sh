#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh [many] - spin goes through every interleaving of pipeline.pml; two mistakes planted in it must be found, or the
# model would prove nothing.
set -eu
command -v spin >/dev/null || { echo "SKIP: model: needs spin"; exit 77; }
model=$(cd "$(dirname "$0")" && pwd)/pipeline.pml
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
cp "$model" .

# explore WORDS..: the result of the search, in $errors.
explore()
{
	spin "$@" -a pipeline.pml >log 2>&1 || { cat log; exit 1; }
	"${CC:-cc}" -O2 -w -DSAFETY -DCOLLAPSE -DVECTORSZ=2048 -o pan pan.c
	./pan -m3000000 -w23 >out
	errors=$(sed -n 's/.*errors: \([0-9]*\)$/\1/p' out)
	states=$(sed -n 's/ *\([0-9.e+]*\) states, stored.*/\1/p' out)
	grep -q 'max search depth too small' out && { echo "the search was cut"; exit 1; }
	return 0
}

sizes=("2 2" "5 0")
[ "${1-}" != many ] || sizes+=("3 1" "4 1" "3 2")
for size in "${sizes[@]}"; do
	read -r records modules <<<"$size"
	explore -DRECORDS="$records" -DMODULES="$modules"
	[ "$errors" = 0 ] || { grep -m 3 -E 'assert|invalid' out; spin -t -p pipeline.pml | tail -n 40; exit 1; }
	echo "$records records, $modules modules: $states states, no error"
done
for mistake in FORGETS_WAITING RELEASES_EARLY; do
	explore -DRECORDS=3 -DMODULES=1 -D$mistake
	[ "$errors" != 0 ] || { echo "the model does not notice $mistake"; exit 1; }
	echo "$mistake is noticed"
done
