"""upsample_block: right ones however written, wrong ones with the reason."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations

# --- right -----------------------------------------------------------------------


def plain(in_channels, out_channels):
    return nn.Sequential(
        nn.Upsample(scale_factor=2),
        nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )


def bilinear(in_channels, out_channels, kernel=5):
    return nn.Sequential(
        nn.UpsamplingBilinear2d(scale_factor=2),
        nn.LazyConv2d(out_channels, kernel, padding="same"),
        nn.GroupNorm(8, out_channels),
        nn.LeakyReLU(0.2, inplace=True),
    )


def bare(in_channels, out_channels):
    """Right, with a word of advice: there is no activation."""
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode="bicubic"),
        nn.Conv2d(in_channels, out_channels, 3, padding=1, padding_mode="reflect"),
    )


def conv_first(in_channels, out_channels):
    """Right, with a word of advice: resizes last."""
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, padding=1),
        nn.InstanceNorm2d(out_channels, affine=True),
        nn.ELU(),
        nn.Upsample(scale_factor=2),
    )


class Functional(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(c_out, c_in, 3, 3) * 0.05)
        self.shift = nn.Parameter(torch.zeros(c_out))

    def forward(self, x):
        x = F.interpolate(x, size=(2 * x.shape[2], 2 * x.shape[3]))
        return F.silu(F.conv2d(x, self.kernel, self.shift, padding=1))


class Repeated(nn.Module):
    """Doubles by repeating, and has a residual way."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.one = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.two = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.skip = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x):
        large = x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
        y = self.one(F.relu(self.norm(large)))
        return self.two(F.relu(y)) + self.skip(large)


