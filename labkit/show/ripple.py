"""Pictures of lab 03: overlapping stamps and the chequered pattern they leave."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import Tensor

from labkit.overlap import ripple
from labkit.show.axes import SIZE, panels, title
from labkit.show.picture import FAKE, Picture, figure


def ripples(named: Mapping[str, Tensor]) -> Picture:
    """Draw what became of a constant input, with the ripple of each.

    Args:
        named: title -> maps (C, H, W) or one (H, W). The first map that is not 0 is
            drawn, from minus to plus its largest value; the number is that of all.
    """
    plot, axes = panels(len(named), width=2.5 * len(named), height=3)
    sentences = []
    for one, (name, maps) in zip(np.atleast_1d(axes), named.items(), strict=True):
        maps = maps.detach().reshape(-1, *maps.shape[-2:])
        drawn = maps[int(maps.abs().amax(dim=(1, 2)).argmax())]
        limit = float(drawn.abs().max()) or 1.0
        one.imshow(drawn.numpy(), cmap="gray", vmin=-limit, vmax=limit)
        one.set_xticks([])
        one.set_yticks([])
        one.set_xlabel(f"ripple {ripple(maps):.2f}", color="black")
        title(one, name)
        sentences.append(f"{' '.join(name.split())}: ripple {ripple(maps):.2f}")
    return figure(plot, "A flat input after " + "; ".join(sentences) + ".")


def stamps(inputs: int, kernels: Sequence[int], stride: int = 2) -> Picture:
    """Draw the stamps of a transposed convolution in one dimension, and their sum.

    Args:
        inputs: input pixels; each leaves one stamp.
        kernels: width of the stamp, one panel each.
        stride: distance from one stamp to the next.
    """
    plot, axes = panels(len(kernels), width=4.4 * len(kernels), height=3.2)
    sentences = []
    for one, kernel in zip(np.atleast_1d(axes), kernels, strict=True):
        overlaps = np.zeros(stride * (inputs - 1) + kernel, int)
        for index in range(inputs):
            overlaps[index * stride : index * stride + kernel] += 1
            one.add_patch(
                Rectangle((index * stride + 0.06, index + 1.7), kernel - 0.12, 0.7,
                          color=FAKE, alpha=0.8)
            )  # fmt: skip
        for place, count in enumerate(overlaps):
            _cell(one, place, int(count), int(overlaps.max()))
        one.set_xlim(
            -0.2, max(len(overlaps), stride * (inputs - 1) + max(kernels)) + 0.2
        )
        one.set_ylim(-0.2, inputs + 2.6)
        one.set_axis_off()
        title(one, f"kernel {kernel}, stride {stride}")
        sentences.append(f"kernel {kernel} gives {' '.join(map(str, overlaps))}")
    alt = (
        f"{inputs} input pixels leave one stamp each, {stride} pixels apart. How many "
        f"stamps lie on each output pixel: {'; '.join(sentences)}."
    )
    return figure(plot, alt)


def count_tables(named: Mapping[str, Tensor]) -> Picture:
    """Draw small tables of whole numbers: how often each pixel is met.

    Args:
        named: title -> (H, W) of numbers.
    """
    tables = {name: table.detach().round().int() for name, table in named.items()}
    most = max(int(table.max()) for table in tables.values())
    plot, axes = panels(len(named), width=2.9 * len(named), height=3.1)
    for one, (name, table) in zip(np.atleast_1d(axes), tables.items(), strict=True):
        one.imshow(table.numpy(), cmap="Purples", vmin=0, vmax=1.6 * most)
        for (y, x), number in np.ndenumerate(table.numpy()):
            one.text(x, y, str(number), ha="center", va="center", fontsize=SIZE - 1)
        one.set_axis_off()
        title(one, name)
    told = "; ".join(
        f"{name}: the middle has " + ", ".join(map(str, _middle(table)))
        for name, table in tables.items()
    )
    return figure(plot, f"Tables of counts. {told}.")


def _middle(table: Tensor) -> list[int]:
    """List which numbers occur two pixels or more away from the edge."""
    return torch.unique(table[2:-2, 2:-2]).tolist()


def _cell(axes: Axes, place: int, count: int, most: int) -> None:
    axes.add_patch(
        Rectangle((place, 0), 1, 1, edgecolor="white",
                  facecolor=FAKE, alpha=0.25 + 0.5 * count / (most + 1))
    )  # fmt: skip
    axes.text(place + 0.5, 0.5, str(count), ha="center", va="center", fontsize=SIZE,
              color="black")  # fmt: skip
