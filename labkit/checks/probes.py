"""Tiny networks with known algebra, handed to students' GANs and training steps."""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

IMAGE_SHAPE = (1, 5, 4)


class ProbeCritic(nn.Module):
    """Scores images with two layers, and notes every batch that it is shown.

    Without BatchNorm and dropout, so one batch or two, train or eval, give the same.

    Args:
        rng: draws the weights.
        gain: multiplies the gradients of the last layer and leaves the logits alone.
    """

    def __init__(self, rng: torch.Generator, gain: float = 1.0) -> None:
        super().__init__()
        self.image_shape, self.gain = IMAGE_SHAPE, gain
        self.look = _linear(math.prod(IMAGE_SHAPE), 8, 1.5, rng)
        self.score = _linear(8, 1, 2.5 / gain, rng)
        self.seen: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        _note(images, self.seen)
        features = self.gain * F.leaky_relu(self.look(images.flatten(1)), 0.2)
        return self.score(features).sum(1)  # (B,), and no view


class ProbeGenerator(nn.Module):
    """Paints images with one layer and tanh, and notes every z that it is given.

    Args:
        rng: draws the weights.
        latent_dim: length of z.
        gain: multiplies the weights' gradients and leaves the images alone.
    """

    def __init__(
        self, rng: torch.Generator, latent_dim: int = 6, gain: float = 1.0
    ) -> None:
        super().__init__()
        self.image_shape, self.latent_dim, self.gain = IMAGE_SHAPE, latent_dim, gain
        self.paint = _linear(latent_dim, math.prod(IMAGE_SHAPE), 1.2 / gain, rng)
        self.seen: list[Tensor] = []

    def forward(self, z: Tensor) -> Tensor:
        _note(z, self.seen)
        return torch.tanh(self.paint(self.gain * z).unflatten(1, IMAGE_SHAPE))


def _note(given: Any, seen: list[Tensor]) -> None:
    if isinstance(given, Tensor):  # else the layers will complain, better than we can
        seen.append(given.detach().clone())


def _linear(inputs: int, outputs: int, scale: float, rng: torch.Generator) -> nn.Linear:
    """Make a linear layer whose outputs have a spread of about `scale`."""
    layer = nn.Linear(inputs, outputs)
    with torch.no_grad():
        spread = scale / math.sqrt(inputs)
        layer.weight.copy_(spread * torch.randn(outputs, inputs, generator=rng))
        layer.bias.copy_(0.3 * scale * torch.randn(outputs, generator=rng))
    return layer


def draw_images(count: int, rng: torch.Generator) -> Tensor:
    """Draw `count` images of noise in [-1, 1]."""
    return 2 * torch.rand(count, *IMAGE_SHAPE, generator=rng) - 1


def flat(tensors: Iterable[Tensor]) -> Tensor:
    """Lay tensors end to end in one float64 vector that shares nothing with them."""
    return torch.cat([tensor.detach().double().reshape(-1) for tensor in tensors])


def gradients(network: nn.Module) -> Tensor:
    """Return the network's `.grad`s as one vector, 0 where there is none."""
    return flat(
        torch.zeros_like(weight) if weight.grad is None else weight.grad
        for weight in network.parameters()
    )
