"""critic_loss: right ways to write it, and mistakes with the reason to be named."""

import math
from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

bce = F.binary_cross_entropy_with_logits
log1 = F.logsigmoid  # log D


def log0(x):
    """log(1 - D)."""
    return F.logsigmoid(-x)


def with_bce(real_logits, fake_logits, smoothing=0.0):
    real = bce(real_logits, torch.ones_like(real_logits) * (1 - smoothing))
    fake = bce(fake_logits, torch.zeros_like(fake_logits))
    return (real + fake) / 2


def with_softplus(real_logits, fake_logits, smoothing=0.0):
    real = F.softplus(-real_logits).mean() + smoothing * real_logits.mean()
    return 0.5 * (real + F.softplus(fake_logits).mean())


def with_logsigmoid(r, f, smoothing=0.0):
    y = 1 - smoothing
    real = -(y * log1(r) + (1 - y) * log0(r)).mean()
    return 0.5 * real - 0.5 * log0(f).mean()


def one_call(real_logits, fake_logits, smoothing=0.0):
    x = torch.cat([real_logits.flatten(), fake_logits.flatten()])
    y = torch.zeros_like(x)
    y[: len(real_logits)] = 1 - smoothing
    w = torch.full_like(x, 0.5 / len(fake_logits))
    w[: len(real_logits)] = 0.5 / len(real_logits)
    return bce(x, y, weight=w, reduction="sum")


def with_module(real_logits, fake_logits, smoothing=0.0):
    loss = nn.BCEWithLogitsLoss()
    ones = real_logits.new_ones(real_logits.shape) - smoothing
    fake = loss(fake_logits, fake_logits.new_zeros(fake_logits.shape))
    return torch.stack([loss(real_logits, ones), fake]).mean()


def textbook_stable(r, f, smoothing=0.0):
    def each(x, y):
        return x.clamp(min=0) - x * y + torch.log1p(torch.exp(-x.abs()))

    return (each(r, 1 - smoothing).mean() + each(f, 0).mean()) / 2


def logaddexp(r, f, smoothing=0.0):
    zero = torch.zeros(())
    real = torch.logaddexp(zero, -r) + smoothing * r
    return (real.mean() + torch.logaddexp(zero, f).mean()) / 2


def two_class(r, f, smoothing=0.0):
    def pair(x):
        return torch.stack([torch.zeros_like(x.flatten()), x.flatten()], 1)

    y = torch.tensor([smoothing, 1 - smoothing]).expand(len(r), 2)
    real = F.cross_entropy(pair(r), y)
    fake = F.cross_entropy(pair(f), torch.zeros(len(f), dtype=torch.long))
    return (real + fake) / 2


def in_double(r, f, smoothing=0.0):
    return with_bce(r.double(), f.double(), smoothing)


def shape_of_one(r, f, smoothing=0.0):
    return with_bce(r, f, smoothing).reshape(1)


class CriticLoss(nn.Module):
    """A loss as a module; its instance is what is passed."""

    def __init__(self):
        super().__init__()
        self.bce = nn.BCEWithLogitsLoss(reduction="none")

    def forward(self, real_logits, fake_logits, smoothing=0.0):
        y = torch.full(real_logits.shape, 1.0 - smoothing)
        real = self.bce(real_logits, y)
        fake = self.bce(fake_logits, torch.zeros(fake_logits.shape))
        return real.mean() / 2 + fake.mean() / 2


def soft_margin(r, f, smoothing=0.0):
    one, zero = torch.ones_like(r), -torch.ones_like(f)
    real = (1 - smoothing) * F.soft_margin_loss(r, one)
    real = real + smoothing * F.soft_margin_loss(r, -one)
    return (real + F.soft_margin_loss(f, zero)) / 2


RIGHT = {
    "bce": with_bce,
    "softplus": with_softplus,
    "logsigmoid": with_logsigmoid,
    "one call": one_call,
    "module": with_module,
    "stable textbook": textbook_stable,
    "logaddexp": logaddexp,
    "two classes": two_class,
    "double": in_double,
    "shape (1,)": shape_of_one,
    "instance": CriticLoss(),
}


