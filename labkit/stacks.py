"""Networks from tables: a line for each layer, and sizes as letters.

What a preset trains with before anybody has written a class for it.
"""

import functools
import re

from torch import nn

from labkit.models import LEAK, norm_layer

# Image size -> the fast preset's critic. C: the images' channels, n: base_channels; then
# kernel, stride, padding. "plain": a norm follows, which has a bias of its own.
_CRITIC = """
    conv C n 4 2 1
    leak
    conv n 2n 4 2 1 plain
    norm 2n
    leak
    conv 2n 4n 4 2 1 plain
    norm 4n
    leak
    conv 4n 1 {last}
    flat
"""
FAST_CRITICS = {28: _CRITIC.format(last=3), 32: _CRITIC.format(last=4)}

# The same for its generator. D: latent_dim; q: a quarter of base_channels.
_GENERATOR = """
    linear D {pixels}q plain
    grid 4q {start} {start}
    norm 4q
    relu
    double
    conv 4q 2q 3 1 1 plain
    norm 2q
    relu
    double
    conv 2q q 3 1 1 plain
    norm q
    relu
    conv q C 3 1 1
    tanh
"""
FAST_GENERATORS = {
    size: _GENERATOR.format(start=size // 4, pixels=4 * (size // 4) ** 2)
    for size in (28, 32)
}

_LAYERS = {
    "conv": nn.Conv2d,
    "double": functools.partial(nn.Upsample, scale_factor=2),
    "grid": lambda *shape: nn.Unflatten(1, shape),
    "linear": nn.Linear,
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "leak": functools.partial(nn.LeakyReLU, LEAK),
    "flat": functools.partial(nn.Flatten, 0),
}


def stack(table: str, norm: str = "batch", **sizes: int) -> nn.Sequential:
    """Build the network of a table.

    Args:
        table: a line for each layer: its kind, then numbers, as "2n" or as they are.
        norm: what "norm" stands for, "batch", "layer" or "none".
        **sizes: what the letters stand for.
    """
    layers: list[nn.Module] = []
    for line in filter(None, map(str.strip, table.splitlines())):
        kind, *words = line.split()
        options = {"bias": norm == "none"} if "plain" in words else {}
        found = [re.fullmatch(r"(\d*)([a-zA-Z]?)", word) for word in words]
        numbers = [int(each[1] or 1) * sizes.get(each[2], 1) for each in found if each]
        layer = functools.partial(norm_layer, norm) if kind == "norm" else _LAYERS[kind]
        layers.append(layer(*numbers, **options))
    return nn.Sequential(*layers)
