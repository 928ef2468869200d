"""rescale: right ways to write it, and mistakes with the reason to be named."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def plain(images_uint8):
    return images_uint8.float() / 127.5 - 1


def half_and_half(images):
    images = images.to(torch.float32) / 255
    return (images - 0.5) / 0.5


def doubled(x):
    return 2 * (x / 255.0) - 1


def centred_first(x):
    return (x - 127.5) / 127.5


def in_place_on_a_copy(x):
    result = x.float()
    result /= 255
    result *= 2
    result -= 1
    return result


def through_numpy(x):
    pixels = x.numpy().astype(np.float32)
    return torch.from_numpy(pixels / 127.5 - 1.0)


def with_lerp(x):
    return torch.lerp(torch.tensor(-1.0), torch.tensor(1.0), x / 255)


def a_table(x):
    return torch.linspace(-1, 1, 256)[x.int()]


def through_float64(x):
    return (x.double() / 255 * 2 - 1).float()


def normalised_channels(x):
    mean = torch.full((x.shape[1],), 0.5).view(1, -1, 1, 1)
    return (x.div(255) - mean) / mean


def image_by_image(x):
    return torch.stack([image.float().div(127.5).sub(1) for image in x])


class AsLayer(nn.Module):
    """A class with a forward; an instance of it is a function too."""

    def forward(self, x):
        return x.type(torch.float32) * (2 / 255) - 1


class AsCallable:
    """Neither a function nor a module."""

    def __call__(self, images):
        return F.hardtanh(images / 127.5 - 1)


def with_interp(x):
    result = np.interp(x, [0, 255], [-1, 1])
    return torch.as_tensor(result, dtype=torch.float32)


RIGHT = {
    "plain": plain,
    "half and half": half_and_half,
    "doubled": doubled,
    "centred first": centred_first,
    "in place on a copy": in_place_on_a_copy,
    "through numpy": through_numpy,
    "lerp": with_lerp,
    "table": a_table,
    "through float64": through_float64,
    "normalised channels": normalised_channels,
    "image by image": image_by_image,
    "module": AsLayer(),
    "callable": AsCallable(),
    "interp": with_interp,
}


def no_return(x):
    x.float() / 127.5 - 1


def in_place_error(x):
    x /= 127.5
    return x - 1


def in_place_on_bytes(x):
    x -= 128
    return x.float() / 127.5


def input_inverted(x):
    result = x.float() / 127.5 - 1
    x.copy_(255 - x)
    return result


def input_cleared(x):
    result = plain(x)
    x.zero_()
    return result


def min_max_image(x):
    x = x.float()
    low, high = x.amin((1, 2, 3), True), x.amax((1, 2, 3), True)
    return 2 * (x - low) / (high - low) - 1


def min_max_batch(x):
    x = x.float()
    return 2 * (x - x.min()) / (x.max() - x.min()) - 1


def by_maximum(x):
    return x.float() / x.max() * 2 - 1


def standardised(x):
    x = x.float()
    return (x - x.mean()) / x.std()


def with_noise(x):
    return plain(x) + 0.01 * torch.randn(x.shape)


def dequantised(x):
    return (x.float() + torch.rand(x.shape)) / 128 - 1


def unfinished(images_uint8):
    raise NotImplementedError("rescale: your turn")


def batch_dropped(x):
    return plain(x).squeeze()


def needs_64(x):
    return plain(x).view(64, 1, 28, 28)


def typo(x):
    return imags.float() / 127.5 - 1  # noqa: F821


SCALED = r"range is 0 to 1"
WRAP = r"wrap around"
ONE_RULE = r"different values in different pictures"

WRONG = {
    "nothing": (lambda x: x.float(), r"nothing is scaled"),
    "identity": (lambda x: x, r"uint8, not float32"),
    "only /255": (lambda x: x / 255, SCALED),
    "only /256": (lambda x: x / 256, SCALED),
    "only /127.5": (lambda x: x / 127.5, r"range is 0 to 2"),
    "only -127.5": (lambda x: x - 127.5, r"centred, but not scaled"),
    "half range": (lambda x: x / 255 - 0.5, r"-0.5 to 0.5"),
    "to 0": (lambda x: x / 255 - 1, r"-1 to 0"),
    "negative": (lambda x: 1 - x / 127.5, r"black and white are swapped"),
    "mnist": (lambda x: (x / 255 - 0.1307) / 0.3081, r"MNIST's mean"),
    "/128 - 1": (lambda x: x / 128 - 1, r"white is not quite 1"),
    "(x-128)/128": (lambda x: (x.float() - 128) / 128, r"white is not quite 1"),
    "/127 - 1": (lambda x: x / 127 - 1, r"white is a little above 1"),
    "(x-128)/127.5": (
        lambda x: (x.float() - 128) / 127.5,
        r"black is a little below -1",
    ),
    "clamped": (lambda x: x.float().clamp(-1, 1), r"clipped, not scaled"),
    "tanh of right": (lambda x: torch.tanh(plain(x)), r"bent by a tanh"),
    "tanh of bytes": (lambda x: torch.tanh(x.float()), r"of the 256 greys are left"),
    "sigmoid": (lambda x: torch.sigmoid(plain(x)), r"values are not right|0\.2689"),
    "wrapped -128": (lambda x: (x - 128) / 128, WRAP),
    "wrapped doubling": (lambda x: (2 * x) / 255 - 1, WRAP),
    "wrapped 2x-255": (lambda x: (2 * x - 255) / 255, WRAP),
    "int8": (lambda x: x.to(torch.int8) / 127.5, WRAP),
    "int8 - 1": (lambda x: x.char().float() / 128, WRAP),
    "whole division": (lambda x: (x // 128).float() - 1, r"of the 256 greys are left"),
    "rounded": (lambda x: plain(x).round(), r"of the 256 greys are left"),
    "integer result": (lambda x: (x / 127.5 - 1).int(), r"int32, not float32"),
    "float64": (lambda x: x.double() / 127.5 - 1, r"float64, not float32"),
    "float16": (lambda x: x.half() / 127.5 - 1, r"float16, not float32"),
    "bfloat16": (lambda x: (x / 127.5 - 1).bfloat16(), r"bfloat16, not float32"),
    "back to bytes": (lambda x: (x / 127.5 - 1).to(x.dtype), r"uint8, not float32"),
    "numpy": (lambda x: x.numpy() / np.float32(127.5) - 1, r"an ndarray"),
    "list": (lambda x: (x / 127.5 - 1).tolist(), r"a list, not a tensor"),
    "tuple": (lambda x: (x / 127.5 - 1, x), r"a tuple, not a tensor"),
    "no return": (no_return, r"returns nothing"),
    "in place error": (in_place_error, r"in place cannot turn bytes into floats"),
    "in place on bytes": (in_place_on_bytes, WRAP),
    "input inverted": (input_inverted, r"changes the pictures"),
    "input cleared": (input_cleared, r"changes the pictures"),
    "min-max per image": (min_max_image, ONE_RULE),
    "min-max per batch": (min_max_batch, ONE_RULE),
    "by the maximum": (by_maximum, ONE_RULE),
    "standardised": (standardised, ONE_RULE),
    "noise": (with_noise, r"at a second call|chance"),
    "dequantised": (dequantised, r"at a second call|chance"),
    "flattened": (lambda x: plain(x).flatten(1), r"shape changes"),
    "channels last": (lambda x: plain(x).permute(0, 2, 3, 1), r"shape changes"),
    "squeezed": (batch_dropped, r"shape changes"),
    "one too many": (lambda x: plain(x)[None], r"shape changes"),
    "first image": (lambda x: plain(x[:1]), r"shape changes"),
    "transposed": (lambda x: plain(x).transpose(2, 3), r"shape changes|change places"),
    "flipped": (lambda x: plain(x).flip(3), r"pixels change places"),
    "hard-coded batch": (needs_64, r"shape .* is invalid|stops with an error"),
    "typo": (typo, r"a name in it is unknown"),
    "no argument": (lambda: None, r"arguments are not those"),
    "two arguments": (lambda x, scale: x / scale - 1, r"arguments are not those"),
    "still the stub": (unfinished, r"still the stub"),
    "0.5 too bright": (lambda x: plain(x) + 0.5, r"values are not right"),
    "gamma": (lambda x: 2 * (x / 255) ** 2 - 1, r"values are not right"),
    "half precision inside": (
        lambda x: (x.bfloat16() / 127.5 - 1).float(),
        r"precision|not right",
    ),
}
