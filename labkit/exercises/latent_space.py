"""Exercises of lab 07_latent_space, for an editor and pytest instead of a notebook.

Made by `labkit build` from solutions/07_latent_space/07_latent_space.py. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa

import torch
from torch.nn import functional as F


def lerp(z0, z1, t):
    """Go along the straight line from z0 (t = 0) to z1 (t = 1).

    Args:
        z0, z1: (D,) or (B, D).
        t: how far, a float from 0 to 1.

    Returns:
        The z on the way, of the shape of its ends.
    """
    # about 1 line
    raise NotImplementedError("your turn: replace this line")


def slerp(z0, z1, t):
    """Go along the arc from z0 (t = 0) to z1 (t = 1), at constant angular speed.

    Args:
        z0, z1: (D,) or (B, D); each row has its own angle.
        t: how far, a float from 0 to 1.

    Returns:
        The z on the way, of the shape of its ends; finite for equal and opposite ends.
    """
    # about 6 lines
    raise NotImplementedError("your turn: replace this line")


def interpolate(generator, z0, z1, steps):
    """Draw the images on the way from z0 to z1, evenly spaced, both ends included.

    Args:
        generator: (B, D) -> images (B, C, H, W); its mode is as before afterwards.
        z0, z1: (D,).
        steps: how many images, at least 2.

    Returns:
        (steps, C, H, W), drawn in eval mode, without gradient.
    """
    # about 7 lines
    raise NotImplementedError("your turn: replace this line")


def seed_pair():
    """Two seeds of one digit, and a place between them that shows another digit.

    Returns:
        The text of the explorer's field "Share": generator digits, view path, two
        seeds, t, path.
    """
    # about 1 line: return "explorer?…"
    raise NotImplementedError("your turn: replace this line")


def invert(generator, image, steps):
    """Find a z whose image comes close to a given one.

    Args:
        generator: (B, latent_dim) -> (B, C, H, W), in eval mode; carries `latent_dim`.
            Its weights and its mode stay as they are.
        image: (C, H, W) or (1, C, H, W), in [-1, 1].
        steps: of the optimiser.

    Returns:
        z, (latent_dim,) or (1, latent_dim).
    """
    # about 8 lines
    raise NotImplementedError("your turn: replace this line")
