"""Pictures of lab 04: what the losses do with a logit."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from labkit.show.axes import GREY, SIZE, level, panels, say, title
from labkit.show.picture import CRITIC, FAKE, GRADIENT, REAL, Picture, figure

LN2 = math.log(2)
MAP_LEVELS = (0.1, LN2, 2)


def price_list(logits: Tensor, real: Tensor, fake: Tensor) -> Picture:
    """Draw what the critic pays for one real image and for one fake.

    Args:
        logits: scores, increasing, (N,).
        real, fake: the price at each score of a real image and of a fake, (N,).
    """
    plot, axes = panels()
    axes.plot(logits, real, color=REAL, linewidth=2.5)
    axes.plot(logits, fake, color=FAKE, linewidth=2.5, linestyle="--")
    first, last = float(logits[0]), float(logits[-1])
    say(axes, first + 1.2, float(real[0]) - 0.6, "real image:  −log D", REAL)
    say(axes, last - 1.2, float(fake[-1]) - 0.6, "fake:  −log(1 − D)", FAKE, ha="right")
    axes.plot([0], [LN2], "o", color=CRITIC, markersize=7)
    axes.plot([0, 0], [LN2, 1.9], color=CRITIC, linewidth=1)
    say(axes, 0, 2, f"guessing: ln 2 = {LN2:.3f}", CRITIC, ha="center")
    axes.set_xlabel("logit:  ← “it is fake”     “it is real” →")
    axes.set_ylabel("the critic pays")
    axes.set_ylim(0)
    alt = (
        f"Two curves over the critic's logit from {first:.0f} to {last:.0f}. A real "
        f"image costs {float(real[0]):.2f} at the left and {float(real[-1]):.3f} at the"
        f" right, a fake the other way round; they cross at logit 0, where both cost "
        f"ln 2 = {LN2:.3f}."
    )
    return figure(plot, alt)


def critic_map(logits: Tensor, losses: Tensor) -> Picture:
    """Draw a critic's loss over the score of a real image and the score of a fake.

    Args:
        logits: scores, increasing, (N,).
        losses: (N, N); row i and column j belong to the fake's score logits[i] and
            the real image's score logits[j].
    """
    plot, axes = panels(width=6, height=4.6)
    edge = float(logits[-1])
    drawn = axes.imshow(
        losses.numpy(), origin="lower", extent=(-edge, edge, -edge, edge), cmap="cividis_r",
        vmin=0, interpolation="bilinear",
    )  # fmt: skip
    lines = axes.contour(
        logits.numpy(),
        logits.numpy(),
        losses.numpy(),
        levels=MAP_LEVELS,
        colors="white",
        linewidths=1,
    )
    axes.clabel(lines, fmt="%.2g", fontsize=9)
    corners = {}
    for name, real, fake in (
        ("right and sure", 4, -4),
        ("wrong and sure", -4, 4),
        ("guessing", 0, 0),
    ):
        nearest = [int((logits - at).abs().argmin()) for at in (fake, real)]
        corners[name] = float(losses[tuple(nearest)])
        dark = corners[name] > float(losses.max()) / 2
        axes.plot(real, fake, "o", color="white" if dark else "black", markersize=5)
        say(axes, real, fake + 0.45, f"{name}\n{corners[name]:.2f}",
            "white" if dark else "black", ha="center")  # fmt: skip
    axes.set_xlabel("logit of a real image")
    axes.set_ylabel("logit of a fake")
    bar = plot.colorbar(drawn, ax=axes, shrink=0.85)
    bar.set_label("critic_loss")
    bar.outline.set_visible(False)
    alt = "Map of the critic's loss over the logits of a real image and of a fake: " + (
        ", ".join(f"{name} {value:.2f}" for name, value in corners.items())
    )
    return figure(plot, alt)


def overflow(
    logits: Tensor, real: tuple[Tensor, Tensor], fake: tuple[Tensor, Tensor]
) -> Picture:
    """Draw both prices of the critic computed in two ways, and where the naive one ends.

    Args:
        logits: scores, increasing, (N,).
        real, fake: (naive, stable) prices of an image, (N,) each; the naive ones may
            be infinite.
    """
    plot, both = panels(2, width=9.5, height=3.4)
    told = []
    names = "−log sigmoid(x)", "−log(1 − sigmoid(x))"
    for axes, (naive, stable), name, side, near in zip(
        both, (real, fake), names, (1, -1), ("left", "right"), strict=True
    ):
        broken = ~naive.isfinite()
        last = int(torch.where(broken, -math.inf, naive).argmax())
        ends, height = float(logits[last]), float(stable[last])
        axes.plot(logits, stable, color=CRITIC, linewidth=6, alpha=0.3)
        axes.plot(logits[~broken], naive[~broken], color=GRADIENT, linewidth=2)
        axes.plot(ends, height, "X", color=GRADIENT, markersize=11)
        axes.annotate(
            f"inf beyond {ends:.0f}", (ends, height), xytext=(16 * side, 0), color=GRADIENT,
            textcoords="offset points", ha=near, va="center", fontsize=SIZE,
        )  # fmt: skip
        title(axes, name)
        axes.set_ylim(-8, 215)
        told.append(f"{name} is infinite beyond a logit of {ends:.0f}")
    say(both[0], -135, 155, "the logits form goes on", CRITIC)
    both[0].set_xlabel("logit of a real image")
    both[1].set_xlabel("logit of a fake")
    alt = (
        "Prices of a real image and of a fake over the logit, by two formulas: "
        + ", and ".join(told)
        + f"; the stable form goes on, to {float(real[1].max()):.0f}."
    )
    return figure(plot, alt)


def twice(sure: Tensor, right: Tensor, double: Tensor) -> Picture:
    """Draw the loss of a critic that is right and gets surer, sigmoid once and twice.

    Args:
        sure: how sure: the logit of a real image, minus that of a fake, (N,).
        right, double: the loss with one sigmoid and with two, (N,).
    """
    plot, axes = panels(height=3)
    end, floor = float(sure[-1]), float(double[-1])
    axes.plot(sure, double, color=GRADIENT, linewidth=2.5, linestyle="--")
    axes.plot(sure, right, color=CRITIC, linewidth=2.5)
    level(axes, LN2, "ln 2: guessing")
    say(axes, end, floor - 0.075, f"sigmoid twice: stuck at {floor:.3f}", GRADIENT,
        ha="right")  # fmt: skip
    say(axes, end, 0.04, "logits in, sigmoid once", CRITIC, ha="right")
    axes.set_ylim(0, 0.8)
    axes.set_xlabel("how sure the critic is (and it is right)")
    axes.set_ylabel("critic_loss")
    alt = (
        f"Loss of a critic that is right and gets surer. With one sigmoid it falls from"
        f" {float(right[0]):.2f} to {float(right[-1]):.3f}; with two it stops at "
        f"{floor:.3f}."
    )
    return figure(plot, alt)


def saturation(
    logits: Tensor,
    minimax: tuple[Tensor, Tensor],
    non_saturating: tuple[Tensor, Tensor],
) -> Picture:
    """Draw the generator's two losses, and how steep they are, on a log scale.

    Args:
        logits: the critic's score of a fake, increasing, (N,).
        minimax, non_saturating: (values, slopes) at each score, (N,) each.
    """
    logits = logits.detach()
    plot, (values, slopes) = panels(2, width=9.5, height=3.8)
    styles = (
        (minimax, GREY, "-.", "log(1 − D)\nsaturating"),
        (non_saturating, FAKE, "-", "−log D\nnon-saturating"),
    )
    for (value, slope), colour, style, name in styles:
        values.plot(logits, value, color=colour, linestyle=style, linewidth=2.5)
        slopes.semilogy(
            logits, slope.abs(), color=colour, linestyle=style, linewidth=2.5
        )
        say(values, float(logits[2]), float(value[2]) + 0.5, name, colour)
    title(values, "the generator's loss")
    title(slopes, "its gradient: how loud the critic's advice is")
    at = int((logits + 10).abs().argmin())
    loud, quiet = (float(s[at].abs()) for s in (non_saturating[1], minimax[1]))
    for value, colour, places in ((loud, FAKE, (0, -20)), (quiet, GREY, (12, -6))):
        slopes.plot(float(logits[at]), value, "o", color=colour, markersize=7)
        slopes.annotate(
            f"{value:#.2g}", (float(logits[at]), value), xytext=places, color=colour,
            textcoords="offset points", fontsize=SIZE,
        )  # fmt: skip
    values.set_ylim(-8, 14)
    for axes in (values, slopes):
        axes.set_xlabel("logit of a fake:  ← spotted     fooled →")
    alt = (
        "Left, the generator's two losses over the critic's logit of a fake. Right, "
        f"the size of their gradients on a log scale: at logit -10 it is {loud:.3g} "
        f"for the non-saturating loss and {quiet:.2g} for the saturating one."
    )
    return figure(plot, alt)


def smoothing(logits: Tensor, prices: Mapping[float, Tensor]) -> Picture:
    """Draw the price of a real image for several labels, and where it is lowest.

    Args:
        logits: scores, increasing, (N,).
        prices: label -> price at each score, (N,). Labels above 1 have no lowest price.
    """
    plot, axes = panels(height=3.8)
    lowest = []
    colours = (REAL, CRITIC, FAKE, GRADIENT)
    for (label, price), colour, style in zip(
        prices.items(), colours, ("-", "--", "-.", ":"), strict=False
    ):
        axes.plot(logits, price, color=colour, linestyle=style, linewidth=2.5)
        end = float(logits[-1])
        say(axes, end + 0.15, float(price[-1]) + 0.03, f"label {label:g}", colour)
        at = int(price.argmin())
        if at < len(price) - 1:
            axes.plot(logits[at], price[at], "o", color=colour, markersize=8)
            say(axes, float(logits[at]), float(price[at]) + 0.1,
                f"D = {float(logits[at].sigmoid()):.2f}", colour, ha="center")  # fmt: skip
            lowest.append((label, float(logits[at]), float(price[at])))
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set_xlabel("logit of a real image")
    axes.set_ylabel("the critic pays")
    axes.set_xlim(float(logits[0]), float(logits[-1]) * 1.22)
    axes.set_ylim(-0.9, 2.4)
    alt = "Price of a real image over its logit. " + " ".join(
        f"With label {label:g} it is lowest at logit {at:.1f} ({price:.2f})."
        for label, at, price in lowest
    )
    sinking = [label for label in prices if np.min(prices[label].numpy()) < 0]
    alt += "".join(f" With label {label:g} it falls below 0." for label in sinking)
    return figure(plot, alt)
