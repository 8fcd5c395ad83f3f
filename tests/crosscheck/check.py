# SPDX-License-Identifier: MIT
"""Compares all.json, zscore.json and modified.json of the current folder with numpy, scipy, sklearn."""
import collections
import fractions
import json

import numpy as np
import scipy.stats

try:
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
except ImportError:
    KMeans = None


def close(a, b, tolerance, what):
    assert abs(a - b) <= tolerance * max(1, abs(b)), (what, a, b)


def r7(x, q):
    """The definition in fractions, and how far apart the values are that it lies between."""
    place = (len(x) - 1) * q
    low = int(place)
    gap = int(x[min(low + 1, len(x) - 1)]) - int(x[low])
    return float(int(x[low]) + (place - low) * gap), gap


doc = json.load(open("all.json"))
tables = doc["tables"]
times = collections.defaultdict(list)
for call in doc["syscalls"]:
    if call.get("duration_ns") is not None:
        times[call["name"]].append(call["duration_ns"])
times = {name: np.array(x, dtype=np.int64) for name, x in times.items()}
rows = {row["name"]: row for row in tables["latency"]["rows"] if row["n"]}
assert rows.keys() == times.keys(), rows.keys() ^ times.keys()

for name, row in rows.items():
    x = times[name]
    assert row["n"] == len(x) and row["total_ns"] == int(x.sum())
    close(row["mean_ns"], np.mean(x), 1e-12, name)
    if len(x) > 1:
        close(row["sd_ns"], np.std(x.astype(np.longdouble), ddof=1), 1e-12, name)
    for p in "0 1 25 50 75 90 95 99 99.9 100".split():
        ours = row[f"p{p}_ns"]
        exact, gap = r7(np.sort(x), fractions.Fraction(p) / 100)
        close(ours, exact, 1e-15, (name, p))
        # numpy's place among the values is a double: between distant ones its rounding shows.
        theirs = np.quantile(x, float(p) / 100, method="linear")
        slip = 2 * np.finfo(float).eps * len(x) * gap
        assert abs(ours - theirs) <= 1e-12 * max(1, theirs) + slip, (name, p, ours, theirs)

for method in "zscore", "modified":
    report = json.load(open(f"{method}.json"))["tables"]
    listed = collections.defaultdict(list)
    for row in report["anomalies"]["rows"]:
        listed[row["name"]].append((row["latency_ns"], row["score"]))
    for row in report["anomaly_baselines"]["rows"]:
        if row["verdict"] != "judged":
            continue
        x = times[row["name"]].astype(float)
        if method == "zscore":
            center, scale, threshold = x.mean(), x.std(ddof=1), 3
        else:
            center, threshold = np.median(x), 3.5
            scale = scipy.stats.median_abs_deviation(x, scale="normal")
            if scale == 0:
                scale = np.abs(x - center).mean() * 1.253314137315500
        close(row["baseline_ns"], center, 1e-12, row)
        close(row["limit_ns"], center + threshold * scale, 1e-9, row)
        score = (x - center) / scale
        wanted = sorted(zip(x[score > threshold], score[score > threshold]), reverse=True)
        assert row["found"] == len(wanted), (row, len(wanted))
        for (a, z), (b, w) in zip(sorted(listed[row["name"]], reverse=True), wanted):
            assert a == b
            close(z, w, 1e-9, (row["name"], a))

head = tables["hpu"]
first = min(c["timestamp_ns"] for c in doc["syscalls"]) // head["bin_ns"]
bins = collections.defaultdict(lambda: np.zeros(head["bins"]))
for call in doc["syscalls"]:
    bins[call["name"]][call["timestamp_ns"] // head["bin_ns"] - first] += 1
for pair in tables["hpu_pairs"]["rows"]:
    a, b = bins[pair["a"]], bins[pair["b"]]
    close(pair["pearson"], np.corrcoef(a, b)[0, 1], 1e-9, pair)
    close(pair["spearman"], scipy.stats.spearmanr(a, b)[0], 1e-9, pair)

ml = doc["ml_analysis"]
names = [n for cluster in ml["syscall_clusters"] for n in cluster["syscalls"].split()]
label = [cluster["cluster"] for cluster in ml["syscall_clusters"] for _ in cluster["syscalls"].split()]
points = []
for name in names:
    q50, q95 = np.quantile(times[name], [.5, .95])
    points.append([np.log10(max(q50, 1)), np.log10(max(q95, 1)) - np.log10(max(q50, 1))])
points = np.array(points)
if KMeans and ml["clusters"] >= 2:
    best = KMeans(ml["clusters"], n_init=50, random_state=1).fit(points)
    assert ml["inertia"] <= best.inertia_ * (1 + 1e-6), (ml["inertia"], best.inertia_)
    if len(points) > ml["clusters"]:
        close(ml["silhouette_score"], silhouette_score(points, label), 1e-9, "silhouette")
else:
    print("no sklearn: clusters are not checked")
print(f"{sum(map(len, times.values()))} calls of {len(times)} kinds agree")
