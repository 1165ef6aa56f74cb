"""How much longer small requests wait while 10 MB bodies go through the same loop, one after the other."""

import time
from statistics import median

from harness.bound import Bound
from harness.testbed import SLOWEST_SMALL_CALL, SMALL_SCREEN

BULK = "/reshaped/catalog"
# Few enough that they hardly ever meet each other: what they wait for is the bodies.
RATE = 200
LIMIT_MS = 5
# The client of the large bodies must not delay the load generator beside it on the same core.
LOW_PRIORITY = ("nice", "-n", "19")


def measure(testbed, quick):
    rounds, seconds = (3, 3) if quick else (7, 6)
    small = {"connections": 16, "rate": RATE, "warmup": 0.5}
    alone, beside, direct, bodies = [], [], [], []
    with testbed.gateway() as gateway:
        testbed.load.run(gateway.port, SMALL_SCREEN, connections=16, seconds=1)
        testbed.load.run(gateway.port, BULK, requests=3)
        for _ in range(rounds):
            alone.append(testbed.load.run(gateway.port, SMALL_SCREEN, seconds=seconds, **small))
            length = seconds + 2.5
            with testbed.load.start(gateway.port, BULK, LOW_PRIORITY, seconds=length) as bulk:
                time.sleep(0.3)
                beside.append(testbed.load.run(gateway.port, SMALL_SCREEN, seconds=seconds, **small))
                # What the core of the origins and the load adds by itself.
                direct.append(testbed.load.run(testbed.origin, SLOWEST_SMALL_CALL, seconds=1, **small))
                bodies.append(bulk.result())
    waits = [(with_bodies["p99"] - without["p99"]) / 1000 for with_bodies, without in zip(beside, alone)]
    details = (
        f"p99 alone {ms(alone, 'p99')}, beside {ms(beside, 'p99')}; p50 {ms(alone, 'p50')} and "
        f"{ms(beside, 'p50')}; longest {ms(beside, 'max')}; the origin itself, beside: p99 {ms(direct, 'p99')}; "
        f"a body takes {ms(bodies, 'p50')}"
    )
    return [
        Bound(
            "fairness",
            f"p99 at most {LIMIT_MS} ms more beside 10 MB",
            f"{median(waits):.1f} ms more ({min(waits):.1f}–{max(waits):.1f})",
            median(waits) <= LIMIT_MS,
            details,
        )
    ]


def ms(rounds, key):
    return f"{median(each[key] for each in rounds) / 1000:.2f} ms"
