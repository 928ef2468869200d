"""The bugs of the clinic: each one spoils a training that would go well.

A bug changes one thing about a `Setup`: a step, a network, the data or a setting. The
rest is as in the healthy run, and labkit's own `Trainer` does the training.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from labkit.data import ImageSet
from labkit.losses import critic_loss, generator_loss
from labkit.models import Critic
from labkit.training import critic_step, generator_step

# Mean and standard deviation of MNIST's pixels in [0, 1], as many tutorials use them.
MEAN, STD = 0.1307, 0.3081


@dataclass
class Setup:
    """All that goes into a run: data, networks, steps, settings."""

    data: ImageSet
    critic: nn.Module
    generator: nn.Module
    critic_step: Callable[..., Tensor] = critic_step
    generator_step: Callable[..., Tensor] = generator_step
    settings: dict[str, Any] = field(default_factory=dict)


def healthy(setup: Setup) -> None:
    """Leave everything as it is."""


def labels_swapped(setup: Setup) -> None:
    """Teach the critic that real images are 0 and fakes are 1."""

    def swapped(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return critic_loss(fake_logits, real_logits)

    setup.critic_step = functools.partial(critic_step, loss=swapped)


class Standardised(ImageSet):
    """Images of mean 0 and standard deviation 1, hence in [-0.42, 2.82]."""

    def batches(self, *args: Any, **kwargs: Any) -> Iterator[Tensor]:
        usual = super().batches(*args, **kwargs)
        return (((images + 1) / 2 - MEAN) / STD for images in usual)


def real_out_of_range(setup: Setup) -> None:
    """Give the critic real images that no tanh can draw."""
    data = setup.data
    setup.data = Standardised(data.name, data.images, data.labels, data.split)


def generator_still(setup: Setup) -> None:
    """Cut the generator off from its own loss."""

    def step(
        critic: nn.Module, generator: nn.Module, opt_generator: Optimizer, z: Tensor
    ) -> Tensor:
        loss = generator_loss(critic(generator(z).detach()))
        opt_generator.zero_grad()
        loss.backward()
        opt_generator.step()
        return loss.detach()

    setup.generator_step = step


def critic_still(setup: Setup) -> None:
    """Compute the critic's loss, and never make its step."""

    def step(
        critic: nn.Module, generator: nn.Module, _: Optimizer, real: Tensor, z: Tensor
    ) -> Tensor:
        with torch.no_grad():
            return critic_loss(critic(real), critic(generator(z)))

    setup.critic_step = step


def batchnorm_off(setup: Setup) -> None:
    """Draw the weights of BatchNorm around 0, where DCGAN's code has 1."""
    for module in (*setup.critic.modules(), *setup.generator.modules()):
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 0.0, 0.02)


def critic_strong(setup: Setup) -> None:
    """Set a much wider critic against the generator, and let both hurry."""
    setup.critic = Critic(setup.data.image_shape, base_channels=32, dropout=0.0)
    setup.settings |= {"lr": 2e-3, "betas": (0.9, 0.999)}


def gradients_mixed(setup: Setup) -> None:
    """Clear gradients after the step, as is fine for a classifier."""

    def late_critic_step(
        critic: nn.Module, generator: nn.Module, opt: Optimizer, real: Tensor, z: Tensor
    ) -> Tensor:
        loss = critic_loss(critic(real), critic(generator(z).detach()))
        return _late(loss, opt)

    def late_generator_step(
        critic: nn.Module, generator: nn.Module, opt: Optimizer, z: Tensor
    ) -> Tensor:
        return _late(generator_loss(critic(generator(z))), opt)

    setup.critic_step, setup.generator_step = late_critic_step, late_generator_step


def _late(loss: Tensor, optimizer: Optimizer) -> Tensor:
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.detach()


def sigmoid_twice(setup: Setup) -> None:
    """End the critic in a sigmoid, before a loss that has one inside."""
    setup.critic = nn.Sequential(setup.critic, nn.Sigmoid())


# The list that students choose from: name -> what it does.
BUGS: dict[str, Callable[[Setup], None]] = {
    "nothing is wrong": healthy,
    "labels swapped": labels_swapped,
    "real images out of range": real_out_of_range,
    "generator never stepped": generator_still,
    "critic never stepped": critic_still,
    "batchnorm weights around 0": batchnorm_off,
    "critic too strong": critic_strong,
    "gradients mixed": gradients_mixed,
    "sigmoid twice": sigmoid_twice,
}
