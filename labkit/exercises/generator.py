"""Exercises of lab 03_generator, for an editor and pytest instead of a notebook.

Made by `labkit build` from solutions/03_generator/03_generator.py. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa

import copy
import functools

import torch
from torch import nn
from torch.nn import functional as F


def upsample_block(in_channels: int, out_channels: int) -> nn.Module:
    """Double height and width by resizing, then convolve.

    Args:
        in_channels, out_channels: number of maps before and after.

    Returns:
        A module (B, in_channels, H, W) → (B, out_channels, 2H, 2W). In eval mode a
        flat input comes out flat, away from the edges.
    """
    # about 6 lines
    raise NotImplementedError("your turn: replace this line")


class Generator(nn.Module):
    """Paints pictures: a linear layer makes a small one, which is then doubled.

    Args:
        image_shape: (C, H, W) of the pictures; H = W is 28, 32 or 64.
        latent_dim: length of z.
        base_channels: maps of the smallest size; each doubling halves their number.
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        latent_dim: int = 100,
        base_channels: int = 256,
    ) -> None:
        super().__init__()
        channels, size, _ = image_shape
        small = 7 if size == 28 else 8
        # about 11 lines
        raise NotImplementedError("your turn: replace this line")

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Paint z (B, latent_dim) as images (B, C, H, W) in [-1, 1]."""
        # about 1 line
        raise NotImplementedError("your turn: replace this line")


def init_weights(module: nn.Module) -> None:
    """Draw one layer's first weights as DCGAN does, in place; for `network.apply`.

    (Transposed) convolutions: N(0, 0.02). BatchNorm: weight N(1, 0.02). Their biases: 0.
    Not every layer has a bias, or a weight. All other modules stay as they are.

    Args:
        module: any layer or container.
    """
    # about 10 lines
    raise NotImplementedError("your turn: replace this line")
