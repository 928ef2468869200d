"""critic_block: right ones however written, wrong ones with the reason."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations

# --- right -----------------------------------------------------------------------


def classic(in_channels, out_channels, dropout):
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Dropout(dropout),
    )


def normalised(in_channels, out_channels, dropout=0.3):
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, 2, 1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.LeakyReLU(0.2, inplace=True),
        nn.Dropout2d(dropout),
    )


def biased_normalised(in_channels, out_channels, dropout):
    """Right, with a word of advice about bias and eps."""
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, 2, 1),
        nn.BatchNorm2d(out_channels, 0.8),
        nn.LeakyReLU(0.2),
        nn.Dropout2d(dropout),
    )


def pooled(in_channels, out_channels, dropout):
    return nn.Sequential(
        nn.Dropout(dropout),
        nn.LazyConv2d(out_channels, 5, padding="same"),
        nn.GroupNorm(8, out_channels),
        nn.ELU(),
        nn.AvgPool2d(2, ceil_mode=True),
    )


def max_pooled(in_channels, out_channels, dropout):
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, padding=1),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.ReLU(),
        nn.FeatureAlphaDropout(dropout),
    )


class Functional(nn.Module):
    def __init__(self, c_in, c_out, p):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(c_out, c_in, 5, 5) * 0.05)
        self.shift = nn.Parameter(torch.zeros(c_out))
        self.p = p

    def forward(self, x):
        x = F.conv2d(x, self.kernel, self.shift, stride=2, padding=2)
        return F.dropout(F.silu(x), self.p, training=self.training)


class Residual(nn.Module):
    def __init__(self, in_channels, out_channels, *, dropout):
        super().__init__()
        self.main = nn.Sequential(
            nn.LeakyReLU(0.2),
            nn.Conv2d(in_channels, out_channels, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(out_channels, out_channels, 3, stride=2, padding=1),
            nn.Dropout2d(dropout),
        )
        self.skip = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x):
        return self.main(x) + F.avg_pool2d(self.skip(x), 2, ceil_mode=True)


def spectral(in_channels, out_channels, dropout):
    conv = nn.Conv2d(in_channels, out_channels, 3, stride=2, padding=1)
    conv = parametrizations.spectral_norm(conv)
    return nn.Sequential(conv, nn.LeakyReLU(0.1), nn.Dropout(dropout))


def old_spectral(in_channels, out_channels, dropout):
    conv = nn.utils.spectral_norm(nn.Conv2d(in_channels, out_channels, 3, 2, 1))
    return nn.Sequential(conv, nn.LeakyReLU(0.1), nn.Dropout(dropout))


def weight_normed(in_channels, out_channels, dropout):
    conv = nn.Conv2d(in_channels, out_channels, 3, stride=2, padding=1)
    return nn.Sequential(
        parametrizations.weight_norm(conv), nn.PReLU(), nn.Dropout(dropout)
    )


class PixelsToChannels(nn.Module):
    def __init__(self, in_channels, out_channels, dropout=0.3):
        super().__init__()
        self.mix = nn.Conv2d(4 * in_channels, out_channels, 3, padding=1)
        self.drop = nn.Dropout(dropout) if dropout > 0 else nn.Identity()

    def forward(self, x):
        x = F.pad(x, (0, x.shape[3] % 2, 0, x.shape[2] % 2))
        return self.drop(torch.tanh(self.mix(F.pixel_unshuffle(x, 2))))


def drop_inside(in_channels, out_channels, dropout):
    return nn.Sequential(
        nn.Conv2d(in_channels, 2 * out_channels, 3, padding=1),
        nn.Dropout2d(dropout),
        nn.GELU(),
        nn.Conv2d(2 * out_channels, out_channels, 3, stride=2, padding=1, bias=False),
        nn.InstanceNorm2d(out_channels, affine=True),
        nn.LeakyReLU(0.2),
    )


RIGHT = {
    "classic": classic,
    "normalised": normalised,
    "bias and eps": biased_normalised,
    "pooled, lazy, GroupNorm": pooled,
    "max pooled": max_pooled,
    "functional": Functional,
    "residual, keyword only": Residual,
    "spectral norm": spectral,
    "old spectral norm": old_spectral,
    "weight norm": weight_normed,
    "pixels to channels": PixelsToChannels,
    "dropout inside": drop_inside,
}

# --- wrong -----------------------------------------------------------------------


def block(*tail, kernel=3, stride=2, padding=1, slope=0.2):
    """Make a builder of conv + LeakyReLU + tail; tail items are functions of dropout."""

    def builder(in_channels, out_channels, dropout):
        conv = nn.Conv2d(in_channels, out_channels, kernel, stride, padding)
        return nn.Sequential(
            conv, nn.LeakyReLU(slope), *(layer(dropout) for layer in tail)
        )

    return builder


def as_list(in_channels, out_channels, dropout):
    return [nn.Conv2d(in_channels, out_channels, 3, 2, 1), nn.LeakyReLU(0.2)]


def as_function(in_channels, out_channels, dropout):
    conv = nn.Conv2d(in_channels, out_channels, 3, 2, 1)
    return lambda x: F.leaky_relu(conv(x), 0.2)


def forgot_return(in_channels, out_channels, dropout):
    nn.Sequential(nn.Conv2d(in_channels, out_channels, 3, 2, 1), nn.LeakyReLU(0.2))


def fixed_channels(in_channels, out_channels, dropout):
    return classic(1, out_channels, dropout)


def fixed_width(in_channels, out_channels, dropout):
    return classic(in_channels, 32, dropout)


def swapped(in_channels, out_channels, dropout):
    return classic(out_channels, in_channels, dropout)


def wrong_norm(in_channels, out_channels, dropout):
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, 2, 1),
        nn.BatchNorm2d(in_channels),
        nn.LeakyReLU(0.2),
        nn.Dropout(dropout),
    )


def pre_inplace(in_channels, out_channels, dropout):
    return nn.Sequential(
        nn.LeakyReLU(0.2, inplace=True), *classic(in_channels, out_channels, dropout)
    )


def own_sequential(in_channels, out_channels, dropout):
    return nn.Sequential([nn.Conv2d(in_channels, out_channels, 3, 2, 1)])


def only_pool(in_channels, out_channels, dropout):
    class Pool(nn.Module):
        def forward(self, x):
            x = F.leaky_relu(F.avg_pool2d(x, 2, ceil_mode=True))
            x = x[:, torch.arange(out_channels) % in_channels]
            return F.dropout(x, dropout, self.training)

    return Pool()


def resizes(in_channels, out_channels, dropout):
    class Resize(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1)

        def forward(self, x):
            x = F.interpolate(F.leaky_relu(self.conv(x)), scale_factor=0.5)
            return F.dropout(x, dropout, self.training)

    return Resize()


class Base(nn.Module):
    """classic as a class, for the mistakes to change."""

    def __init__(self, in_channels, out_channels, dropout):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, 2, 1)
        self.p = dropout

    def forward(self, x):
        return F.dropout(F.leaky_relu(self.conv(x), 0.2), self.p, self.training)


class DropsAlways(Base):
    def forward(self, x):
        return F.dropout(F.leaky_relu(self.conv(x), 0.2), self.p)


class NoReturn(Base):
    def forward(self, x):
        self.conv(x)


class InForward(Base):
    def forward(self, x):
        conv = nn.Conv2d(x.shape[1], self.conv.out_channels, 3, 2, 1)
        return F.dropout(F.leaky_relu(conv(x)), self.p, self.training)


class InList(Base):
    def __init__(self, in_channels, out_channels, dropout):
        super().__init__(in_channels, out_channels, dropout)
        self.layers = [self.conv, nn.Conv2d(out_channels, out_channels, 3, padding=1)]

    def forward(self, x):
        for layer in self.layers:
            x = F.leaky_relu(layer(x))
        return F.dropout(x, self.p, self.training)


class Unused(Base):
    def __init__(self, in_channels, out_channels, dropout):
        super().__init__(in_channels, out_channels, dropout)
        self.norm = nn.BatchNorm2d(out_channels)


class Detached(Base):
    def forward(self, x):
        return super().forward(x).detach()


class SwitchesMode(Base):
    def forward(self, x):
        x = super().forward(x)
        self.eval()
        return x


class NoSuper(nn.Module):
    def __init__(self, in_channels, out_channels, dropout):
        self.conv = nn.Conv2d(in_channels, out_channels, 3, 2, 1)


class Misspelt(nn.Module):
    def __init__(self, in_channels, out_channels, dropout):
        super().__init__()

    def foward(self, x):
        return x


class BatchStatistics(Base):
    def forward(self, x):
        return super().forward(F.batch_norm(x, None, None, training=True))


class Frozen(Base):
    def __init__(self, in_channels, out_channels, dropout):
        super().__init__(in_channels, out_channels, dropout)
        self.requires_grad_(False)


WRONG = {
    "a list": (as_list, "a list comes back"),
    "a function": (as_function, "a function comes back"),
    "no return": (forgot_return, "nothing comes back"),
    "list in Sequential": (own_sequential, "Sequential was given a list"),
    "no super": (NoSuper, "does not start nn.Module"),
    "foward": (Misspelt, "no forward method"),
    "forward returns nothing": (NoReturn, r"returns nothing \(None\)"),
    "no stride": (block(nn.Dropout, stride=1), "28×28, expected 14×14"),
    "no padding": (block(nn.Dropout, padding=0), "13×13, expected 14×14"),
    "kernel 4": (block(nn.Dropout, kernel=4), "3×3, expected 4×4"),
    "kernel 2": (block(nn.Dropout, kernel=2, padding=0), "3×3, expected 4×4"),
    "kernel 5": (block(nn.Dropout, kernel=5), "13×13, expected 14×14"),
    "stride 4": (block(nn.Dropout, stride=4), "7×7, expected 14×14"),
    "halves twice": (
        block(lambda p: nn.MaxPool2d(2), nn.Dropout),
        "7×7, expected 14×14",
    ),
    "pool floors": (
        block(lambda p: nn.MaxPool2d(2), nn.Dropout, stride=1),
        "3×3, expected 4×4",
    ),
    "flattens": (block(nn.Dropout, lambda p: nn.Flatten()), "not a batch of pictures"),
    "resizes down": (resizes, "3×3, expected 4×4"),
    "kernel 1": (block(nn.Dropout, kernel=1, padding=0), "25% of the pixels"),
    "one input channel": (fixed_channels, "expects 1 channels and gets 32"),
    "always 32": (fixed_width, "32 channels instead of 64"),
    "swapped channels": (swapped, "expects 32 channels and gets 1"),
    "BatchNorm of the wrong size": (wrong_norm, "BatchNorm was made for 1 channels"),
    "nothing to learn": (only_pool, "nothing that can learn"),
    "layer in forward": (InForward, "new layers at every call"),
    "layer in a list": (InList, "not in .parameters"),
    "unused layer": (Unused, "never used: norm"),
    "frozen": (Frozen, "requires_grad off"),
    "detached": (Detached, "lost its graph"),
    "changes its input": (pre_inplace, "changes the tensor that it is given"),
    "LeakyReLU(1)": (block(nn.Dropout, slope=1), "no activation"),
    "no activation": (
        lambda i, o, dropout: nn.Sequential(
            nn.Conv2d(i, o, 3, 2, 1), nn.Dropout(dropout)
        ),
        "no activation",
    ),
    "BatchNorm for activation": (
        lambda i, o, dropout: nn.Sequential(
            nn.Conv2d(i, o, 3, 2, 1), nn.BatchNorm2d(o), nn.Dropout(dropout)
        ),
        "no activation",
    ),
    "no dropout": (block(), "dropout does nothing in train mode"),
    "fixed dropout": (block(lambda p: nn.Dropout(0.3)), "something is still dropped"),
    "dropout or 0.3": (
        block(lambda p: nn.Dropout(p or 0.3)),
        "something is still dropped",
    ),
    "0.3 if any": (
        block(lambda p: nn.Dropout(0.3 if p else 0.0)),
        "makes no difference",
    ),
    "keep probability": (
        block(lambda p: nn.Dropout(1 - p)),
        "the share to keep instead",
    ),
    "dropout in eval": (DropsAlways, "in eval mode the same picture gives different"),
    "switches mode": (SwitchesMode, "between train and eval mode"),
    "batch statistics": (BatchStatistics, "depend on the others"),
}
