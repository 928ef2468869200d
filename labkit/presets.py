"""Ready-made pairs of players with the recipe that trains them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from labkit import kit
from labkit.dcgan import DCGANCritic, DCGANGenerator
from labkit.errors import BadValue
from labkit.models import Critic, Generator, ImageShape, checked_shape, init_weights
from labkit.stacks import FAST_CRITICS, FAST_GENERATORS, stack

GENERATOR_LAB = "03_generator"  # whose answers are Generator and init_weights


def fast_critic(
    image_shape: ImageShape, base_channels: int, norm: str = "batch"
) -> nn.Module:
    """Build the fast preset's critic; arguments as of `labkit.DCGANCritic`.

    For the sizes that the labs train with it comes from a table: they do so before the
    lab in which that class is written.
    """
    channels, _, size = checked_shape(image_shape, square=True)
    if size not in FAST_CRITICS:
        return DCGANCritic(image_shape, base_channels, norm)
    network = stack(FAST_CRITICS[size], norm, C=channels, n=base_channels)
    return network if kit.lacks(GENERATOR_LAB) else network.apply(init_weights)


def fast_generator(
    image_shape: ImageShape, latent_dim: int, base_channels: int
) -> nn.Module:
    """Build the fast preset's generator; arguments as of `labkit.Generator`.

    In a kit that has no `Generator` yet, one for 28 and 32 pixels comes from a table;
    its weights begin as PyTorch draws them.
    """
    channels, _, size = checked_shape(image_shape, square=True)
    if size not in FAST_GENERATORS or not kit.lacks(GENERATOR_LAB):
        return Generator(image_shape, latent_dim, base_channels)
    quarter = max(1, base_channels // 4)
    network = stack(FAST_GENERATORS[size], D=latent_dim, q=quarter, C=channels)
    network.latent_dim, network.image_shape = latent_dim, (channels, size, size)
    return network


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
        generator=fast_generator,
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
