"""Critic: right ones however written, wrong ones with the reason."""

import itertools
import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations


def small(size, halvings=3):
    """Size after so many halvings, rounded up: 28 → 4."""
    return math.ceil(size / 2**halvings)


# --- right -----------------------------------------------------------------------


class Plain(nn.Module):
    """Three halving blocks and a Linear; the wrong ones below change one thing."""

    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__()
        channels, height, width = image_shape
        widths = [channels, base_channels, 2 * base_channels, 3 * base_channels]
        self.blocks = nn.Sequential(*self.layers(widths, dropout))
        self.score = nn.Linear(widths[-1] * small(height) * small(width), 1)

    def layers(self, widths, dropout):
        for before, after in itertools.pairwise(widths):
            yield nn.Conv2d(before, after, 3, stride=2, padding=1)
            yield nn.LeakyReLU(0.2)
            yield nn.Dropout2d(dropout)

    def forward(self, x):
        return self.score(self.blocks(x).flatten(1)).flatten()


class Column(Plain):
    """Logits (B, 1), all weights drawn small."""

    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__(image_shape, base_channels, dropout)
        for weight in self.parameters():
            nn.init.normal_(weight, 0.0, 0.02)

    def forward(self, x):
        return self.score(self.blocks(x).view(x.size(0), -1))


class DCGAN(nn.Module):
    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__()
        n, layers, before = base_channels, [], image_shape[0]
        for depth in range(3):
            after = n * 2**depth
            layers += [
                nn.Conv2d(before, after, 4, 2, 1, bias=depth == 0),
                nn.BatchNorm2d(after) if depth else nn.Identity(),
                nn.LeakyReLU(0.2, inplace=True),
                nn.Dropout(dropout),
            ]
            before = after
        layers += [nn.Conv2d(before, 1, image_shape[1] // 8)]
        self.main = nn.Sequential(*layers)
        for layer in self.main:
            if isinstance(layer, nn.Conv2d):
                nn.init.normal_(layer.weight, 0.0, 0.02)
            if isinstance(layer, nn.BatchNorm2d):
                nn.init.normal_(layer.weight, 1.0, 0.02)

    def forward(self, x):
        return self.main(x).view(-1)


class Functional(nn.Module):
    def __init__(self, shape, n=32, p=0.3):
        super().__init__()
        self.p = p
        self.k1 = nn.Parameter(torch.randn(n, shape[0], 3, 3) / 3)
        self.k2 = nn.Parameter(torch.randn(2 * n, n, 3, 3) / (3 * n**0.5))
        self.w = nn.Parameter(torch.randn(2 * n) / n**0.5)
        self.b = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        x = F.elu(F.conv2d(x, self.k1, stride=2, padding=1))
        x = F.dropout(x, self.p, self.training)
        x = F.silu(F.conv2d(x, self.k2, stride=2, padding=1)).mean(dim=(2, 3))
        return torch.einsum("bc,c->b", x, self.w) + self.b


def lazy(image_shape, base_channels=32, dropout=0.3):
    return nn.Sequential(
        nn.LazyConv2d(base_channels, 5, 2, 2),
        nn.LeakyReLU(),
        nn.Dropout(dropout),
        nn.LazyConv2d(2 * base_channels, 5, 2, 2),
        nn.LeakyReLU(),
        nn.Dropout(dropout),
        nn.Flatten(),
        nn.LazyLinear(1),
        nn.Flatten(0),
    )


class Grouped(nn.Module):
    """GroupNorm, pooling, a mean over the map, names by keyword only."""

    def __init__(self, image_shape, *, base_channels=32, dropout=0.3):
        super().__init__()
        n = base_channels
        self.stem = nn.Conv2d(image_shape[0], n, 3, padding=1)
        self.body = nn.ModuleList(
            nn.Sequential(
                nn.GroupNorm(8, n),
                nn.ReLU(),
                nn.Conv2d(n, n, 3, padding=1),
                nn.MaxPool2d(2),
            )
            for _ in range(3)
        )
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(n, 1))

    def forward(self, images):
        x = self.stem(images)
        for step in self.body:
            x = step(x)
        return self.head(x.mean((2, 3))).squeeze(1)


def normed(norm):
    """Plain with spectral or weight norm on every convolution and the Linear."""

    class Normed(Plain):
        def __init__(self, image_shape, base_channels=32, dropout=0.3):
            super().__init__(image_shape, base_channels, dropout)
            self.score = norm(self.score)

        def layers(self, widths, dropout):
            for layer in super().layers(widths, dropout):
                yield norm(layer) if isinstance(layer, nn.Conv2d) else layer

    return Normed


class Dense(nn.Module):
    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(),
            nn.Linear(math.prod(image_shape), 8 * base_channels),
            nn.Tanh(),
            nn.Dropout(dropout),
            nn.Linear(8 * base_channels, 1),
        )

    def forward(self, x):
        return self.net(x).reshape(len(x))


