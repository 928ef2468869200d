"""DCGANGenerator: right ones however written, wrong ones with the reason."""

import itertools
import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations

# --- right -----------------------------------------------------------------------


class Paper(nn.Module):
    """Transposed convolutions from 4×4 up; the wrong ones below change one thing."""

    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        super().__init__()
        channels, size, _ = image_shape
        doublings = int(math.log2(size)) - 2
        widths = [base_channels * 2**k for k in reversed(range(doublings))]
        self.latent_dim = latent_dim
        self.first = nn.ConvTranspose2d(latent_dim, widths[0], 4, 1, 0, bias=False)
        self.norm = nn.BatchNorm2d(widths[0])
        self.blocks = nn.Sequential(
            *(self.block(a, b) for a, b in itertools.pairwise(widths))
        )
        self.paint = nn.ConvTranspose2d(widths[-1], channels, 4, 2, 1)

    def block(self, before, after):
        return nn.Sequential(
            nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(),
        )

    def small(self, z):
        return F.relu(self.norm(self.first(z.view(-1, self.latent_dim, 1, 1))))

    def raw(self, z):
        return self.paint(self.blocks(self.small(z)))

    def forward(self, z):
        return torch.tanh(self.raw(z))


def small_weights(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


def sequential(image_shape, latent_dim=100, base_channels=64):
    """One Sequential, in place, with the paper's first weights."""
    n = base_channels * image_shape[1] // 8
    layers = [
        nn.Unflatten(1, (latent_dim, 1, 1)),
        nn.ConvTranspose2d(latent_dim, n, 4, bias=False),
    ]
    while n > base_channels:
        layers += [
            nn.BatchNorm2d(n),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(n, n // 2, 4, 2, 1, bias=False),
        ]
        n //= 2
    layers += [
        nn.BatchNorm2d(n),
        nn.ReLU(inplace=True),
        nn.ConvTranspose2d(n, image_shape[0], 4, 2, 1, bias=False),
        nn.Tanh(),
    ]
    return nn.Sequential(*layers).apply(small_weights)


class Projected(Paper):
    """A linear layer to begin with, kernels of 5 as in the paper's figure 1."""

    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        super().__init__(image_shape, latent_dim, base_channels)
        self.first = nn.Linear(latent_dim, 16 * self.norm.num_features)

    def block(self, before, after):
        return nn.Sequential(
            nn.ConvTranspose2d(before, after, 5, 2, 2, output_padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(),
        )

    def small(self, z):
        return F.relu(self.norm(self.first(z).view(len(z), -1, 4, 4)))


class Resized(Paper):
    """Upsample + convolution: it may upsample as it likes."""

    def block(self, before, after):
        return nn.Sequential(
            nn.Upsample(scale_factor=2),
            nn.Conv2d(before, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(),
        )


class Shuffled(Paper):
    """PixelShuffle, GroupNorm, names by keyword only."""

    def __init__(self, image_shape, *, latent_dim=100, base_channels=64):
        super().__init__(image_shape, latent_dim, base_channels)

    def block(self, before, after):
        return nn.Sequential(
            nn.Conv2d(before, 4 * after, 3, padding=1),
            nn.PixelShuffle(2),
            nn.GroupNorm(8, after),
            nn.ELU(),
        )


class Functional(nn.Module):
    """Raw parameters, no normalisation, fixed widths per layer times base."""

    def __init__(self, shape, d=100, n=64):
        super().__init__()
        self.shape = shape
        depth = int(math.log2(shape[1])) - 2
        widths = [2 * n] * depth + [shape[0]]
        self.p = nn.Parameter(torch.randn(d, 2 * n, 4, 4) / d**0.5)
        self.kernels = nn.ParameterList(
            torch.randn(a, b, 4, 4) / (2 * a**0.5)
            for a, b in itertools.pairwise(widths)
        )

    def forward(self, z):
        x = F.conv_transpose2d(z[..., None, None], self.p)
        for kernel in self.kernels:
            x = F.conv_transpose2d(F.silu(x), kernel, stride=2, padding=1)
        return 2 * torch.sigmoid(x) - 1


def lazy(image_shape, latent_dim=100, base_channels=64):
    layers = [nn.Unflatten(1, (latent_dim, 1, 1))]
    size = 4
    layers += [nn.LazyConvTranspose2d(8 * base_channels, 4), nn.LazyBatchNorm2d()]
    while size < image_shape[1] // 2:
        size *= 2
        width = base_channels * image_shape[1] // size // 4
        layers += [
            nn.LeakyReLU(0.2),
            nn.LazyConvTranspose2d(width, 4, 2, 1),
            nn.LazyBatchNorm2d(),
        ]
    layers += [nn.GELU(), nn.LazyConvTranspose2d(image_shape[0], 4, 2, 1), nn.Tanh()]
    return nn.Sequential(*layers)


class Spectral(Paper):
    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        super().__init__(image_shape, latent_dim, base_channels)
        for layer in self.modules():
            if isinstance(layer, nn.ConvTranspose2d):
                parametrizations.spectral_norm(layer)


class WeightNorm(Paper):
    def block(self, before, after):
        block = super().block(before, after)
        block[0] = parametrizations.weight_norm(block[0], dim=1)
        return block


class Biased(Paper):
    """Right, with advice: bias before BatchNorm, whose second argument is eps."""

    def block(self, before, after):
        return nn.Sequential(
            nn.ConvTranspose2d(before, after, 4, 2, 1),
            nn.BatchNorm2d(after, 0.8),
            nn.ReLU(True),
            nn.Dropout2d(0.2),
        )


class Only64(nn.Module):
    """Knows its limits, and says so."""

    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        super().__init__()
        if tuple(image_shape[1:]) != (64, 64):
            raise ValueError("this network paints 64×64 pixels")
        self.inner = Paper(image_shape, latent_dim, base_channels)

    def forward(self, z):
        return self.inner(z)


class Asserts64(Only64):
    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        assert image_shape[1] == image_shape[2] == 64
        super().__init__(image_shape, latent_dim, base_channels)


class NormLast(Paper):
    """BatchNorm before the tanh too: against the paper's advice, yet it works."""

    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        super().__init__(image_shape, latent_dim, base_channels)
        self.last = nn.BatchNorm2d(image_shape[0])

    def raw(self, z):
        return self.last(super().raw(z))


class Residual(Paper):
    def block(self, before, after):
        return Doubles(before, after)


class Doubles(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.main = nn.Sequential(
            nn.BatchNorm2d(before),
            nn.ReLU(),
            nn.ConvTranspose2d(before, after, 4, 2, 1),
            nn.BatchNorm2d(after),
            nn.ReLU(),
            nn.Conv2d(after, after, 3, padding=1),
        )
        self.skip = nn.Conv2d(before, after, 1)

    def forward(self, x):
        return self.main(x) + F.interpolate(self.skip(x), scale_factor=2)


RIGHT = {
    "paper": Paper,
    "sequential, a function": sequential,
    "projected, kernel 5": Projected,
    "resize + convolution": Resized,
    "PixelShuffle, keywords only": Shuffled,
    "functional": Functional,
    "lazy": lazy,
    "spectral norm": Spectral,
    "weight norm": WeightNorm,
    "advice": Biased,
    "64 only, by an error": Only64,
    "64 only, asserted": Asserts64,
    "BatchNorm before tanh": NormLast,
    "residual": Residual,
}

# --- wrong -----------------------------------------------------------------------


def after(change):
    """Paper with another end: change(numbers before tanh)."""

    class After(Paper):
        def forward(self, z):
            return change(self.raw(z))

    return After


def then(run, setup=None):
    """Paper with another forward: run(generator, z)."""

    class Then(Paper):
        def __init__(self, image_shape, latent_dim=100, base_channels=64):
            super().__init__(image_shape, latent_dim, base_channels)
            if setup:
                setup(self)

        def forward(self, z):
            return run(self, z)

    return Then


def before(change):
    """Paper with something done to z."""
    return then(lambda g, z: Paper.forward(g, change(z)))


def called_with(change):
    """Paper built from other arguments than those given."""

    class Called(Paper):
        def __init__(self, image_shape, latent_dim=100, base_channels=64):
            super().__init__(*change(image_shape, latent_dim, base_channels))

    return Called


def blocks_of(make):
    """Paper with other blocks."""

    class Blocks(Paper):
        def block(self, before, after):
            return make(before, after)

    return Blocks


class FourMaps(Paper):
    """The paper's z: (B, latent_dim, 1, 1) or nothing."""

    def small(self, z):
        return F.relu(self.norm(self.first(z)))


class OneTooFew(Paper):
    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        channels, size, _ = image_shape
        super().__init__((channels, size // 2, size // 2), latent_dim, base_channels)


class WidthsSame(Paper):
    """Every layer has base_channels, whatever is asked for."""

    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        super().__init__(image_shape, latent_dim, 32)


class Hidden(Paper):
    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        super().__init__(image_shape, latent_dim, base_channels)
        self.steps = list(self.blocks)
        self.blocks = nn.Identity()

    def raw(self, z):
        x = self.small(z)
        for step in self.steps:
            x = step(x)
        return self.paint(x)


class NoActivations(Paper):
    def small(self, z):
        return self.norm(self.first(z[:, :, None, None]))

    def block(self, before, after):
        return nn.Sequential(
            nn.ConvTranspose2d(before, after, 4, 2, 1), nn.BatchNorm2d(after)
        )


class GammaAroundZero(Paper):
    """The well-known slip: all weights drawn around 0."""

    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        super().__init__(image_shape, latent_dim, base_channels)
        for weight in self.parameters():
            nn.init.normal_(weight, 0.0, 0.02)


class NoSuper(nn.Module):
    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        self.first = nn.ConvTranspose2d(latent_dim, base_channels, 4)


class Coarse(nn.Module):
    """Enlarges a finished picture of half the size."""

    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        super().__init__()
        half = image_shape[0], image_shape[1] // 2, image_shape[2] // 2
        self.inner = Paper(half, latent_dim, base_channels)

    def forward(self, z):
        return F.interpolate(self.inner(z), scale_factor=2)


class Padded(nn.Module):
    """Paints the middle, pads the rest with black."""

    def __init__(self, image_shape, latent_dim=100, base_channels=64):
        super().__init__()
        channels, size, _ = image_shape
        self.inner = Paper((channels, size // 2, size // 2), latent_dim, base_channels)
        self.edge = size // 4

    def forward(self, z):
        return F.pad(self.inner(z), (self.edge,) * 4, value=-1.0)


def eval_inside(generator, z):
    generator.eval()
    return Paper.forward(generator, z)


def kernel(size, stride, padding):
    return blocks_of(
        lambda i, o: nn.Sequential(
            nn.ConvTranspose2d(i, o, size, stride, padding),
            nn.BatchNorm2d(o),
            nn.ReLU(),
        )
    )


WRONG = {
    "sigmoid": (after(torch.sigmoid), "is darker than 0"),
    "ReLU then tanh": (after(lambda x: F.relu(x).tanh()), "darker"),
    "ReLU": (after(F.relu), "came out; images lie in"),
    "nothing at the end": (after(lambda x: x), "came out; images lie in"),
    "(tanh + 1) / 2": (after(lambda x: (x.tanh() + 1) / 2), "is darker than 0"),
    "255 levels": (after(lambda x: 255 * x.sigmoid()), "came out; images lie in"),
    "tanh / 2": (after(lambda x: x.tanh() / 2), "cannot use the whole range"),
    "ImageNet's mean and deviation": (
        after(lambda x: (x.sigmoid() - 0.45) / 0.225),
        "came out; images lie in",
    ),
    "uint8": (
        after(lambda x: (127.5 * (x.tanh() + 1)).to(torch.uint8)),
        "the images are uint8",
    ),
    "half precision": (after(lambda x: x.tanh().half()), "the images are float16"),
    "detached": (after(lambda x: x.tanh().detach()), "lost its graph"),
    "channels last": (
        after(lambda x: x.tanh().permute(0, 2, 3, 1)),
        "64 channels instead of 3",
    ),
    "squeeze": (after(lambda x: x.tanh().squeeze()), "not a batch of pictures"),
    "tuple": (after(lambda x: (x.tanh(), x)), "returns a tuple"),
    "nothing": (after(lambda x: None), r"returns nothing \(None\)"),
    "z as a picture": (FourMaps, "not a batch of pictures"),
    "always colour": (
        called_with(lambda s, d, n: ((3, *s[1:]), d, n)),
        "3 channels instead of 1",
    ),
    "always grey": (
        called_with(lambda s, d, n: ((1, *s[1:]), d, n)),
        "1 channel instead of 3",
    ),
    "always 64": (
        called_with(lambda s, d, n: ((s[0], 64, 64), d, n)),
        "64×64 pixels, expected 32×32",
    ),
    "always 32": (
        called_with(lambda s, d, n: ((s[0], 32, 32), d, n)),
        "32×32 pixels, expected 64×64",
    ),
    "one layer too few": (OneTooFew, "32×32 pixels, expected 64×64"),
    "H, W, C": (
        called_with(lambda s, d, n: ((s[2], s[1], s[0]), d, n)),
        "64 channels instead",
    ),
    "latent_dim unused": (
        called_with(lambda s, d, n: (s, 100, n)),
        "view/reshape|channels",
    ),
    "latent_dim 128 by default": (
        lambda s, d=128, n=64: Paper(s, d, n),
        "view/reshape|channels",
    ),
    "base 128 by default": (
        lambda s, d=100, n=128: Paper(s, d, n),
        "base_channels is not 64 by default",
    ),
    "base_channels unused": (WidthsSame, "base_channels makes no difference"),
    "arguments swapped": (
        called_with(lambda s, d, n: (s, n, d)),
        "view/reshape|channels",
    ),
    "kernel 3": (kernel(3, 2, 1), "pixels, expected 64×64"),
    "kernel 5": (kernel(5, 2, 2), "pixels, expected 64×64"),
    "no padding": (kernel(4, 2, 0), "pixels, expected 64×64"),
    "no stride": (kernel(3, 1, 1), "pixels, expected 64×64"),
    "ordinary convolutions": (
        blocks_of(lambda i, o: nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.ReLU())),
        "pixels, expected 64×64",
    ),
    "widths do not fit": (
        blocks_of(
            lambda i, o: nn.Sequential(
                nn.ConvTranspose2d(i, i, 4, 2, 1), nn.BatchNorm2d(i), nn.ReLU()
            )
        ),
        "channels",
    ),
    "BatchNorm of the wrong size": (
        blocks_of(
            lambda i, o: nn.Sequential(
                nn.ConvTranspose2d(i, o, 4, 2, 1), nn.BatchNorm2d(i), nn.ReLU()
            )
        ),
        "BatchNorm was made for 128 channels and gets 64",
    ),
    "linear": (NoActivations, "your generator is linear"),
    "ignores z": (before(torch.ones_like), "different z give the same image"),
    "own noise": (before(torch.randn_like), "the same z gives different images"),
    "half of z": (
        before(lambda z: torch.cat([z[:, :4], 0 * z[:, 4:]], 1)),
        "% of the numbers in z",
    ),
    "z summed": (
        before(lambda z: z.sum(1, keepdim=True).expand_as(z)),
        "z counts as if it were one number",
    ),
    "detached z": (before(lambda z: z.detach()), "no gradient comes from the image"),
    "normalised over the batch": (
        before(lambda z: (z - z.mean(0)) / (z.std(0, correction=0) + 1e-5)),
        "depend on the others",
    ),
    "batch statistics in eval": (
        blocks_of(
            lambda i, o: nn.Sequential(
                nn.ConvTranspose2d(i, o, 4, 2, 1),
                nn.BatchNorm2d(o, track_running_stats=False),
                nn.ReLU(),
            )
        ),
        "depend on the others",
    ),
    "grey colours": (
        after(lambda x: x[:, :1].tanh().expand_as(x)),
        "images of 3 channels are grey",
    ),
    "half size, enlarged": (Coarse, "each 2×2 square are always equal"),
    "black frame": (Padded, "outer frame, (8|16) pixels wide, never changes"),
    "eval inside": (then(eval_inside), "between train and eval mode"),
    "hidden list": (Hidden, "not in .parameters"),
    "layer in forward": (
        then(
            lambda g, z: torch.tanh(
                nn.ConvTranspose2d(g.paint.in_channels, g.paint.out_channels, 4, 2, 1)(
                    g.blocks(g.small(z))
                )
            )
        ),
        "new layers at every call",
    ),
    "a layer unused": (
        then(Paper.forward, lambda g: setattr(g, "extra", nn.BatchNorm2d(8))),
        "never used: extra",
    ),
    "frozen": (
        then(Paper.forward, lambda g: g.first.requires_grad_(False)),
        "requires_grad off",
    ),
    "gamma around 0": (GammaAroundZero, "weights are drawn around 0"),
    "no super": (NoSuper, "does not start nn.Module"),
    "dropout in eval": (
        then(lambda g, z: torch.tanh(g.paint(F.dropout(g.blocks(g.small(z)), 0.3)))),
        "the same z gives different images",
    ),
}
