"""The two players: critics that score images, generators that draw them.

Images are (B, C, H, W) float tensors in [-1, 1]. A critic returns logits (B,), never
probabilities; a generator maps z (B, latent_dim), drawn from N(0, 1), to images.
"""

import math

import torch
from torch import Tensor, nn

from labkit.errors import BadValue

ImageShape = tuple[int, int, int]

LEAK = 0.2  # slope of LeakyReLU below 0 (Radford et al. 2016)


def conv_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """Size of a picture after a convolution, along one side.

    Args:
        size: height or width before, in pixels.
        kernel, stride, padding: as in nn.Conv2d.

    Returns:
        Height or width after; a last stride that does not fit is left out.

    >>> [conv_size(size, kernel=3, stride=2, padding=1) for size in (28, 14, 7)]
    [14, 7, 4]
    """
    return (size + 2 * padding - kernel) // stride + 1


def critic_block(
    in_channels: int,
    out_channels: int,
    dropout: float = 0.3,
    convs: int = 1,
    norm: str = "batch",
) -> nn.Sequential:
    """Convolutions that halve height and width (28 → 14 → 7 → 4), then dropout.

    Args:
        in_channels, out_channels: channels before and after.
        dropout: probability of dropping a whole feature map while training.
        convs: 3×3 convolutions in the block; the last one has stride 2.
        norm: "batch", "layer" or "none", after each of several convolutions.

    Returns:
        A module (B, in_channels, H, W) → (B, out_channels, ⌈H/2⌉, ⌈W/2⌉).
    """
    layers: list[nn.Module] = []
    for index in range(convs):
        last = index == convs - 1
        layers += [
            nn.Conv2d(in_channels, out_channels, 3, stride=2 if last else 1, padding=1),
            nn.LeakyReLU(LEAK),
        ]
        if convs > 1:  # a deep critic without BatchNorm hardly starts to learn
            layers += [norm_layer(norm, out_channels)]
        in_channels = out_channels
    return nn.Sequential(*layers, nn.Dropout2d(dropout))


class Critic(nn.Module):
    """Scores images: three halving blocks, then one linear layer.

    Args:
        image_shape: (C, H, W); H and W from 8 upwards.
        base_channels: width of the first block; the next have 2 and 3 times as many.
        dropout, convs, norm: see `critic_block`.
    """

    def __init__(
        self,
        image_shape: ImageShape,
        base_channels: int = 32,
        dropout: float = 0.3,
        convs: int = 1,
        norm: str = "batch",
    ) -> None:
        super().__init__()
        channels, height, width = checked_shape(image_shape)
        self.image_shape = channels, height, width
        widths = [channels, base_channels, 2 * base_channels, 3 * base_channels]
        self.blocks = nn.Sequential(
            *(
                critic_block(before, after, dropout, convs, norm)
                for before, after in zip(widths, widths[1:], strict=False)
            )
        )
        last = math.ceil(height / 8) * math.ceil(width / 8) * widths[-1]
        self.score = nn.Linear(last, 1)
        self.apply(init_weights)

    def forward(self, images: Tensor) -> Tensor:
        """Score images (B, C, H, W) in [-1, 1]; returns logits (B,)."""
        features = self.blocks(images)  # (B, 3·base, H/8, W/8)
        return self.score(features.flatten(1)).flatten()  # (B,)


def upsample_block(
    in_channels: int, out_channels: int, convs: int = 1, upsampling: str = "nearest"
) -> nn.Sequential:
    """Double height and width by resizing, then convolve.

    Resizing first leaves no checkerboard: a flat input stays flat, which a transposed
    convolution cannot promise (Odena et al. 2016).

    Args:
        in_channels, out_channels: channels before and after.
        convs: 3×3 convolutions after the resizing.
        upsampling: "nearest" or "bilinear".

    Returns:
        A module (B, in_channels, H, W) → (B, out_channels, 2H, 2W).
    """
    if upsampling not in ("nearest", "bilinear"):
        raise BadValue(f"upsampling is nearest or bilinear, not {upsampling!r}")
    layers: list[nn.Module] = [nn.Upsample(scale_factor=2, mode=upsampling)]
    for _ in range(convs):
        layers += [
            nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
        ]
        in_channels = out_channels
    return nn.Sequential(*layers)


