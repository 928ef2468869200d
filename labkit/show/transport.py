"""Pictures of lab 09: what it costs to turn one cloud into another."""

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from torch import Tensor

from labkit.show.axes import GREY, SIZE, panels, say, title
from labkit.show.picture import FAKE, REAL, Picture, figure

Cloud = tuple[Tensor, Tensor]  # mean (D,), covariance (D, D)


def transport(real: tuple[float, float], fake: tuple[float, float]) -> Picture:
    """Draw two bell curves, and where the cheapest move takes each grain.

    Args:
        real, fake: mean and standard deviation.
    """
    plot, axes = panels(height=3.4)
    ends = [m + 3.4 * s * side for m, s in (real, fake) for side in (-1, 1)]
    x = np.linspace(min(ends), max(ends), 400)
    for (mean, spread), colour, hatch, name, up in (
        (fake, FAKE, "..", "fake", 1),
        (real, REAL, "//", "real", -1),
    ):
        bell = up * np.exp(-(((x - mean) / spread) ** 2) / 2) / spread
        axes.fill_between(
            x, 0.12 * up, 0.12 * up + bell, color=colour, alpha=0.3, hatch=hatch,
            linewidth=0,
        )  # fmt: skip
        say(axes, mean, 0.12 * up + up / spread * 0.42, name, colour, ha="center",
            va="center", bbox={"color": "white", "pad": 1.5, "alpha": 0.8})  # fmt: skip
    for step in np.linspace(-2, 2, 9):
        start, end = (mean + step * spread for mean, spread in (fake, real))
        axes.annotate(
            "", (end, -0.12), (start, 0.12),
            arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 1.2},
        )  # fmt: skip
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("feature")
    alt = (
        f"Above a line the fakes' bell curve, mean {fake[0]:g} and deviation "
        f"{fake[1]:g}; below it that of real images, mean {real[0]:g} and deviation "
        f"{real[1]:g}. Arrows join equal ranks: none of them cross."
    )
    return figure(plot, alt)


def ellipses(pairs: Mapping[str, tuple[Cloud, Cloud]], distances: list) -> Picture:
    """Draw pairs of two-dimensional clouds as ellipses, with their distance.

    Args:
        pairs: name -> (mean (2,) and covariance (2, 2) of real, of fake).
        distances: a number for each pair.
    """
    plot, axes = panels(len(pairs), width=2.6 * len(pairs), height=3)
    told = []
    for one, (name, pair), value in zip(axes, pairs.items(), distances, strict=True):
        for (mean, cov), colour, style in zip(
            pair, (REAL, FAKE), ("-", "--"), strict=True
        ):
            _ellipse(one, mean, cov, colour, style)
        one.set_aspect("equal")
        one.set_xlim(-4.3, 4.3)
        one.set_ylim(-4.3, 4.3)
        one.set_xticks([])
        one.set_yticks([])
        one.spines[:].set_visible(False)
        title(one, f"{name}\ndistance {float(value):.2f}")
        told.append(f"{name}: {float(value):.2f}")
    axes[0].legend(
        handles=[Line2D([], [], color=REAL, label="real"),
                 Line2D([], [], color=FAKE, linestyle="--", label="fake")],
        frameon=False, labelcolor=GREY, loc="lower right", fontsize=SIZE - 1,
    )  # fmt: skip
    return figure(plot, "Pairs of ellipses and their distances. " + "; ".join(told))


def _ellipse(axes: Axes, mean: Tensor, cov: Tensor, colour: str, style: str) -> None:
    """Draw where a cloud's density has fallen to that of one and two deviations."""
    angle = torch.linspace(0, 2 * torch.pi, 100, dtype=torch.float64)
    circle = torch.stack([angle.cos(), angle.sin()])
    root = torch.linalg.cholesky(cov.double())
    for times in (1, 2):
        x, y = mean.double()[:, None] + times * root @ circle
        axes.plot(x, y, color=colour, linestyle=style, linewidth=2.4 / times)
    axes.plot(*mean, "o", color=colour, markersize=5)


def yardstick(values: Mapping[str, float], marks: Mapping[str, float]) -> Picture:
    """Draw distances on a log scale, beside marks of known quality.

    Args:
        values: name -> distance above 0, of what is measured.
        marks: name -> distance of something whose quality is known.
    """
    plot, axes = panels(width=7.6, height=0.5 + 0.42 * (len(values) + 2))
    for place, (name, value) in enumerate(values.items()):
        axes.plot([0.01, value], [-place, -place], color=FAKE, linewidth=2, alpha=0.4)
        axes.plot(value, -place, "o", color=FAKE, markersize=9)
        say(axes, value * 1.15, -place, f"{value:.2f}", FAKE, va="center")
    for name, value in marks.items():
        axes.axvline(value, color=GREY, linewidth=1, linestyle=":")
        say(axes, value, 0.75, name, ha="center", va="bottom")
    axes.set_xscale("log")
    axes.set_xlim(0.2, max(*values.values(), *marks.values()) * 2.2)
    axes.set_ylim(-len(values) + 0.5, 0.7)
    axes.set_yticks([-place for place in range(len(values))], list(values))
    axes.tick_params(axis="y", length=0, labelsize=SIZE)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("FID_c: nearer to the test images  ←   → farther")
    both = [f"{name} {value:.2f}" for name, value in {**values, **marks}.items()]
    return figure(plot, "Distances to the test images: " + ", ".join(both) + ".")
