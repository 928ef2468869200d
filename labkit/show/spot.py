"""Pictures of the game "spot the fake": the class, player by player."""

from collections.abc import Sequence

import numpy as np

from labkit.show.axes import GREY, panels, say
from labkit.show.picture import CRITIC, GRADIENT, Picture, figure

Row = tuple[str, float, float, float]  # name, value, and the ends of its interval


def intervals(players: Sequence[Row], means: Sequence[Row], what: str) -> Picture:
    """Draw a number for each player with its interval, and means below.

    Args:
        players: name, value, low, high of each: circles.
        means: the same for groups: diamonds.
        what: what the number is.
    """
    rows = [(row, "o", CRITIC) for row in players]
    rows += [(row, "D", GRADIENT) for row in means]
    plot, axes = panels(height=1.2 + 0.34 * len(rows))
    places = np.arange(len(rows))[::-1]
    for place, ((_, value, low, high), mark, colour) in zip(places, rows, strict=True):
        axes.plot([low, high], [place, place], color=colour, linewidth=2)
        axes.plot(value, place, mark, color=colour, markersize=9)
        say(axes, high + 0.08, place, f"{value:.2f}", va="center")
    axes.axvline(0, color=GREY, linewidth=1, linestyle=":")
    names = [name.replace("$", r"\$") for (name, *_), *_ in rows]  # no formula
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"{what}; dotted: guessing")
    told = "; ".join(
        f"{name} {value:.2f} ({low:.2f} to {high:.2f})"
        for name, value, low, high in (*players, *means)
    )
    return figure(plot, f"{what}, with 95 % intervals: {told}.")
