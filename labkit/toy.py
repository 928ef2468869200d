"""A GAN so small that all of it can be seen: its images are points of the plane.

Two tiny players, the training loop with any `labkit.objectives.Objective`, and what it
leaves for pictures. The sets of points are in `labkit.points`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from labkit.errors import BadValue
from labkit.objectives import OBJECTIVES, Objective
from labkit.penalties import gradient_penalty
from labkit.points import EXTENT, centres, modes_covered, own_points, points
from labkit.runtime import isolated
from labkit.training import critic_step, generator_step, make_optimizers, shortened

__all__ = [
    "EXTENT",
    "Frame",
    "ToyCritic",
    "ToyGenerator",
    "ToyRun",
    "centres",
    "modes_covered",
    "optimal_critic",
    "own_points",
    "places",
    "points",
    "toy_objective",
    "train_points",
]

GRID = 45  # places in each direction at which a frame keeps the critic's scores
DRAWN = 500  # fakes in a frame


class ToyCritic(nn.Sequential):
    """Scores points: (B, 2) → (B,) logits."""

    def __init__(self, hidden: int = 64) -> None:
        super().__init__(
            *_layers(2, hidden, lambda: nn.LeakyReLU(0.2)),
            nn.Linear(hidden, 1),
            nn.Flatten(0),
        )


class ToyGenerator(nn.Sequential):
    """Draws points: (B, latent_dim) → (B, 2)."""

    def __init__(self, latent_dim: int = 2, hidden: int = 64) -> None:
        super().__init__(*_layers(latent_dim, hidden, nn.ReLU), nn.Linear(hidden, 2))
        self.latent_dim = latent_dim


def _layers(
    inputs: int, hidden: int, activation: Callable[[], nn.Module]
) -> list[nn.Module]:
    return [
        *(nn.Linear(inputs, hidden), activation()),
        *(nn.Linear(hidden, hidden), activation()),
    ]


def places(side: int = GRID) -> Tensor:
    """A grid over the square of the pictures: (side · side, 2), row by row from below.

    Scores at these places, reshaped to (side, side), are an image whose rows are y.
    """
    line = torch.linspace(-EXTENT, EXTENT, side)
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], 1)


def toy_objective(name: str) -> Objective:
    """The objective of that name, with its numbers fitted to points.

    The papers' 10 for the gradient penalty and 0.01 for clipping belong to images with
    thousands of numbers; for two numbers it is 1 and 0.1.

    Raises:
        BadValue: there is no such objective.
    """
    if name not in OBJECTIVES:
        raise BadValue(f"the objective is one of {', '.join(OBJECTIVES)}; got {name!r}")
    objective = OBJECTIVES[name]
    if name == "wgan-gp":
        return replace(objective, penalty=gradient_penalty)
    if name == "wgan-clip":
        return replace(objective, clip=0.1)
    return objective


@dataclass(frozen=True)
class Frame:
    """One moment of a run.

    Attributes:
        step: how many generator steps had been made.
        fakes: (500, 2), of the same z in every frame.
        scores: the critic's at `places()`, (45, 45); its rows are y, from below.
    """

    step: int
    fakes: Tensor
    scores: Tensor


@dataclass(frozen=True)
class ToyRun:
    """A finished run on points.

    Attributes:
        real: the points that were learnt, (N, 2).
        critic, generator: the players as they ended.
        frames: moments at even distances, the first before any step.
        history: "critic_loss" and "generator_loss", a number for each generator step.
    """

    real: Tensor
    critic: nn.Module
    generator: nn.Module
    frames: list[Frame]
    history: dict[str, list[float]]

    @torch.no_grad()
    def fakes(self, count: int = 2000, seed: int = 0) -> Tensor:
        """Draw fresh fakes (count, 2) from z of N(0, 1)."""
        rng = torch.Generator().manual_seed(seed)
        return self.generator(
            torch.randn(count, self.generator.latent_dim, generator=rng)
        )


def train_points(
    real: str | Tensor | Sequence[Sequence[float]],
    objective: str | Objective = "vanilla",
    *,
    steps: int = 2000,
    critic_steps: int = 1,
    batch_size: int = 128,
    lr: float | tuple[float, float] = (2e-3, 1e-3),
    betas: tuple[float, float] = (0.5, 0.9),
    seed: int = 0,
    frames: int = 5,
    critic: nn.Module | None = None,
    generator: nn.Module | None = None,
    after_critic: Callable[[nn.Module], object] | None = None,
) -> ToyRun:
    """Train a GAN on points: Goodfellow et al. 2014, algorithm 1.

    Args:
        real: the name of a set, or points (N, 2), typed ones as well.
        objective: a name (`toy_objective` fits its numbers to points), or your own.
        steps: generator steps. critic_steps: critic steps before each of them.
        batch_size: points a step.
        lr: Adam's learning rate, or two: (critic's, generator's). betas: its decay
            rates.
        seed: of the points, the weights, the batches and z; the caller's random state
            is left alone.
        frames: moments to keep, at least 2.
        critic, generator: your own players, in place of `ToyCritic`, `ToyGenerator`.
        after_critic: called with the critic after each of its steps, to clip its
            weights say.

    Raises:
        BadValue: unknown names, or points that are none.
    """
    if steps < 1 or critic_steps < 1 or frames < 2:
        raise BadValue(
            "steps and critic_steps are 1 or more, frames 2 or more; "
            f"got {steps}, {critic_steps} and {frames}"
        )
    steps = shortened(steps)
    game = toy_objective(objective) if isinstance(objective, str) else objective
    with isolated(seed):
        data = points(real, seed=seed) if isinstance(real, str) else own_points(real)
        critic, generator = critic or ToyCritic(), generator or ToyGenerator()
        optimizers = make_optimizers(critic, generator, betas=betas)
        rates = lr if isinstance(lr, tuple) else (lr, lr)
        for optimizer, rate in zip(optimizers, rates, strict=True):
            optimizer.param_groups[0]["lr"] = rate
        fixed = torch.randn(DRAWN, generator.latent_dim)
        moments = set(torch.linspace(0, steps, frames).round().int().tolist())
        kept = [_frame(0, critic, generator, fixed)]
        losses = []
        for step in range(1, steps + 1):
            losses.append(
                _iteration(game, critic, generator, optimizers, data, batch_size,
                           critic_steps, after_critic)
            )  # fmt: skip
            if step in moments:
                kept.append(_frame(step, critic, generator, fixed))
    named = zip(("critic_loss", "generator_loss"), torch.tensor(losses).T, strict=True)
    history = {name: values.tolist() for name, values in named}
    return ToyRun(data, critic, generator, kept, history)


def _iteration(
    game: Objective,
    critic: nn.Module,
    generator: nn.Module,
    optimizers: tuple,
    data: Tensor,
    batch_size: int,
    critic_steps: int,
    after_critic: Callable[[nn.Module], object] | None,
) -> tuple[float, float]:
    """Make k critic steps and one generator step; return the latest loss of each."""
    opt_critic, opt_generator = optimizers

    def draw() -> tuple[Tensor, Tensor]:
        chosen = data[torch.randint(len(data), (batch_size,))]
        return chosen, torch.randn(batch_size, generator.latent_dim)

    for _ in range(critic_steps):
        batch, z = draw()
        critics = critic_step(critic, generator, opt_critic, batch, z, game.critic_loss,
                              game.penalty, game.clip)  # fmt: skip
        if after_critic is not None:
            after_critic(critic)
    batch, z = draw()
    generators = generator_step(critic, generator, opt_generator, z, game.generator_loss,
                                batch if game.compares else None)  # fmt: skip
    return float(critics), float(generators)


@torch.no_grad()
def _frame(step: int, critic: nn.Module, generator: nn.Module, fixed: Tensor) -> Frame:
    scores = critic(places()).reshape(GRID, GRID)
    return Frame(step, generator(fixed).clone(), scores.clone())


def optimal_critic(p_real: Tensor, p_fake: Tensor) -> Tensor:
    """The best critic's probability of "real", from both densities.

    Args:
        p_real, p_fake: densities, >= 0, of shapes that broadcast; tensors or numbers.

    Returns:
        p_real / (p_real + p_fake), and 0.5 where both are 0.

    From Goodfellow et al. 2014, Proposition 1.
    """
    p_real, p_fake = (torch.as_tensor(p) for p in (p_real, p_fake))
    if not (p_real.is_floating_point() or p_fake.is_floating_point()):
        p_real = p_real.float()
    larger = torch.maximum(p_real, p_fake)
    nowhere = larger == 0
    scale = larger.masked_fill(nowhere, 1)  # sums of tiny or huge densities are safe
    real, fake = p_real / scale, p_fake / scale
    return torch.where(nowhere, 0.5, real / (real + fake).masked_fill(nowhere, 1))
