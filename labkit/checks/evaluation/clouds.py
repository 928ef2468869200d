"""Clouds of features, told by mean and covariance: what lab 09's checks draw."""

import torch
from torch import Tensor

Cloud = tuple[Tensor, Tensor]  # mean (D,), covariance (D, D), float64


def line(mean: float, variance: float) -> Cloud:
    """A cloud of one feature."""
    pair = torch.tensor([[mean, variance]], dtype=torch.float64)
    return pair[:, 0], pair[:, 1:]


def long(degrees: float) -> Cloud:
    """A cloud of variances 4 and 1/4, turned: here no shortcut gives the right root."""
    turn = torch.deg2rad(torch.tensor(degrees, dtype=torch.float64))
    along = torch.stack([turn.cos(), turn.sin()])
    return along, 0.25 * torch.eye(2).double() + 3.75 * torch.outer(along, along)


def cloud(
    width: int, rng: torch.Generator, turn: bool = True, size: float = 1.0
) -> Cloud:
    """Draw a mean and a covariance with variances between 0.2 and 4 times `size`."""
    variances = size * (0.2 + 3.8 * torch.rand(width, generator=rng).double())
    turned = torch.randn(width, width, generator=rng).double()
    axes = torch.linalg.qr(turned)[0] if turn else torch.eye(width).double()
    cov = axes * variances @ axes.T
    mean = size**0.5 * torch.randn(width, generator=rng).double()
    return mean, (cov + cov.T) / 2


def sampled(width: int, count: int, rng: torch.Generator) -> Cloud:
    """Mean and covariance of `count` features drawn from a cloud."""
    mean, cov = cloud(width, rng)
    root = torch.linalg.cholesky(cov)
    drawn = mean + torch.randn(count, width, generator=rng).double() @ root.T
    return drawn.mean(0), drawn.T.cov()
