"""Which core a program runs on: the gateway under test on core 0, everything else on core 1."""

import os


def pinned(core):
    """The beginning of a command that runs on one core alone; nothing where there is only one."""
    return ["taskset", "-c", str(core)] if len(os.sched_getaffinity(0)) > 1 else []
