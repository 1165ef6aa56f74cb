"""One round: load from wrk on one gateway, and the processor time that the gateway's process took meanwhile."""

import os
import re
import subprocess

TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid):
    """User and system time of a process, all its threads together (proc(5), /proc/PID/stat, fields 14 and 15)."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) / TICKS, int(fields[12]) / TICKS


def resident_mebibytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024


def round_of_load(pid, url, seconds, connections, pinned):
    user, system = processor_seconds(pid)
    command = pinned + ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", url]
    output = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    user_after, system_after = processor_seconds(pid)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output) or re.search(r"Socket errors: (.*)", output)
    if refused:
        raise SystemExit(f"{url} did not always answer: {refused[0]}")
    requests = int(re.search(r"(\d+) requests in", output)[1])
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]),
        "user": (user_after - user) / requests * 1e6,
        "system": (system_after - system) / requests * 1e6,
        "cpu": (user_after - user + system_after - system) / requests * 1e6,
        "p50": milliseconds(re.search(r"^ +50% +(\S+)", output, re.MULTILINE)[1]),
        "p99": milliseconds(re.search(r"^ +99% +(\S+)", output, re.MULTILINE)[1]),
    }


def milliseconds(text):
    """wrk's 810.00us, 1.25ms, 1.02s or 2.00m."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]
