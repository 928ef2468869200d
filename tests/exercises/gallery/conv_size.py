"""conv_size: right ones however written, wrong ones with the reason."""

import math

import numpy as np
import torch
from torch import nn


def sliding(size, kernel, stride, padding):
    """Count the places where the kernel stands."""
    return len(range(0, size + 2 * padding - kernel + 1, stride))


def stepping(size, kernel, stride, padding):
    count, right_edge = 0, kernel
    while right_edge <= size + 2 * padding:
        count, right_edge = count + 1, right_edge + stride
    return count


def by_torch(size, kernel, stride, padding):
    conv = nn.Conv1d(1, 1, kernel, stride, padding)
    return conv(torch.zeros(1, 1, size)).shape[-1]


def by_unfold(size, kernel, stride, padding):
    return torch.zeros(size + 2 * padding).unfold(0, kernel, stride).shape[0]


def as_class(size, kernel, stride, padding, dilation=1):
    extent = dilation * (kernel - 1) + 1
    whole, _ = divmod(size + 2 * padding - extent, stride)
    return whole + 1


def says_nothing(size, kernel, stride, padding):
    print((size + 2 * padding - kernel) // stride + 1)


def half_padding(size, kernel, stride, padding):
    return (size + padding - kernel) // stride + 1


def in_place_of_floor(size, kernel, stride, padding):
    return math.ceil((size + 2 * padding - kernel) / stride) + 1


def crash(size, kernel, stride, padding):
    return (size + 2 * pad - kernel) // stride + 1  # noqa: F821


def only_even(size, kernel, stride, padding):
    if stride == 1:
        return size + 2 * padding - kernel + 1
    return size // stride


RIGHT = {
    "formula": lambda n, k, s, p: (n + 2 * p - k) // s + 1,
    "floor": lambda n, k, s, p: math.floor((n + 2 * p - k) / s + 1),
    "int of a division": lambda n, k, s, p: int((n + 2 * p - k) / s) + 1,
    "one under the fraction": lambda n, k, s, p: (n + 2 * p - k + s) // s,
    "ceil the other way": lambda n, k, s, p: math.ceil((n + 2 * p - k + 1) / s),
    "numpy int": lambda n, k, s, p: np.int64((n + 2 * p - k) // s + 1),
    "counting places": sliding,
    "stepping": stepping,
    "by torch": by_torch,
    "by unfold": by_unfold,
    "with a dilation": as_class,
}

WRONG = {
    "float": (lambda n, k, s, p: (n + 2 * p - k) / s + 1, "a float comes back"),
    "whole float": (
        lambda n, k, s, p: (n + 2 * p - k) // s + 1.0,
        "a float comes back",
    ),
    "np.floor": (lambda n, k, s, p: np.floor((n + 2 * p - k) / s) + 1, "float64"),
    "tensor": (
        lambda n, k, s, p: torch.tensor((n + 2 * p - k) // s + 1),
        "a Tensor comes back",
    ),
    "tuple": (lambda n, k, s, p: ((n + 2 * p - k) // s + 1,) * 2, "a tuple comes back"),
    "string": (lambda n, k, s, p: str((n + 2 * p - k) // s + 1), "a str comes back"),
    "prints": (says_nothing, "nothing comes back"),
    "padding once": (half_padding, "one side only"),
    "no padding": (lambda n, k, s, p: (n - k) // s + 1, "padding is left out"),
    "minus padding": (lambda n, k, s, p: (n - 2 * p - k) // s + 1, "makes .* smaller"),
    "no plus one": (lambda n, k, s, p: (n + 2 * p - k) // s, "one position is missing"),
    "plus one inside": (
        lambda n, k, s, p: (n + 2 * p - k + 1) // s,
        "divided by the stride as well",
    ),
    "ceil": (in_place_of_floor, "rounds up"),
    "round": (lambda n, k, s, p: round((n + 2 * p - k) / s) + 1, "to the nearest"),
    "round all": (lambda n, k, s, p: round((n + 2 * p - k) / s + 1), "to the nearest"),
    "half up": (
        lambda n, k, s, p: int((n + 2 * p - k) / s + 0.5) + 1,
        "to the nearest",
    ),
    "no stride": (lambda n, k, s, p: n + 2 * p - k + 1, "stride is left out"),
    "stride 2": (lambda n, k, s, p: (n + 2 * p - k) // 2 + 1, "stride of 2"),
    "kernel 3": (lambda n, k, s, p: (n + 2 * p - 3) // s + 1, "kernel of 3"),
    "padding 1": (lambda n, k, s, p: (n + 2 - k) // s + 1, "padding of 1"),
    "precedence": (lambda n, k, s, p: n + 2 * p - k // s + 1, "brackets are missing"),
    "transposed": (lambda n, k, s, p: (n - 1) * s - 2 * p + k, "transposed"),
    "halves": (lambda n, k, s, p: n // s, "kernel and the padding are left out"),
    "same": (lambda n, k, s, p: -(-n // s), "kernel and the padding are left out"),
    "kernel after": (lambda n, k, s, p: (n + 2 * p) // s - k + 1, "after dividing"),
    "swapped s, p": (
        lambda n, k, s, p: (n + 2 * s - k) // p + 1 if p else n,
        "changed places|ZeroDivision",
    ),
    "swapped s, k": (lambda n, k, s, p: (n + 2 * p - s) // k + 1, "changed places"),
    "plus kernel": (lambda n, k, s, p: (n + 2 * p + k) // s + 1, "kernel is added"),
    "2 (p - k)": (lambda n, k, s, p: (n + 2 * (p - k)) // s + 1, "not the size"),
    "plus two": (lambda n, k, s, p: (n + 2 * p - k) // s + 2, "one too many"),
    "always 14": (lambda n, k, s, p: 14, "not the size"),
    "two paths": (only_even, "not the size"),
    "a typo": (crash, "name in it is unknown"),
    "three arguments": (lambda n, k, s: (n - k) // s + 1, "arguments"),
}
