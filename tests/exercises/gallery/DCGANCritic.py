"""DCGANCritic: right ones however written, wrong ones with the reason."""

import itertools
import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations

# --- right -----------------------------------------------------------------------


class Paper(nn.Module):
    """Strided convolutions down to 4×4; the wrong ones below change one thing."""

    def __init__(self, image_shape, base_channels=64):
        super().__init__()
        channels, size, _ = image_shape
        halvings = int(math.log2(size)) - 2
        widths = [channels, *(base_channels * 2**k for k in range(halvings))]
        self.blocks = nn.Sequential(
            *(self.block(a, b) for a, b in itertools.pairwise(widths))
        )
        self.blocks[0] = nn.Sequential(
            nn.Conv2d(channels, base_channels, 4, 2, 1), nn.LeakyReLU(0.2)
        )
        self.score = nn.Conv2d(widths[-1], 1, 4, bias=False)

    def block(self, before, after):
        return nn.Sequential(
            nn.Conv2d(before, after, 4, 2, 1, bias=False),
            nn.BatchNorm2d(after),
            nn.LeakyReLU(0.2),
        )

    def forward(self, x):
        return self.score(self.blocks(x)).view(-1)


def small_weights(module):
    if isinstance(module, nn.Conv2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


def sequential(image_shape, base_channels=64):
    """One Sequential, in place, with the paper's first weights."""
    layers, before, n, size = [], image_shape[0], base_channels, image_shape[1]
    while size > 4:
        layers += [nn.Conv2d(before, n, 4, 2, 1, bias=before == image_shape[0])]
        layers += [nn.BatchNorm2d(n)] if before != image_shape[0] else []
        layers += [nn.LeakyReLU(0.2, inplace=True)]
        before, n, size = n, 2 * n, size // 2
    layers += [nn.Conv2d(before, 1, 4), nn.Flatten(0)]
    return nn.Sequential(*layers).apply(small_weights)


class Column(Paper):
    """Logits (B, 1) from a linear layer, kernels of 5."""

    def __init__(self, image_shape, base_channels=64):
        super().__init__(image_shape, base_channels)
        self.score = nn.Linear(16 * self.score.in_channels, 1)

    def block(self, before, after):
        return nn.Sequential(
            nn.Conv2d(before, after, 5, 2, 2), nn.BatchNorm2d(after), nn.LeakyReLU()
        )

    def forward(self, x):
        return self.score(self.blocks(x).flatten(1))


class Functional(nn.Module):
    def __init__(self, shape, n=64):
        super().__init__()
        self.k1 = nn.Parameter(torch.randn(n, shape[0], 4, 4) / 4)
        self.k2 = nn.Parameter(torch.randn(2 * n, n, 4, 4) / (4 * n**0.5))
        self.k3 = nn.Parameter(torch.randn(4 * n, 2 * n, 4, 4) / (6 * n**0.5))
        self.w = nn.Parameter(torch.randn(4 * n) / n**0.5)
        self.b = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        for kernel in (self.k1, self.k2, self.k3):
            x = F.leaky_relu(F.conv2d(x, kernel, stride=2, padding=1), 0.2)
        return torch.einsum("bchw,c->b", x, self.w) / x[0, 0].numel() + self.b


def lazy(image_shape, base_channels=64):
    layers, size = [], image_shape[1]
    width = base_channels
    while size > 4:
        layers += [nn.LazyConv2d(width, 4, 2, 1), nn.LazyBatchNorm2d(), nn.ELU()]
        width, size = 2 * width, size // 2
    return nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(1), nn.Flatten(0))


class Normed(Paper):
    """Another normalisation instead of BatchNorm."""

    norm = staticmethod(lambda channels: nn.GroupNorm(8, channels))

    def __init__(self, image_shape, *, base_channels=64):
        super().__init__(image_shape, base_channels)

    def block(self, before, after):
        return nn.Sequential(
            nn.Conv2d(before, after, 4, 2, 1), self.norm(after), nn.LeakyReLU(0.2)
        )


