"""What 10,000 loaded endpoints cost: the start, and a request to one of them."""

import json
import os
from statistics import median

from harness import proc
from harness.bound import Bound
from harness.testbed import SCREEN, SCREEN_FILE

ENDPOINTS = 10_000
SECONDS_TO_START = 2
WITHIN = 1.03

# Literal segments that differ, that are shared, and parameters before, between and behind them.
PATHS = [
    "/page-{number}/{{userId}}",
    "/section-{group}/page-{number}/{{userId}}/content",
    "/shops/{{shop}}/page-{number}/{{userId}}",
    "/users/{{userId}}/section-{group}/item-{number}",
    "/v2/section-{group}/{{userId}}/part/{{shop}}/page-{number}",
]


def generate(directory, count):
    """Writes the screen's composition, and as many others like it as make `count`."""
    os.makedirs(directory)
    with open(SCREEN_FILE, encoding="utf-8") as file:
        screen = json.load(file)
    parameters = screen["parameters"]
    for number in range(count):
        if number > 0:
            path = PATHS[number % len(PATHS)].format(number=number, group=number // 100)
            screen["endpoint"] = f"GET {path}"
            shop = {"shop": {"in": "path", "type": "string"}} if "{shop}" in path else {}
            screen["parameters"] = {**parameters, **shop}
        with open(os.path.join(directory, f"{number}.json"), "w", encoding="utf-8") as file:
            json.dump(screen, file, indent=2)


def measure_many(testbed, quick):
    # Fresh pairs, because two processes of one program differ by a few per cent: where their memory lies.
    pairs, rounds, seconds = (2, 3, 2) if quick else (5, 4, 4)
    one, many = (os.path.join(testbed.servers.directory, name) for name in ("one-endpoint", "many-endpoints"))
    generate(one, 1)
    generate(many, ENDPOINTS)
    cpu, memory, starts = {"one": [], "many": []}, {}, []
    for _ in range(pairs):
        gateways = {"one": testbed.serve(one), "many": testbed.serve(many)}
        starts.append(gateways["many"].seconds_to_start)
        memory = {name: proc.resident_mebibytes(gateway.pid) for name, gateway in gateways.items()}
        interleave(testbed, gateways, rounds, seconds, cpu)
        for gateway in gateways.values():
            gateway.stop()
    return [start_bound(starts, memory), request_bound(cpu)]


def interleave(testbed, gateways, rounds, seconds, cpu):
    for number in range(rounds + 1):
        for name, gateway in gateways.items():
            outcome = cpu_per_request(testbed, gateway, seconds if number else 1)
            # Round 0 opens the connections and warms the caches.
            if number:
                cpu[name].append(outcome)


def cpu_per_request(testbed, gateway, seconds):
    before = sum(proc.processor_seconds(gateway.pid))
    load = testbed.load.run(gateway.port, SCREEN, connections=32, seconds=seconds)
    return (sum(proc.processor_seconds(gateway.pid)) - before) / load["requests"] * 1e6


def start_bound(times, memory):
    return Bound(
        "start, 10,000 endpoints",
        f"listens after less than {SECONDS_TO_START} s",
        f"{median(times):.2f} s ({min(times):.2f}–{max(times):.2f})",
        median(times) < SECONDS_TO_START,
        f"resident memory at the start {memory['many']:.0f} MiB, with one endpoint {memory['one']:.0f} MiB",
    )


def request_bound(cpu):
    ratio = median(cpu["many"]) / median(cpu["one"])
    by_round = sorted(many / one for many, one in zip(cpu["many"], cpu["one"]))
    return Bound(
        "request, 10,000 endpoints",
        f"CPU at most {WITHIN - 1:.0%} above that with one",
        f"{ratio - 1:+.1%} (by round {by_round[0] - 1:+.1%} to {by_round[-1] - 1:+.1%})",
        ratio <= WITHIN,
        f"CPU per request {median(cpu['many']):.1f} µs, with one endpoint {median(cpu['one']):.1f} µs",
    )
