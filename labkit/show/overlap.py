"""The picture that stands in for the checkerboard widget."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from labkit.overlap import INPUTS, KINDS, MAPS, Upsampling, random_weights
from labkit.show.axes import SIZE, title
from labkit.show.picture import FAKE, Picture, figure

MOST = 24  # cells in a row of the square that still have room for a number


def overlap(setting: Upsampling) -> Picture:
    """Draw the stamps of a line, the counts of a square, and a flat input after it.

    Args:
        setting: kernel, stride, padding, and the way to upsample.
    """
    flat = setting.flat(random_weights())
    plot = Figure(figsize=(7, 6.4), layout="constrained")
    above, below = plot.add_gridspec(2, 1, height_ratios=(1, 1.6))
    _stamps(plot.add_subplot(above), setting)
    left, right = (plot.add_subplot(place) for place in below.subgridspec(1, 2))
    counts = setting.counts()
    _counts(left, counts)
    limit = float(flat[0].abs().max()) or 1.0
    right.imshow(flat[0].numpy(), cmap="gray", vmin=-limit, vmax=limit)
    for axes, name, maps in (
        (left, "all weights 1", counts),
        (right, "random weights", flat),
    ):
        start, end = setting.inside.start, setting.inside.stop
        for colour, style in (("white", "-"), ("black", "--")):  # seen on both
            axes.add_patch(
                Rectangle((start - 0.5, start - 0.5), end - start, end - start,
                          fill=False, linestyle=style, edgecolor=colour)
            )  # fmt: skip
        axes.set_axis_off()
        title(axes, f"{name}: ripple {setting.ripple(maps):.2f}")
    return figure(plot, told(setting))


def told(setting: Upsampling) -> str:
    """Say in words what is to be seen; the page says the same."""
    line, square = setting.stamps().sum(0), setting.counts()
    inside = setting.inside
    many = square[inside, inside]
    random = setting.flat(random_weights())
    return (
        f"{KINDS[setting.upsampling].capitalize()}; kernel {setting.kernel}, stride "
        f"{setting.stride}, padding {setting.padding}: {INPUTS} pixels in a row become "
        f"{setting.size}. Inside, the weights that meet in a pixel are "
        f"{_either(line[inside])} in a row, {_either(many)} in the square. Ripple "
        f"{setting.ripple(square):.2f} with all weights 1, {setting.ripple(random):.2f} "
        f"with random weights (mean of {MAPS} maps)."
    )


def _either(numbers: Tensor) -> str:
    """ "1, 2 or 4" """
    different = [f"{number:.0f}" for number in numbers.round(decimals=6).unique()]
    *first, last = different
    return f"{', '.join(first)} or {last}" if first else last


def _stamps(axes: Axes, setting: Upsampling) -> None:
    stamps = setting.stamps().numpy()
    for index, stamp in enumerate(stamps):
        for place in stamp.nonzero()[0]:
            _cell(axes, place, INPUTS - index, stamp[place] / stamps.max(), 0.8)
    total = stamps.sum(0)
    for place, count in enumerate(total):
        _cell(axes, place, -0.5, count / total.max(), 1)
        axes.text(place + 0.5, 0, f"{count:.0f}", ha="center", va="center",
                  fontsize=min(SIZE, 260 / len(total)))  # fmt: skip
    axes.set_xlim(0, len(total))
    axes.set_ylim(-0.6, INPUTS + 1)
    axes.set_axis_off()
    title(axes, f"{INPUTS} pixels of a line leave a stamp each; below, how many meet")


def _counts(axes: Axes, counts: Tensor) -> None:
    axes.imshow(counts.numpy(), cmap="Purples", vmin=0, vmax=1.6 * float(counts.max()))
    if len(counts) > MOST:
        return
    numbers = counts.numpy().round()
    for number in np.unique(numbers):  # as marks: much faster than hundreds of texts
        y, x = (numbers == number).nonzero()
        size = min(SIZE, 160 / len(counts)) * (0.7 if number < 10 else 0.95)
        axes.plot(x, y, marker=f"${number:.0f}$", markersize=size, color="black",
                  linestyle="none", markeredgewidth=0)  # fmt: skip


def _cell(axes: Axes, x: float, y: float, strength: float, height: float) -> None:
    axes.add_patch(
        Rectangle((x, y), 1, height, facecolor=FAKE, edgecolor="white", linewidth=0.5,
                  alpha=0.15 + 0.45 * strength)
    )  # fmt: skip
