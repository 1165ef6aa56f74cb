"""The result as text: medians over the rounds, and how far the rounds lay apart."""

from statistics import median

COLUMNS = [
    ("requests/s", "rate", 0),
    ("CPU µs/request", "cpu", 1),
    ("user", "user", 1),
    ("system", "system", 1),
    ("p50 ms", "p50", 2),
    ("p99 ms", "p99", 2),
]


def of(results, markdown=False):
    """results: {(workload, gateway): [round]} in the order to print."""
    rows = [["workload", "gateway"] + [title for title, _, _ in COLUMNS]]
    for (workload, gateway), rounds in results.items():
        rows.append([workload, gateway] + [cell([each[key] for each in rounds], digits) for _, key, digits in COLUMNS])
    return laid_out(rows, markdown)


def of_ratios(results, pairs, markdown=False):
    """How much processor time one gateway takes for a request of another's, by workload.

    pairs: (dividend, divisor), a column each.
    """
    rows = [["CPU per request"] + [f"{dividend} / {divisor}" for dividend, divisor in pairs]]
    for workload in dict.fromkeys(workload for workload, _ in results):
        cells = [ratio_cell(results, workload, *pair) for pair in pairs]
        if any(each != "–" for each in cells):
            rows.append([workload] + cells)
    return laid_out(rows, markdown) if len(rows) > 1 else ""


def of_calls(results, counts, markdown=False):
    """What each call costs where all are alike. counts: {workload: calls}."""
    rows = [["fan-out", "gateway", "CPU µs/call"]]
    for (workload, gateway), rounds in results.items():
        if workload in counts:
            rows.append([workload, gateway, cell([each["cpu"] / counts[workload] for each in rounds], 1)])
    return laid_out(rows, markdown) if len(rows) > 1 else ""


def laid_out(rows, markdown):
    """The first row is the head."""
    if markdown:
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        lines.insert(1, "|" + " --- |" * len(rows[0]))
    else:
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows]
        lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def cell(values, digits):
    if any(value is None for value in values):
        return "–"
    middle = f"{median(values):.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def ratio_cell(results, workload, dividend, divisor):
    """The ratio of the medians, and those of the single rounds."""
    if (workload, dividend) not in results or (workload, divisor) not in results:
        return "–"
    middle, by_round = ratios(results, workload, dividend, divisor)
    return f"{middle:.2f} ({by_round[0]:.2f}–{by_round[-1]:.2f})"


def ratio(results, workload, gateway, peer):
    """How much processor time `gateway` takes for a request of `peer`'s, as a sentence."""
    middle, by_round = ratios(results, workload, gateway, peer)
    return (
        f"{workload}: {gateway} takes {middle:.2f} of the CPU time of {peer} per request"
        f" (by round {by_round[0]:.2f}–{by_round[-1]:.2f})"
    )


def ratios(results, workload, dividend, divisor):
    """The ratio of the medians, and those of the single rounds, sorted."""
    ours = [each["cpu"] for each in results[workload, dividend]]
    theirs = [each["cpu"] for each in results[workload, divisor]]
    return median(ours) / median(theirs), sorted(a / b for a, b in zip(ours, theirs))
