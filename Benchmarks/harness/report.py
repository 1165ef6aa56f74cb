"""What a run says: what was measured, the tables, the chart, and every round for other programs."""

import json
import os
import platform
from collections import Counter
from statistics import median

from harness import chart, data, proc, table, workloads

RATIOS = [("medley", "floor"), ("nginx", "medley"), ("node", "medley"), ("envoy", "medley")]
FANS = {each.name: len(each.calls) for each in workloads.ALL if each.gateways == ("medley",)}
# What a reader must know of a row: these two never look into the body.
REMARKS = {("one", "nginx"): "no decoding", ("one", "envoy"): "no JSON"}


def introduction(options):
    lines = [
        f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}; gateway on one core",
        f"{options.rounds} rounds of {options.seconds} s, {options.connections} connections: median (lowest–highest)",
    ]
    documents = data.documents()
    for workload in options.workloads:
        reply = workload.reply_size(documents)
        lines.append(f"{workload.name}: {described(workload, documents)}; the reply {reply:,} bytes")
    return "\n".join(("- " if options.markdown else "") + line for line in lines) + "\n"


def described(workload, documents):
    bodies = Counter(len(data.text(documents[name]).encode()) for _, name in workload.calls)
    sizes = [f"{times} × {size:,}" if times > 1 else f"{size:,}" for size, times in bodies.items()]
    return f"{workload.summary}: {' + '.join(sizes)} bytes"


def tables(results, markdown):
    named = {
        (workload, f"{name}, {REMARKS[workload, name]}" if (workload, name) in REMARKS else name): rounds
        for (workload, name), rounds in results.items()
    }
    each = [
        table.of(named, markdown),
        table.of_ratios(results, RATIOS, markdown),
        table.of_calls(results, FANS, markdown),
    ]
    return "\n\n".join(filter(None, each))


def memory(running):
    """The resident memory of the gateways; of several processes the smallest and the largest."""
    sizes = {}
    for (_, name), gateway in running.items():
        sizes.setdefault(name, []).append(proc.resident_mebibytes(gateway.pid))
    cells = [f"{name} {table.cell(of_name, 0)} MiB" for name, of_name in sizes.items()]
    return f"resident memory at the end: {', '.join(cells)}" if cells else ""


def draw(results, options, path):
    """The chart of the workloads that peers take part in, or of all where there is none."""
    chosen = [each for each in options.workloads if each.name not in FANS] or options.workloads
    documents = data.documents()
    subtitle = (
        f"one core, {options.connections} connections, median of {options.rounds} rounds of {options.seconds} s;"
        " the thin line goes from the lowest round to the highest"
    )
    with open(path, "w", encoding="utf-8") as file:
        file.write(chart.of(results, {each.name: described(each, documents) for each in chosen}, subtitle, REMARKS))


def keep(results, path):
    """Every round, as JSON."""
    rows = [
        {"workload": workload, "gateway": name, "cpu": median(each["cpu"] for each in rounds), "rounds": rounds}
        for (workload, name), rounds in results.items()
    ]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
