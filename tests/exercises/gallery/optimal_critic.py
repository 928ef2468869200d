"""optimal_critic: right ways to write it, and mistakes with their reason."""

import numpy as np
import torch
from torch import nn


def masked(p_real, p_fake):
    total = p_real + p_fake
    D = torch.full_like(total, 0.5)
    there = total > 0
    D[there] = p_real[there] / total[there]
    return D


def with_where(p_real, p_fake):
    total = p_real + p_fake
    safe = torch.where(total == 0, torch.ones_like(total), total)
    return torch.where(total == 0, 0.5 * torch.ones_like(total), p_real / safe)


def nan_replaced(p_real, p_fake):
    return torch.nan_to_num(p_real / (p_real + p_fake), nan=0.5)


def by_logit(p_real, p_fake):
    logit = torch.log(p_real) - torch.log(p_fake)
    return torch.sigmoid(logit.nan_to_num(nan=0.0, posinf=float("inf"),
                                          neginf=float("-inf")))  # fmt: skip


def one_minus(p_real, p_fake):
    D = 1 - p_fake / (p_real + p_fake)
    D[torch.isnan(D)] = 0.5
    return D


def one_by_one(p_real, p_fake):
    pairs = zip(p_real.flatten().tolist(), p_fake.flatten().tolist(), strict=True)
    D = [p / (p + q) if p + q > 0 else 0.5 for p, q in pairs]
    return torch.tensor(D).reshape(p_real.shape)


def in_numpy(p_real, p_fake):
    p, q = p_real.double().numpy(), p_fake.double().numpy()
    with np.errstate(invalid="ignore"):
        return torch.tensor(np.where(p + q == 0, 0.5, p / (p + q)))


class Best(nn.Module):
    def forward(self, p_real, p_fake):
        both = torch.stack(torch.broadcast_tensors(p_real, p_fake))
        total = both.sum(0)
        return (both[0] / total).where(total != 0, torch.tensor(0.5))


RIGHT = {
    "masked": masked,
    "where": with_where,
    "nan replaced": nan_replaced,
    "by logit": by_logit,
    "one minus": one_minus,
    "one by one": one_by_one,
    "in numpy": in_numpy,
    "module": Best(),
    "masked_fill": lambda p_real, p_fake: (p_real / (p_real + p_fake)).masked_fill(
        p_real + p_fake == 0, 0.5
    ),
    "nanmean of two": lambda p, q: torch.where(
        (p == 0) & (q == 0), 0.5, torch.div(p, torch.add(p, q))
    ),
    "one over": lambda p, q: torch.nan_to_num(1 / (1 + q / p), nan=0.5),
    "half contrast": lambda p, q: (
        0.5 + 0.5 * torch.nan_to_num((p - q) / (p + q), nan=0.0)
    ),
    "softmax of logs": lambda p, q: torch.softmax(
        torch.stack([p, q]).double().log().clamp(min=-1e5), 0
    )[0].float(),
}


def patched(p, q, D):
    return torch.where(p + q == 0, torch.full_like(D, 0.5), D)


def asks_all(p_real, p_fake):
    if p_real + p_fake == 0:
        return 0.5
    return p_real / (p_real + p_fake)


def no_return(p_real, p_fake):
    nan_replaced(p_real, p_fake)


def in_place(p_real, p_fake):
    p_fake += p_real
    return torch.nan_to_num(p_real / p_fake, nan=0.5)


def in_place_division(p_real, p_fake):
    total = p_real + p_fake
    return p_real.div_(total).nan_to_num_(nan=0.5)


def float_only(p_real, p_fake):
    total = float(p_real) + float(p_fake)
    return torch.tensor(float(p_real) / total if total else 0.5)


def flattened(p, q):
    return masked(p.flatten(), q.flatten())


def threshold(p, q):
    total = p + q
    return torch.where(total < 1e-8, torch.full_like(total, 0.5), p / total)


ONE_ZERO = r"wrong where there are no (real points|fakes)"
BOTH = r"wrong where both densities are 0"
TINY = r"both densities are tiny"

