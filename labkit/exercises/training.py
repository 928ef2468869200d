"""Exercises of lab 05_training, for an editor and pytest instead of a notebook.

Made by `labkit build` from solutions/05_training/05_training.py. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa

import copy
import time

import torch
from torch import nn

import labkit


class GAN(nn.Module):
    """Both players in one module.

    Args:
        critic: (B, C, H, W) -> logits.
        generator: (B, latent_dim) -> images (B, C, H, W); carries `latent_dim`.
    """

    def __init__(self, critic, generator):
        super().__init__()
        # about 2 lines
        raise NotImplementedError("your turn: replace this line")

    def forward(self, images=None, batch_size=None):
        """Score the images given, or `batch_size` fakes drawn from fresh z of N(0, 1).

        Returns:
            (logits, images): the scores, and the images that were scored.
        """
        # about 5 lines
        raise NotImplementedError("your turn: replace this line")


def make_optimizers(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    """Give each player an Adam optimiser of its own (Radford et al. 2016, section 4).

    Args:
        critic, generator: the two networks.
        lr: learning rate of both.
        betas: how much of the past Adam remembers, (of gradients, of their squares).

    Returns:
        (opt_critic, opt_generator)
    """
    # about 3 lines
    raise NotImplementedError("your turn: replace this line")


def critic_step(critic, generator, opt_critic, real, z):
    """Teach the critic, on one batch, to tell real images from fakes.

    Args:
        critic, generator: the players; the generator is left as it is.
        opt_critic: optimiser over the critic's weights.
        real: real images (B, C, H, W) in [-1, 1].
        z: latent vectors (B, latent_dim) from N(0, 1).

    Returns:
        The critic's loss from before the update, a single number.
    """
    # about 6 lines
    raise NotImplementedError("your turn: replace this line")


def generator_step(critic, generator, opt_generator, z):
    """Teach the generator, on one batch, to be taken for real.

    Args:
        critic, generator: the players; the critic is left as it is.
        opt_generator: optimiser over the generator's weights.
        z: latent vectors (B, latent_dim) from N(0, 1).

    Returns:
        The generator's loss from before the update, a single number.
    """
    # about 5 lines
    raise NotImplementedError("your turn: replace this line")
