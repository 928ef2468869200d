"""wasserstein_critic_loss: right ways to write it, and mistakes with their reason."""

import torch
from torch import nn
from torch.nn import functional as F


def loss(real, fake):
    return fake.mean() - real.mean()


class Distance(nn.Module):
    def forward(self, real_scores, fake_scores):
        return -(real_scores.mean() - fake_scores.mean())


def by_labels(real_scores, fake_scores):
    scores = torch.cat([real_scores.flatten(), fake_scores.flatten()])
    n, m = real_scores.numel(), fake_scores.numel()
    weights = torch.cat([torch.full((n,), -1 / n), torch.full((m,), 1 / m)])
    return (weights * scores).sum()


RIGHT = {
    "difference of means": lambda real_scores, fake_scores: (
        fake_scores.mean() - real_scores.mean()
    ),
    "minus": lambda r, f: -(r.mean() - f.mean()),
    "module": Distance(),
    "by labels": by_labels,
    "sum by count": lambda r, f: f.sum() / f.numel() - r.sum() / len(r),
    "torch.mean": lambda r, f: torch.mean(f) + torch.mean(-r),
    "einsum": lambda r, f: (
        torch.einsum("i->", f.flatten()) / f.numel() - r.reshape(-1).mean(0)
    ),
    "double": lambda r, f: (f.double().mean() - r.double().mean()).float(),
    "one element": lambda r, f: (f.mean() - r.mean()).reshape(1),
}


def no_return(r, f):
    loss(r, f)


def in_place(r, f):
    return f.mul_(1).mean() - r.sub_(0.5).mean() - 0.5


def no_graph(r, f):
    with torch.no_grad():
        return loss(r, f)


SIGN = r"the sign is turned"
SAME = r"pull in the same direction"
LOST = r"lost its graph|not a tensor"
CE = r"this is a cross-entropy"
UNLIKE = r"two tensors of different lengths|not as many fakes|one average"

WRONG = {
    "turned": (lambda r, f: r.mean() - f.mean(), SIGN),
    "swapped names": (lambda f, r: f.mean() - r.mean(), SIGN),
    "sum": (lambda r, f: f.sum() - r.sum(), r"added up, not averaged"),
    "plus": (lambda r, f: f.mean() + r.mean(), SAME),
    "both minus": (lambda r, f: -f.mean() - r.mean(), SAME),
    "real only": (lambda r, f: -r.mean(), r"the fakes do not count"),
    "fake only": (lambda r, f: f.mean(), r"the real images do not count"),
    "half": (lambda r, f: loss(r, f) / 2, r"0\.50 times"),
    "double": (lambda r, f: 2 * loss(r, f), r"2 times"),
    "absolute": (lambda r, f: loss(r, f).abs(), r"values are not right"),
    "squared": (lambda r, f: loss(r, f) ** 2, r"values are not right"),
    "vanilla": (
        lambda r, f: (F.softplus(-r).mean() + F.softplus(f).mean()) / 2,
        CE,
    ),
    "vanilla sum": (lambda r, f: F.softplus(-r).mean() + F.softplus(f).mean(), CE),
    "sigmoid": (lambda r, f: loss(r.sigmoid(), f.sigmoid()), r"a sigmoid squeezes"),
    "log sigmoid": (lambda r, f: F.logsigmoid(f).mean() - F.logsigmoid(r).mean(), CE),
    "hinge": (lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean(), r"hinge loss"),
    "squares": (lambda r, f: ((r - 1) ** 2).mean() + (f**2).mean(), r"are squared"),
    "tanh": (lambda r, f: loss(r.tanh(), f.tanh()), r"values are not right"),
    "pairs": (lambda r, f: (f - r).mean(), UNLIKE),
    "by the first": (
        lambda r, f: (f.sum() - r.sum()) / len(r),
        r"divided by the number of real images",
    ),
    "pooled": (
        lambda r, f: torch.cat([f, -r]).mean(),
        r"0\.50 times|one average|the right one",
    ),
    "max": (lambda r, f: f.max() - r.min(), r"values are not right"),
    "median": (lambda r, f: f.median() - r.median(), r"values are not right"),
    "clamped": (
        lambda r, f: loss(r.clamp(-50, 50), f.clamp(-50, 50)),
        r"stops growing",
    ),
    "per image": (lambda r, f: f.mean() - r, r"one number per image"),
    "item": (lambda r, f: loss(r, f).item(), LOST),
    "no_grad": (no_graph, LOST),
    "real detached": (
        lambda r, f: f.mean() - r.detach().mean(),
        r"no gradient reaches the real",
    ),
    "fake detached": (
        lambda r, f: f.detach().mean() - r.mean(),
        r"no gradient reaches the fake",
    ),
    "tuple": (lambda r, f: (f.mean(), r.mean()), r"a tuple, not a tensor"),
    "no return": (no_return, r"returns nothing"),
    "one argument": (lambda r: -r.mean(), r"arguments are not those"),
    "in place": (in_place, r"changes the logits"),
    "weighted": (lambda r, f: f.mean() - 0.9 * r.mean(), r"do not count the same"),
    "offset": (lambda r, f: loss(r, f) + 1, r"values are not right"),
    "constant": (lambda r, f: 0 * loss(r, f), r"loss is 0"),
}
