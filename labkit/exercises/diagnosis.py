"""Exercises of lab 06_diagnosis, for an editor and pytest instead of a notebook.

Made by `labkit build` from solutions/06_diagnosis/06_diagnosis.py. Copy this file, fill
the holes, then run `labkit check` on your copy.
"""
# Names that only the holes use, or make, are missed by ruff:
# ruff: noqa

import math

import torch


def diagnosis():
    """Name the bug of each run.

    Returns:
        A dict from "A" to "F", each with a name of the list, "nothing is wrong" say.
    """
    named = dict.fromkeys("ABCDEF", "?")
    # about 6 lines, one a run: named["A"] = …
    raise NotImplementedError("your turn: replace this line")
    return named
