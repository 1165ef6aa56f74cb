"""The processor time per request as bars: an SVG of its own light card, so that it reads on a dark page too."""

from html import escape
from statistics import median

COLOURS = {
    "floor": "#8c959f",
    "medley": "#d9480f",
    "envoy": "#7048e8",
    "nginx": "#2b8a3e",
    "node": "#1971c2",
}
NAMES = {
    "floor": "libcurl + NIO alone",
    "medley": "Medley",
    "envoy": "Envoy",
    "nginx": "nginx + LuaJIT",
    "node": "Node",
}
WIDTH, LEFT, RIGHT = 860, 158, 772
BAR, STEP, HEADING, GAP, TOP, BOTTOM = 16, 21, 26, 14, 72, 44
FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


def of(results, summaries, subtitle, remarks):
    """results: {(workload, gateway): [round]}. summaries: a line for each workload that is to be drawn.

    remarks: what is to be said behind the number of a (workload, gateway).
    """
    groups = [
        (workload, summary, [(name, cpu_of(results[workload, name])) for name in NAMES if (workload, name) in results])
        for workload, summary in summaries.items()
    ]
    groups = [group for group in groups if group[2]]
    longest = max((max(times) for _, _, bars in groups for _, times in bars), default=1)
    tick = tick_of(longest)
    height = TOP + sum(HEADING + STEP * len(bars) + GAP for _, _, bars in groups) + BOTTOM
    scale = (RIGHT - LEFT) / longest
    parts = [*card(height, subtitle), *grid(height - BOTTOM, scale, tick, longest)]
    top = TOP
    for workload, summary, bars in groups:
        parts.append(text(24, top + 16, workload, "600 14px") + text(LEFT, top + 16, summary, "13px", "#57606a"))
        top += HEADING
        for name, times in bars:
            parts += bar(top, name, times, scale, remarks.get((workload, name)))
            top += STEP
        top += GAP
    return "\n".join(parts + ["</svg>"]) + "\n"


def cpu_of(rounds):
    return [each["cpu"] for each in rounds]


def tick_of(longest):
    """The distance of the grid's lines: 1, 2 or 5 times a power of ten, so that there are four to ten."""
    power = 1
    while power * 10 < longest:
        power *= 10
    return next(each for each in (power / 5, power / 2, power, power * 2) if longest / each <= 10)


def card(height, subtitle):
    title = "CPU time per request, in µs: shorter is better"
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="{FONT}">',
        f"<title>{escape(title)}</title>",
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8" fill="#fdfdfc" stroke="#d0d7de"/>',
        text(24, 34, title, "600 17px"),
        text(24, 55, subtitle, "13px", "#57606a"),
    ]


def grid(bottom, scale, tick, longest):
    for number in range(int(longest / tick) + 1):
        x = LEFT + number * tick * scale
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" stroke="#e7eaed"/>'
        yield text(x, bottom + 18, f"{number * tick:g}", "12px", "#57606a", "middle")


def bar(top, name, times, scale, remark):
    """A bar as long as the median, with a line from the lowest to the highest round, and the median as a number."""
    middle, lowest, highest = (LEFT + each * scale for each in (median(times), min(times), max(times)))
    weight = "600 13px" if name == "medley" else "13px"
    centre = top + BAR / 2
    yield text(LEFT - 8, top + 13, NAMES[name], weight, "#24292f", "end")
    yield f'<rect x="{LEFT}" y="{top}" width="{middle - LEFT:.1f}" height="{BAR}" rx="2" fill="{COLOURS[name]}"/>'
    yield f'<line x1="{lowest:.1f}" y1="{centre}" x2="{highest:.1f}" y2="{centre}" stroke="#24292f" opacity="0.55"/>'
    number = f"{median(times):.0f}" + (f" ({remark})" if remark else "")
    yield text(max(middle, highest) + 7, top + 13, number, weight)


def text(x, y, content, font, fill="#24292f", anchor="start"):
    weight, _, size = font.rpartition(" ")
    weight = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{weight} fill="{fill}" text-anchor="{anchor}">'
        f"{escape(content)}</text>"
    )
