"""What Medley adds to the latency: with nothing else going on, and under half of the load that it can carry."""

from statistics import median

from harness import proc
from harness.bound import Bound
from harness.programs import GATEWAY_CORE
from harness.testbed import SCREEN, SLOWEST_CALL

ADDED_US = 150
TAIL = 3


def one_connection(testbed, quick):
    rounds, seconds = (5, 1) if quick else (15, 3)
    composite, call, across = [], [], []
    with testbed.gateway() as gateway:
        for _ in range(rounds):
            once = {"connections": 1, "warmup": 0.3, "seconds": seconds}
            composite.append(testbed.load.run(gateway.port, SCREEN, **once)["p50"])
            call.append(testbed.load.run(testbed.origin, SLOWEST_CALL, **once)["p50"])
            # From the gateway's core, as the gateway itself must fetch it: each way wakes up a sleeping core.
            across.append(testbed.load.run(testbed.origin, SLOWEST_CALL, core=GATEWAY_CORE, **once)["p50"])
    added = [ours - alone for ours, alone in zip(composite, call)]
    return [
        Bound(
            "latency, one connection",
            f"p50 at most {ADDED_US} µs above slowest call",
            f"{median(added):.0f} µs ({min(added):.0f}–{max(added):.0f})",
            median(added) <= ADDED_US,
            f"p50 of three calls composed {median(composite):.0f} µs, of the 16 KB call alone {median(call):.0f} µs, "
            f"and {median(across):.0f} µs when it is made from the gateway's core",
        )
    ]


def half_load(testbed, quick):
    # Many short rounds: one in which the machine itself paused for milliseconds does not decide the median.
    rounds, seconds = (7, 1) if quick else (31, 2)
    rates, runs, busy, direct = [], [], [], []
    with testbed.gateway() as gateway:
        testbed.load.run(gateway.port, SCREEN, connections=32, seconds=1)
        for _ in range(rounds):
            rates.append(testbed.load.run(gateway.port, SCREEN, connections=32, seconds=1)["rate"])
            half = {"rate": round(median(rates) / 2), "connections": 64, "warmup": 0.3, "seconds": seconds}
            before = sum(proc.processor_seconds(gateway.pid))
            runs.append(testbed.load.run(gateway.port, SCREEN, **half))
            busy.append((sum(proc.processor_seconds(gateway.pid)) - before) / (seconds + half["warmup"]))
            direct.append(testbed.load.run(testbed.origin, SLOWEST_CALL, **half))
    tails, direct_tails = ([run["p99"] / run["p50"] for run in each] for each in (runs, direct))
    p50, p99, late = (median(run[key] for run in runs) for key in ("p50", "p99", "late99"))
    return [
        Bound(
            "latency, half load",
            f"open loop, p99 at most {TAIL} × p50",
            f"{median(tails):.2f} × ({min(tails):.2f}–{max(tails):.2f})",
            median(tails) <= TAIL,
            f"{median(rates):.0f} requests/s at saturation; at half of it p50 {p50:.0f} µs, p99 {p99:.0f} µs, the "
            f"gateway's core {median(busy):.0%} busy; 99% were sent at most {late:.0f} µs late; the 16 KB call "
            f"straight from its origin at the same rate {median(direct_tails):.2f} ×",
        )
    ]