def terms(real, fake, scale=0.5):
    """Make a loss of one formula per part; each is given logits and smoothing."""

    def loss(real_logits, fake_logits, smoothing=0.0):
        return scale * (real(real_logits, smoothing) + fake(fake_logits, smoothing))

    return loss


def as_real(x, s):
    return bce(x, torch.full_like(x, 1 - s))


def as_fake(x, s):
    return bce(x, torch.zeros_like(x))


def absent(x, s):
    return 0 * x.mean()


def label(y):
    """A term with the label y, or y(s)."""

    def term(x, s):
        return bce(x, torch.full_like(x, y(s) if callable(y) else y))

    return term


def mapped(function, one, zero):
    return terms(lambda x, s: one(function(x)), lambda x, s: zero(function(x)))


def probability_bce(r, f, smoothing=0.0):
    real = F.binary_cross_entropy(r.sigmoid(), torch.full_like(r, 1 - smoothing))
    fake = F.binary_cross_entropy(f.sigmoid(), torch.zeros_like(f))
    return (real + fake) / 2


def naive_logs(r, f, smoothing=0.0, eps=0.0):
    p, q = torch.sigmoid(r), torch.sigmoid(f)
    y = 1 - smoothing
    real = y * torch.log(p + eps) + (1 - y) * torch.log(1 - p + eps)
    return -(real.mean() + torch.log(1 - q + eps).mean()) / 2


def naive_logs_one(r, f, smoothing=0.0):
    p, q = 1 / (1 + torch.exp(-r)), 1 / (1 + torch.exp(-f))
    return (
        -(torch.log(p).mean() + torch.log(1 - q).mean()) / 2 + smoothing * r.mean() / 2
    )


def clamped_logits(r, f, smoothing=0.0):
    return with_bce(r.clamp(-30, 30), f.clamp(-30, 30), smoothing)


def bce_on_logits(r, f, smoothing=0.0):
    real = F.binary_cross_entropy(r, torch.ones_like(r))
    return (real + F.binary_cross_entropy(f, torch.zeros_like(f))) / 2


def integer_labels(r, f, smoothing=0.0):
    return (
        bce(r, torch.ones(r.shape).long()) + bce(f, torch.zeros(f.shape).long())
    ) / 2


def flat_labels(r, f, smoothing=0.0):
    real = bce(r, torch.ones(len(r)) - smoothing)
    return (real + bce(f, torch.zeros(len(f)))) / 2


def pooled(r, f, smoothing=0.0):
    y = torch.cat([torch.full_like(r, 1 - smoothing), torch.zeros_like(f)])
    return bce(torch.cat([r, f]), y)


def added_first(r, f, smoothing=0.0):
    real = bce(r, torch.full_like(r, 1 - smoothing), reduction="none")
    return (real + F.softplus(f)).mean() / 2


def divided_by_real(r, f, smoothing=0.0):
    real = bce(r, torch.full_like(r, 1 - smoothing), reduction="sum")
    return (real + F.softplus(f).sum()) / (2 * len(r))


def hard_coded_batch(r, f, smoothing=0.0):
    real = bce(r, torch.ones(6, 1) - smoothing)
    return (real + bce(f, torch.zeros(6, 1))) / 2


def per_image(r, f, smoothing=0.0):
    real = bce(r, torch.full_like(r, 1 - smoothing), reduction="none")
    return (real + F.softplus(f)) / 2


def both(r, f, smoothing=0.0):
    return bce(r, torch.full_like(r, 1 - smoothing)), F.softplus(f).mean()


def no_return(r, f, smoothing=0.0):
    with_bce(r, f, smoothing)


def without_graph(r, f, smoothing=0.0):
    with torch.no_grad():
        return with_bce(r, f, smoothing)


def half_cut(r, f, smoothing=0.0):
    with torch.no_grad():
        fake = F.softplus(f).mean()
    return (bce(r, torch.full_like(r, 1 - smoothing)) + fake) / 2


def in_place(r, f, smoothing=0.0):
    loss = with_bce(r * 1, f * 1, smoothing)
    r.sigmoid_()
    return loss


