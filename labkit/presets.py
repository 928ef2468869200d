"""Ready-made pairs of players with the recipe that trains them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from labkit.dcgan import DCGANCritic, DCGANGenerator
from labkit.errors import BadValue
from labkit.models import (
    LEAK,
    Critic,
    Generator,
    ImageShape,
    checked_shape,
    init_weights,
    norm_layer,
)

# The fast preset's critic as a table, so that the labs train with it before anybody has
# written a class for it: the convolutions' widths (times base_channels), kernel, stride
# and padding, and how many of these rows suit which size of images.
ROWS = [(2**k, 4, 2, 1) for k in range(8)]
COUNTS = {16: 2, 28: 3, 32: 3, 64: 4, 128: 5, 256: 6, 512: 7, 1024: 8}
LAST_KERNEL = {28: 3}  # 4 for the other sizes


def fast_critic(
    image_shape: ImageShape, base_channels: int, norm: str = "batch"
) -> nn.Module:
    """Build the critic of the table `ROWS`; arguments as of `labkit.DCGANCritic`."""
    channels, size, _ = checked_shape(image_shape, square=True)
    if size not in COUNTS:
        raise BadValue(f"the fast preset takes images up to 1024 pixels; got {size}")
    layers: list[nn.Module] = []
    for number, (factor, *shape) in enumerate(ROWS[: COUNTS[size]]):
        width = factor * base_channels
        normed = number > 0  # BatchNorm has a bias of its own
        biased = not normed or norm == "none"
        layers.append(nn.Conv2d(channels, width, *shape, bias=biased))
        layers += [norm_layer(norm, width)] if normed else []
        layers.append(nn.LeakyReLU(LEAK))
        channels = width
    layers += [nn.Conv2d(channels, 1, LAST_KERNEL.get(size, 4)), nn.Flatten(0)]
    return nn.Sequential(*layers).apply(init_weights)


@dataclass(frozen=True)
class Preset:
    """Two architectures and how they are trained.

    Attributes:
        critic, generator: (image_shape, base_channels, …) → network.
        recipe: values that replace the defaults of `TrainConfig`.
    """

    critic: Callable[..., nn.Module]
    generator: Callable[..., nn.Module]
    critic_channels: int
    generator_channels: int
    latent_dim: int
    critic_options: dict[str, Any] = field(default_factory=dict)
    generator_options: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)


PRESETS = {
    # Small and quick: recognisable digits in half a minute of one core.
    "fast": Preset(
        critic=fast_critic,
        generator=Generator,
        critic_channels=16,
        generator_channels=64,
        latent_dim=64,
        recipe={"batch_size": 64, "lr": 1e-3, "ema": 0.997, "decay": True},
    ),
    # The well-known lab architecture, about 2.5 million parameters at 32×32.
    "classic": Preset(
        critic=Critic,
        generator=Generator,
        critic_channels=32,
        generator_channels=256,
        latent_dim=100,
        critic_options={"dropout": 0.3, "convs": 3},
        generator_options={"convs": 2},
        recipe={"batch_size": 256, "lr": 2e-4, "smoothing": 0.3},
    ),
    # The pair of the DCGAN paper: transposed convolutions, 64×64 and up.
    "dcgan": Preset(
        critic=DCGANCritic,
        generator=DCGANGenerator,
        critic_channels=64,
        generator_channels=64,
        latent_dim=100,
        recipe={"batch_size": 128, "lr": 2e-4},
    ),
}


def build(
    preset: str,
    image_shape: ImageShape,
    latent_dim: int | None = None,
    base_channels: int | None = None,
    norm: str = "batch",
) -> tuple[nn.Module, nn.Module]:
    """Build a preset's critic and generator for images of a given shape.

    Args:
        preset: "fast", "classic" or "dcgan".
        image_shape: (C, H, W).
        latent_dim: length of z; the preset's own when None.
        base_channels: the generator's; the critic's is scaled alike.
        norm: of the critic, "batch", "layer" or "none".
    """
    if preset not in PRESETS:
        raise BadValue(f"the presets are {', '.join(PRESETS)}; got {preset!r}")
    chosen = PRESETS[preset]
    width = base_channels or chosen.generator_channels
    critic_width = max(1, chosen.critic_channels * width // chosen.generator_channels)
    return (
        chosen.critic(image_shape, critic_width, norm=norm, **chosen.critic_options),
        chosen.generator(
            image_shape,
            latent_dim or chosen.latent_dim,
            width,
            **chosen.generator_options,
        ),
    )
