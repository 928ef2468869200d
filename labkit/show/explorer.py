"""The latent explorer as a still picture: the image shown, and what lies around it."""

from collections.abc import Mapping

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from labkit.image_files import tile
from labkit.show.axes import GREY, SIZE, say
from labkit.show.picture import CRITIC, GRADIENT, Picture, figure

SPREAD = 1.4  # two standard deviations of the length of z
STYLES = {"slerp": (CRITIC, "-", "arc"), "lerp": (GRADIENT, "--", "line")}


def on_the_way(
    details: Mapping[str, Tensor],
    norms: Mapping[str, Tensor],
    t: float,
    legs: int,
    shell: float,
    alt: str,
) -> Picture:
    """Draw images side by side, and the length of z on both ways with a mark at t.

    Args:
        details: name -> image (C, H, W).
        norms: "slerp" and "lerp" -> lengths of z, (T,), from t = 0 to t = legs.
        t: where the images are.
        legs: seeds less one.
        shell: length of a typical z.
        alt: alternative text.
    """
    plot = Figure(figsize=(9, 2.6), layout="constrained")
    *places, axes = plot.subplots(
        1, len(details) + 1, width_ratios=[1] * len(details) + [1.9]
    )
    for place, (name, image) in zip(places, details.items(), strict=True):
        _image(place, name, image)
    draw_norms(axes, norms, legs, shell)
    axes.axvline(t, color=GREY, linewidth=1)
    return figure(plot, alt)


def draw_norms(
    axes: Axes, norms: Mapping[str, Tensor], legs: int, shell: float
) -> None:
    """Draw lengths of z over t, with the band where nearly all z are."""
    axes.axhspan(shell - SPREAD, shell + SPREAD, color="0.5", alpha=0.2, linewidth=0)
    for path, lengths in norms.items():
        colour, style, name = STYLES[path]
        t = torch.linspace(0, legs, len(lengths))
        axes.plot(t, lengths, color=colour, linestyle=style, linewidth=2)
        low = int(lengths[len(t) // 4 :].argmin()) + len(t) // 4
        up = path == "slerp"
        at = len(t) // 2 if up else low
        say(axes, float(t[at]), float(lengths[at]) + (0.3 if up else -0.3), name, colour,
            ha="center", va="bottom" if up else "top")  # fmt: skip
    axes.set_ylim(0, max(shell + SPREAD, *(float(n.max()) for n in norms.values())) + 1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=SIZE - 1, colors=GREY)
    axes.set_xlabel("t", fontsize=SIZE)
    axes.set_title(
        "length of z; grey: where 19 of 20 are", fontsize=SIZE - 1, loc="left"
    )


def around(
    details: Mapping[str, Tensor],
    sheet: Tensor,
    columns: int,
    mark: tuple[float, float] | None,
    alt: str,
) -> Picture:
    """Draw a few images in large, one below the other, beside many small ones.

    Args:
        details: name -> image (C, H, W).
        sheet: images (N, C, H, W), row by row.
        columns: images in a row.
        mark: where a ring is drawn on the sheet, in images from its upper left.
        alt: alternative text.
    """
    plot = Figure(figsize=(7.2, 4.8), layout="constrained")
    left, right = plot.subfigures(1, 2, width_ratios=(1, 2.1))
    places = left.subplots(max(2, len(details)), 1)
    for place in places[len(details) :]:
        place.set_axis_off()
    for place, (name, image) in zip(places, details.items(), strict=False):
        _image(place, name, image)
    axes = right.subplots()
    axes.imshow(tile(sheet, columns), interpolation="nearest")
    axes.set_axis_off()
    if mark is not None:
        height, width = sheet.shape[-2:]
        spot = mark[0] * width - 0.5, mark[1] * height - 0.5
        for colour, size in (("white", 4), ("black", 1.5)):  # seen on any ground
            axes.plot(*spot, "o", mfc="none", mec=colour, mew=size, ms=16)
    return figure(plot, alt)


def _image(axes: Axes, name: str, image: Tensor) -> None:
    axes.imshow(tile(image[None], 1), interpolation="nearest")
    axes.set_axis_off()
    axes.set_title(name, fontsize=SIZE - 1)
