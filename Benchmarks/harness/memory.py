"""Resident memory: of clients that do nothing, and after saturation."""

import resource
import socket
import time
from contextlib import ExitStack

from harness import proc
from harness.bound import Bound
from harness.proc import MEBI
from harness.testbed import SCREEN, SMALL_SCREEN

CLIENTS = 1000
KIBIBYTES_EACH = 16
# The highest resident memory after a round that still counts as before, and as not grown since the first round.
WITHIN = 1.2
GROWN = 1.03


def idle_clients(testbed, quick):
    # The gateway inherits the limit from here.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2 * CLIENTS)), hard))
    with testbed.gateway() as gateway, ExitStack() as clients:
        testbed.load.run(gateway.port, SMALL_SCREEN, connections=64, seconds=2)
        time.sleep(2)
        before, anonymous = proc.resident_bytes(gateway.pid), proc.anonymous_bytes(gateway.pid)
        for _ in range(CLIENTS):
            ask_once(clients.enter_context(socket.create_connection(("127.0.0.1", gateway.port), 10)))
        time.sleep(2)
        growth = proc.resident_bytes(gateway.pid) - before
        heap = proc.anonymous_bytes(gateway.pid) - anonymous
    each = growth / CLIENTS / 1024
    return [
        Bound(
            "idle clients",
            f"{CLIENTS} cost at most {KIBIBYTES_EACH} KiB each",
            f"{each:.1f} KiB each",
            each <= KIBIBYTES_EACH,
            f"resident before {before / MEBI:.1f} MiB; anonymous memory alone {heap / CLIENTS / 1024:.1f} KiB each",
        )
    ]


def ask_once(client):
    """One request, its reply read to the end; the connection stays open."""
    client.sendall(f"GET {SMALL_SCREEN} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    reply = client.makefile("rb")
    status = reply.readline()
    if b" 200 " not in status:
        raise SystemExit(f"{SMALL_SCREEN} answers {status!r}")
    headers = dict(line.lower().split(b":", 1) for line in iter(lambda: reply.readline().strip(), b""))
    reply.read(int(headers[b"content-length"]))


def saturation(testbed, quick):
    seconds, pause = (10, 2) if quick else (60, 5)
    after = []
    with testbed.gateway() as gateway:
        # Round 0 is the warm-up, after which the memory is what the later ones must return to.
        for _ in range(4):
            load = testbed.load.run(gateway.port, SCREEN, connections=128, seconds=seconds)
            time.sleep(pause)
            after.append(proc.resident_bytes(gateway.pid))
        peak = proc.peak_bytes(gateway.pid)
    before, first, _, last = after
    readings = ", ".join(f"{each / MEBI:.1f}" for each in after)
    return [
        Bound(
            "after saturation",
            f"memory at most {WITHIN - 1:.0%} above before",
            f"{max(after[1:]) / before - 1:+.1%}",
            max(after[1:]) <= WITHIN * before,
            f"idle after each {seconds} s of 128 connections: {readings} MiB; peak {peak / MEBI:.1f}; "
            f"{load['rate']:.0f} requests/s",
        ),
        Bound(
            "round after round",
            f"memory grows by at most {GROWN - 1:.0%} in three",
            f"{last / first - 1:+.1%}",
            last <= GROWN * first,
        ),
    ]
