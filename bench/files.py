# SPDX-License-Identifier: MIT
"""files N - what scripts do: looks at N files of Python's own library, reads, hashes, parses, writes."""
import hashlib
import json
import os
import sys
import tempfile

limit = int(sys.argv[1])
seen = {}
for folder, _, names in sorted(os.walk(os.path.dirname(os.__file__))):
    for name in sorted(names):
        path = os.path.join(folder, name)
        if len(seen) < limit and name.endswith(".py"):
            with open(path, "rb") as file:
                seen[path] = [os.stat(path).st_size, hashlib.sha1(file.read()).hexdigest()]
with tempfile.TemporaryDirectory() as place:
    out = os.path.join(place, "seen.json")
    with open(out, "w") as file:
        json.dump(seen, file)
    with open(out) as file:
        assert json.load(file) == seen
