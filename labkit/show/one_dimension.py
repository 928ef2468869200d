"""Pictures of lab 04: a game whose images are single numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from labkit.show.axes import GREY, panels, say, title
from labkit.show.picture import CRITIC, FAKE, GRADIENT, REAL, Picture, figure


def chase(
    start: float, scores: Tensor, x: Tensor, paths: Mapping[str, Sequence[float]]
) -> Picture:
    """Draw where fakes begin, what the critic thinks, and where the fakes get to.

    Real numbers are N(0, 1), fakes N(place, 1).

    Args:
        start: place of the fakes before training.
        scores: the critic's logits at x, (N,).
        x: numbers, increasing, (N,).
        paths: name of a loss -> place of the fakes after each step.
    """
    plot, (before, after) = panels(2, width=9.5, height=3.6)
    _crowds(before, x, start)
    before.plot(x, scores.sigmoid(), color=CRITIC, linewidth=2, linestyle="--")
    say(before, float(x[0]), 0.9, "D: the critic\nis sure", CRITIC, va="center")
    before.set_ylim(0, 1.08)
    before.set_xlabel("number")
    before.set_ylabel("D, the probability of being real")
    title(before, "the start")
    after.axhspan(-1, 1, color=REAL, alpha=0.15, hatch="//", linewidth=0)
    ends = []
    for (name, path), colour, style in zip(
        paths.items(), (GREY, FAKE, CRITIC), ("-.", "-", "--"), strict=False
    ):
        steps = range(len(path))
        after.plot(steps, path, color=colour, linestyle=style, linewidth=2.5)
        say(after, len(path) - 1, path[-1] + 0.45, name, colour, ha="right")
        ends.append(f"with {name} at {path[-1]:.2f}")
    say(after, 0, 0, "real numbers", REAL, va="center")
    after.set_xlabel("step")
    after.set_ylabel("place of the fakes")
    after.set_ylim(start - 1, 2)
    title(after, f"{len(steps) - 1} steps")
    alt = (
        f"Left: real numbers around 0, fakes around {start:g}, and a critic that is "
        f"sure of both. Right: the place of the fakes over {len(steps) - 1} steps; "
        f"they end " + ", ".join(ends) + "."
    )
    return figure(plot, alt)


def smoothed_fakes(place: float, x: Tensor, bills: Mapping[str, Tensor]) -> Picture:
    """Draw the generator's price at each number, for the best critics of some labels.

    Args:
        place: where the fakes are.
        x: numbers, increasing, (N,).
        bills: name -> the generator's price -log D at x, (N,).
    """
    plot, axes = panels(height=3.8)
    top = 1.15 * max(float(bill.max()) for bill in bills.values())
    _crowds(axes, x, place, height=top / 7, base=-top / 4)
    at = int((x - place).abs().argmin())
    slopes = []
    for (name, bill), colour, style, aside in zip(
        bills.items(), (CRITIC, GRADIENT), ("-", "--"), (1, 3.2), strict=False
    ):
        axes.plot(x, bill, color=colour, linestyle=style, linewidth=2.5)
        slope = float(torch.gradient(bill, spacing=(x,))[0][at])
        axes.plot(x[at], bill[at], "o", color=colour, markersize=7)
        say(axes, place + aside, float(bill[at]) + top / 25,
            f"{name}: slope {slope:.1f}", colour)  # fmt: skip
        slopes.append(f"{name}: {float(bill[at]):.1f}, slope {slope:.2g}")
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set_ylim(-top / 4, top)
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick < top])
    axes.set_xlabel("number")
    axes.set_ylabel("the generator pays  −log D")
    alt = (
        f"The generator's price at each number; real numbers lie around 0 and fakes "
        f"around {place:g}. Where the fakes are: " + "; ".join(slopes) + "."
    )
    return figure(plot, alt)


def _crowds(
    axes: Axes, x: Tensor, place: float, height: float = 0.4, base: float = 0
) -> None:
    """Fill the densities of real numbers, N(0, 1), and of fakes, N(place, 1)."""
    points = x.numpy()
    for middle, colour, hatch, name in (
        (0.0, REAL, "//", "real"),
        (place, FAKE, "..", "fakes"),
    ):
        density = base + height * np.exp(-((points - middle) ** 2) / 2)
        axes.fill_between(
            points, base, density, color=colour, alpha=0.25, hatch=hatch, linewidth=0
        )
        say(axes, middle, base + 1.02 * height, name, colour, ha="center")
