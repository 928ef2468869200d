"""Both players in one pass: how labkit trains while the lab of the two steps is ahead.

One loss, one way back: the generator climbs what the critic descends, because its
gradient is turned round on the way (gradient reversal, Ganin and Lempitsky 2015). With
the hinge loss, whose generator wants a high score (Lim and Ye 2017), that is the game.
Two steps in turn, as in lab 05, learn somewhat better.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from labkit.losses import hinge_critic_loss

LAB = "05_training"  # whose answers are the two steps
LOSS = "hinge"
SAID = (
    "labkit's own two steps answer lab 05: in this kit both players learn in one, from "
    "a hinge loss"
)


class _Reversal(torch.autograd.Function):
    """Leaves numbers as they are, and turns their gradient round."""

    @staticmethod
    def forward(context: object, images: Tensor) -> Tensor:
        return images.view_as(images)

    @staticmethod
    def backward(context: object, gradient: Tensor) -> Tensor:
        return -gradient


def steps() -> tuple[Callable[..., Tensor], Callable[..., Tensor]]:
    """Make the two halves of an iteration.

    Returns:
        (critic's half, generator's half), with the arguments of `labkit.critic_step`
        and `labkit.generator_step`. The first computes both gradients and moves the
        critic, the second moves the generator; each gives its player's loss, 0-d. The
        second with another z than the first's, as in a generator's step alone, goes
        through both networks once more.
    """
    score = torch.tensor(0.0)  # of the fakes of the latest pass, on average
    passed: Tensor | None = None  # the z whose gradient waits for the generator's half

    def opinion(critic: nn.Module, generator: nn.Module, z: Tensor) -> Tensor:
        nonlocal score
        generator.zero_grad()
        scores = critic(_Reversal.apply(generator(z)))
        score = scores.detach().mean()
        return scores

    def critics(
        critic: nn.Module,
        generator: nn.Module,
        opt_critic: Optimizer,
        real: Tensor,
        z: Tensor,
    ) -> Tensor:
        nonlocal passed
        critic.zero_grad()
        scores = opinion(critic, generator, z)
        passed = z
        price = hinge_critic_loss(critic(real), scores)
        price.backward()
        opt_critic.step()
        return price.detach()

    def generators(
        critic: nn.Module,
        generator: nn.Module,
        optimizer: Optimizer,
        z: Tensor,
    ) -> Tensor:
        nonlocal passed
        if z is not passed:
            opinion(critic, generator, z).mean().backward()
        passed = None  # a gradient is good for one step
        optimizer.step()
        return -score

    return critics, generators