def in_place_sign(r, f, smoothing=0.0):
    real = F.softplus(r.neg_()).mean() - smoothing * r.mean()
    return (real + F.softplus(f).mean()) / 2


def random_labels(r, f, smoothing=0.0):
    y = 0.7 + 0.5 * torch.rand_like(r)
    return (bce(r, y) + F.softplus(f).mean()) / 2


def flipped_by_chance(r, f, smoothing=0.0):
    y = (torch.rand_like(r) > 0.05).float()
    return (bce(r, y) + F.softplus(f).mean()) / 2


def relativistic(r, f, smoothing=0.0):
    return F.softplus(f.mean() - r).mean()


def wasserstein(r, f, smoothing=0.0):
    return f.mean() - r.mean()


def least_squares(r, f, smoothing=0.0):
    return ((r - 1 + smoothing) ** 2).mean() / 2 + (f**2).mean() / 2


def hinge(r, f, smoothing=0.0):
    return (F.relu(1 - r).mean() + F.relu(1 + f).mean()) / 2


def mean_scores(r, f, smoothing=0.0):
    return with_bce(r.mean(), f.mean(), smoothing)


def mean_probabilities(r, f, smoothing=0.0):
    real = -torch.log(torch.sigmoid(r).mean())
    return (real - torch.log(1 - torch.sigmoid(f).mean())) / 2


def product(r, f, smoothing=0.0):
    return as_real(r, smoothing) * as_fake(f, smoothing)


def maximum(r, f, smoothing=0.0):
    return torch.maximum(as_real(r, smoothing), as_fake(f, smoothing))


def other_default(r, f, smoothing=0.1):
    return with_bce(r, f, smoothing)


def no_smoothing(r, f):
    return with_bce(r, f)


def other_name(r, f, label_smoothing=0.0):
    return with_bce(r, f, label_smoothing)


def required_smoothing(real_logits, fake_logits, smoothing):
    return with_bce(real_logits, fake_logits, smoothing)


def fakes_only_when_smoothed(r, f, smoothing=0.0):
    return with_bce(r, f) if not smoothing else F.softplus(f).mean()


def second_image_only(r, f, smoothing=0.0):
    return with_bce(r[1:2], f[1:2], smoothing)


def first_image_only(r, f, smoothing=0.0):
    return with_bce(r[0], f[0], smoothing)


def squeezed_matrix(r, f, smoothing=0.0):
    return (
        bce(r, torch.ones(len(r)).expand(len(r), len(r))[:, :1] - smoothing)
        + bce(f, torch.zeros(len(f), 1))
    ) / 2


def softmax_of_batch(r, f, smoothing=0.0):
    x = torch.cat([r.flatten(), f.flatten()])
    return -torch.log_softmax(x, 0)[: len(r)].mean()


def math_log(r, f, smoothing=0.0):
    return -(math.log(torch.sigmoid(r)) + math.log(1 - torch.sigmoid(f))) / 2


def through_numpy(r, f, smoothing=0.0):
    return (
        torch.tensor(F.softplus(-r).numpy().mean() + F.softplus(f).numpy().mean()) / 2
    )


def smoothed_twice(r, f, smoothing=0.0):
    real = bce(r, torch.full_like(r, (1 - smoothing) ** 2))
    return (real + F.softplus(f).mean()) / 2


def doubled_beyond(r, f, smoothing=0.0):
    loss = with_bce(r, f, smoothing)
    return loss if r.numel() > 1 else 2 * loss


def unfinished(real_logits, fake_logits, smoothing=0.0):
    raise NotImplementedError("critic_loss: your turn")


LOST = r"lost its graph|not a tensor"
SIDES = r"fakes are smoothed too"
VERY_SURE = r"when the critic is very sure"

