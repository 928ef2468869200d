"""Pictures of labs 02 and 03: what every layer of a network makes, drawn to scale."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor, nn

from labkit.show.axes import GREY, SIZE
from labkit.show.picture import Picture, figure

MAPS = 5  # drawn of each stage, one behind the other
SHIFT = 3.0  # pixels from one to the next
GAP = 9.0  # pixels between two stages
INCHES = 0.055  # of one pixel


def collect(
    kind: type[nn.Module], network: nn.Module, inputs: Tensor
) -> tuple[list[Tensor], Tensor]:
    """Run a network and collect what comes out of each layer of one class.

    Args:
        kind: the class of layers, `nn.ReLU` say.
        network: any network; its mode stays as it is.
        inputs: what it is run on.

    Returns:
        (outputs of those layers in the order of the run, output of the network).
    """
    collected: list[Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda layer, given, out: collected.append(out))
        for layer in network.modules()
        if isinstance(layer, kind)
    ]
    try:
        return collected, network(inputs)
    finally:
        for hook in hooks:
            hook.remove()


def stages(named: Mapping[str, Tensor]) -> Picture:
    """Draw the maps of each stage of a network, in true proportion.

    Args:
        named: name -> maps (C, H, W), or a row of numbers (N,). A single map is taken
            for an image and drawn from -1 to 1; other stages have a grey scale of
            their own, with 0 in the middle.
    """
    largest = max(maps.shape[-1] for maps in named.values() if maps.dim() == 3)
    plot = Figure()
    axes = plot.add_axes((0, 0, 1, 1))
    left = 0.0
    for name, maps in named.items():
        maps = maps.detach().float()
        width = (
            _column(axes, maps, left) if maps.dim() == 1 else _pile(axes, maps, left)
        )
        axes.text(left + width / 2, -largest / 2 - 10, name, ha="center", va="top",
                  fontsize=SIZE, color=GREY, linespacing=1.4)  # fmt: skip
        left += max(width, 16) + GAP
    sides = (-3, left - GAP + 3), (-largest / 2 - 20, largest / 2 + 6)
    axes.set(xlim=sides[0], ylim=sides[1])
    plot.set_size_inches(INCHES * (right - low) for low, right in sides)
    axes.set_axis_off()
    axes.set_aspect("equal")
    parts = ", ".join(
        f"{' '.join(name.split())}: {' by '.join(map(str, maps.shape))}"
        for name, maps in named.items()
    )
    return figure(plot, f"The stages of a network, from left to right: {parts}.")


def _pile(axes: Axes, maps: Tensor, left: float) -> float:
    """Draw maps one behind the other around the height 0; return the width."""
    count = min(MAPS, len(maps))
    height, width = maps.shape[1:]
    limit = 1.0 if len(maps) == 1 else float(maps[:count].abs().max())
    rise = (count - 1) * SHIFT
    for index in reversed(range(count)):
        x, y = left + index * SHIFT, -height / 2 - rise / 2 + index * SHIFT
        axes.imshow(
            maps[index].numpy(), cmap="gray", vmin=-limit, vmax=limit,
            extent=(x, x + width, y, y + height), zorder=MAPS - index,
        )  # fmt: skip
        edge = np.array(
            [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
        )
        axes.fill(*edge.T, fill=False, edgecolor="white", linewidth=1.2,
                  zorder=MAPS - index + 0.5)  # fmt: skip
    return width + rise


def _column(axes: Axes, numbers: Tensor, left: float) -> float:
    """Draw a row of numbers as a standing strip; return its width."""
    limit = float(numbers.abs().max())
    axes.imshow(
        numbers.numpy()[:, None], cmap="gray", vmin=-limit, vmax=limit,
        extent=(left, left + 3, -18, 18), aspect="auto",
    )  # fmt: skip
    return 3.0
