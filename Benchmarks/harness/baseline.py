"""The counts that are committed, and what has become of them."""

import json
import os

from harness.programs import output

# Counts do not waver; what grows by more than this was made to grow.
TOLERANCE = 0.05
COUNTS = ["instructions", "allocations"]


def tools():
    """What the counts depend on besides the code."""
    return {
        "machine": os.uname().machine,
        "libc": os.confstr("CS_GNU_LIBC_VERSION"),
        "swift": first_line("swift", "--version"),
        "valgrind": first_line("valgrind", "--version"),
    }


def first_line(*command):
    return output(command).splitlines()[0]


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def save(path, counts):
    """One line per benchmark, so that a change of one is a change of one line."""
    lines = [f"    {json.dumps(name)}: {json.dumps(shortened(each))}" for name, each in counts.items()]
    with open(path, "w", encoding="utf-8") as file:
        file.write('{\n  "tools": ' + json.dumps(tools(), indent=2).replace("\n", "\n  ") + ",\n")
        file.write('  "benchmarks": {\n' + ",\n".join(lines) + "\n  }\n}\n")


def shortened(counts):
    return {key: round(counts[key], 2) for key in COUNTS}


def compare(baseline, counts):
    """Two lists of sentences: what must not be, and what is only worth knowing."""
    failures, notes = [], []
    for tool, now in tools().items():
        then = baseline["tools"].get(tool)
        if then != now:
            notes.append(f"the baseline was made with {tool} {then}, this is {now}: counts may differ for that alone")
    for name, new in counts.items():
        old = baseline["benchmarks"].get(name)
        if old is None:
            failures.append(f"{name} is not in the baseline; --update adds it")
            continue
        for key in COUNTS:
            change = f"{name}: {key} {old[key]:,.2f} -> {new[key]:,.2f} ({percent(old[key], new[key])})"
            if new[key] > old[key] * (1 + TOLERANCE) + 0.005:
                failures.append(change)
            elif new[key] < old[key] * (1 - TOLERANCE) - 0.005:
                notes.append(f"{change}: --update keeps what was won")
    return failures, notes


def percent(old, new):
    return f"{(new / old - 1) * 100:+.1f} %" if old else "none before"
