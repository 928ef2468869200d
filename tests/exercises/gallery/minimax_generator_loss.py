"""minimax_generator_loss: right ways to write it, and mistakes with their reason."""

import math

import torch
from torch import nn
from torch.nn import functional as F

bce = F.binary_cross_entropy_with_logits


def with_bce(fake_logits):
    return -bce(fake_logits, torch.zeros_like(fake_logits))


def stable_textbook(x):
    return -(x.clamp(min=0) + torch.log1p(torch.exp(-x.abs()))).mean()


def two_class(x):
    x = x.flatten()
    log_p = torch.log_softmax(torch.stack([torch.zeros_like(x), x], 1), 1)
    return log_p[:, 0].mean()


class Minimax(nn.Module):
    """A loss as a module; its instance is what is passed."""

    def forward(self, fake_logits):
        return -nn.functional.softplus(fake_logits).mean()


RIGHT = {
    "bce": with_bce,
    "softplus": lambda fake_logits: -F.softplus(fake_logits).mean(),
    "logsigmoid": lambda x: F.logsigmoid(-x).mean(),
    "log D - x": lambda x: (F.logsigmoid(x) - x).mean(),
    "logaddexp": lambda x: -torch.logaddexp(x, torch.zeros_like(x)).mean(),
    "stable textbook": stable_textbook,
    "two classes": two_class,
    "module": Minimax(),
    "double": lambda x: with_bce(x.double()).float(),
    "sum by count": lambda x: F.logsigmoid(-x).sum() / x.numel(),
}


def no_return(x):
    with_bce(x)


def no_graph(x):
    with torch.no_grad():
        return with_bce(x)


def probability_bce(x):
    return -F.binary_cross_entropy(torch.sigmoid(x), torch.zeros_like(x))


def in_place(x):
    return F.logsigmoid(x.neg_()).mean()


def unfinished(fake_logits):
    # the student wrote something here already
    loss = fake_logits.mean()
    raise NotImplementedError(f"TODO {loss}")


VERY_SURE = r"when the critic is very sure"
LOST = r"lost its graph|not a tensor"
SIGN = r"sign is turned"

WRONG = {
    "positive": (lambda x: F.softplus(x).mean(), SIGN),
    "bce, positive": (lambda x: bce(x, torch.zeros_like(x)), SIGN),
    "non-saturating": (lambda x: F.softplus(-x).mean(), r"generator_loss again"),
    "bce with ones": (lambda x: bce(x, torch.ones_like(x)), r"generator_loss again"),
    "log D": (lambda x: F.logsigmoid(x).mean(), r"mean log D, not mean log\(1 - D\)"),
    "half": (lambda x: with_bce(x) / 2, r"0\.50 times the right one"),
    "double": (lambda x: 2 * with_bce(x), r"2 times the right one"),
    "log2": (lambda x: with_bce(x) / math.log(2), r"1\.44 times(.*\n)+.*base 2"),
    "log10": (lambda x: with_bce(x) / math.log(10), r"0\.43 times"),
    "summed": (lambda x: -F.softplus(x).sum(), r"added up, not averaged"),
    "one per image": (lambda x: -F.softplus(x), r"one number per image"),
    "sigmoid twice": (lambda x: with_bce(x.sigmoid()), r"sigmoid is applied twice"),
    "label 0.1": (lambda x: -bce(x, torch.full_like(x, 0.1)), r"label .* 0\.10, not 0"),
    "label 0.9": (lambda x: -bce(x, torch.full_like(x, 0.9)), r"label .* 0\.90, not 0"),
    "minus score": (lambda x: -x.mean(), r"Wasserstein"),
    "1 - D": (lambda x: (1 - x.sigmoid()).mean(), r"logarithm is missing"),
    "minus D": (lambda x: -x.sigmoid().mean(), r"logarithm is missing"),
    "squares": (lambda x: (x**2).mean(), r"squared errors"),
    "hinge": (lambda x: -F.relu(1 + x).mean(), r"hinge"),
    "scores first": (lambda x: -F.softplus(x.mean()), r"scores are averaged before"),
    "probabilities first": (
        lambda x: torch.log(1 - x.sigmoid().mean()),
        r"probabilities are averaged before",
    ),
    "naive": (lambda x: torch.log(1 - torch.sigmoid(x)).mean(), VERY_SURE),
    "naive, log1p": (lambda x: torch.log1p(-torch.sigmoid(x)).mean(), VERY_SURE),
    "epsilon": (lambda x: torch.log(1 - torch.sigmoid(x) + 1e-8).mean(), VERY_SURE),
    "bce on D": (probability_bce, VERY_SURE),
    "clamped": (lambda x: with_bce(x.clamp(-50, 50)), VERY_SURE),
    "log1p exp": (lambda x: -torch.log1p(torch.exp(x)).mean(), VERY_SURE),
    "log(1 - logits)": (lambda x: torch.log(1 - x).mean(), r"nan or inf"),
    "bce on logits": (
        lambda x: -F.binary_cross_entropy(x, torch.zeros_like(x)),
        r"expects probabilities",
    ),
    "integer labels": (lambda x: -bce(x, torch.zeros(x.shape).long()), r"int64"),
    "labels (B,)": (lambda x: -bce(x, torch.zeros(len(x))), r"differ in shape"),
    "no return": (no_return, r"returns nothing"),
    "item": (lambda x: with_bce(x).item(), LOST),
    "detached": (lambda x: with_bce(x.detach()), LOST),
    "new tensor": (lambda x: torch.tensor(with_bce(x)), LOST),
    "no_grad": (no_graph, LOST),
    "tuple": (lambda x: (with_bce(x),), r"a tuple, not a tensor"),
    "in place": (in_place, r"changes the logits"),
    "constant": (lambda x: 0 * x.mean(), r"loss is 0"),
    "max": (lambda x: -F.softplus(x).max(), r"values are not right"),
    "first image only": (lambda x: with_bce(x[0]), r"values are not right"),
    "absolute": (lambda x: with_bce(x).abs(), SIGN),
    "two arguments": (lambda real, fake: with_bce(fake), r"arguments are not those"),
    "gradient of the other": (
        lambda x: (
            with_bce(x).detach()
            + F.softplus(-x).mean()
            - F.softplus(-x).mean().detach()
        ),
        r"value is right, the gradient is not",
    ),
    "bernoulli": (
        lambda x: torch.distributions.Bernoulli(logits=x).entropy().mean(),
        r"values are not right",
    ),
    "soft margin": (lambda x: -F.soft_margin_loss(x, -torch.ones_like(x)), VERY_SURE),
    "still the stub": (unfinished, r"still the stub"),
}
