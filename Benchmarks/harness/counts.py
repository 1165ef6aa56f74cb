"""What callgrind counts of a benchmark: instructions, and calls that allocate."""

import os
import re

from harness.programs import output

MEASURED = "medley_measured"
ALLOCATORS = {"malloc", "calloc", "realloc", "memalign", "posix_memalign", "aligned_alloc"}

# Nothing of the caller's environment, for it stands on the stack and moves it; and no random seeds in hash tables.
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C", "SWIFT_DETERMINISTIC_HASHING": "1"}


def of(binary, name, iterations, directory):
    """Instructions and allocations per call of a benchmark. Leaves callgrind's file in `directory`.

    What a second run with twice as many calls has more: callgrind collects instructions in the measured function alone,
    but numbers of calls, once a place is among the collected ones, from the program's start.

    binary: without debug information, which Debian's valgrind cannot read when Swift wrote it.
    directory: holds the benchmarks' data as `data`.
    """
    once, twice = (profile(binary, name, iterations * times, directory) for times in (1, 2))
    return {kind: (twice[kind] - once[kind]) / iterations for kind in once}


def profile(binary, name, iterations, directory):
    file = os.path.join(directory, f"callgrind.{name}")
    program = [binary, name, "--data", "data", "--iterations", str(iterations)]
    tool = ["valgrind", "--quiet", "--tool=callgrind", f"--toggle-collect={MEASURED}", f"--callgrind-out-file={file}"]
    output(tool + program, cwd=directory, env=ENVIRONMENT)
    with open(file, encoding="utf-8", errors="replace") as lines:
        instructions, allocations, entries = read(lines)
    if entries != 1:
        raise SystemExit(f"{name}: {MEASURED} was entered {entries} times instead of once")
    return {"instructions": instructions, "allocations": allocations}


def read(lines):
    """The sums of a profile, and how often the measured function was entered.

    The format is that of callgrind's manual, "Callgrind Format Specification": `fn=` begins the costs of a function,
    `cfn=` and `calls=` tell of a call in it. A name is written once, behind its number.
    """
    names = {}
    instructions = allocations = entries = 0
    caller = callee = ""
    for line in lines:
        if match := re.match(r"(c?fn)=\((\d+)\)(?: (.*))?", line):
            kind, number, name = match.groups()
            if name is not None:
                # A function that calls itself is told apart by its depth: free'2.
                names[number] = name.rstrip().partition("'")[0]
            if kind == "fn":
                caller = names[number]
            else:
                callee = names[number]
        elif match := re.match(r"calls=(\d+)", line):
            # What an allocator does by way of another is one allocation.
            if callee in ALLOCATORS and caller.partition(".")[0] not in ALLOCATORS | {"_mid_memalign"}:
                allocations += int(match[1])
            if callee == MEASURED:
                entries += int(match[1])
        elif match := re.match(r"totals: (\d+)", line):
            instructions = int(match[1])
    return instructions, allocations, entries
