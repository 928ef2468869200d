"""Rows of images with a name on the left."""

from collections.abc import Mapping

import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from torch import Tensor

from labkit.image_files import tile
from labkit.show.axes import GREY, SIZE
from labkit.show.picture import GRADIENT, Picture, figure

INCHES, GAP = 0.62, 0.03  # side of one image, and space between two rows


def rows(named: Mapping[str, Tensor], alt: str | None = None) -> Picture:
    """Draw one row of images for each name.

    Args:
        named: name -> images (N, C, H, W), uint8 or float in [-1, 1], all of one size.
        alt: alternative text; by default the names in their order.
    """
    columns = max(len(images) for images in named.values())
    plot = Figure(figsize=(2 + INCHES * columns, INCHES * len(named)))
    height = 1 / len(named)
    for index, (name, images) in enumerate(named.items()):
        share = len(images) / columns * INCHES * columns / plot.get_figwidth()
        axes = plot.add_axes(
            (
                2 / plot.get_figwidth(),
                1 - (index + 1) * height,
                share,
                height * (1 - GAP / INCHES),
            )
        )
        axes.imshow(tile(images, len(images), gap=1), aspect="auto")
        axes.set_axis_off()
        axes.text(
            -0.12 / (INCHES * len(images)), 0.5, name, transform=axes.transAxes,
            ha="right", va="center", fontsize=SIZE, color=GREY,
        )  # fmt: skip
    alt = alt or f"Rows of images, from top to bottom: {', '.join(named)}"
    return figure(plot, alt)


def pink(gradient: Tensor) -> Tensor:
    """Turn gradients with respect to pixels into images: the pinker, the larger.

    Args:
        gradient: (N, C, H, W), any range; each image is scaled to its own maximum.

    Returns:
        (N, 3, H, W) in [-1, 1], white where the gradient is 0.
    """
    size = gradient.detach().abs().amax(dim=1, keepdim=True)
    size = size / size.amax(dim=(2, 3), keepdim=True).clamp_min(1e-12)
    colour = torch.tensor(to_rgb(GRADIENT)).view(1, 3, 1, 1)
    return 2 * (1 - size * (1 - colour)) - 1
