"""A promise and what was measured of it, and the table of them."""

import textwrap
from typing import NamedTuple

WIDTHS = (25, 38, 34)


class Bound(NamedTuple):
    name: str
    limit: str
    measured: str
    holds: bool
    details: str = ""

    def row(self):
        verdict = "holds" if self.holds else "MISSED"
        row = line(self.name, self.limit, self.measured, verdict)
        return row + "\n" + textwrap.indent(textwrap.fill(self.details, 104), "    ") if self.details else row


def header():
    return line("bound", "limit", "measured", "verdict") + "\n" + line(*("-" * width for width in WIDTHS), "-" * 7)


def line(*cells):
    """Widths are fixed, so that each row can be printed as soon as it is known."""
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS)) + "  " + cells[-1]
