"""The resident memory of a process, now and at its peak."""

import re


def resident_bytes(pid):
    """From smaps_rollup, which counts pages, where /proc/PID/status may be some hundred kilobytes behind."""
    return _bytes(f"/proc/{pid}/smaps_rollup", "Rss")


def anonymous_bytes(pid):
    """Without the pages of files, the program's own code among them."""
    return _bytes(f"/proc/{pid}/smaps_rollup", "Anonymous")


def peak_bytes(pid):
    return _bytes(f"/proc/{pid}/status", "VmHWM")


def reset_peak(pid):
    """The peak becomes what is resident now (proc(5), /proc/PID/clear_refs)."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5\n")


def _bytes(path, key):
    with open(path, encoding="ascii", errors="replace") as file:
        return int(re.search(rf"^{key}:\s+(\d+) kB", file.read(), re.MULTILINE)[1]) * 1024
