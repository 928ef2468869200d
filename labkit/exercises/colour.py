"""Exercises of lab 10_colour, for an editor and pytest instead of a notebook.

Made by `labkit build` from solutions/10_colour/10_colour.py. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa

import copy
import functools

import torch
from torch import nn


class DCGANGenerator(nn.Module):
    """Paints pictures by transposed convolutions, as Radford et al. (2016) do.

    Args:
        image_shape: (C, H, W) with H = W = 32 or 64.
        latent_dim: length of z.
        base_channels: maps before the last layer; twice as many at each smaller size.
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        latent_dim: int = 100,
        base_channels: int = 64,
    ) -> None:
        super().__init__()
        channels, size, _ = image_shape
        width = base_channels * size // 8  # of the 4×4 maps: 512 for 64 pixels
        # about 8 lines
        raise NotImplementedError("your turn: replace this line")

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Paint z (B, latent_dim) as images (B, C, H, W) in [-1, 1]."""
        # about 1 line
        raise NotImplementedError("your turn: replace this line")


class DCGANCritic(nn.Module):
    """Scores pictures by strided convolutions, as Radford et al. (2016) do.

    Args:
        image_shape: (C, H, W) with H = W = 32 or 64.
        base_channels: maps behind the first layer; twice as many at each smaller size.
    """

    def __init__(
        self, image_shape: tuple[int, int, int], base_channels: int = 64
    ) -> None:
        super().__init__()
        channels, size, _ = image_shape
        width, side = base_channels, size // 2  # of the maps behind the first layer
        # about 7 lines
        raise NotImplementedError("your turn: replace this line")

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Score images (B, C, H, W) in [-1, 1]; returns raw scores (B,)."""
        # about 1 line
        raise NotImplementedError("your turn: replace this line")
