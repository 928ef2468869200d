"""How the points are spread, and how each exercise went."""

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from labkit.grading.insight.members import Member, by_exercise

MOST_BARS = 20  # of the distribution; above that, tenths
STATES = ("right", "partly", "wrong", "open")


@dataclass(frozen=True)
class Bar:
    """A bar of the distribution: from `low` up to, but not including, `high`."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Row:
    """How an exercise went.

    Attributes:
        name: the exercise.
        most: its points.
        mean: share of them that was reached on average, 0 to 1.
        counts: state -> students; "open" have not begun.
    """

    name: str
    most: float
    mean: float
    counts: dict[str, int]


def spread(scores: Iterable[float], most: float) -> list[Bar]:
    """Count scores in steps of a point, or of a tenth of the points if these are many.

    Full marks are in the last bar, and what is below 0 or above in the bar at that end.
    """
    steps = int(most) if 1 <= most <= MOST_BARS and most == int(most) else 10
    wide = (most or 1) / steps
    counts = Counter(min(max(int(score / wide), 0), steps) for score in scores)
    return [Bar(step * wide, (step + 1) * wide, counts[step]) for step in range(steps)] + [
        Bar(most, most, counts[steps])
    ]  # fmt: skip


def mean_and_median(scores: list[float]) -> tuple[float, float]:
    """Mean and median; 0 and 0 of nothing."""
    return (statistics.fmean(scores), statistics.median(scores)) if scores else (0, 0)


def exercises(members: list[Member]) -> list[Row]:
    """A row for each exercise, of those who have been graded for it."""
    rows = []
    for name, graded in by_exercise(members).items():
        entries = [each.record["exercises"][name] for each in graded]
        most = entries[0]["max_points"]
        points = [entry["points"] for entry in entries]
        counts = Counter(each.state(name) for each in graded)
        rows.append(
            Row(
                name,
                most,
                statistics.fmean(points) / (most or 1),
                {state: counts[state] for state in STATES},
            )
        )
    return rows
