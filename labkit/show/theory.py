"""Pictures of lab 01: the best critic of two densities, and the game f(x, y) = x y."""

from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from labkit.show.axes import GREY, level, panels, say, title
from labkit.show.picture import CRITIC, FAKE, GRADIENT, REAL, Picture, figure


def best_critic(x: Tensor, p_real: Tensor, p_fake: Tensor, D: Tensor) -> Picture:
    """Draw two densities on a line, and a critic's probability of "real" there.

    Args:
        x: places, increasing, (N,).
        p_real, p_fake: densities at x, (N,).
        D: the critic's probability at x, (N,).
    """
    plot, (below, above) = panels(2, width=9.5, height=3.5)
    for density, colour, hatch, name in (
        (p_real, REAL, "//", "real"),
        (p_fake, FAKE, "..", "fakes"),
    ):
        below.fill_between(
            x, density, color=colour, alpha=0.25, hatch=hatch, linewidth=0
        )
        top = int(density.argmax())
        say(below, float(x[top]), float(density[top]) * 1.03, name, colour, ha="center")
    below.set_ylim(0, 1.2 * float(max(p_real.max(), p_fake.max())))
    below.set_ylabel("density")
    above.plot(x, D, color=CRITIC, linewidth=2.5)
    level(above, 0.5, "0.5: no idea", 0.3)
    above.set_ylim(-0.03, 1.05)
    above.set_ylabel("D*, the probability of being real")
    for axes, name in ((below, "how many of each"), (above, "your critic")):
        axes.set_xlabel("place")
        title(axes, name)
    even = round(float(x[(D - 0.5).abs().argmin()]), 1) + 0.0  # never -0.0
    return figure(
        plot,
        f"Left: densities of real points and fakes on a line. Right: the critic's "
        f"probability of real, from {float(D.min()):.2f} to {float(D.max()):.2f}; it is "
        f"0.5 at {even:.1f}.",
    )


def ratio(true: Tensor, read: Tensor, density: Tensor) -> Picture:
    """Compare a critic's logits with the true log of the density ratio.

    Args:
        true: log(p_real / p_fake) at some places, (N,).
        read: the critic's logits there, (N,).
        density: how many points there are at each place, (N,): dark is many.
    """
    plot, axes = panels(width=5.6, height=4.4)
    true, read = true.detach().numpy(), read.detach().numpy()
    crowded = density.detach().numpy() > 0.05 * float(density.max())
    for mask, colour, marker, name in (
        (~crowded, "0.7", "x", "hardly any points here"),
        (crowded, CRITIC, "o", "many points here"),
    ):
        axes.scatter(true[mask], read[mask], s=10, c=colour, marker=marker, alpha=0.6,
                     linewidths=0.8, label=name)  # fmt: skip
    ends = [-10, 10]
    axes.plot(ends, ends, color=GREY, linestyle="--", linewidth=1.5)
    axes.set_xlim(-9, 9)
    axes.set_ylim(-9, 9)
    axes.set_xlabel("true log(p_real / p_fake)")
    axes.set_ylabel("the critic's logit")
    axes.legend(frameon=False, labelcolor=GREY, loc="upper left")
    error = np.abs(true - read)
    return figure(
        plot,
        "The critic's logit against the true log ratio of the densities. Where there "
        f"are many points it is off by {error[crowded].mean():.2f} on average, "
        f"elsewhere by {error[~crowded].mean():.2f}.",
    )


def spirals(paths: Mapping[str, Sequence[tuple[float, float]]]) -> Picture:
    """Draw how two players move who share the game f(x, y) = x y.

    Args:
        paths: name -> (x, y) after each step, the start first.
    """
    plot, axes = panels(len(paths), width=4.2 * len(paths), height=4.2)
    told = []
    for one, (name, path) in zip(np.atleast_1d(axes), paths.items(), strict=True):
        x, y = np.array(path).T
        one.plot(x, y, color=GRADIENT, linewidth=1.2, marker=".", markersize=3)
        one.plot(x[0], y[0], "s", color=CRITIC, markersize=8)
        one.plot(0, 0, "*", color=REAL, markersize=14)
        say(one, x[0], y[0], "  start", CRITIC, va="center")
        limit = 1.15 * max(np.abs(path).max(), 1)
        say(one, 0, -0.06 * limit, "the solution", REAL, ha="center", va="top")
        one.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
        one.set_xlabel("x, who wants x y small")
        one.set_ylabel("y, who wants x y large")
        title(one, name)
        away = np.hypot(x, y)
        told.append(
            f"{name}: from {away[0]:.2f} to {away[-1]:.2f} away from the solution"
        )
    return figure(plot, "Paths of two players of x y. " + "; ".join(told) + ".")
