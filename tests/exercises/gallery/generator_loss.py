"""generator_loss: right ways to write it, and mistakes with the reason to be named."""

import math

import torch
from torch import nn
from torch.nn import functional as F

bce = F.binary_cross_entropy_with_logits


def with_bce(fake_logits):
    return bce(fake_logits, torch.ones_like(fake_logits))


def stable_textbook(x):
    return (x.clamp(min=0) - x + torch.log1p(torch.exp(-x.abs()))).mean()


def two_class(x):
    x = x.flatten()
    pair = torch.stack([torch.zeros_like(x), x], 1)
    return F.cross_entropy(pair, torch.ones(len(x), dtype=torch.long))


def a_loop(fake_logits):
    losses = [F.softplus(-logit) for logit in fake_logits.flatten()]
    return sum(losses) / len(losses)


class GeneratorLoss(nn.Module):
    """A loss as a module; its instance is what is passed."""

    def forward(self, fake_logits):
        labels = torch.ones(fake_logits.shape)
        return nn.BCEWithLogitsLoss()(fake_logits, labels)


RIGHT = {
    "bce": with_bce,
    "softplus": lambda fake_logits: F.softplus(-fake_logits).mean(),
    "logsigmoid": lambda x: -F.logsigmoid(x).mean(),
    "logaddexp": lambda x: torch.logaddexp(torch.zeros(()), -x).mean(),
    "stable textbook": stable_textbook,
    "two classes": two_class,
    "loop": a_loop,
    "module": GeneratorLoss(),
    "double": lambda x: with_bce(x.double()),
    "sum by count": lambda x: F.softplus(-x).sum() / x.numel(),
    "mean over the batch axis": lambda x: F.softplus(-x).mean(0),
    "flattened": lambda x: with_bce(x.flatten()),
    "from the other loss": lambda x: (F.softplus(x) - x).mean(),
}


def no_return(x):
    with_bce(x)


def no_graph(x):
    with torch.no_grad():
        return with_bce(x)


def probability_bce(x):
    return F.binary_cross_entropy(torch.sigmoid(x), torch.ones_like(x))


def in_place(x):
    return F.softplus(x.neg_()).mean()


def in_place_after(x):
    loss = with_bce(x * 1)
    x.sigmoid_()
    return loss


def bce_on_logits(x):
    return F.binary_cross_entropy(x, torch.ones_like(x))


def random_labels(x):
    return bce(x, 0.7 + 0.5 * torch.rand_like(x))


def hard_coded(x):
    return bce(x, torch.ones(64, 1))


def squeezed(x):
    return with_bce(x.squeeze()[1:])


def first_only(x):
    return with_bce(x[0])


def worst_only(x):
    return F.softplus(-x).max()


def median(x):
    return F.softplus(-x).median()


def in_place_inside(x):
    e = torch.exp(-x.clamp(min=-80))
    loss = torch.log(e + 1).mean()
    e = e.mul_(2)  # exp's result is needed for its gradient
    return loss


def unfinished(fake_logits):
    raise NotImplementedError


VERY_SURE = r"when the critic is very sure"
LOST = r"lost its graph|not a tensor"

