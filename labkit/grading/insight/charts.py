"""Bar charts as places and sizes for the page's SVG, and what they show in words."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from labkit.grading.feedback.words import STATES as SIGNS
from labkit.grading.feedback.words import mark
from labkit.grading.insight.points import STATES, Bar, Row

WIDE, HIGH = 700.0, 150.0  # of a histogram's bars, in units of its view box
LABELS = 12  # under a histogram at most


@dataclass(frozen=True)
class Chart:
    """A drawing: `parts` are what the template draws, `alt` is its text alternative."""

    parts: list[dict[str, Any]]
    alt: str


def histogram(bars: list[Bar], what: str, unit: str) -> Chart:
    """Bars above an axis.

    Args:
        bars: from left to right.
        what: what is counted, "30 students by points" say.
        unit: of the bars' ends, "points" say.
    """
    most = max((bar.count for bar in bars), default=0)
    wide = WIDE / max(len(bars), 1)
    every = -(-len(bars) // LABELS)
    parts = [
        {
            "x": f"{place * wide + 0.1 * wide:.1f}",
            "middle": f"{(place + 0.5) * wide:.1f}",
            "width": f"{0.8 * wide:.1f}",
            "y": f"{20 + HIGH * (1 - bar.count / (most or 1)):.1f}",
            "over": f"{14 + HIGH * (1 - bar.count / (most or 1)):.1f}",
            "height": f"{HIGH * bar.count / (most or 1):.1f}",
            "count": bar.count,
            "label": _label(bar) if place % every == 0 else "",
        }
        for place, bar in enumerate(bars)
    ]
    told = [f"{interval(bar)} {unit}: {bar.count}" for bar in bars if bar.count]
    return Chart(parts, f"{what}. {'; '.join(told) or 'nobody'}.")


def _label(bar: Bar) -> str:
    return mark(bar.low) + "+" * (bar.high == math.inf)


def interval(bar: Bar) -> str:
    """A bar's range in words."""
    low = mark(bar.low)
    if bar.high == math.inf:
        return f"{low} or more"
    return low if bar.high == bar.low else f"{low} to below {mark(bar.high)}"


def states(row: Row) -> Chart:
    """One exercise as a bar of four parts, 1000 wide: right, partly, wrong, not begun."""
    total = sum(row.counts.values())
    left, parts = 0.0, []
    for state in STATES:
        width = 1000 * row.counts[state] / (total or 1)
        if width:
            parts.append(
                {
                    "state": state,
                    "x": f"{left:.1f}",
                    "width": f"{max(width - 4, 2):.1f}",
                }
            )
        left += width
    told = [
        f"{row.counts[each]} {SIGNS[each][1]}" for each in STATES if row.counts[each]
    ]
    return Chart(parts, f"{row.name}: {', '.join(told) or 'no answers'}.")


def seconds(totals: list[float]) -> list[Bar]:
    """Count submissions by seconds: ten even steps, the last one open to the slow.

    Nineteen of twenty lie in the steps before the last.
    """
    if not totals:
        return []
    usual = sorted(totals)[int(0.95 * (len(totals) - 1))]
    step = _round_up(usual / 9)
    counts = Counter(min(int(total / step), 9) for total in totals)
    ends = [*((n + 1) * step for n in range(9)), math.inf]
    return [Bar(n * step, end, counts[n]) for n, end in enumerate(ends)]


def _round_up(value: float) -> float:
    """The next of 0.1, 0.2, 0.5, 1, 2, 5, 10 and so on."""
    size = 10.0 ** max(math.floor(math.log10(value or 1)), -1)
    return next(size * times for times in (1, 2, 5, 10) if size * times >= value)