WRONG = {
    "textbook": (lambda p, q: p / (p + q), BOTH + r"(.*\n)+.*nan"),
    "swapped": (lambda p, q: masked(q, p), r"probability of being fake"),
    "ratio": (lambda p, q: patched(p, q, p / q), r"the ratio of the densities, not"),
    "ratio, bare": (lambda p, q: p / q, r"the ratio of the densities, not"),
    "ratio, turned": (lambda p, q: q / p, r"upside down"),
    "logit": (lambda p, q: torch.log(p / q), r"this is the logit"),
    "log D": (lambda p, q: torch.log(masked(p, q)), r"this is log D"),
    "difference": (lambda p, q: p - q, r"subtracted"),
    "contrast": (lambda p, q: (p - q) / (p + q), r"from -1 to 1"),
    "sigmoid of difference": (lambda p, q: torch.sigmoid(p - q), r"softmax"),
    "softmax": (lambda p, q: torch.softmax(torch.stack([p, q]), 0)[0], r"softmax"),
    "verdict": (lambda p, q: (p > q).float(), r"verdict"),
    "verdict with guess": (
        lambda p, q: torch.where(p == q, 0.5, (p > q).float()),
        r"verdict",
    ),
    "sigmoid of ratio": (lambda p, q: torch.sigmoid(p / q), r"values are not right"),
    "squares": (lambda p, q: masked(p**2, q**2), r"are squared"),
    "roots": (lambda p, q: masked(p.sqrt(), q.sqrt()), r"roots"),
    "half": (lambda p, q: masked(p, q) / 2, r"half of the right"),
    "mean below": (lambda p, q: p / ((p + q) / 2), r"twice the right"),
    "larger below": (lambda p, q: p / torch.maximum(p, q), r"larger density"),
    "real alone": (lambda p, q: p, r"p_real alone"),
    "guessing": (lambda p, q: torch.full_like(p, 0.5), r"0\.5 everywhere"),
    "normalised": (lambda p, q: masked(p / p.sum(), q / q.sum()), r"rescaled first"),
    "sum of all": (lambda p, q: p / (p + q).sum(), r"sum over all places"),
    "mean of all": (lambda p, q: masked(p, q).mean(), r"shape changes"),
    "flattened": (flattened, r"shape changes"),
    "column": (lambda p, q: masked(p, q).unsqueeze(-1), r"shape changes"),
    "both columns": (
        lambda p, q: torch.stack([masked(p, q), 1 - masked(p, q)]),
        r"shape changes",
    ),
    "epsilon below": (lambda p, q: p / (p + q + 1e-8), BOTH + r"(.*\n)+.*guesses"),
    "epsilon on both": (lambda p, q: (p + 1e-8) / (p + q + 2e-8), TINY),
    "epsilon, patched": (lambda p, q: patched(p, q, p / (p + q + 1e-8)), TINY),
    "large epsilon": (lambda p, q: p / (p + q + 0.1), r"values are not right"),
    "clamped below": (lambda p, q: p / (p + q).clamp(min=1e-8), BOTH),
    "threshold": (threshold, TINY),
    "zero for nan": (lambda p, q: torch.nan_to_num(p / (p + q)), BOTH),
    "one for nan": (lambda p, q: torch.nan_to_num(p / (p + q), nan=1.0), BOTH),
    "guess if one is 0": (
        lambda p, q: torch.where((p == 0) | (q == 0), 0.5, p / (p + q)),
        ONE_ZERO,
    ),
    "guess without real": (
        lambda p, q: torch.where(p == 0, 0.5, p / (p + q)),
        r"wrong where there are no real points",
    ),
    "guess without fakes": (
        lambda p, q: torch.where(q == 0, 0.5, p / (p + q)),
        r"wrong where there are no fakes",
    ),
    "modest": (lambda p, q: masked(p, q).clamp(0.01, 0.99), ONE_ZERO),
    "times, not where": (lambda p, q: p / (p + q) * (p + q > 0), BOTH),
    "rounded": (lambda p, q: (10 * masked(p, q)).round() / 10, r"values are not right"),
    "whole numbers": (lambda p, q: masked(p, q).long(), r"values are not right"),
    "an if": (asks_all, r"asks a whole tensor"),
    "floats": (float_only, r"single numbers"),
    "no return": (no_return, r"returns nothing"),
    "a list": (lambda p, q: masked(p, q).tolist(), r"a list, not a tensor"),
    "a tuple": (
        lambda p, q: (masked(p, q), 1 - masked(p, q)),
        r"a tuple, not a tensor",
    ),
    "one argument": (lambda p: p, r"arguments are not those"),
    "in place": (in_place, r"changes the densities"),
    "in place division": (in_place_division, r"changes the densities"),
    "typo": (lambda p, q: p / (p + p_fake), r"a name in it is unknown"),  # noqa: F821
}