class Patches(nn.Module):
    """A mean over scores of patches, with a residual block and a PReLU."""

    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__()
        n = base_channels
        self.down = nn.Conv2d(image_shape[0], n, 4, 4)
        self.inner = nn.Conv2d(n, n, 3, padding=1)
        self.act = nn.PReLU()
        self.drop = nn.Dropout(dropout)
        self.last = nn.Conv2d(n, 1, 1, bias=False)

    def forward(self, x):
        x = self.act(self.down(x))
        x = x + self.drop(self.act(self.inner(x)))
        return self.last(x).mean(dim=(1, 2, 3))


class Attention(nn.Module):
    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__()
        self.cut = nn.Unfold(
            7 if image_shape[1] == 28 else 8, stride=image_shape[1] // 4
        )
        self.embed = nn.LazyLinear(base_channels)
        self.place = nn.Parameter(0.02 * torch.randn(16, base_channels))
        self.mix = nn.TransformerEncoderLayer(
            base_channels, 4, 2 * base_channels, dropout, batch_first=True
        )
        self.score = nn.Linear(base_channels, 1)

    def forward(self, x):
        if x.shape[-1] == 64:
            x = F.avg_pool2d(x, 2)
            self.cut.stride = 8
        tokens = self.embed(self.cut(x).transpose(1, 2)) + self.place
        return self.score(self.mix(tokens).mean(1))[:, 0]


class Biased(Plain):
    """Right, with advice: bias before BatchNorm."""

    def layers(self, widths, dropout):
        for layer in super().layers(widths, dropout):
            yield layer
            if isinstance(layer, nn.Conv2d):
                yield nn.BatchNorm2d(layer.out_channels)


class Deep(Plain):
    """Seven convolutions without normalisation, DCGAN's small weights."""

    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__(image_shape, base_channels, dropout)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.normal_(layer.weight, 0.0, 0.02)
                nn.init.zeros_(layer.bias)

    def layers(self, widths, dropout):
        for layer in super().layers(widths, dropout):
            yield layer
            if isinstance(layer, nn.LeakyReLU):
                n = widths[1 + self.depth]
                yield from (nn.Conv2d(n, n, 3, padding=1), nn.LeakyReLU(0.2))
                self.depth += 1

    depth = 0


RIGHT = {
    "plain": Plain,
    "column": Column,
    "DCGAN": DCGAN,
    "functional": Functional,
    "lazy, a function": lazy,
    "GroupNorm, keywords only": Grouped,
    "spectral norm": normed(parametrizations.spectral_norm),
    "old spectral norm": normed(nn.utils.spectral_norm),
    "weight norm": normed(parametrizations.weight_norm),
    "dense": Dense,
    "patches": Patches,
    "attention": Attention,
    "bias before BatchNorm": Biased,
    "deep": Deep,
}

# --- wrong -----------------------------------------------------------------------


def after(change):
    """Plain with something done to its scores (B,)."""

    class After(Plain):
        def forward(self, x):
            return change(super().forward(x))

    return After


def flat(change):
    """Plain with another way to flatten the features."""

    class Flat(Plain):
        def forward(self, x):
            return self.score(change(self.blocks(x))).flatten()

    return Flat


def first(change):
    """Plain with something done to the images before."""

    class First(Plain):
        def forward(self, x):
            return super().forward(change(self, x))

    return First


