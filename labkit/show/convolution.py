"""Pictures of labs 02 and 03: where a kernel stands, and what becomes of the size."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from labkit.show.axes import GREY, SIZE, panels, title
from labkit.show.picture import CRITIC, Picture, figure

GAP = 14  # between two squares, in pixels of the pictures


def kernel_walk(
    size: int, kernels: Sequence[int], stride: int = 2, padding: int = 1
) -> Picture:
    """Draw one row of pixels and every place where a kernel stands on it.

    Args:
        size: pixels in the row, up to 16 or so.
        kernels: one panel for each kernel size.
        stride, padding: of the convolution.
    """
    plot, axes = panels(len(kernels), width=4.6 * len(kernels), height=2.9)
    sentences = []
    for one, kernel in zip(np.atleast_1d(axes), kernels, strict=True):
        starts = range(0, size + 2 * padding - kernel + 1, stride)
        _pixels(one, size, padding)
        for row, start in enumerate(starts):
            _window(one, start - padding, kernel, 1.6 + row, str(row + 1))
        over = starts[-1] + stride
        if over - padding < size:  # it would still begin on the picture
            _hanging(one, over - padding, kernel, 1.6 + len(starts))
        _frame(one, -padding - 0.3, size + padding + kernel / 2, len(starts) + 2.8)
        title(one, f"kernel {kernel}, stride {stride}, padding {padding}: "
              f"{size} → {len(starts)}")  # fmt: skip
        sentences.append(f"A kernel of {kernel} finds {len(starts)} places")
    alt = (
        f"A row of {size} pixels with padding {padding} on both sides; kernels walk "
        f"over it in steps of {stride}. " + ". ".join(sentences) + "."
    )
    return figure(plot, alt)


def size_walks(walks: Mapping[str, Sequence[int]]) -> Picture:
    """Draw how pictures shrink or grow, to scale.

    Args:
        walks: name -> sizes, one after each layer: [28, 14, 7, 4].
    """
    largest = max(max(sizes) for sizes in walks.values())
    tall, right = 1.3 * largest, 0.0
    plot = Figure(figsize=(8, 1.3 * len(walks)))
    axes = plot.add_axes((0.25, 0, 0.75, 1))
    for index, (name, sizes) in enumerate(walks.items()):
        middle, left = -index * tall, 0.0
        axes.text(-4, middle, name, ha="right", va="center", fontsize=SIZE, color=GREY)
        for place, size in enumerate(sizes):
            if place:
                _arrow(axes, left + 2, left + GAP - 2, middle)
                left += GAP
            _square(axes, left, middle, size)
            left += size
        right = max(right, left)
    axes.set_xlim(-1, right + 1)
    axes.set_ylim(-(len(walks) - 0.45) * tall, 0.55 * tall)
    axes.set_aspect("equal")
    axes.set_axis_off()
    steps = "; ".join(f"{n}: {' to '.join(map(str, s))}" for n, s in walks.items())
    return figure(plot, f"Sizes drawn to scale. {steps}.")


def _pixels(axes: Axes, size: int, padding: int) -> None:
    """Draw a row of pixels, those of the padding dashed and with a 0 in them."""
    for place in range(-padding, size + padding):
        real = 0 <= place < size
        style = {"facecolor": "0.85"} if real else {"fill": False, "linestyle": ":"}
        axes.add_patch(Rectangle((place, 0), 1, 1, edgecolor=GREY, **style))
        text = str(place + 1) if real else "0"
        axes.text(place + 0.5, 0.5, text, ha="center", va="center", fontsize=SIZE - 1,
                  color="black" if real else GREY)  # fmt: skip


def _window(axes: Axes, start: float, kernel: int, y: float, text: str) -> None:
    axes.add_patch(Rectangle((start + 0.08, y), kernel - 0.16, 0.62, color=CRITIC))
    axes.text(start + kernel / 2, y + 0.29, text, ha="center", va="center",
              fontsize=SIZE - 1, color="white")  # fmt: skip


def _hanging(axes: Axes, start: float, kernel: int, y: float) -> None:
    """Draw the place that a convolution leaves out: the kernel would stand outside."""
    outline = {"fill": False, "edgecolor": GREY, "linestyle": "--"}
    axes.add_patch(Rectangle((start + 0.08, y), kernel - 0.16, 0.62, **outline))
    axes.text(start + kernel / 2, y + 0.29, "over the edge", ha="center", va="center",
              fontsize=SIZE - 2, color=GREY)  # fmt: skip


def _frame(axes: Axes, left: float, right: float, top: float) -> None:
    axes.set_xlim(left, right)
    axes.set_ylim(-0.2, top)
    axes.set_axis_off()


def _square(axes: Axes, left: float, middle: float, size: int) -> None:
    axes.add_patch(
        Rectangle((left, middle - size / 2), size, size, facecolor="0.9",
                  edgecolor=GREY, linewidth=1.2)
    )  # fmt: skip
    if size >= 12:
        where = {"x": left + size / 2, "y": middle, "va": "center"}
    else:
        where = {"x": left + size / 2, "y": middle + size / 2 + 2, "va": "bottom"}
    axes.text(s=str(size), ha="center", fontsize=SIZE + 1, **where)


def _arrow(axes: Axes, left: float, right: float, y: float) -> None:
    arrow = {"arrowstyle": "->", "color": GREY}
    axes.annotate("", (right, y), (left, y), arrowprops=arrow)
