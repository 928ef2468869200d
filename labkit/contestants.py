"""Who plays in a run, and by which steps: networks and losses from the settings."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from torch import Tensor, nn

from labkit import kit, runtime, together
from labkit.config import TrainConfig
from labkit.errors import LabkitError
from labkit.losses import flipped_critic_loss
from labkit.models import ImageShape
from labkit.objectives import OBJECTIVES
from labkit.penalties import normalise_spectra
from labkit.presets import PRESETS, build
from labkit.training import critic_step, generator_step


class Networks(NamedTuple):
    """Two networks, and the random state that drawing their weights has left."""

    critic: nn.Module
    generator: nn.Module
    random: dict[str, Any]


def networks(
    config: TrainConfig,
    image_shape: ImageShape,
    critic: nn.Module | None,
    generator: nn.Module | None,
) -> Networks:
    """The networks given, or the preset's, with everything random drawn by seed."""
    norm = OBJECTIVES[config.loss].norm
    with runtime.isolated(config.seed, threads=None):
        built = build(
            config.preset,
            image_shape,
            config.latent_dim,
            config.base_channels,
            "none" if config.spectral_norm else norm,
        )
        critic = critic or built[0]
        if config.spectral_norm:
            normalise_spectra(critic)  # draws what it starts from
        random = runtime.random_state()
    critic.train()
    if generator is not None:
        generator.train()
        if not hasattr(generator, "latent_dim"):
            latent_dim = config.latent_dim or PRESETS[config.preset].latent_dim
            generator.latent_dim = latent_dim
    return Networks(critic, generator or built[1], random)


def own_steps(
    config: TrainConfig,
) -> tuple[Callable[..., Tensor], Callable[..., Tensor]]:
    """Labkit's own critic step and generator step, with the losses of the settings."""
    if config.loss == together.LOSS and kit.lacks(together.LAB):
        print(together.SAID)
        return together.steps()
    chosen = OBJECTIVES[config.loss]
    loss = chosen.critic_loss
    if config.flipping:
        loss = functools.partial(
            flipped_critic_loss, smoothing=config.smoothing, flipping=config.flipping
        )
    elif config.smoothing:
        loss = functools.partial(loss, smoothing=config.smoothing)
    return (
        functools.partial(
            critic_step, loss=loss, penalty=chosen.penalty, clip=chosen.clip
        ),
        functools.partial(generator_step, loss=chosen.generator_loss),
    )


def refuse_beside_own_steps(config: TrainConfig) -> None:
    """Losses live in the steps: with steps of one's own, labkit has no say in them."""
    for setting in ("loss", "smoothing", "flipping"):
        if getattr(config, setting) == getattr(TrainConfig, setting):
            continue
        raise LabkitError(
            f"{setting} is part of labkit's own steps; with steps of your own, write it "
            f"into them and leave {setting} out."
        )
