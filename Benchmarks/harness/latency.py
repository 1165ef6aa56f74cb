"""What Medley adds to the latency: with nothing else going on, and under half of the load that it can carry."""

from statistics import median

from harness.bound import Bound
from harness.testbed import SCREEN, SLOWEST_CALL

ADDED_US = 150
TAIL = 3


def one_connection(testbed, quick):
    rounds, seconds = (3, 1.5) if quick else (9, 5)
    composite, call = [], []
    with testbed.gateway() as gateway:
        for _ in range(rounds):
            once = {"connections": 1, "warmup": 0.5, "seconds": seconds}
            composite.append(testbed.load.run(gateway.port, SCREEN, **once)["p50"])
            call.append(testbed.load.run(testbed.origin, SLOWEST_CALL, **once)["p50"])
    added = [ours - alone for ours, alone in zip(composite, call)]
    return [
        Bound(
            "latency, one connection",
            f"p50 at most {ADDED_US} µs above slowest call",
            f"{median(added):.0f} µs ({min(added):.0f}–{max(added):.0f})",
            median(added) <= ADDED_US,
            f"p50 of three calls composed {median(composite):.0f} µs, of the 16 KB call alone {median(call):.0f} µs",
        )
    ]


def half_load(testbed, quick):
    rounds, seconds = (3, 3) if quick else (7, 10)
    rates, runs = [], []
    with testbed.gateway() as gateway:
        testbed.load.run(gateway.port, SCREEN, connections=32, seconds=1)
        for _ in range(rounds):
            saturated = testbed.load.run(gateway.port, SCREEN, connections=32, seconds=max(1, seconds / 3))
            rates.append(saturated["rate"])
            half = {"rate": round(median(rates) / 2), "connections": 64, "warmup": 0.5, "seconds": seconds}
            runs.append(testbed.load.run(gateway.port, SCREEN, **half))
    tails = [run["p99"] / run["p50"] for run in runs]
    p50, p99, late = (median(run[key] for run in runs) for key in ("p50", "p99", "late99"))
    return [
        Bound(
            "latency, half load",
            f"open loop, p99 at most {TAIL} × p50",
            f"{median(tails):.2f} × ({min(tails):.2f}–{max(tails):.2f})",
            median(tails) <= TAIL,
            f"{median(rates):.0f} requests/s at saturation; at half of it p50 {p50:.0f} µs, p99 {p99:.0f} µs; "
            f"99% were sent at most {late:.0f} µs late",
        )
    ]