class Instance(Normed):
    norm = staticmethod(lambda channels: nn.InstanceNorm2d(channels, affine=True))

    def __init__(self, image_shape, base_channels=64):
        super().__init__(image_shape, base_channels=base_channels)


class Unnormed(Instance):
    norm = staticmethod(lambda channels: nn.Dropout2d(0.0))


class Spectral(Unnormed):
    def __init__(self, image_shape, base_channels=64):
        super().__init__(image_shape, base_channels)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                parametrizations.spectral_norm(layer)


class Pooled(Instance):
    norm = staticmethod(nn.BatchNorm2d)

    def block(self, before, after):
        return nn.Sequential(
            nn.Conv2d(before, after, 3, padding=1),
            nn.BatchNorm2d(after),
            nn.LeakyReLU(0.2),
            nn.AvgPool2d(2),
        )


class Drops(Paper):
    def block(self, before, after):
        return nn.Sequential(*super().block(before, after), nn.Dropout2d(0.25))


class Averaged(Paper):
    """A mean over a map of scores, reads the size nowhere."""

    def __init__(self, image_shape, base_channels=64):
        super().__init__((image_shape[0], 32, 32), base_channels)
        self.score = nn.Conv2d(self.score.in_channels, 1, 1)

    def forward(self, x):
        return self.score(self.blocks(x)).mean((1, 2, 3))


class Only64(nn.Module):
    def __init__(self, image_shape, base_channels=64):
        super().__init__()
        if image_shape[1] != 64:
            raise ValueError(f"made for 64 pixels, not {image_shape[1]}")
        self.inner = Paper(image_shape, base_channels)

    def forward(self, x):
        return self.inner(x)


RIGHT = {
    "paper": Paper,
    "sequential, a function": sequential,
    "column, kernel 5": Column,
    "functional, mean of the map": Functional,
    "lazy": lazy,
    "GroupNorm, keywords only": Normed,
    "InstanceNorm": Instance,
    "no normalisation": Unnormed,
    "spectral norm": Spectral,
    "pooled": Pooled,
    "dropout": Drops,
    "patches": Averaged,
    "64 only, by an error": Only64,
}

# --- wrong -----------------------------------------------------------------------


def after(change):
    """Paper with something done to its scores (B,)."""
    return then(lambda c, x: change(Paper.forward(c, x)))


def first(change):
    """Paper with something done to the images before."""
    return then(lambda c, x: Paper.forward(c, change(x)))


def then(run, setup=None):
    class Then(Paper):
        def __init__(self, image_shape, base_channels=64):
            super().__init__(image_shape, base_channels)
            if setup:
                setup(self)

        def forward(self, x):
            return run(self, x)

    return Then


def called_with(change):
    class Called(Paper):
        def __init__(self, image_shape, base_channels=64):
            super().__init__(*change(image_shape, base_channels))

    return Called


def blocks_of(make):
    class Blocks(Paper):
        def __init__(self, image_shape, base_channels=64):
            super().__init__(image_shape, base_channels)
            self.blocks[0] = make(image_shape[0], base_channels)

        def block(self, before, after):
            return make(before, after)

    return Blocks


class NormedScore(Paper):
    """BatchNorm on the scores: no batch can score higher than another."""

    def __init__(self, image_shape, base_channels=64):
        super().__init__(image_shape, base_channels)
        self.last = nn.BatchNorm2d(1)

    def forward(self, x):
        return self.last(self.score(self.blocks(x))).view(-1)


