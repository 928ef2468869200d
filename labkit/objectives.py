"""What the two players play for, by name: losses, and what keeps the critic smooth."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from labkit import losses
from labkit.penalties import gradient_penalty, zero_centred_penalty


@dataclass(frozen=True)
class Objective:
    """One way to play the game.

    Attributes:
        critic_loss: (real scores, fake scores) → scalar.
        generator_loss: fake scores → scalar; (fake scores, real scores) if `compares`.
        compares: the generator's loss weighs fakes against real images.
        penalty: (critic, real, fake) → scalar, added to the critic's loss.
        clip: the critic's weights are cut to ± this after each of its steps.
        norm: what normalises inside the critic; a penalty on each image's own slope
            rules out BatchNorm, where an image's score depends on its neighbours.
        recipe: settings that it needs, in place of the preset's.
    """

    critic_loss: Callable[[Tensor, Tensor], Tensor]
    generator_loss: Callable[..., Tensor]
    compares: bool = False
    penalty: Callable[[nn.Module, Tensor, Tensor], Tensor] | None = None
    clip: float | None = None
    norm: str = "batch"
    recipe: dict[str, Any] = field(default_factory=dict)

    @property
    def labels(self) -> bool:
        """Whether the critic's loss compares with labels, 1 for real and 0 for fake."""
        return self.critic_loss is losses.critic_loss


def _slope_one(critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    return 10 * gradient_penalty(critic, real, fake)


def _slope_zero(critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    return zero_centred_penalty(critic, real) + zero_centred_penalty(critic, fake)


OBJECTIVES = {
    "vanilla": Objective(losses.critic_loss, losses.generator_loss),
    "minimax": Objective(losses.critic_loss, losses.minimax_generator_loss),
    "least-squares": Objective(
        losses.least_squares_critic_loss, losses.least_squares_generator_loss
    ),
    "hinge": Objective(losses.hinge_critic_loss, losses.hinge_generator_loss),
    "wgan-clip": Objective(
        losses.wasserstein_critic_loss,
        losses.wasserstein_generator_loss,
        clip=0.01,
        recipe={"critic_steps": 5, "betas": (0.0, 0.9)},
    ),
    "wgan-gp": Objective(
        losses.wasserstein_critic_loss,
        losses.wasserstein_generator_loss,
        penalty=_slope_one,
        norm="layer",
        recipe={"critic_steps": 5, "betas": (0.0, 0.9)},
    ),
    "relativistic": Objective(
        losses.relativistic_critic_loss,
        losses.relativistic_generator_loss,
        compares=True,
        penalty=_slope_zero,
        norm="none",
        recipe={"betas": (0.0, 0.99)},
    ),
}
