"""Calm axes: what all plots of curves have in common."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

SIZE = 11  # points, of every text
GREY = "0.35"


def panels(count: int = 1, width: float = 7, height: float = 3.4) -> tuple:
    """Make a figure and its axes, side by side, without frames.

    Args:
        count: how many axes.
        width, height: of the whole figure, in inches of 96 CSS pixels.

    Returns:
        (figure, axes) for one, (figure, list of axes) for more.
    """
    plot = Figure(figsize=(width, height), layout="constrained")
    axes = list(plot.subplots(1, count, squeeze=False)[0])
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
        one.tick_params(labelsize=SIZE - 1, colors=GREY)
        one.xaxis.label.set_size(SIZE)
        one.yaxis.label.set_size(SIZE)
    return plot, axes if count > 1 else axes[0]


def title(axes: Axes, text: str) -> None:
    """Head one of several panels."""
    axes.set_title(text, fontsize=SIZE, loc="left")


def say(
    axes: Axes, x: float, y: float, text: str, colour: str = GREY, **where: object
) -> None:
    """Write a text at a point of the data: a line's name stands beside the line."""
    axes.text(x, y, text, color=colour, fontsize=SIZE, **where)


def level(axes: Axes, y: float, text: str, x: float = 0.99) -> None:
    """Draw a dotted line across, with its name above it, ending at x (0 to 1)."""
    axes.axhline(y, color=GREY, linewidth=1, linestyle=":")
    axes.annotate(
        text, (x, y), xycoords=("axes fraction", "data"), xytext=(0, 3),
        textcoords="offset points", ha="right", color=GREY, fontsize=SIZE,
    )  # fmt: skip