WRONG = {
    "label 0": (lambda x: bce(x, torch.zeros_like(x)), r"wants the fakes to be called"),
    "-log(1-D)": (lambda x: -F.logsigmoid(-x).mean(), r"wants the fakes to be called"),
    "saturating": (lambda x: F.logsigmoid(-x).mean(), r"saturates"),
    "saturating, naive": (lambda x: torch.log(1 - x.sigmoid()).mean(), r"saturates"),
    "log D": (lambda x: F.logsigmoid(x).mean(), r"sign is turned"),
    "naive log D": (lambda x: torch.log(torch.sigmoid(x)).mean(), r"sign is turned"),
    "half": (lambda x: with_bce(x) / 2, r"0\.50 times the right one"),
    "double": (lambda x: 2 * with_bce(x), r"2 times the right one"),
    "log2": (lambda x: with_bce(x) / math.log(2), r"1\.44 times(.*\n)+.*base 2"),
    "summed": (lambda x: F.softplus(-x).sum(), r"added up, not averaged"),
    "one per image": (lambda x: F.softplus(-x), r"one number per image"),
    "mean over axis 1": (lambda x: F.softplus(-x).mean(-1), r"one number per image"),
    "sigmoid twice": (lambda x: with_bce(x.sigmoid()), r"sigmoid is applied twice"),
    "label 0.9": (lambda x: bce(x, torch.full_like(x, 0.9)), r"label .* 0\.90, not 1"),
    "label 1.1": (lambda x: bce(x, torch.full_like(x, 1.1)), r"label .* 1\.10, not 1"),
    "label 0.5": (lambda x: bce(x, torch.full_like(x, 0.5)), r"label .* 0\.50, not 1"),
    "label -1": (lambda x: bce(x, -torch.ones_like(x)), r"label .* -1, not 1"),
    "random labels": (random_labels, r"second call"),
    "wasserstein": (lambda x: -x.mean(), r"Wasserstein"),
    "wasserstein, turned": (lambda x: x.mean(), r"Wasserstein"),
    "least squares": (lambda x: ((x - 1) ** 2).mean(), r"squared errors"),
    "half squares": (lambda x: ((x - 1) ** 2).mean() / 2, r"squared errors"),
    "least squares on D": (
        lambda x: ((x.sigmoid() - 1) ** 2).mean(),
        r"squared errors",
    ),
    "mse": (lambda x: F.mse_loss(x, torch.ones_like(x)), r"squared errors"),
    "hinge": (lambda x: F.relu(1 - x).mean(), r"hinge"),
    "no logarithm": (lambda x: (1 - x.sigmoid()).mean(), r"logarithm is missing"),
    "minus D": (lambda x: -x.sigmoid().mean(), r"logarithm is missing"),
    "scores first": (lambda x: F.softplus(-x.mean()), r"scores are averaged before"),
    "probabilities first": (
        lambda x: -torch.log(x.sigmoid().mean()),
        r"probabilities are averaged before",
    ),
    "naive": (lambda x: -torch.log(torch.sigmoid(x)).mean(), VERY_SURE),
    "epsilon": (lambda x: -torch.log(torch.sigmoid(x) + 1e-8).mean(), VERY_SURE),
    "bce on D": (probability_bce, VERY_SURE),
    "clamped": (lambda x: with_bce(x.clamp(-20, 20)), VERY_SURE),
    "clamped D": (
        lambda x: -torch.log(x.sigmoid().clamp(1e-7, 1 - 1e-7)).mean(),
        VERY_SURE,
    ),
    "log1p exp": (lambda x: torch.log1p(torch.exp(-x)).mean(), VERY_SURE),
    "bce on logits": (bce_on_logits, r"expects probabilities"),
    "integer labels": (lambda x: bce(x, torch.ones(x.shape).long()), r"int64"),
    "labels (B,)": (lambda x: bce(x, torch.ones(len(x))), r"differ in shape"),
    "labels (B, 1)": (lambda x: bce(x, torch.ones(len(x), 1)), r"differ in shape"),
    "hard-coded batch": (hard_coded, r"differ in shape"),
    "no return": (no_return, r"returns nothing"),
    "item": (lambda x: with_bce(x).item(), LOST),
    "float": (lambda x: float(with_bce(x)), LOST),
    "new tensor": (lambda x: torch.tensor(with_bce(x)), LOST),
    "detached input": (lambda x: with_bce(x.detach()), LOST),
    "detached": (lambda x: with_bce(x).detach(), LOST),
    "no_grad": (no_graph, LOST),
    "pair": (lambda x: (with_bce(x), x), r"a tuple, not a tensor"),
    "in place": (in_place, r"changes the logits"),
    "in place after": (in_place_after, r"changes the logits"),
    "in place inside": (in_place_inside, r"destroys what the gradient|very sure"),
    "constant": (lambda x: 0 * x.mean(), r"loss is 0"),
    "first image only": (first_only, r"values are not right"),
    "worst image only": (worst_only, r"values are not right"),
    "median": (median, r"values are not right|\(B, 1\)"),
    "first left out": (squeezed, r"values are not right"),
    "real wanted": (lambda real, fake: with_bce(fake), r"arguments are not those"),
    "math.log": (lambda x: -math.log(torch.sigmoid(x)), r"single numbers"),
    "numpy": (lambda x: torch.tensor(F.softplus(-x).numpy().mean()), r"leaves torch"),
    "one image breaks": (
        lambda x: with_bce(x) + 0 * x.std(),
        r"batch of one|nan",
    ),
    "both terms": (
        lambda x: (bce(x, torch.ones_like(x)) + bce(x, torch.zeros_like(x))) / 2,
        r"label .* 0\.50, not 1",
    ),
    "gradient cut": (
        lambda x: (F.softplus(-x).detach() + 0 * x).mean(),
        r"value is right, the gradient is not",
    ),
    "gradient turned": (
        lambda x: 2 * with_bce(x).detach() - with_bce(x),
        r"value is right, the gradient is not",
    ),
    "softmax": (lambda x: -x.flatten().log_softmax(0).mean(), r"values are not right"),
    "soft margin": (lambda x: F.soft_margin_loss(x, torch.ones_like(x)), VERY_SURE),
    "still the stub": (unfinished, r"still the stub"),
}
