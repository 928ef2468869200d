"""wasserstein_generator_loss: right ways to write it, and mistakes with their reason."""

import torch
from torch import nn
from torch.nn import functional as F


class Minus(nn.Module):
    def forward(self, fake_scores):
        return torch.neg(fake_scores).mean()


RIGHT = {
    "minus mean": lambda fake_scores: -fake_scores.mean(),
    "mean of minus": lambda x: (-x).mean(),
    "module": Minus(),
    "sum by count": lambda x: -x.sum() / x.numel(),
    "product": lambda x: torch.mean(x * -torch.ones_like(x)),
    "zero minus": lambda x: 0 - torch.mean(x.flatten(), dim=0),
    "l1 without sides": lambda x: (x.new_zeros(()) - x).mean(),
}


def no_return(x):
    x.mean()


def in_place(x):
    return x.neg_().mean()


LOST = r"lost its graph|not a tensor"
CE = r"this is a cross-entropy"

WRONG = {
    "plus": (lambda x: x.mean(), r"the sign is turned"),
    "sum": (lambda x: -x.sum(), r"added up, not averaged"),
    "half": (lambda x: -x.mean() / 2, r"0\.50 times"),
    "ten": (lambda x: -10 * x.mean(), r"10 times"),
    "non-saturating": (lambda x: F.softplus(-x).mean(), CE),
    "minimax": (lambda x: -F.softplus(x).mean(), CE),
    "sigmoid": (lambda x: -x.sigmoid().mean(), r"a sigmoid squeezes"),
    "1 - D": (lambda x: (1 - x.sigmoid()).mean(), r"a sigmoid squeezes"),
    "hinge": (lambda x: F.relu(1 - x).mean(), r"hinge loss"),
    "least squares": (lambda x: ((x - 1) ** 2).mean(), r"are squared"),
    "absolute": (lambda x: -x.abs().mean(), r"values are not right"),
    "absolute outside": (lambda x: x.mean().abs(), r"values are not right"),
    "tanh": (lambda x: -x.tanh().mean(), r"values are not right"),
    "max": (lambda x: -x.max(), r"values are not right"),
    "median": (lambda x: -x.median(), r"values are not right"),
    "first": (lambda x: -x.flatten()[0], r"values are not right"),
    "one minus mean": (lambda x: 1 - x.mean(), r"values are not right"),
    "clamped": (lambda x: -x.clamp(-50, 50).mean(), r"stops growing"),
    "per image": (lambda x: -x, r"one number per image"),
    "item": (lambda x: -x.mean().item(), LOST),
    "detached": (lambda x: -x.detach().mean(), LOST),
    "new tensor": (lambda x: torch.tensor(-x.mean().item()), LOST),
    "no return": (no_return, r"returns nothing"),
    "two arguments": (lambda real, fake: -fake.mean(), r"arguments are not those"),
    "in place": (in_place, r"changes the logits"),
    "constant": (lambda x: 0 * x.mean(), r"loss is 0"),
    "tuple": (lambda x: (-x.mean(),), r"a tuple, not a tensor"),
}
