"""Pictures of lab 03: weights at the start, the signal they pass on, and learning."""

from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from labkit.show.axes import GREY, SIZE, panels, say, title
from labkit.show.picture import FAKE, Picture, figure

COLOURS, STYLES, MARKS = (FAKE, GREY), ("-", "--"), "os"


def weights(layers: Mapping[str, tuple[Tensor, Tensor]]) -> Picture:
    """Draw histograms of weights before and after they were drawn anew.

    Args:
        layers: title -> (weights before, weights after), any shape.
    """
    plot, axes = panels(len(layers), width=2.9 * len(layers), height=2.8)
    sentences = []
    for one, (name, pair) in zip(np.atleast_1d(axes), layers.items(), strict=True):
        before, after = (w.detach().flatten().float().numpy() for w in pair)
        low = min(before.min(), after.min())
        high = max(before.max(), after.max())
        margin = 0.1 * (high - low) + 1e-3
        edges = np.linspace(low - margin, high + margin, 45)
        for values, name_of, look in (
            (before, "before", {"fill": True, "color": "0.75"}),
            (after, "after", {"color": FAKE, "linewidth": 2}),
        ):
            count = np.histogram(values, edges)[0]
            one.stairs(count / count.max(), edges, label=name_of, **look)
        one.set_yticks([])
        one.spines["left"].set_visible(False)
        one.set_xlabel("weight")
        one.locator_params(axis="x", nbins=4)
        title(one, name)
        told = [
            f"mean {w.mean():.2f}, deviation {w.std():.3f}" for w in (before, after)
        ]
        sentences.append(f"{name}: before {told[0]}; after {told[1]}")
        one.set_ylim(0, 1.4)  # room for the legend
    np.atleast_1d(axes)[0].legend(frameon=False, labelcolor=GREY, loc="upper left")
    return figure(plot, "Histograms of weights. " + ". ".join(sentences) + ".")


def signal(
    named: Mapping[str, Mapping[str, float]], what: str = "standard deviation"
) -> Picture:
    """Draw how strong the signal is behind each layer.

    Args:
        named: name of a network (two at most) -> layer -> a number above 0.
        what: what the numbers are.
    """
    plot, axes = panels(width=7, height=3.3)
    sentences = []
    for (name, values), colour, style, mark in zip(
        named.items(), COLOURS, STYLES, MARKS, strict=False
    ):
        numbers = list(values.values())
        axes.semilogy(numbers, color=colour, linestyle=style, marker=mark, linewidth=2)
        say(axes, len(numbers) - 0.85, numbers[-1], name, colour, va="center")
        sentences.append(f"{name}: from {numbers[0]:.2g} to {numbers[-1]:.2g}")
    axes.set_xticks(range(len(values)), list(values), fontsize=SIZE - 1)
    axes.set_xlim(-0.2, len(values) + 0.6)
    axes.set_ylabel(what)
    return figure(plot, f"The {what} behind each layer. " + "; ".join(sentences) + ".")


def fits(named: Mapping[str, Sequence[float]]) -> Picture:
    """Draw losses that fall, on a log scale.

    Args:
        named: name (two at most) -> one loss for each step.
    """
    plot, axes = panels(width=7, height=3.3)
    sentences = []
    for (name, losses), colour, style in zip(
        named.items(), COLOURS, STYLES, strict=False
    ):
        axes.semilogy(losses, color=colour, linestyle=style, linewidth=2)
        say(axes, len(losses) * 1.02, losses[-1], name, colour, va="center")
        sentences.append(f"{name}: {losses[0]:.2g} to {losses[-1]:.2g}")
    axes.set_xlim(0, len(losses) * 1.3)
    axes.set_xticks(range(0, len(losses) + 1, max(1, len(losses) // 4)))
    axes.set_xlabel("step")
    axes.set_ylabel("mean squared error")
    alt = f"Loss over {len(losses)} steps, on a log scale. " + "; ".join(sentences)
    return figure(plot, alt + ".")
