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


def of(results):
    """results: {(endpoint, gateway): [round]} in the order to print."""
    rows = [["endpoint", "gateway"] + [title for title, _, _ in COLUMNS]]
    for (endpoint, gateway), rounds in results.items():
        rows.append([endpoint, gateway] + [cell([each[key] for each in rounds], digits) for _, key, digits in COLUMNS])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def cell(values, digits):
    middle = f"{median(values):.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def ratio(results, endpoint, gateway, peer):
    """How much processor time `gateway` takes for a request of `peer`'s: of the medians, and round by round."""
    ours = [each["cpu"] for each in results[endpoint, gateway]]
    theirs = [each["cpu"] for each in results[endpoint, peer]]
    by_round = sorted(a / b for a, b in zip(ours, theirs))
    return (
        f"{endpoint}: {gateway} takes {median(ours) / median(theirs):.2f} of the CPU time of {peer} per request"
        f" (by round {by_round[0]:.2f}–{by_round[-1]:.2f})"
    )
