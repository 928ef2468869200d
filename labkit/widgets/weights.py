"""A generator's weights for the page: what `generator.js` draws images from.

BatchNorm in eval mode is a scale and a shift of every channel, so it disappears into
the layer before it. What remains is a linear layer and convolutions. Their weights are
sent as whole numbers of 16 bits, with a scale for each channel: as small as float16, and
five times closer or more, because float16 spends bits on a range no weight needs.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from labkit.models import Generator

LIMIT = 700_000  # bytes; a larger network stays with the kernel
LARGEST = 2**15 - 1  # of the whole numbers

Layer = tuple[dict[str, Any], Tensor, Tensor]  # its row of the plan, weights, biases


@torch.no_grad()
def fold(generator: nn.Module) -> tuple[list[dict[str, Any]], bytes] | None:
    """Fold a generator, as it is in eval mode, into a plan and its weights.

    Args:
        generator: any module. The page can draw from a `labkit.models.Generator` with
            nearest upsampling whose weights fit into `LIMIT` bytes.

    Returns:
        None for any other network. Else the plan, a list of layers for JSON, and all
        weights one layer after the other, int16, little-endian. The layers are
        {"kind": "linear", "inputs": D, "shape": [C, H, W]}, with weights (C, H·W, D),
        then {"kind": "up" or "conv", "channels": [before, after]} with weights
        (after, before, 3, 3): a 3×3 convolution, with "up" after doubling height and
        width. "scales" are what the whole numbers of each channel are multiplied by,
        "biases" what is added. The last layer ends in tanh, the others in ReLU.
    """
    if (
        type(generator) is not Generator
        or generator.arguments["upsampling"] != "nearest"
    ):
        return None
    plan, parts = [], []
    for row, weight, bias in folded_layers(generator):
        if not (weight.isfinite().all() and bias.isfinite().all()):
            return None
        flat = weight.flatten(1)  # (channels, weights of each)
        scale = flat.abs().amax(1).clamp_min(1e-30) / LARGEST
        parts.append((flat / scale[:, None]).round().cpu().numpy().astype("<i2"))
        numbers = {"scales": _short(scale), "biases": _short(bias)}
        plan.append(row | numbers)
    whole = np.concatenate([part.ravel() for part in parts])
    return (plan, whole.tobytes()) if whole.nbytes <= LIMIT else None


def foldable(generator: nn.Module) -> bool:
    """Tell whether it is known what this network computes."""
    known = type(generator) is Generator
    return known and generator.arguments["upsampling"] == "nearest"


def folded_layers(generator: Generator) -> Iterator[Layer]:
    """The layers with BatchNorm folded into them.

    Yields:
        (row of the plan, weights, biases): weights (C, H·W, D) of the linear layer, then
        (after, before, 3, 3) of the convolutions; float32.
    """
    linear, unflatten = generator.project
    norm, _, *blocks = generator.blocks
    channels, height, width = unflatten.unflattened_size
    scale, shift = _scale_and_shift(norm)
    weight = linear.weight.float().view(channels, height * width, -1)
    row = {"kind": "linear", "inputs": linear.in_features}
    row["shape"] = [channels, height, width]
    yield row, weight * scale.view(-1, 1, 1), shift
    for block in blocks:
        _, *rest = block  # nn.Upsample, then convolution, BatchNorm, ReLU, once or more
        for index in range(0, len(rest), 3):
            scale, shift = _scale_and_shift(rest[index + 1])
            weight = rest[index].weight.float() * scale.view(-1, 1, 1, 1)
            yield _convolution("conv" if index else "up", weight, shift)
    paint = generator.paint[0]
    yield _convolution("conv", paint.weight.float(), paint.bias.float())


def _convolution(kind: str, weight: Tensor, bias: Tensor) -> Layer:
    """weight: (after, before, 3, 3)."""
    after, before = weight.shape[:2]
    return {"kind": kind, "channels": [before, after]}, weight, bias


def _scale_and_shift(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """What BatchNorm does to each channel in eval mode: x → scale · x + shift."""
    scale = norm.weight.float() / (norm.running_var.float() + norm.eps).sqrt()
    return scale, norm.bias.float() - scale * norm.running_mean.float()


def _short(numbers: Tensor) -> list[float]:
    """As many digits as float32 has, and no more."""
    return [float(f"{number:.8g}") for number in numbers.tolist()]
