"""Exercises of lab 04_losses, for an editor and pytest instead of a notebook.

Made by `labkit build` from solutions/04_losses/04_losses.py. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa

import math

import torch
from torch.nn import functional as F


def critic_loss(real_logits, fake_logits, smoothing=0.0):
    """Binary cross-entropy of the critic, on logits.

    Args:
        real_logits: scores of real images, (B,) or (B, 1), float.
        fake_logits: scores of fakes, (B',) or (B', 1), float.
        smoothing: real images get the label 1 - smoothing; fakes keep the label 0.

    Returns:
        The mean of the two mean cross-entropies: a scalar tensor, 0.693 for guessing.
    """
    # about 5 lines
    raise NotImplementedError("your turn: replace this line")


def minimax_generator_loss(fake_logits):
    """The generator's half of the value function: the mean of log(1 - D(G(z))).

    Args:
        fake_logits: scores of fakes, (B,) or (B, 1), float.

    Returns:
        A scalar tensor, at most 0; -0.693 when the critic is guessing.
    """
    # about 1 line
    raise NotImplementedError("your turn: replace this line")


def generator_loss(fake_logits):
    """The non-saturating loss of the generator: the mean of -log D(G(z)).

    Args:
        fake_logits: scores of fakes, (B,) or (B, 1), float.

    Returns:
        A scalar tensor, at least 0; 0.693 when the critic is guessing.
    """
    # about 1 line
    raise NotImplementedError("your turn: replace this line")
