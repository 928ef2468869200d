"""Histograms of pixel values: what range pictures have, by role."""

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from labkit.show.axes import GREY, panels, say, title
from labkit.show.picture import FAKE, REAL, Picture, figure

SMALLEST, LARGEST = 1e-4, 1.0  # shares of the pixels that the axis shows
TICKS = {1e-4: "0.01 %", 1e-3: "0.1 %", 1e-2: "1 %", 1e-1: "10 %", 1: "100 %"}
EDGES = np.linspace(-1.275, 1.275, 52)  # -1, 0 and 1 in the middle of a bar each


def pixel_bytes(images: Tensor) -> Picture:
    """Draw how often each grey level occurs in real images.

    Args:
        images: uint8, any shape.
    """
    share = torch.bincount(images.flatten().int(), minlength=256).numpy()
    share = share / share.sum()
    plot, axes = panels(height=3.2)
    axes.fill_between(range(256), share, SMALLEST / 10, color=REAL, linewidth=0)
    _share_axis(axes)
    axes.set_xlim(-3, 258)
    axes.set_xticks([0, 64, 128, 192, 255])
    axes.set_xlabel("grey level: 0 is black, 255 is white")
    say(axes, 6, share[0], f"{share[0]:.0%} of all pixels are black", REAL, va="center")
    alt = (
        f"How often each grey level occurs, on a log scale: {share[0]:.0%} of the "
        f"pixels are 0, {share[-5:].sum():.1%} are 251 to 255; every other level has "
        f"at most {share[1:250].max():.1%}."
    )
    return figure(plot, alt)


def pixel_values(panels_of: Mapping[str, tuple[Tensor, Tensor]]) -> Picture:
    """Draw the pixel values of real images and of fakes, one panel for each pair.

    Args:
        panels_of: title -> (real, fake), floats of any shape.
    """
    plot, axes = panels(len(panels_of), width=2.6 * len(panels_of) + 1, height=3.2)
    sentences = []
    for one, (name, pair) in zip(np.atleast_1d(axes), panels_of.items(), strict=True):
        pair = [pixels.detach().float() for pixels in pair]
        _histogram(one, pair[0], REAL, "real", filled=True)
        _histogram(one, pair[1], FAKE, "fake", filled=False)
        _share_axis(one)
        if sentences:  # the first panel has names for all
            one.set_yticks(list(TICKS), [""] * len(TICKS))
            one.set_ylabel("")
        one.set_xticks([-1, 0, 1])
        one.set_xlabel("pixel value")
        title(one, name)
        real, fake = (f"{float(p.min()):.2f} to {float(p.max()):.2f}" for p in pair)
        sentences.append(f"{name}: real from {real}, fake from {fake}")
    np.atleast_1d(axes)[0].legend(frameon=False, labelcolor=GREY, loc="upper center")
    return figure(plot, "Histograms of pixel values. " + "; ".join(sentences) + ".")


def _histogram(
    axes: Axes, values: Tensor, colour: str, name: str, filled: bool
) -> None:
    values = values.flatten().numpy()
    share = np.histogram(np.clip(values, EDGES[0], EDGES[-1]), EDGES)[0] / values.size
    if filled:
        axes.stairs(share, EDGES, fill=True, color=colour, alpha=0.45, label=name)
    else:
        axes.stairs(share, EDGES, color=colour, linewidth=2, linestyle="--", label=name)


def _share_axis(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.set_ylim(SMALLEST, LARGEST)
    axes.set_yticks(list(TICKS), list(TICKS.values()))
    axes.minorticks_off()
    axes.set_ylabel("share of the pixels")
