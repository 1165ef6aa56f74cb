"""One round: load from wrk on one gateway, and the processor time that the gateway's process took meanwhile."""

import re

from harness.proc import processor_seconds
from harness.programs import LOAD_CORE, output, pinned


def round_of_load(pid, url, seconds, connections, headers=()):
    user, system = processor_seconds(pid)
    more = [option for header in headers for option in ("-H", header)]
    said = output(pinned(LOAD_CORE) + ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *more, url])
    user_after, system_after = processor_seconds(pid)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said) or re.search(r"Socket errors: (.*)", said)
    if refused:
        raise SystemExit(f"{url} did not always answer: {refused[0]}")
    requests = int(re.search(r"(\d+) requests in", said)[1])
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        "user": (user_after - user) / requests * 1e6,
        "system": (system_after - system) / requests * 1e6,
        "cpu": (user_after - user + system_after - system) / requests * 1e6,
        "p50": milliseconds(re.search(r"^ +50% +(\S+)", said, re.MULTILINE)[1]),
        "p99": milliseconds(re.search(r"^ +99% +(\S+)", said, re.MULTILINE)[1]),
    }


def milliseconds(text):
    """wrk's 810.00us, 1.25ms, 1.02s or 2.00m."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]