class Expanded(nn.Module):
    """Doubles by a view, einops's way; depthwise and pointwise convolutions."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.depth = nn.Conv2d(
            in_channels, in_channels, 3, padding=1, groups=in_channels
        )
        self.point = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x):
        b, c, h, w = x.shape
        x = (
            x[:, :, :, None, :, None]
            .expand(b, c, h, 2, w, 2)
            .reshape(b, c, 2 * h, 2 * w)
        )
        return F.gelu(self.point(self.depth(x)))


def spectral(in_channels, out_channels):
    conv = nn.Conv2d(in_channels, out_channels, 3, padding=1)
    return nn.Sequential(
        nn.Upsample(scale_factor=2), parametrizations.spectral_norm(conv), nn.PReLU()
    )


def weight_normed(in_channels, out_channels):
    conv = parametrizations.weight_norm(
        nn.Conv2d(in_channels, out_channels, 3, padding=1)
    )
    return nn.Sequential(nn.Upsample(scale_factor=2), conv, nn.Tanh(), nn.Dropout(0.2))


def same_transposed(in_channels, out_channels):
    """A transposed convolution of stride 1 is a convolution."""
    conv = nn.ConvTranspose2d(in_channels, out_channels, 3, stride=1, padding=1)
    return nn.Sequential(nn.UpsamplingNearest2d(scale_factor=2), conv, nn.ReLU())


RIGHT = {
    "plain": plain,
    "bilinear, lazy, GroupNorm": bilinear,
    "bare": bare,
    "convolves first": conv_first,
    "functional": Functional,
    "repeated, residual": Repeated,
    "expanded, depthwise": Expanded,
    "spectral norm": spectral,
    "weight norm": weight_normed,
    "transposed of stride 1": same_transposed,
}

# --- wrong -----------------------------------------------------------------------


def conv(i, o, kernel=3, padding=1, **options):
    return nn.Conv2d(i, o, kernel, padding=padding, **options)


def layers(*builders):
    """Make a builder of a Sequential from functions of (in, out) and of layers."""

    def builder(in_channels, out_channels):
        return nn.Sequential(
            *(
                part if isinstance(part, nn.Module) else part(in_channels, out_channels)
                for part in builders
            ),
            nn.ReLU(),
        )

    return builder


def transposed(kernel, padding, **options):
    return layers(
        lambda i, o: nn.ConvTranspose2d(i, o, kernel, 2, padding, **options),
        lambda i, o: nn.BatchNorm2d(o),
    )


def icnr(in_channels, out_channels):
    """PixelShuffle whose four pixels start alike, and do not stay alike."""
    first = conv(in_channels, 4 * out_channels)
    with torch.no_grad():
        first.weight.copy_(first.weight[::4].repeat_interleave(4, dim=0))
        first.bias.copy_(first.bias[::4].repeat_interleave(4))
    return nn.Sequential(first, nn.PixelShuffle(2), nn.ReLU())


def bilinear_start(in_channels, out_channels):
    """A transposed convolution that starts as a bilinear kernel."""
    layer = nn.ConvTranspose2d(in_channels, out_channels, 4, 2, 1)
    side = torch.tensor([0.25, 0.75, 0.75, 0.25])
    with torch.no_grad():
        mix = torch.randn(in_channels, out_channels, 1, 1) * 0.1
        layer.weight.copy_(mix * torch.outer(side, side))
    return nn.Sequential(layer, nn.ReLU())


class ZeroStuffing(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.conv = conv(in_channels, out_channels)

    def forward(self, x):
        large = x.new_zeros(*x.shape[:2], 2 * x.shape[2], 2 * x.shape[3])
        large[:, :, ::2, ::2] = x
        return F.relu(self.conv(large))


class Base(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.up = nn.Upsample(scale_factor=2)
        self.conv = conv(in_channels, out_channels)

    def forward(self, x):
        return F.relu(self.conv(self.up(x)))


class InForward(Base):
    def forward(self, x):
        fresh = conv(x.shape[1], self.conv.out_channels)
        return F.relu(fresh(self.up(x)))


class InList(Base):
    def __init__(self, in_channels, out_channels):
        super().__init__(in_channels, out_channels)
        self.layers = [self.up, self.conv, conv(out_channels, out_channels)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class Unused(Base):
    def __init__(self, in_channels, out_channels):
        super().__init__(in_channels, out_channels)
        self.norm = nn.BatchNorm2d(out_channels)


class NoReturn(Base):
    def forward(self, x):
        self.conv(self.up(x))


class Noisy(Base):
    def forward(self, x):
        return super().forward(x + torch.randn_like(x))


class DropsAlways(Base):
    def forward(self, x):
        return F.dropout(super().forward(x), 0.3)


class BatchStatistics(Base):
    def forward(self, x):
        return F.batch_norm(super().forward(x), None, None, training=True)


class EvalInside(Base):
    def forward(self, x):
        self.eval()
        return super().forward(x)


class Detached(Base):
    def forward(self, x):
        return super().forward(x).detach()


class InPlace(Base):
    def forward(self, x):
        return super().forward(x.relu_())


class Stripes(Base):
    """Adds a pattern of its own."""

    def forward(self, x):
        x = super().forward(x)
        return x + 0.1 * (torch.arange(x.shape[3]) % 2)


class RowsOnly(Base):
    def forward(self, x):
        return F.relu(self.conv(x.repeat_interleave(2, dim=2)))


class Crop(Base):
    def forward(self, x):
        return F.interpolate(super().forward(x), size=14)


def forgot_return(in_channels, out_channels):
    plain(in_channels, out_channels)


def as_list(in_channels, out_channels):
    return list(plain(in_channels, out_channels))


UP = nn.Upsample(scale_factor=2)
WRONG = {
    "no return": (forgot_return, "nothing comes back"),
    "a list": (as_list, "a list comes back"),
    "a function": (
        lambda i, o: lambda x: F.interpolate(x, scale_factor=2),
        "a function",
    ),
    "one argument": (lambda i: plain(i, i), "more arguments than it takes"),
    "list in Sequential": (lambda i, o: nn.Sequential([UP]), "was given a list"),
    "forward returns nothing": (NoReturn, r"returns nothing \(None\)"),
    "transposed 4, 2, 1": (transposed(4, 1), "a flat input comes out chequered"),
    "transposed 3, 2, 1, 1": (transposed(3, 1, output_padding=1), "chequered"),
    "transposed 2, 2": (transposed(2, 0), "a flat input comes out chequered"),
    "transposed 5": (transposed(5, 2, output_padding=1), "chequered"),
    "transposed 3, 2, 1": (transposed(3, 1), "13×13, expected 14×14"),
    "transposed 4, 2, 0": (transposed(4, 0), "16×16, expected 14×14"),
    "pixel shuffle": (
        layers(lambda i, o: conv(i, 4 * o), nn.PixelShuffle(2)),
        "a flat input comes out chequered",
    ),
    "pixel shuffle, equal start": (icnr, "a flat input comes out chequered"),
    "bilinear start": (bilinear_start, "a flat input comes out chequered"),
    "zeros between": (ZeroStuffing, "a flat input comes out chequered"),
    "own stripes": (Stripes, "a flat input comes out chequered"),
    "nothing to learn": (lambda i, o: UP, "64 channels instead of 32"),
    "only resizes": (
        layers(UP, lambda i, o: nn.Conv2d(i, o, 1)),
        "no learnt weight joins",
    ),
    "bilinear and 1×1": (
        layers(
            nn.UpsamplingBilinear2d(scale_factor=2), lambda i, o: nn.Conv2d(i, o, 1)
        ),
        "no learnt weight joins",
    ),
    "no upsampling": (layers(conv), "7×7, expected 14×14"),
    "twice": (layers(UP, conv, UP), "28×28, expected 14×14"),
    "scale 3": (layers(nn.Upsample(scale_factor=3), conv), "21×21, expected 14×14"),
    "fixed size": (layers(nn.Upsample(size=(14, 14)), conv), "14×14, expected 28×28"),
    "fixed in forward": (Crop, "14×14, expected 28×28"),
    "no padding": (layers(UP, lambda i, o: conv(i, o, 3, 0)), "12×12, expected 14×14"),
    "too much padding": (
        layers(UP, lambda i, o: conv(i, o, 3, 2)),
        "16×16, expected 14×14",
    ),
    "stride 2": (layers(UP, lambda i, o: conv(i, o, stride=2)), "7×7, expected 14×14"),
    "kernel 4": (layers(UP, lambda i, o: conv(i, o, 4, 1)), "13×13, expected 14×14"),
    "rows only": (RowsOnly, "14×7, expected 14×14"),
    "swapped channels": (layers(UP, lambda i, o: conv(o, i)), "expects 32 channels"),
    "halves channels itself": (
        layers(UP, lambda i, o: conv(i, i // 2)),
        "16 channels instead of 64",
    ),
    "fixed channels": (lambda i, o: plain(64, 32), "expects 64 channels and gets 32"),
    "BatchNorm of the wrong size": (
        layers(UP, conv, lambda i, o: nn.BatchNorm2d(i)),
        "BatchNorm was made for 64 channels and gets 32",
    ),
    "flattens": (layers(UP, conv, nn.Flatten()), "not a batch of pictures"),
    "layer in forward": (InForward, "new layers at every call"),
    "layer in a list": (InList, "not in .parameters"),
    "unused layer": (Unused, "never used: norm"),
    "noise": (Noisy, "in eval mode the same picture gives different"),
    "dropout in eval": (DropsAlways, "in eval mode the same picture gives different"),
    "batch statistics": (BatchStatistics, "depend on the others"),
    "eval inside": (EvalInside, "between train and eval mode"),
    "detached": (Detached, "lost its graph"),
    "in place": (InPlace, "changes the tensor that it is given"),
}
