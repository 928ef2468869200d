"""A table of numbers as a picture: each column judged by itself (lab 09)."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from labkit.show.axes import GREY, SIZE
from labkit.show.picture import REAL, Picture, figure

ROW, COLUMN, NAMES = 0.42, 1.15, 2.2  # inches


def report_card(
    rows: Mapping[str, Mapping[str, float]], best: Mapping[str, float]
) -> Picture:
    """Draw numbers in rows and columns; frames mark the best of each column.

    Args:
        rows: name -> measure -> number; the same measures in every row.
        best: measure -> the value that is ideal; the nearest to it is marked.
    """
    measures = list(next(iter(rows.values())))
    width, height = NAMES + COLUMN * len(measures), ROW * (len(rows) + 1)
    plot = Figure(figsize=(width, height))
    axes = plot.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(-height, 0)
    axes.set_axis_off()
    for column, measure in enumerate(measures):
        x = NAMES + COLUMN * (column + 0.5)
        axes.text(x, -ROW / 2, measure, ha="center", va="center", fontsize=SIZE,
                  color=GREY)  # fmt: skip
        misses = {n: abs(row[measure] - best[measure]) for n, row in rows.items()}
        for line, (name, values) in enumerate(rows.items(), start=1):
            wins = misses[name] < min(misses.values()) + 0.0005
            frame = {"boxstyle": "round", "facecolor": "none", "edgecolor": REAL}
            axes.text(
                x, -ROW * (line + 0.5), f"{values[measure]:.2f}", ha="center",
                va="center", fontsize=SIZE, bbox=frame if wins else None,
                color=REAL if wins else "black",
            )  # fmt: skip
    for line, name in enumerate(rows, start=1):
        axes.text(0.1, -ROW * (line + 0.5), name, va="center", fontsize=SIZE)
    axes.axhline(-ROW, color=GREY, linewidth=0.8)
    told = [
        f"{name}: " + ", ".join(f"{m} {v:.2f}" for m, v in values.items())
        for name, values in rows.items()
    ]
    return figure(plot, "A table. " + "; ".join(told) + ".")