def with_layers(change):
    """Plain whose layers are changed one by one by `change(layer)`."""

    class Changed(Plain):
        def layers(self, widths, dropout):
            for layer in super().layers(widths, dropout):
                yield from change(layer)

    return Changed


def head(outputs):
    class Head(Plain):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            self.score = nn.Linear(self.score.in_features, outputs)

        def forward(self, x):
            return self.score(self.blocks(x).flatten(1))

    return Head


def called_with(change):
    """Plain built from other arguments than those given."""

    class Called(Plain):
        def __init__(self, image_shape, base_channels=32, dropout=0.3):
            super().__init__(*change(image_shape, base_channels, dropout))

    return Called


def then(setup, run=None):
    """Plain with more in __init__, and perhaps another forward."""

    class Then(Plain):
        def __init__(self, image_shape, base_channels=32, dropout=0.3):
            super().__init__(image_shape, base_channels, dropout)
            setup(self)

        def forward(self, x):
            return run(self, x) if run else super().forward(x)

    return Then


def hide_first(critic):
    critic.hidden = [critic.blocks.pop(0)]


def hide_all(critic):
    critic.hidden = list(critic.blocks)
    critic.blocks = nn.Identity()


def through_hidden(critic, x):
    for layer in critic.hidden:
        x = layer(x)
    return critic.score(critic.blocks(x).flatten(1)).flatten()


def in_forward(critic, x):
    x = nn.Conv2d(x.shape[1], 32, 3, 2, 1)(x)
    for layer in list(critic.blocks)[1:]:
        x = layer(x)
    return critic.score(x.flatten(1)).flatten()


def all_in_forward(critic, x):
    x = F.leaky_relu(nn.Conv2d(x.shape[1], 8, 3, 2, 1)(x))
    return nn.Linear(x[0].numel(), 1)(x.flatten(1)).flatten()


def skip_blocks(critic, x):
    x = F.adaptive_avg_pool2d(x.repeat(1, 96, 1, 1)[:, :96], small(x.shape[-1]))
    return critic.score(F.leaky_relu(x).flatten(1)).flatten()


def eval_inside(critic, x):
    critic.eval()
    return Plain.forward(critic, x)


def zero_start(critic):
    for layer in list(critic.blocks):
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 0.0, 0.02)


class GammaAroundZero(Biased):
    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__(image_shape, base_channels, dropout)
        zero_start(self)


class BatchNormed(Biased):
    """Uses the batch's statistics in eval mode as well."""

    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__(image_shape, base_channels, dropout)
        for layer in self.blocks:
            if isinstance(layer, nn.BatchNorm2d):
                layer.track_running_stats = False
                layer.running_mean = layer.running_var = None