class Generator(nn.Module):
    """Draws images: a linear layer makes a small picture, which is then doubled.

    28 pixels start from 7×7, 32 and 64 from 8×8; every doubling halves the channels.

    Args:
        image_shape: (C, H, W); H = W = 28, or a power of two from 16 upwards.
        latent_dim: length of z.
        base_channels: channels of the smallest picture.
        convs, upsampling: see `upsample_block`.
    """

    def __init__(
        self,
        image_shape: ImageShape,
        latent_dim: int = 100,
        base_channels: int = 256,
        convs: int = 1,
        upsampling: str = "nearest",
    ) -> None:
        super().__init__()
        channels, size, _ = checked_shape(image_shape, square=True)
        self.image_shape, self.latent_dim = (channels, size, size), latent_dim
        self.arguments = {
            "image_shape": self.image_shape,
            "latent_dim": latent_dim,
            "base_channels": base_channels,
            "convs": convs,
            "upsampling": upsampling,
        }
        start = 7 if size == 28 else 8
        widths = _halving(base_channels, doublings=int(math.log2(size // start)))
        self.project = nn.Sequential(
            nn.Linear(latent_dim, widths[0] * start * start, bias=False),
            nn.Unflatten(1, (widths[0], start, start)),
        )
        self.blocks = nn.Sequential(
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(),
            *(
                upsample_block(before, after, convs, upsampling)
                for before, after in zip(widths, widths[1:], strict=False)
            ),
        )
        self.paint = nn.Sequential(
            nn.Conv2d(widths[-1], channels, 3, padding=1), nn.Tanh()
        )
        self.apply(init_weights)

    def forward(self, z: Tensor) -> Tensor:
        """Draw one image per row of z (B, latent_dim); returns (B, C, H, W)."""
        small = self.project(z)  # (B, base, 7, 7) or (B, base, 8, 8)
        small = small.contiguous(memory_format=torch.channels_last)  # faster from here
        return self.paint(self.blocks(small))


class GAN(nn.Module):
    """Both players in one module.

    Args:
        critic: (B, C, H, W) → logits.
        generator: (B, latent_dim) → (B, C, H, W); carries `latent_dim`.
    """

    def __init__(self, critic: nn.Module, generator: nn.Module) -> None:
        super().__init__()
        self.critic, self.generator = critic, generator

    def forward(
        self, images: Tensor | None = None, batch_size: int | None = None
    ) -> tuple[Tensor, Tensor]:
        """Score the images given, or `batch_size` images drawn from fresh z.

        Returns:
            (logits, images).

        Raises:
            ValueError: both or neither of the two were given.
        """
        if (images is None) == (batch_size is None):
            raise BadValue("give either images or batch_size, and not both")
        if images is None:
            weight = next(self.generator.parameters())
            z = torch.randn(batch_size, self.generator.latent_dim, device=weight.device)
            images = self.generator(z)
        return self.critic(images), images


def init_weights(module: nn.Module) -> None:
    """Draw a layer's weights as DCGAN does; to be used with `network.apply`.

    Convolutions, transposed or not: N(0, 0.02). BatchNorm: weight N(1, 0.02). Their
    biases 0. Other layers keep what they have (Radford et al. 2016).
    """
    if isinstance(module, (nn.modules.conv._ConvNd, nn.modules.batchnorm._BatchNorm)):
        mean = 0.0 if isinstance(module, nn.modules.conv._ConvNd) else 1.0
        if module.weight is not None:
            nn.init.normal_(module.weight, mean, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def norm_layer(kind: str, channels: int) -> nn.Module:
    """The layer that keeps a critic's features at one scale."""
    if kind == "batch":
        return nn.BatchNorm2d(channels)
    if kind == "layer":  # over channels, height and width of one image
        return nn.GroupNorm(1, channels)
    if kind == "none":
        return nn.Identity()
    raise BadValue(f"norm is batch, layer or none, not {kind!r}")


def checked_shape(image_shape: ImageShape, square: bool = False) -> ImageShape:
    """Refuse image shapes that the networks cannot have."""
    shape = tuple(image_shape)
    if len(shape) != 3 or not all(isinstance(n, int) and n > 0 for n in shape):
        raise BadValue(f"image_shape is (C, H, W), (1, 28, 28) say; got {shape}")
    channels, height, width = shape
    if min(height, width) < 8:
        raise BadValue(f"images have at least 8×8 pixels; got {height}×{width}")
    power_of_two = height >= 16 and height & (height - 1) == 0
    if square and (height != width or not (height == 28 or power_of_two)):
        raise BadValue(
            "this network takes square images of 28, 16, 32, 64, 128 … pixels; "
            f"got {height}×{width}. Load the data with image_size=32 or 64."
        )
    return channels, height, width


def _halving(base_channels: int, doublings: int) -> list[int]:
    """Widths of a generator: halved at every doubling, never below 1."""
    return [max(1, base_channels // 2**k) for k in range(doublings + 1)]
