"""What the kernel tells of a process: its processor time and its resident memory (proc(5))."""

import os
import re

TICKS = os.sysconf("SC_CLK_TCK")
MEBI = 1 << 20


def processor_seconds(pid):
    """User and system time of a process, all its threads together (/proc/PID/stat, fields 14 and 15)."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) / TICKS, int(fields[12]) / TICKS


def resident_bytes(pid):
    """From smaps_rollup, which counts pages, where /proc/PID/status may be some hundred kilobytes behind."""
    return _bytes(f"/proc/{pid}/smaps_rollup", "Rss")


def resident_mebibytes(pid):
    """Less exact, but readable of a process of another user as well, such as nginx's worker."""
    return _bytes(f"/proc/{pid}/status", "VmRSS") / MEBI


def anonymous_bytes(pid):
    """Without the pages of files, the program's own code among them."""
    return _bytes(f"/proc/{pid}/smaps_rollup", "Anonymous")


def peak_bytes(pid):
    return _bytes(f"/proc/{pid}/status", "VmHWM")


def reset_peak(pid):
    """The peak becomes what is resident now (/proc/PID/clear_refs)."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5\n")


def _bytes(path, key):
    with open(path, encoding="ascii", errors="replace") as file:
        return int(re.search(rf"^{key}:\s+(\d+) kB", file.read(), re.MULTILINE)[1]) * 1024
