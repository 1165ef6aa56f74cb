"""The Swift programs that benchmarks run."""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def build(product):
    """Builds for release, as `Benchmarks/run` does. Returns the binary's path."""
    command = ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", product]
    subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    where = subprocess.run(command + ["--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    return os.path.join(where.stdout.strip(), product)
