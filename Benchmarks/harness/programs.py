"""The programs of a run: built, put on a core, and asked for what they print."""

import os
import shlex
import subprocess
import sys

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(BENCHMARKS)
# The gateway under test has a core for itself; the load and the backends share the other.
GATEWAY_CORE, LOAD_CORE = 0, 1


def pinned(core):
    """The beginning of a command that runs on one core alone; nothing where there is only one."""
    return ["taskset", "-c", str(core)] if len(os.sched_getaffinity(0)) > 1 else []


def output(command, **options):
    """What a command prints. Ends the run, with what the command said, when it fails."""
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    if run.returncode:
        raise SystemExit(f"{shlex.join(command)} failed:\n{run.stdout}{run.stderr}".rstrip())
    return run.stdout


def build(product):
    """Builds an executable of the package for release. Returns its path."""
    command = ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", product]
    try:
        # How far it is goes to standard error: standard output is for results.
        subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    except FileNotFoundError:
        raise SystemExit(f"{product} cannot be built: there is no swift on PATH") from None
    except subprocess.CalledProcessError:
        raise SystemExit(f"{product} could not be built") from None
    return os.path.join(output(command + ["--show-bin-path"], cwd=ROOT).strip(), product)


def compiled(source, directory, *flags):
    """Compiles a file of this directory in C or C++ into a program in `directory`. Returns its path."""
    name, extension = os.path.splitext(os.path.basename(source))
    compiler = ["c++", "-std=c++17", "-O3"] if extension == ".cpp" else ["cc", "-O2"]
    program = os.path.join(directory, name)
    output([*compiler, "-o", program, os.path.join(BENCHMARKS, source), *flags])
    return program
