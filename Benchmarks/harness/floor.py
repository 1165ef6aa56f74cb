"""The floor: what libcurl and SwiftNIO alone take for a workload, with nothing in between.

One half fetches a workload's URLs over and over through libcurl, in C; the other answers with as many bytes as the
workload's reply has, over SwiftNIO. No gateway made of the two can be cheaper than both together.
"""

import json
import os

from harness import gateways
from harness.programs import GATEWAY_CORE, compiled, output, pinned
from packages import install
from processes import free_ports

PACKAGES = {"gcc": "cc", "libcurl4-openssl-dev": "/usr/include/*/curl/curl.h"}
CURL, NIO, BOTH = "libcurl", "bare NIO", "floor"


def build_curl(directory):
    """Compiles the half in C. Returns its path."""
    install(PACKAGES)
    return compiled("floor/curl.c", directory, "-lcurl")


def start_nio(servers, name, binary, size):
    """Starts the half in Swift, for replies of `size` bytes."""
    (port,) = free_ports(1)
    command = pinned(GATEWAY_CORE) + [os.path.abspath(binary), str(port), str(size)]
    process = servers.start(f"bare-nio-{name}", command, port)
    return gateways.Running(process.pid, f"http://127.0.0.1:{port}")


def round_of_curl(binary, urls, seconds, composites):
    """One round of the half in C, in the form of `wrk.round_of_load`; it knows no latency."""
    counted = json.loads(output(pinned(GATEWAY_CORE) + [binary, str(seconds), str(composites), *urls]))
    done = counted["composites"]
    user, system = counted["user"] / done * 1e6, counted["system"] / done * 1e6
    return {
        "rate": done / counted["seconds"],
        "user": user,
        "system": system,
        "cpu": user + system,
        "p50": None,
        "p99": None,
    }


def both(fetching, replying):
    """The floor of a round: both halves. It has no rate and no latency, since nothing does both."""
    together = {key: fetching[key] + replying[key] for key in ("user", "system", "cpu")}
    return {"rate": None, **together, "p50": None, "p99": None}
