"""Exercises of lab 00_warmup, for an editor and pytest instead of a notebook.

Made by `labkit build` from solutions/00_warmup/00_warmup.py. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa

import torch


def rescale(images_uint8: torch.Tensor) -> torch.Tensor:
    """Map bytes to the range of a tanh generator.

    Args:
        images_uint8: uint8 of any shape, 0 (black) to 255 (white).

    Returns:
        float32 of the same shape: 0 becomes -1, 255 becomes 1, linear in between.
    """
    # about 1 line
    raise NotImplementedError("your turn: replace this line")