class OneTooFew(Paper):
    """Stops at 8×8, and the last kernel of 4 leaves a map."""

    def __init__(self, image_shape, base_channels=64):
        channels, size, _ = image_shape
        super().__init__((channels, size // 2, size // 2), base_channels)

    def forward(self, x):
        return self.score(self.blocks(x)).flatten(1)


class OneTooFewFlat(OneTooFew):
    def forward(self, x):
        return self.score(self.blocks(x)).view(-1)


class OneTooMany(Paper):
    def __init__(self, image_shape, base_channels=64):
        channels, size, _ = image_shape
        super().__init__((channels, 2 * size, 2 * size), base_channels)


class Hidden(Paper):
    def __init__(self, image_shape, base_channels=64):
        super().__init__(image_shape, base_channels)
        self.steps = list(self.blocks)
        self.blocks = nn.Identity()

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return self.score(x).view(-1)


class GammaAroundZero(Paper):
    def __init__(self, image_shape, base_channels=64):
        super().__init__(image_shape, base_channels)
        for weight in self.parameters():
            nn.init.normal_(weight, 0.0, 0.02)


class NoSuper(nn.Module):
    def __init__(self, image_shape, base_channels=64):
        self.first = nn.Conv2d(image_shape[0], base_channels, 4, 2, 1)


class Frozen(Paper):
    def __init__(self, image_shape, base_channels=64):
        super().__init__(image_shape, base_channels)
        self.blocks.requires_grad_(False)


class TwoScores(Paper):
    def __init__(self, image_shape, base_channels=64):
        super().__init__(image_shape, base_channels)
        self.score = nn.Conv2d(self.score.in_channels, 2, 4)

    def forward(self, x):
        return self.score(self.blocks(x)).flatten(1)


def eval_inside(critic, x):
    critic.eval()
    return Paper.forward(critic, x)


WRONG = {
    "sigmoid, as in the paper": (
        after(torch.sigmoid),
        "between 0 and 1, like probabilities",
    ),
    "ReLU at the end": (after(F.relu), "none of your scores is ever below 0"),
    "softplus": (after(F.softplus), "none of your scores is ever below 0"),
    "tanh at the end": (after(torch.tanh), "narrow range"),
    "log sigmoid": (after(F.logsigmoid), "ever above 0"),
    "LeakyReLU without leak at the end": (
        after(lambda s: F.leaky_relu(s, 0.0)),
        "none of your scores is ever below 0",
    ),
    "clamped": (after(lambda s: s.clamp(-1, 1)), "narrow range"),
    "squeeze": (
        then(lambda c, x: c.score(c.blocks(x)).squeeze()),
        "batch of ONE",
    ),
    "a map of one pixel": (
        then(lambda c, x: c.score(c.blocks(x))),
        "a picture of scores",
    ),
    "mean over the batch": (after(lambda s: s.mean()), "one score for the whole batch"),
    "detached": (after(lambda s: s.detach()), "lost its graph"),
    "nothing": (after(lambda s: None), r"returns nothing \(None\)"),
    "tuple": (after(lambda s: (s, s.sigmoid())), "returns a tuple, not a tensor"),
    "answers": (after(lambda s: s > 0), "scores are bool"),
    "half precision": (after(lambda s: s.half()), "the scores are float16"),
    "batch mean off": (after(lambda s: s - s.mean()), "cannot move the mean"),
    "BatchNorm on the scores": (NormedScore, "all batches get the same mean score"),
    "two logits": (TwoScores, "2 scores per image"),
    "stops at 8×8": (OneTooFew, "25 scores per image"),
    "stops at 8×8, flat": (OneTooFewFlat, "25 scores per image"),
    "down to 2×2": (OneTooMany, "smaller than the kernel"),
    "view(64, -1)": (
        then(lambda c, x: c.score(c.blocks(x)).reshape(64, -1)),
        "view/reshape",
    ),
    "always colour": (
        called_with(lambda s, n: ((3, *s[1:]), n)),
        "expects 3 channels and gets 1",
    ),
    "always grey": (
        called_with(lambda s, n: ((1, *s[1:]), n)),
        "expects 1 channels and gets 3",
    ),
    "64 only": (
        called_with(lambda s, n: ((s[0], 64, 64), n)),
        "smaller than the kernel",
    ),
    "32 only": (
        called_with(lambda s, n: ((s[0], 32, 32), n)),
        "25 scores per image",
    ),
    "H, W, C": (called_with(lambda s, n: ((s[2], s[1], s[0]), n)), "channels"),
    "base 32 by default": (
        lambda s, n=32: Paper(s, n),
        "base_channels is not 64 by default",
    ),
    "base_channels unused": (
        called_with(lambda s, n: (s, 32)),
        "base_channels makes no difference",
    ),
    "no stride": (
        blocks_of(
            lambda i, o: nn.Sequential(nn.Conv2d(i, o, 3, 1, 1), nn.LeakyReLU(0.2))
        ),
        "scores per image",
    ),
    "no padding": (
        blocks_of(lambda i, o: nn.Sequential(nn.Conv2d(i, o, 4, 2), nn.LeakyReLU(0.2))),
        "smaller than the kernel",
    ),
    "kernel 1, stride 2": (
        blocks_of(lambda i, o: nn.Sequential(nn.Conv2d(i, o, 1, 2), nn.LeakyReLU(0.2))),
        "% of the pixels reach",
    ),
    "every second pixel": (
        blocks_of(
            lambda i, o: nn.Sequential(
                nn.Conv2d(i, o, 1), nn.LeakyReLU(0.2), nn.Upsample(scale_factor=0.5)
            )
        ),
        "% of the pixels reach",
    ),
    "BatchNorm of the wrong size": (
        blocks_of(
            lambda i, o: nn.Sequential(
                nn.Conv2d(i, o, 4, 2, 1), nn.BatchNorm2d(i), nn.LeakyReLU(0.2)
            )
        ),
        "BatchNorm was made for 3 channels and gets 16",
    ),
    "no activation": (
        blocks_of(lambda i, o: nn.Sequential(nn.Conv2d(i, o, 4, 2, 1))),
        "linear function of the pixels",
    ),
    "batch statistics in eval": (
        blocks_of(
            lambda i, o: nn.Sequential(
                nn.Conv2d(i, o, 4, 2, 1),
                nn.BatchNorm2d(o, track_running_stats=False),
                nn.LeakyReLU(0.2),
            )
        ),
        "depend on the others",
    ),
    "dropout in eval": (
        then(lambda c, x: c.score(F.dropout(c.blocks(x), 0.3)).view(-1)),
        "in eval mode the same image gives different",
    ),
    "red only": (first(lambda x: x[:, :1].expand_as(x)), "33% of the pixels"),
    "grey copy": (
        first(lambda x: x.mean((2, 3), keepdim=True).expand_as(x)),
        "does not learn",
    ),
    "detached images": (first(lambda x: x.detach()), "no gradient comes from"),
    "in place": (first(lambda x: x.mul_(0.5)), "changes the tensor that it is"),
    "noise in eval": (
        first(lambda x: x + 0.1 * torch.randn_like(x)),
        "in eval mode the same image gives different",
    ),
    "images normalised by batch": (
        first(lambda x: (x - x.mean()) / x.std()),
        "depend on the others",
    ),
    "hidden list": (Hidden, "not in .parameters"),
    "layer in forward": (
        then(
            lambda c, x: nn.Conv2d(c.score.in_channels, 1, 4)(c.blocks(x)).view(-1),
        ),
        "new layers at every call",
    ),
    "a layer unused": (
        then(Paper.forward, lambda c: setattr(c, "extra", nn.BatchNorm2d(32))),
        "never used: extra",
    ),
    "frozen": (Frozen, "requires_grad off"),
    "eval inside": (then(eval_inside), "between train and eval mode"),
    "gamma around 0": (GammaAroundZero, "weights are drawn around 0"),
    "no super": (NoSuper, "does not start nn.Module"),
    "zero weights": (
        then(Paper.forward, lambda c: [nn.init.zeros_(w) for w in c.parameters()]),
        "cannot move the mean",
    ),
}
