"""Exercises of lab 08_wasserstein, for an editor and pytest instead of a notebook.

Made by `labkit build` from solutions/08_wasserstein/08_wasserstein.py. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa

import functools
import math

import torch
from torch import autograd


def wasserstein_critic_loss(real_scores, fake_scores):
    """The critic's loss: how much higher fakes score than real images.

    Args:
        real_scores: scores of real images, (B,) or (B, 1), float.
        fake_scores: scores of fakes, (B',) or (B', 1), float.

    Returns:
        A scalar tensor of any sign, to be minimised; minus the distance at best.
    """
    # about 1 line
    raise NotImplementedError("your turn: replace this line")


def wasserstein_generator_loss(fake_scores):
    """The generator's loss: its fakes are to score high.

    Args:
        fake_scores: scores of fakes, (B,) or (B, 1), float.

    Returns:
        A scalar tensor of any sign, to be minimised.
    """
    # about 1 line
    raise NotImplementedError("your turn: replace this line")


def clip_weights(critic, limit):
    """Cut every parameter of the critic to [-limit, limit], in place.

    Args:
        critic: any module. Its buffers (BatchNorm's running means) stay as they are.
        limit: a number above 0.
    """
    # about 3 lines
    raise NotImplementedError("your turn: replace this line")


def gradient_penalty(critic, real, fake):
    """The price of slopes other than 1, at random places between real and fake.

    Args:
        critic: (B, …) → scores (B,) or (B, 1).
        real: points (B, 2) or images (B, C, H, W).
        fake: as many fakes, of the same shape.

    Returns:
        The mean of (length of the gradient − 1)², a scalar tensor that backward() can
        follow into the critic's weights.
    """
    # about 8 lines
    raise NotImplementedError("your turn: replace this line")
