"""The pair of the DCGAN paper: convolutions down, transposed convolutions up.

Images are (B, C, H, W) float tensors in [-1, 1], logits (B,), z (B, latent_dim).
"""

import math

from torch import nn

from labkit.models import LEAK, ImageShape, checked_shape, init_weights, norm_layer


class DCGANCritic(nn.Sequential):
    """The DCGAN critic: 4×4 convolutions of stride 2, BatchNorm from the second on.

    Args:
        image_shape: (C, H, W); H = W = 28, or a power of two from 16 upwards.
        base_channels: width of the first layer; it doubles at each layer.
        norm: "batch", or "layer" or "none" for losses that look at each image alone.

    From Radford, Metz and Chintala 2016.
    """

    def __init__(
        self, image_shape: ImageShape, base_channels: int = 64, norm: str = "batch"
    ) -> None:
        channels, size, _ = checked_shape(image_shape, square=True)
        halvings = _dcgan_steps(size)
        widths = [base_channels * 2**k for k in range(halvings)]
        layers: list[nn.Module] = [
            nn.Conv2d(channels, widths[0], 4, stride=2, padding=1),
            nn.LeakyReLU(LEAK),
        ]
        for before, after in zip(widths, widths[1:], strict=False):
            layers += [
                nn.Conv2d(before, after, 4, 2, padding=1, bias=norm == "none"),
                norm_layer(norm, after),
                nn.LeakyReLU(LEAK),
            ]
        last = size // 2**halvings  # 3 for 28 pixels, else 4
        layers += [nn.Conv2d(widths[-1], 1, last), nn.Flatten(0)]
        super().__init__(*layers)
        self.image_shape = channels, size, size
        self.apply(init_weights)


class DCGANGenerator(nn.Sequential):
    """The DCGAN generator: transposed convolutions of stride 2 from 4×4 (7×7) up.

    Args:
        image_shape: (C, H, W); H = W = 28, or a power of two from 16 upwards.
        latent_dim: length of z.
        base_channels: channels before the last layer; doubled at each layer below.

    From Radford, Metz and Chintala 2016.
    """

    def __init__(
        self, image_shape: ImageShape, latent_dim: int = 100, base_channels: int = 64
    ) -> None:
        channels, size, _ = checked_shape(image_shape, square=True)
        start = 7 if size == 28 else 4
        doublings = int(math.log2(size // start))
        widths = [base_channels * 2**k for k in reversed(range(doublings))]
        layers: list[nn.Module] = [
            nn.Unflatten(1, (latent_dim, 1, 1)),
            nn.ConvTranspose2d(latent_dim, widths[0], start, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(),
        ]
        for before, after in zip(widths, widths[1:], strict=False):
            layers += [
                nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        layers += [
            nn.ConvTranspose2d(widths[-1], channels, 4, stride=2, padding=1),
            nn.Tanh(),
        ]
        super().__init__(*layers)
        self.image_shape, self.latent_dim = (channels, size, size), latent_dim
        self.arguments = {
            "image_shape": self.image_shape,
            "latent_dim": latent_dim,
            "base_channels": base_channels,
        }
        self.apply(init_weights)


def _dcgan_steps(size: int) -> int:
    """How often a DCGAN critic halves: down to 4 pixels, or 28 → 14 → 7 → 3."""
    return 3 if size == 28 else int(math.log2(size)) - 2
