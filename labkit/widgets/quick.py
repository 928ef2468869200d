"""Many images at once, for a person who is moving a slider: `labkit.latent.images`, faster.

A `labkit.models.Generator` in eval mode needs no BatchNorm (folded away) and no large
picture before its convolution: doubling repeats pixels, so that the four pixels which
one becomes are 2×2 convolutions of the small picture. The images are the same.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from labkit.latent import images
from labkit.widgets.weights import foldable, folded_layers

Drawer = Callable[[Tensor], Tensor]


@torch.no_grad()
def drawer(generator: nn.Module) -> Drawer:
    """Prepare a generator for drawing: z (N, D) → images (N, C, H, W) in [-1, 1].

    Args:
        generator: any module; those that cannot be folded are called as they are. A
            folded one draws for ever as it does now.
    """
    if not foldable(generator):
        return lambda z: images(generator, z)
    (first, weight, bias), *others = folded_layers(generator)
    channels, height, width = first["shape"]
    # Rows in the order of a channels-last picture: pixel by pixel.
    project = (
        weight.transpose(0, 1).flatten(0, 1).contiguous(),
        bias.repeat(height * width),
    )
    steps = [_step(*layer) for layer in others]

    @torch.inference_mode()
    def draw(z: Tensor) -> Tensor:
        rows = F.linear(z.to(weight.device), *project).relu_()
        x = rows.view(len(z), height, width, channels).permute(0, 3, 1, 2)
        for step in steps[:-1]:
            x = step(x).relu_()
        return steps[-1](x).tanh_().cpu()

    return draw


def _step(row: dict, weight: Tensor, bias: Tensor) -> Drawer:
    if row["kind"] == "conv":
        weight = weight.contiguous(memory_format=torch.channels_last)
        return lambda x: F.conv2d(x, weight, bias, padding=1)
    kernels = torch.cat([_halved(_halved(weight, 2, a), 3, b) for a, b in PHASES])
    kernels = kernels.contiguous(memory_format=torch.channels_last)
    biases, after = bias.repeat(4), len(bias)

    def double(x: Tensor) -> Tensor:
        count, _, height, width = x.shape
        all_four = F.conv2d(x, kernels, biases, padding=1)  # (N, 4·after, H+1, W+1)
        all_four = all_four.permute(0, 2, 3, 1)
        large = x.new_empty(count, height, 2, width, 2, after)
        for phase, (a, b) in enumerate(PHASES):
            part = all_four[..., phase * after : (phase + 1) * after]
            large[:, :, a, :, b] = part[:, a : a + height, b : b + width]
        large = large.view(count, 2 * height, 2 * width, after)
        return large.permute(0, 3, 1, 2)

    return double


PHASES = [(0, 0), (0, 1), (1, 0), (1, 1)]  # down and to the right: even or odd pixels


def _halved(kernel: Tensor, dim: int, phase: int) -> Tensor:
    """Three taps over repeated pixels as two over the pixels themselves."""
    one, two, three = kernel.unbind(dim)
    return torch.stack([one, two + three] if phase == 0 else [one + two, three], dim)
