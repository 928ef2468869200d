"""Pictures of labs 02 and 03: where a kernel stands, and what becomes of the size."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from labkit.show.axes import GREY, SIZE, panels, title
from labkit.show.picture import CRITIC, Picture, figure

GAP = 0.45  # between two squares, as a share of the largest


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
    places = {k: range(0, size + 2 * padding - k + 1, stride) for k in kernels}
    top = max(len(starts) for starts in places.values()) + 2.8
    sentences = []
    for one, (kernel, starts) in zip(np.atleast_1d(axes), places.items(), strict=True):
        _pixels(one, size, padding)
        for row, start in enumerate(starts):
            _window(one, start - padding, kernel, 1.6 + row, str(row + 1))
        over = starts[-1] + stride
        if over - padding < size:  # it would still begin on the picture
            _hanging(one, over - padding, kernel, 1.6 + len(starts))
        one.set(xlim=(-padding - 0.3, size + padding + max(kernels) / 2))
        one.set(ylim=(-0.2, top))
        one.set_axis_off()
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
    plot = Figure()
    axes = plot.add_axes((0, 0, 1, 1))
    top, right = 0.0, 0.0
    for name, sizes in walks.items():
        tall = max(sizes)
        _walk(axes, name, sizes, top - tall / 2, largest)
        right = max(right, sum(sizes) + GAP * largest * (len(sizes) - 1))
        top -= tall + GAP * largest
    box = (-1.2 * largest, right + 1), (top, 0.15 * largest)
    axes.set(xlim=box[0], ylim=box[1])
    axes.set_axis_off()
    scale = 1.1 / largest  # inches of a pixel
    plot.set_size_inches(scale * (high - low) for low, high in box)
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


def _walk(
    axes: Axes, name: str, sizes: Sequence[int], middle: float, largest: int
) -> None:
    """Draw the squares of one walk, with arrows from one to the next."""
    axes.text(-0.1 * largest, middle, name, ha="right", va="center", fontsize=SIZE,
              color=GREY)  # fmt: skip
    left, gap = 0.0, GAP * largest
    for place, size in enumerate(sizes):
        if place:
            _arrow(axes, left + 0.15 * gap, left + 0.85 * gap, middle)
            left += gap
        axes.add_patch(
            Rectangle((left, middle - size / 2), size, size, facecolor="0.9",
                      edgecolor=GREY, linewidth=1.2)
        )  # fmt: skip
        inside = size > 0.3 * largest
        axes.text(
            left + size / 2, middle if inside else middle + size / 2 + 0.04 * largest,
            str(size), ha="center", va="center" if inside else "bottom",
            fontsize=SIZE + 1,
        )  # fmt: skip
        left += size


def _arrow(axes: Axes, left: float, right: float, y: float) -> None:
    arrow = {"arrowstyle": "->", "color": GREY}
    axes.annotate("", (right, y), (left, y), arrowprops=arrow)
