"""Generator: right ones however written, wrong ones with the reason."""

import itertools
import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations

# --- right -----------------------------------------------------------------------


def begin(size):
    """Size of the first picture, and how often it is doubled."""
    start = 7 if size == 28 else 4
    return start, int(math.log2(size // start))


class Plain(nn.Module):
    """Resize + convolution; the wrong ones below change one thing."""

    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        super().__init__()
        channels, size, _ = image_shape
        self.start, doublings = begin(size)
        widths = [max(8, base_channels // 2**k) for k in range(doublings + 1)]
        self.project = nn.Linear(latent_dim, widths[0] * self.start**2)
        self.blocks = nn.Sequential(
            *(self.block(before, after) for before, after in itertools.pairwise(widths))
        )
        self.paint = nn.Conv2d(widths[-1], channels, 3, padding=1)

    def block(self, before, after):
        return nn.Sequential(
            nn.Upsample(scale_factor=2),
            nn.Conv2d(before, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(),
        )

    def first(self, z):
        return F.relu(self.project(z)).unflatten(1, (-1, self.start, self.start))

    def raw(self, z):
        return self.paint(self.blocks(self.first(z)))

    def forward(self, z):
        return torch.tanh(self.raw(z))


def small_weights(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


def dcgan(image_shape, latent_dim=100, base_channels=256):
    start, doublings = begin(image_shape[1])
    n = base_channels
    layers = [
        nn.Unflatten(1, (latent_dim, 1, 1)),
        nn.ConvTranspose2d(latent_dim, n, start, bias=False),
    ]
    for _ in range(doublings - 1):
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


class Dense(nn.Module):
    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        super().__init__()
        self.shape = tuple(image_shape)
        self.net = nn.Sequential(
            nn.Linear(latent_dim, base_channels),
            nn.BatchNorm1d(base_channels),
            nn.LeakyReLU(0.2),
            nn.Linear(base_channels, math.prod(image_shape)),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.net(z).reshape(len(z), *self.shape)


class Functional(nn.Module):
    """Raw parameters, no normalisation, 2σ(x) − 1, a resize to any size."""

    def __init__(self, shape, d=100, n=256):
        super().__init__()
        self.shape, self.n = shape, n
        self.p = nn.Parameter(torch.randn(n * 49, d) / d**0.5)
        self.k1 = nn.Parameter(torch.randn(n // 2, n, 3, 3) / (3 * n**0.5))
        self.k2 = nn.Parameter(torch.randn(shape[0], n // 2, 5, 5) / (5 * n**0.5))
        self.b = nn.Parameter(torch.zeros(shape[0]))

    def forward(self, z):
        x = F.silu(z @ self.p.T).view(len(z), self.n, 7, 7)
        x = F.interpolate(x, scale_factor=2, mode="bilinear")
        x = F.silu(F.conv2d(x, self.k1, padding=1))
        x = F.interpolate(x, size=self.shape[1:], mode="bicubic")
        return 2 * torch.sigmoid(F.conv2d(x, self.k2, self.b, padding=2)) - 1


class Shuffled(Plain):
    """PixelShuffle, GroupNorm, names by keyword only."""

    def __init__(self, image_shape, *, latent_dim=100, base_channels=256):
        super().__init__(image_shape, latent_dim, base_channels)

    def block(self, before, after):
        return nn.Sequential(
            nn.Conv2d(before, 4 * after, 3, padding=1),
            nn.PixelShuffle(2),
            nn.GroupNorm(4, after),
            nn.ELU(),
        )


class Residual(Plain):
    def block(self, before, after):
        return Halves(before, after)


class Halves(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.main = nn.Sequential(
            nn.BatchNorm2d(before),
            nn.ReLU(),
            nn.Upsample(scale_factor=2, mode="bilinear"),
            nn.Conv2d(before, after, 3, padding=1),
            nn.BatchNorm2d(after),
            nn.ReLU(),
            nn.Conv2d(after, after, 3, padding=1),
        )
        self.skip = nn.Conv2d(before, after, 1)

    def forward(self, x):
        return self.main(x) + F.interpolate(self.skip(x), scale_factor=2)


def lazy(image_shape, latent_dim=100, base_channels=256):
    start, doublings = begin(image_shape[1])
    layers = [
        nn.LazyLinear(base_channels * start**2, bias=False),
        nn.LazyBatchNorm1d(),
        nn.GELU(),
        nn.Unflatten(1, (base_channels, start, start)),
    ]
    for depth in range(doublings):
        layers += [
            nn.UpsamplingNearest2d(scale_factor=2),
            nn.LazyConv2d(base_channels // 2 ** (depth + 1), 5, padding="same"),
            nn.LeakyReLU(0.2),
        ]
    return nn.Sequential(*layers, nn.LazyConv2d(image_shape[0], 1), nn.Hardtanh())


class Styled(nn.Module):
    """A learnt constant, shaped by z in every layer."""

    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        super().__init__()
        start, doublings = begin(image_shape[1])
        n = base_channels // 2
        self.seed = nn.Parameter(torch.randn(1, n, start, start))
        self.map = nn.Sequential(nn.Linear(latent_dim, n), nn.LeakyReLU(0.2))
        self.styles = nn.ModuleList(nn.Linear(n, 2 * n) for _ in range(doublings))
        self.convs = nn.ModuleList(
            nn.Conv2d(n, n, 3, padding=1) for _ in range(doublings)
        )
        self.norm = nn.InstanceNorm2d(n)
        self.paint = nn.Conv2d(n, image_shape[0], 1)

    def forward(self, z):
        style = self.map(z)
        x = self.seed.repeat(len(z), 1, 1, 1)
        for make, conv in zip(self.styles, self.convs, strict=True):
            scale, shift = make(style)[:, :, None, None].chunk(2, dim=1)
            x = conv(F.interpolate(x, scale_factor=2))
            x = F.leaky_relu(self.norm(x) * (1 + scale) + shift, 0.2)
        return self.paint(x).tanh()


class Spectral(Plain):
    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        super().__init__(image_shape, latent_dim, base_channels)
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                parametrizations.spectral_norm(layer)


class WeightNorm(Plain):
    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        super().__init__(image_shape, latent_dim, base_channels)
        self.paint = parametrizations.weight_norm(self.paint)


class Biased(Plain):
    """Right, with advice: bias before BatchNorm."""

    def block(self, before, after):
        return nn.Sequential(
            nn.ConvTranspose2d(before, after, 4, 2, 1),
            nn.BatchNorm2d(after, 0.8),
            nn.ReLU(),
            nn.Dropout2d(0.2),
        )


class Cropped(nn.Module):
    """28 from 32 pixels by cropping."""

    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        super().__init__()
        channels, size, _ = image_shape
        self.inner = Plain(
            (channels, max(size, 32), max(size, 32)), latent_dim, base_channels
        )
        self.size = size

    def forward(self, z):
        edge = (self.inner(z).shape[-1] - self.size) // 2
        return self.inner(z)[:, :, edge : edge + self.size, edge : edge + self.size]


class Tied(Plain):
    """Weights drawn small, sine at the end."""

    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        super().__init__(image_shape, latent_dim, base_channels)
        self.apply(small_weights)

    def forward(self, z):
        return torch.sin(self.raw(z))


RIGHT = {
    "plain": Plain,
    "DCGAN, a function": dcgan,
    "dense": Dense,
    "functional": Functional,
    "PixelShuffle, keywords only": Shuffled,
    "residual": Residual,
    "lazy, no normalisation": lazy,
    "styled": Styled,
    "spectral norm": Spectral,
    "weight norm": WeightNorm,
    "advice": Biased,
    "cropped": Cropped,
    "sine": Tied,
}

# --- wrong -----------------------------------------------------------------------


def after(change):
    """Plain with another end: change(numbers before tanh)."""

    class After(Plain):
        def forward(self, z):
            return change(self.raw(z))

    return After


def before(change):
    """Plain with something done to z."""

    class Before(Plain):
        def forward(self, z):
            return super().forward(change(z))

    return Before


def then(run, setup=None):
    """Plain with another forward: run(generator, z)."""

    class Then(Plain):
        def __init__(self, image_shape, latent_dim=100, base_channels=256):
            super().__init__(image_shape, latent_dim, base_channels)
            if setup:
                setup(self)

        def forward(self, z):
            return run(self, z)

    return Then


def called_with(change):
    """Plain built from other arguments than those given."""

    class Called(Plain):
        def __init__(self, image_shape, latent_dim=100, base_channels=256):
            super().__init__(*change(image_shape, latent_dim, base_channels))

    return Called


def blocks_of(make):
    """Plain with other blocks."""

    class Blocks(Plain):
        def block(self, before, after):
            return make(before, after)

    return Blocks


def padded(width):
    class Padded(nn.Module):
        def __init__(self, image_shape, latent_dim=100, base_channels=256):
            super().__init__()
            self.inner = Dense(
                (image_shape[0], *(side - 2 * width for side in image_shape[1:])),
                latent_dim,
                base_channels,
            )

        def forward(self, z):
            return F.pad(self.inner(z), (width,) * 4, value=-1.0)

    return Padded


class Linear(nn.Module):
    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        super().__init__()
        self.shape = image_shape
        self.a = nn.Linear(latent_dim, base_channels)
        self.b = nn.Linear(base_channels, math.prod(image_shape))

    def forward(self, z):
        return torch.tanh(self.b(self.a(z))).view(-1, *self.shape)


class Coarse(nn.Module):
    """Enlarges a finished picture of half the size."""

    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        super().__init__()
        half = (image_shape[0], image_shape[1] // 2, image_shape[2] // 2)
        self.inner = Dense(half, latent_dim, base_channels)

    def forward(self, z):
        return F.interpolate(self.inner(z), scale_factor=2)


class Always32(Plain):
    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        super().__init__((image_shape[0], 32, 32), latent_dim, base_channels)


class NoSuper(nn.Module):
    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        self.project = nn.Linear(latent_dim, base_channels)


class Hidden(Plain):
    def __init__(self, image_shape, latent_dim=100, base_channels=256):
        super().__init__(image_shape, latent_dim, base_channels)
        self.steps = list(self.blocks)
        self.blocks = nn.Identity()

    def raw(self, z):
        x = self.first(z)
        for step in self.steps:
            x = step(x)
        return self.paint(x)


class NoActivations(Plain):
    def first(self, z):
        return self.project(z).unflatten(1, (-1, self.start, self.start))

    def block(self, before, after):
        return nn.Sequential(
            nn.Upsample(scale_factor=2),
            nn.Conv2d(before, after, 3, padding=1),
            nn.BatchNorm2d(after),
        )


class GammaAroundZero(Plain):
    def block(self, before, after):
        block = super().block(before, after)
        nn.init.normal_(block[2].weight, 0.0, 0.02)
        return block


class BatchStatistics(Plain):
    def block(self, before, after):
        block = super().block(before, after)
        block[2] = nn.BatchNorm2d(after, track_running_stats=False)
        return block


class AlwaysDrops(nn.Module):
    def forward(self, x):
        return F.dropout(x, 0.3)


def in_forward(generator, z):
    x = generator.blocks(generator.first(z))
    return torch.tanh(
        nn.Conv2d(x.shape[1], generator.paint.out_channels, 3, padding=1)(x)
    )


def own_noise(generator, z):
    return Plain.forward(generator, torch.randn_like(z))


def fixed_noise(generator, z):
    return Plain.forward(generator, torch.ones_like(z))


def eval_inside(generator, z):
    generator.eval()
    return Plain.forward(generator, z)


def train_inside(generator, z):
    generator.train()
    return Plain.forward(generator, z)


def mixes_batch(generator, z):
    images = Plain.forward(generator, z)
    return images / images.abs().max()


def no_blocks(generator, z):
    size = 28 if generator.start == 7 else 4 * 2 ** len(generator.blocks)
    x = F.interpolate(generator.first(z)[:, : generator.paint.in_channels], size=size)
    return torch.tanh(generator.paint(x))


def reads_as_image(generator, z):
    return torch.tanh(generator.paint(generator.blocks(generator.project(z))))


WRONG = {
    "sigmoid": (after(torch.sigmoid), "is darker than 0"),
    "sigmoid in eval": (
        then(
            lambda g, z: g.raw(z).tanh() if g.training else g.raw(z).sigmoid(),
        ),
        "is darker than 0",
    ),
    "half precision": (after(lambda x: x.tanh().half()), "the images are float16"),
    "normalised like MNIST": (
        after(lambda x: (x.sigmoid() - 0.1307) / 0.3081),
        "came out; images lie in",
    ),
    "tanh before the last": (
        then(lambda g, z: g.paint(g.blocks(g.first(z)).tanh())),
        "came out; images lie in",
    ),
    "ReLU then tanh": (after(lambda x: F.relu(x).tanh()), "is darker than 0"),
    "ReLU": (after(F.relu), "came out; images lie in"),
    "nothing at the end": (after(lambda x: x), "came out; images lie in"),
    "leaky": (after(F.leaky_relu), "came out; images lie in"),
    "(tanh + 1) / 2": (after(lambda x: (x.tanh() + 1) / 2), "is darker than 0"),
    "255 levels": (after(lambda x: 255 * x.sigmoid()), "came out; images lie in"),
    "tanh / 2": (after(lambda x: x.tanh() / 2), "cannot use the whole range"),
    "2 tanh": (after(lambda x: 2 * x.tanh()), "came out; images lie in"),
    "-sigmoid": (after(lambda x: -x.sigmoid()), "is brighter than 0"),
    "softmax": (
        after(lambda x: x.flatten(1).softmax(1).view_as(x)),
        "darker or brighter",
    ),
    "normalised": (after(lambda x: F.layer_norm(x, x.shape[1:])), "came out"),
    "arctan": (after(torch.atan), "a pixel of .* came out"),
    "rounded": (
        after(lambda x: x.tanh().round()),
        "darker or brighter",
    ),
    "sign": (after(torch.sign), "no gradient comes from|lost its graph"),
    "uint8": (
        after(lambda x: (127.5 * (x.tanh() + 1)).to(torch.uint8)),
        "the images are uint8",
    ),
    "detached": (after(lambda x: x.tanh().detach()), "lost its graph"),
    "flat": (after(lambda x: x.tanh().flatten(1)), "not a batch of pictures"),
    "no channel axis": (after(lambda x: x.tanh()[:, 0]), "not a batch of pictures"),
    "channels last": (
        after(lambda x: x.tanh().permute(0, 2, 3, 1)),
        "28 channels instead of 1",
    ),
    "squeeze": (after(lambda x: x.tanh().squeeze()), "not a batch of pictures"),
    "tuple": (after(lambda x: (x.tanh(), x)), "returns a tuple"),
    "nothing": (after(lambda x: None), r"returns nothing \(None\)"),
    "three channels": (
        called_with(lambda s, d, n: ((3, *s[1:]), d, n)),
        "3 channels instead of 1",
    ),
    "one channel": (
        called_with(lambda s, d, n: ((1, *s[1:]), d, n)),
        "1 channel instead of 3",
    ),
    "always 32": (Always32, "32×32 pixels, expected 28×28"),
    "always 28": (
        called_with(lambda s, d, n: ((s[0], 28, 28), d, n)),
        "28×28 pixels, expected 32×32",
    ),
    "latent_dim unused": (
        called_with(lambda s, d, n: (s, 100, n)),
        "gets z, 24 long",
    ),
    "base 64 by default": (
        lambda s, d=100, n=64: Plain(s, d, n),
        "base_channels is not 256 by default",
    ),
    "latent_dim 64 by default": (
        lambda s, d=64, n=256: Plain(s, d, n),
        "expects 64 numbers and gets",
    ),
    "base_channels unused": (
        called_with(lambda s, d, n: (s, d, 64)),
        "base_channels makes no difference",
    ),
    "arguments swapped": (
        called_with(lambda s, d, n: (s, n, d)),
        "expects 64 numbers and gets z, 100 long",
    ),
    "H, W, C": (
        called_with(lambda s, d, n: ((s[1], s[2], s[0]), d, n)),
        "28 channels instead",
    ),
    "padded by 2": (padded(2), "outer frame, 2 pixels wide, never changes"),
    "padded by 1": (padded(1), "outer frame, 1 pixel wide, never changes"),
    "half black": (
        after(lambda x: torch.cat([x[:, :, :14].tanh(), 0 * x[:, :, 14:] - 1], 2)),
        "50% of the pixels never change",
    ),
    "coarse": (Coarse, "each 2×2 square are always equal"),
    "linear": (Linear, "your generator is linear"),
    "no activations": (NoActivations, "your generator is linear"),
    "ignores z": (then(fixed_noise), "different z give the same image"),
    "own noise": (then(own_noise), "the same z gives different images"),
    "half of z": (before(lambda z: torch.cat([z[:, :4], 0 * z[:, 4:]], 1)), "20% of"),
    "rounded z": (
        before(lambda z: z.round()),
        "no gradient comes from the image back to z",
    ),
    "detached z": (
        before(lambda z: z.detach()),
        "no gradient comes from the image back to z",
    ),
    "noise added": (
        before(lambda z: z + 0.1 * torch.randn_like(z)),
        "the same z gives different images",
    ),
    "normalised over the batch": (
        before(lambda z: (z - z.mean(0)) / (z.std(0, correction=0) + 1e-5)),
        "depend on the others",
    ),
    "brightest of the batch": (then(mixes_batch), "depend on the others"),
    "batch statistics in eval": (BatchStatistics, "depend on the others"),
    "dropout in eval": (
        blocks_of(
            lambda i, o: nn.Sequential(
                nn.ConvTranspose2d(i, o, 4, 2, 1), nn.ReLU(), AlwaysDrops()
            )
        ),
        "the same z gives different images",
    ),
    "eval inside": (then(eval_inside), "between train and eval mode"),
    "train inside": (then(train_inside), "between train and eval mode"),
    "hidden list": (Hidden, "not in .parameters"),
    "layer in forward": (then(in_forward), "new layers at every call"),
    "blocks unused": (then(no_blocks), "never used: blocks"),
    "a layer unused": (
        then(Plain.forward, lambda g: setattr(g, "extra", nn.BatchNorm2d(8))),
        "never used: extra",
    ),
    "frozen": (
        then(Plain.forward, lambda g: g.project.requires_grad_(False)),
        "requires_grad off",
    ),
    "no_grad": (
        then(lambda g, z: torch.no_grad()(Plain.forward)(g, z)),
        "lost its graph",
    ),
    "gamma around 0": (GammaAroundZero, "weights are drawn around 0"),
    "no super": (NoSuper, "does not start nn.Module"),
    "no picture": (then(reads_as_image), "not a batch of pictures|channels"),
    "view(64, ...)": (
        then(
            lambda g, z: torch.tanh(
                g.paint(g.blocks(g.project(z).reshape(64, -1, g.start, g.start)))
            )
        ),
        "rows of z give 64 images|channels",
    ),
    "wrong first size": (
        then(
            lambda g, z: torch.tanh(g.paint(g.blocks(g.project(z).view(-1, 64, 6, 6))))
        ),
        "view/reshape",
    ),
    "z as a picture": (
        then(lambda g, z: Plain.forward(g, z[:, :, None, None])),
        "numbers|rows",
    ),
    "not doubled": (
        blocks_of(lambda i, o: nn.Sequential(nn.Conv2d(i, o, 3, 1, 1), nn.ReLU())),
        "7×7 pixels, expected 28×28",
    ),
    "widths do not fit": (
        blocks_of(
            lambda i, o: nn.Sequential(
                nn.Upsample(scale_factor=2), nn.Conv2d(i, i, 3, 1, 1), nn.ReLU()
            )
        ),
        "expects 32 channels and gets 64",
    ),
    "BatchNorm of the wrong size": (
        blocks_of(
            lambda i, o: nn.Sequential(
                nn.ConvTranspose2d(i, o, 4, 2, 1), nn.BatchNorm2d(i), nn.ReLU()
            )
        ),
        "BatchNorm was made for 64 channels",
    ),
    "z summed": (
        before(lambda z: z.sum(1, keepdim=True).expand_as(z)),
        "z counts as if it were one number",
    ),
    "grey colours": (
        after(lambda x: x[:, :1].tanh().expand_as(x)),
        "images of 3 channels are grey",
    ),
}