WRONG = {
    "swapped": (terms(label(0.0), label(1.0)), r"labels are swapped"),
    "swapped sum": (terms(label(0.0), label(1.0), 1), r"labels are swapped"),
    "both real": (
        terms(as_real, label(1.0)),
        r"right for real images, wrong for fakes",
    ),
    "both fake": (terms(label(0.0), as_fake), r"right for fakes, wrong for real"),
    "sum of means": (terms(as_real, as_fake, 1), r"sum of the two means"),
    "a quarter": (terms(as_real, as_fake, 0.25), r"0\.50 times the right one"),
    "log2": (
        terms(as_real, as_fake, 0.5 / math.log(2)),
        r"1\.44 times .*\n.*\n.*\n.*base 2",
    ),
    "negative": (terms(as_real, as_fake, -0.5), r"sign is turned"),
    "negative sum": (terms(as_real, as_fake, -1), r"sign is turned"),
    "real only": (terms(as_real, absent), r"fakes do not count"),
    "fakes only": (terms(absent, as_fake), r"real images do not count"),
    "real only, whole": (terms(as_real, absent, 1), r"fakes do not count"),
    "difference": (
        terms(as_real, lambda x, s: -as_fake(x, s)),
        r"fake half has the wrong sign",
    ),
    "real negative": (
        terms(lambda x, s: -as_real(x, s), as_fake),
        r"real half has the wrong sign",
    ),
    "real counts whole": (
        terms(lambda x, s: 2 * as_real(x, s), as_fake),
        r"do not count the same",
    ),
    "zero": (terms(absent, absent), r"loss is 0 whatever"),
    "sigmoid twice": (
        lambda r, f, smoothing=0.0: with_bce(r.sigmoid(), f.sigmoid(), smoothing),
        r"sigmoid is applied twice",
    ),
    "sigmoid twice, sum": (
        lambda r, f, smoothing=0.0: 2 * with_bce(r.sigmoid(), f.sigmoid(), smoothing),
        r"sigmoid is applied twice",
    ),
    "wasserstein": (wasserstein, r"Wasserstein"),
    "least squares": (least_squares, r"squared errors"),
    "least squares on D": (
        lambda r, f, smoothing=0.0: least_squares(r.sigmoid(), f.sigmoid(), smoothing),
        r"squared errors",
    ),
    "hinge": (hinge, r"hinge loss"),
    "no logarithm": (
        lambda r, f, smoothing=0.0: (1 - r.sigmoid()).mean() + f.sigmoid().mean(),
        r"logarithm is missing",
    ),
    "no logarithm, negative": (
        lambda r, f, smoothing=0.0: -r.sigmoid().mean() + f.sigmoid().mean(),
        r"logarithm is missing",
    ),
    "relativistic": (relativistic, r"values are not right"),
    "summed": (
        lambda r, f, smoothing=0.0: with_bce(r, f, smoothing) * len(r),
        r"added up, not averaged|by the number",
    ),
    "reduction sum": (
        lambda r, f, smoothing=0.0: F.softplus(-r).sum() + F.softplus(f).sum(),
        r"added up, not averaged",
    ),
    "pooled": (pooled, r"two tensors of different|thrown into one average"),
    "divided by real": (divided_by_real, r"divided by the number of real images"),
    "added before the mean": (added_first, r"different lengths|not as many fakes"),
    "mean of scores": (mean_scores, r"scores are averaged before"),
    "mean of probabilities": (mean_probabilities, r"probabilities are averaged before"),
    "product": (product, r"values are not right"),
    "maximum": (maximum, r"values are not right"),
    "softmax": (softmax_of_batch, r"values are not right"),
    "bce on probabilities": (probability_bce, VERY_SURE),
    "naive logs": (naive_logs, VERY_SURE),
    "naive sigmoid": (naive_logs_one, VERY_SURE),
    "epsilon": (partial(naive_logs, eps=1e-8), VERY_SURE),
    "small epsilon": (partial(naive_logs, eps=1e-12), VERY_SURE),
    "clamped logits": (clamped_logits, VERY_SURE),
    "log1p exp": (
        lambda r, f, smoothing=0.0: (
            (
                torch.log1p(torch.exp(-r)).mean()
                + smoothing * r.mean()
                + torch.log1p(torch.exp(f)).mean()
            )
            / 2
        ),
        VERY_SURE,
    ),
    "bce on logits": (bce_on_logits, r"expects probabilities"),
    "integer labels": (integer_labels, r"whole numbers \(int64\)"),
    "labels (B,)": (flat_labels, r"labels and logits differ in shape"),
    "hard-coded batch": (hard_coded_batch, r"labels and logits differ in shape"),
    "one per image": (per_image, r"one number per image"),
    "a pair": (both, r"returns a tuple"),
    "no return": (no_return, r"returns nothing"),
    "item": (lambda r, f, smoothing=0.0: with_bce(r, f, smoothing).item(), LOST),
    "new tensor": (
        lambda r, f, smoothing=0.0: torch.tensor(with_bce(r, f, smoothing)),
        LOST,
    ),
    "detached": (lambda r, f, smoothing=0.0: with_bce(r, f, smoothing).detach(), LOST),
    "no_grad": (without_graph, LOST),
    "fakes detached": (
        lambda r, f, smoothing=0.0: with_bce(r, f.detach(), smoothing),
        r"no gradient reaches the fake logits",
    ),
    "fakes in no_grad": (half_cut, r"no gradient reaches the fake logits"),
    "real detached": (
        lambda r, f, smoothing=0.0: with_bce(r.detach(), f, smoothing),
        r"no gradient reaches the real logits",
    ),
    "in place": (in_place, r"changes the logits"),
    "in place sign": (in_place_sign, r"changes the logits"),
    "random labels": (random_labels, r"different loss at a second call"),
    "flipped by chance": (flipped_by_chance, r"second call|values are not right"),
    "smoothing ignored": (
        lambda r, f, smoothing=0.0: with_bce(r, f),
        r"smoothing changes nothing",
    ),
    "smoothing both": (terms(as_real, label(lambda s: s)), SIDES),
    "smoothing fakes only": (
        terms(label(1.0), label(lambda s: s)),
        r"fakes are smoothed, not the real",
    ),
    "label is smoothing": (
        lambda r, f, smoothing=0.0: (
            with_bce(r, f) if not smoothing else with_bce(r, f, 1 - smoothing)
        ),
        r"real label is not 1 - smoothing",
    ),
    "label is smoothing always": (
        terms(label(lambda s: s), as_fake),
        r"wrong for real",
    ),
    "label above 1": (terms(label(lambda s: 1 + s), as_fake), r"above 1"),
    "half smoothing": (
        terms(label(lambda s: 1 - s / 2), as_fake),
        r"not 1 - smoothing",
    ),
    "torch's smoothing": (
        terms(label(lambda s: 1 - s / 2), label(lambda s: s / 2)),
        SIDES,
    ),
    "smoothing scales the loss": (
        terms(lambda x, s: (1 - s) * as_real(x, 0), as_fake),
        r"how much the halves count",
    ),
    "smoothing scales logits": (
        terms(lambda x, s: as_real((1 - s) * x, 0), as_fake),
        r"smoothed loss is not right",
    ),
    "smoothed twice": (smoothed_twice, r"real label is not 1 - smoothing"),
    "fakes only when smoothed": (
        fakes_only_when_smoothed,
        r"how much the halves count",
    ),
    "always 0.9": (terms(label(0.9), as_fake), r"labels are 0\.90 \(real\)"),
    "always 0.9 and 0.1": (terms(label(0.9), label(0.1)), r"0\.90 .* 0\.10"),
    "label 1.1": (terms(label(1.1), as_fake), r"labels are 1\.10"),
    "label -1 for fakes": (terms(as_real, label(-1.0)), r"outside \[0, 1\]"),
    "other default": (other_default, r"labels are 0\.90"),
    "no smoothing argument": (no_smoothing, r"arguments are not those"),
    "other argument name": (other_name, r"arguments are not those"),
    "required smoothing": (required_smoothing, r"arguments are not those"),
    "first image only": (first_image_only, r"values are not right"),
    "second image only": (second_image_only, r"values are not right|batch of one|nan"),
    "only (B, 1)": (squeezed_matrix, r"labels and logits differ in shape"),
    "wrong for one image": (doubled_beyond, r"batch of one"),
    "math.log": (math_log, r"single numbers was given a tensor"),
    "numpy": (through_numpy, r"leaves torch"),
    "the class": (CriticLoss, r"arguments are not those"),
    "soft margin": (soft_margin, VERY_SURE),
    "still the stub": (unfinished, r"still the stub"),
}
