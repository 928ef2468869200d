"""Exercises of lab 01_the_game, for an editor and pytest instead of a notebook.

Made by `labkit build` from solutions/01_the_game/01_the_game.py. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa

import math

import torch


def optimal_critic(p_real, p_fake):
    """The best critic's probability of "real", from the two densities.

    Args:
        p_real: density of real points at some places, >= 0, float, any shape.
        p_fake: density of fakes at the same places, of the same shape.

    Returns:
        D* at each place, in [0, 1], of that shape; 0.5 where both densities are 0.
    """
    # about 4 lines
    raise NotImplementedError("your turn: replace this line")


def all_modes():
    """A run of the playground with a slow critic that covers all 8 modes of the ring.

    Returns:
        (text, modes): the text of the playground's field "Share", and how many modes
        the fakes cover at the end of that run.
    """
    # about 1 line: return "playground?…", 8
    raise NotImplementedError("your turn: replace this line")
