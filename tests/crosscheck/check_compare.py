# SPDX-License-Identifier: MIT
"""Compares the statistics of compare.json of the current folder with scipy, from the runs' own figures."""
import json
import statistics

import scipy.stats

tables = json.load(open("compare.json"))["tables"]
runs = {side: [r["elapsed_ns"] for r in tables["compare_runs"]["rows"] if r["side"] == side] for side in "AB"}
a, b = runs["A"], runs["B"]


def close(x, y, tolerance, what):
    assert abs(x - y) <= tolerance * max(1, abs(y)), (what, x, y)


row = tables["compare_times"]["rows"][0]
assert row["what"] == "elapsed"
close(row["a_ns"], statistics.median(a), 1e-12, "median of A")
close(row["ratio"], statistics.median(b) / statistics.median(a), 1e-12, "ratio")
test = scipy.stats.mannwhitneyu(b, a, alternative="two-sided", method="exact")
close(row["p"], test.pvalue, 1e-9, "Mann & Whitney")
close(row["delta"], 2 * test.statistic / (len(a) * len(b)) - 1, 1e-12, "Cliff")
close(row["shift_ns"], statistics.median(y - x for x in a for y in b), 1e-12, "Hodges & Lehmann")
low, high = scipy.stats.bootstrap((b, a), lambda x, y, axis=-1: __import__("numpy").median(x, axis=axis) /
                                  __import__("numpy").median(y, axis=axis), vectorized=True, method="percentile",
                                  n_resamples=9999, random_state=1).confidence_interval
close(row["low"], low, .01, "low end")
close(row["high"], high, .01, "high end")
times = tables["compare_times"]["rows"]
first, second = sorted(r["p"] for r in times[:2])
adjusted = sorted(r["adjusted_p"] for r in times[:2])
close(adjusted[1], second, 1e-12, "greater p, adjusted")
close(adjusted[0], min(2 * first, second), 1e-12, "smaller p, adjusted")
print(f"{len(a)} runs against {len(b)} agree")
