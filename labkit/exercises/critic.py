"""Exercises of lab 02_critic, for an editor and pytest instead of a notebook.

Made by `labkit build` from solutions/02_critic/02_critic.py. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa

import functools

import torch
from torch import nn
from torch.nn import functional as F


def conv_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """Work out how many pixels are left of `size` after a convolution.

    Args:
        size: pixels in a row (or a column) of the picture, from 1 upwards.
        kernel, stride, padding: as in `nn.Conv2d`.

    Returns:
        The number of places where the whole kernel fits on the padded row.
    """
    # about 1 line
    raise NotImplementedError("your turn: replace this line")


def critic_block(
    in_channels: int, out_channels: int, dropout: float = 0.3
) -> nn.Module:
    """Halve height and width, bend, and drop while training.

    Args:
        in_channels, out_channels: number of maps before and after.
        dropout: share of what is dropped while training, in [0, 1).

    Returns:
        A module (B, in_channels, H, W) → (B, out_channels, ⌈H/2⌉, ⌈W/2⌉).
    """
    # about 5 lines
    raise NotImplementedError("your turn: replace this line")


class Critic(nn.Module):
    """Scores pictures: three halving blocks, then one linear layer.

    Args:
        image_shape: (C, H, W) of the pictures; H and W from 8 upwards.
        base_channels: maps of the first block; the next have 2 and 3 times as many.
        dropout: handed to the blocks.
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        base_channels: int = 32,
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        channels, height, width = image_shape
        # about 7 lines
        raise NotImplementedError("your turn: replace this line")

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Score images (B, C, H, W) in [-1, 1]; returns logits (B,)."""
        # about 2 lines
        raise NotImplementedError("your turn: replace this line")
