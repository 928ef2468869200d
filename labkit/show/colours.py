"""Pictures of lab 10: channels, palettes, and what a broken rule costs."""

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.colors import rgb_to_hsv
from matplotlib.figure import Figure
from torch import Tensor

from labkit.data import normalise, to_uint8
from labkit.errors import BadValue
from labkit.show.axes import GREY, SIZE, panels, say
from labkit.show.picture import GRADIENT, Picture, figure
from labkit.show.rows import rows

CHANNELS = ("red", "green", "blue")
SWATCHES = 64  # colours in a row of `palettes`


def channels(images: Tensor) -> Picture:
    """Draw images, and below each one what its three channels hold.

    Args:
        images: (N, 3, H, W), uint8 or float in [-1, 1].
    """
    images = _floats(images)
    named = {"all three": images}
    for index, name in enumerate(CHANNELS):
        alone = torch.full_like(images, -1.0)
        alone[:, index] = images[:, index]
        named[f"{name} alone"] = alone
    alt = f"{len(images)} colour images, and below them each channel alone."
    return rows(named, alt)


def palettes(named: Mapping[str, Tensor]) -> Picture:
    """Draw the colours of the images' edges, one row for each name, sorted by hue.

    Args:
        named: name → images (N, 3, H, W), uint8 or float in [-1, 1]; of each image the
            mean colour of its outermost pixels is drawn, of at most 64 images.
    """
    plot = Figure(figsize=(9.2, 0.6 * len(named)))
    told = []
    for index, (name, images) in enumerate(named.items()):
        colours = _edge_colours(_floats(images[:SWATCHES]))
        spread = float(colours.std(axis=0).mean())
        height = 1 / len(named)
        axes = plot.add_axes((0.22, 1 - (index + 0.9) * height, 0.78, 0.8 * height))
        axes.imshow(colours[None], aspect="auto", interpolation="nearest")
        axes.set_axis_off()
        axes.text(-0.015, 0.5, name, transform=axes.transAxes, ha="right",
                  va="center", fontsize=SIZE, color=GREY)  # fmt: skip
        told.append(f"{name}: {len(colours)} colours, their spread is {spread:.2f}")
    return figure(plot, "The colours at the images' edges. " + "; ".join(told) + ".")


def scale(named: Mapping[str, float], what: str) -> Picture:
    """Draw some numbers above 0 as points on one log scale, each with its value.

    Args:
        named: name → number.
        what: what the numbers are.
    """
    plot, axes = panels(height=0.8 + 0.42 * len(named))
    places = np.arange(len(named))[::-1]
    for place, value in zip(places, named.values(), strict=True):
        axes.axhline(place, color="0.9", linewidth=1, zorder=0)
        axes.plot(value, place, "o", color=GRADIENT, markersize=11)
        say(axes, value * 1.35, place, f"{value:.2g}", va="center")
    axes.set_xscale("log")
    axes.set_xlim(min(named.values()) / 3, max(named.values()) * 6)
    axes.set_ylim(-0.6, len(named) - 0.4)
    axes.set_yticks(places, list(named), fontsize=SIZE)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(what)
    told = "; ".join(f"{name}: {value:.2g}" for name, value in named.items())
    return figure(plot, f"{what[:1].upper()}{what[1:]}. {told}.")


def _floats(images: Tensor) -> Tensor:
    """The images as floats in [-1, 1]; refuses what has no three channels."""
    if images.dim() != 4 or images.shape[1] != 3:
        raise BadValue(
            f"expected colour images (N, 3, H, W); got shape {tuple(images.shape)}"
        )
    if images.dtype == torch.uint8:
        return normalise(images)
    return images.detach().float()


def _edge_colours(images: Tensor) -> np.ndarray:
    """Mean colour of each image's outermost pixels, (N, 3) in 0..1, sorted by hue."""
    pixels = to_uint8(images).float() / 255
    edge = torch.cat(
        [pixels[:, :, 0], pixels[:, :, -1], pixels[:, :, :, 0], pixels[:, :, :, -1]], 2
    )
    colours = edge.mean(2).cpu().numpy()
    hue, _, value = rgb_to_hsv(colours).T
    return colours[np.lexsort((value, hue.round(1), value > 0.6))]