class FloorSize(Plain):
    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__(image_shape, base_channels, dropout)
        self.score = nn.Linear(3 * base_channels * (image_shape[1] // 8) ** 2, 1)


class NoSuper(nn.Module):
    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        self.conv = nn.Conv2d(image_shape[0], base_channels, 3, 2, 1)


class NoDefaults(Plain):
    def __init__(self, image_shape, base_channels, dropout):
        super().__init__(image_shape, base_channels, dropout)


class ShapeLast(Plain):
    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        height, width, channels = image_shape
        super().__init__((channels, height, width), base_channels, dropout)


class WrongWidth(Plain):
    def layers(self, widths, dropout):
        for before, after_ in zip(widths[:1] * 3, widths[1:], strict=False):
            yield nn.Conv2d(before, after_, 3, stride=2, padding=1)
            yield nn.LeakyReLU(0.2)


def no_act(layer):
    return [] if isinstance(layer, nn.LeakyReLU) else [layer]


def kernel_one(layer):
    if isinstance(layer, nn.Conv2d):
        layer = nn.Conv2d(layer.in_channels, layer.out_channels, 1, 2)
    return [layer]


def no_padding(layer):
    if isinstance(layer, nn.Conv2d):
        layer.padding = (0, 0)
    return [layer]


class NoStride(Plain):
    def layers(self, widths, dropout):
        for layer in super().layers(widths, dropout):
            if isinstance(layer, nn.Conv2d):
                layer.stride = (1, 1)
            yield layer


class DropsAlways(Plain):
    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__(image_shape, base_channels, 0.0)
        self.p = dropout

    def forward(self, x):
        return self.score(F.dropout(self.blocks(x).flatten(1), self.p)).flatten()


class Frozen(Plain):
    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__(image_shape, base_channels, dropout)
        self.blocks.requires_grad_(False)


class NoForward(Plain):
    forward = nn.Module.forward


WRONG = {
    "sigmoid": (after(torch.sigmoid), "between 0 and 1, like probabilities"),
    "ReLU at the end": (after(F.relu), "none of your scores is ever below 0"),
    "softplus": (after(F.softplus), "none of your scores is ever below 0"),
    "tanh at the end": (after(torch.tanh), "narrow range"),
    "log sigmoid": (after(F.logsigmoid), "ever above 0"),
    "softmax over one": (
        after(lambda s: s[:, None].softmax(1)[:, 0]),
        "cannot move the mean",
    ),
    "clamped": (after(lambda s: s.clamp(-1, 1)), "narrow range"),
    "squared": (after(lambda s: s**2), "none of your scores is ever below 0"),
    "squeeze": (after(lambda s: s.squeeze()), "batch of ONE"),
    "argmax": (after(lambda s: (s > 0).long()), "scores are int64"),
    "bool": (after(lambda s: s > 0), "scores are bool"),
    "item": (after(lambda s: s.tolist()), "returns a list, not a tensor"),
    "nothing": (after(lambda s: None), r"returns nothing \(None\)"),
    "tuple": (after(lambda s: (s, s.sigmoid())), "returns a tuple, not a tensor"),
    "detached": (after(lambda s: s.detach()), "lost its graph"),
    "mean over the batch": (after(lambda s: s.mean()), "one score for the whole batch"),
    "in place": (first(lambda c, x: x.mul_(0.5)), "changes the tensor that it is"),
    "sigmoid in eval": (
        then(
            lambda c: None,
            lambda c, x: (
                Plain.forward(c, x) if c.training else Plain.forward(c, x).sigmoid()
            ),
        ),
        "narrow range|probabilities",
    ),
    "half precision": (after(lambda s: s.half()), "the scores are float16"),
    "log": (after(torch.log), "nan"),
    "first image for all": (
        first(lambda c, x: x[:1].expand_as(x)),
        "depend on the others",
    ),
    "seeded": (
        first(lambda c, x: (torch.manual_seed(0), x)[1]),
        "dropout does nothing in train mode",
    ),
    "dropout upside down": (
        then(
            lambda c: None,
            lambda c, x: c.score(
                F.dropout(c.blocks(x).flatten(1), 0.5, not c.training)
            ).flatten(),
        ),
        "in eval mode the same image gives different",
    ),
    "numpy": (first(lambda c, x: torch.tensor(x.numpy())), "numpy cuts the graph"),
    "a function": (lambda s, n=32, p=0.3: Plain(s, n, p).forward, "gives no network"),
    "gives None": (lambda s, n=32, p=0.3: None, "gives no network"),
    "detached images": (first(lambda c, x: x.detach()), "no gradient comes from"),
    "batch mean off": (
        after(lambda s: s - s.mean()),
        "cannot move the mean",
    ),
    "batch softmax": (after(lambda s: s.softmax(0)), "cannot move the mean"),
    "constant": (after(lambda s: s * 0), "cannot move the mean"),
    "two logits": (head(2), "2 scores per image, one is asked for"),
    "ten logits": (head(10), "10 scores per image"),
    "a map of scores": (
        then(
            lambda c: setattr(c, "score", nn.LazyConv2d(1, 3, padding=1)),
            lambda c, x: c.score(c.blocks(x)),
        ),
        "a picture of scores",
    ),
    "flatten all": (flat(lambda f: f.flatten()), "rows|numbers per item"),
    "flatten from axis 2": (flat(lambda f: f.flatten(2)), "flatten made 672 rows"),
    "view(64, -1)": (flat(lambda f: f.reshape(64, -1)), "flatten made 64 rows"),
    "view(16, -1)": (
        flat(lambda f: f.reshape(16, 96, -1).flatten(1)),
        "view/reshape|rows",
    ),
    "no flatten": (flat(lambda f: f), "flatten made 2688 rows"),
    "floor(28/8)": (FloorSize, "expects 864 numbers per item and gets 1536"),
    "28 only": (
        called_with(lambda s, n, p: ((s[0], 28, 28), n, p)),
        "numbers per item",
    ),
    "grey only": (
        called_with(lambda s, n, p: ((1, *s[1:]), n, p)),
        "expects 1 channels",
    ),
    "H, W, C": (ShapeLast, "channels and gets 1"),
    "no padding": (with_layers(no_padding), "numbers per item"),
    "no stride": (NoStride, "numbers per item"),
    "widths do not fit": (WrongWidth, "expects 1 channels and gets 32"),
    "base_channels unused": (
        called_with(lambda s, n, p: (s, 32, p)),
        "base_channels makes no difference",
    ),
    "dropout unused": (
        called_with(lambda s, n, p: (s, n, 0.0)),
        "dropout does nothing in train mode",
    ),
    "dropout 0.3": (
        called_with(lambda s, n, p: (s, n, 0.3)),
        "something is still dropped",
    ),
    "keep probability": (
        called_with(lambda s, n, p: (s, n, 1 - p)),
        "with dropout=0.0 everything is dropped",
    ),
    "dropout in eval": (DropsAlways, "in eval mode the same image gives different"),
    "base 64 by default": (
        lambda s, n=64, p=0.3: Plain(s, n, p),
        "base_channels is not 32 by default",
    ),
    "no dropout by default": (
        lambda s, n=32, p=0.0: Plain(s, n, p),
        "dropout is switched off by default",
    ),
    "no defaults": (NoDefaults, "argument that it is not given"),
    "no super": (NoSuper, "does not start nn.Module"),
    "no forward": (NoForward, "no forward method"),
    "no activation": (with_layers(no_act), "linear function of the pixels"),
    "kernel 1": (with_layers(kernel_one), "% of the pixels reach"),
    "cropped": (
        first(lambda c, x: F.pad(x[:, :, 4:-4, 4:-4], (4, 4, 4, 4))),
        "51% of the pixels",
    ),
    "red only": (first(lambda c, x: x[:, :1].expand_as(x)), "33% of the pixels"),
    "rounded pixels": (first(lambda c, x: x.round()), "no gradient comes from"),
    "noise in eval": (
        first(lambda c, x: x + 0.1 * torch.randn_like(x)),
        "in eval mode the same image gives different",
    ),
    "mean of pixels": (
        first(lambda c, x: x.mean((2, 3), keepdim=True).expand_as(x)),
        "does not learn",
    ),
    "images normalised by batch": (
        first(lambda c, x: (x - x.mean()) / x.std()),
        "depend on the others",
    ),
    "hidden list": (then(hide_first, through_hidden), "not in .parameters"),
    "all hidden": (then(hide_all, through_hidden), "not in .parameters"),
    "layer in forward": (then(lambda c: None, in_forward), "new layers at every call"),
    "all in forward": (
        then(lambda c: None, all_in_forward),
        "new layers at every call",
    ),
    "blocks unused": (then(lambda c: None, skip_blocks), "never used: blocks"),
    "a layer unused": (
        then(lambda c: setattr(c, "extra", nn.BatchNorm2d(32))),
        "never used: extra",
    ),
    "blocks frozen": (Frozen, "requires_grad off"),
    "no_grad": (
        then(lambda c: None, lambda c, x: torch.no_grad()(Plain.forward)(c, x)),
        "lost its graph",
    ),
    "blocks detached": (
        then(
            lambda c: None,
            lambda c, x: c.score(c.blocks(x).detach().flatten(1)).flatten(),
        ),
        "never used: blocks",
    ),
    "eval inside": (then(lambda c: None, eval_inside), "between train and eval mode"),
    "gamma around 0": (GammaAroundZero, "weights are drawn around 0"),
    "batch statistics in eval": (BatchNormed, "depend on the others"),
    "zero weights": (
        then(lambda c: [nn.init.zeros_(w) for w in c.parameters()]),
        "does not learn",
    ),
}
