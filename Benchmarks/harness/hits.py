"""What a reply from the cache costs beside SwiftNIO alone that sends as many bytes, round by round."""

import json
import os
import urllib.request
from statistics import median

from harness import floor, wrk
from harness.bound import Bound
from harness.programs import build
from harness.testbed import SCREEN, SCREEN_FILE
from packages import install

PACKAGES = {"wrk": "wrk"}
CONNECTIONS = 32
LIMIT = 1.2


def measure(testbed, quick):
    install(PACKAGES)
    rounds, seconds = (3, 2) if quick else (9, 4)
    gateway = testbed.serve(with_cache(testbed.servers.directory))
    try:
        url = f"http://127.0.0.1:{gateway.port}{SCREEN}"
        with urllib.request.urlopen(url) as reply:
            size = len(reply.read())
        nio = floor.start_nio(testbed.servers, "hits", build("bare-nio"), size)
        hits, bare = [], []
        for _ in range(rounds):
            hits.append(wrk.round_of_load(gateway.pid, url, seconds, CONNECTIONS))
            bare.append(wrk.round_of_load(nio.pid, nio.address + "/", seconds, CONNECTIONS))
    finally:
        gateway.stop()
    ratios = [hit["cpu"] / least["cpu"] for hit, least in zip(hits, bare)]
    details = (
        f"{size / 1024:.1f} KiB; {median(hit['cpu'] for hit in hits):.1f} µs, bare NIO "
        f"{median(least['cpu'] for least in bare):.1f} µs; {median(hit['rate'] for hit in hits):,.0f} and "
        f"{median(least['rate'] for least in bare):,.0f} requests a second"
    )
    return [
        Bound(
            "hits",
            f"a reply from memory at most {LIMIT} × bare NIO",
            f"{median(ratios):.2f} × ({min(ratios):.2f}–{max(ratios):.2f})",
            median(ratios) <= LIMIT,
            details,
        )
    ]


def with_cache(directory):
    """The screen of three calls, its reply kept for an hour. Returns the directory of compositions."""
    with open(SCREEN_FILE, encoding="utf-8") as file:
        composition = json.load(file)
    composition["response"]["cache"] = {"maxAge": "1h", "override": True}
    compositions = os.path.join(directory, "kept")
    os.makedirs(compositions)
    with open(os.path.join(compositions, "three.json"), "w", encoding="utf-8") as file:
        json.dump(composition, file)
    return compositions
