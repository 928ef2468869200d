"""One iteration: two players with their optimisers, and whose turn it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from labkit import contestants, runtime
from labkit.averaging import Average
from labkit.config import TrainConfig
from labkit.errors import BadValue
from labkit.history import GUESSING
from labkit.objectives import OBJECTIVES
from labkit.players import CriticPlayer, GeneratorPlayer

BOTH, CRITIC, GENERATOR = "both", "critic", "generator"  # who plays in an iteration
FILM_SIZE = 64  # pictures of the fixed z in a frame


@dataclass(frozen=True)
class Pace:
    """What may change while a run goes on.

    Attributes:
        critic_lr, generator_lr: Adam's learning rates; where the settings let them
            fall over the run, those at its start.
        critic_steps: k, critic steps for each generator step.

    Raises:
        BadValue: a rate outside (0, 1), or a k that is no whole number above 0.
    """

    critic_lr: float
    generator_lr: float
    critic_steps: int

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        for name in ("critic_lr", "generator_lr"):
            rate = getattr(self, name)
            if not isinstance(rate, int | float) or not 0 < rate < 1:
                raise BadValue(
                    f"{name} is to be between 0 and 1, 0.0002 say; got {rate!r}."
                )
        steps = self.critic_steps
        if not isinstance(steps, int) or isinstance(steps, bool) or steps < 1:
            raise BadValue(
                f"critic_steps is to be a whole number above 0; got {steps!r}."
            )


def _adam(
    player: nn.Module, config: TrainConfig, weight_decay: float | None = None
) -> torch.optim.Adam:
    """A player's Adam, on a GPU such that its step can be recorded as a CUDA graph."""
    weights = list(player.parameters())
    device = weights[0].device
    on_gpu = device.type == "cuda"
    decay = {}
    if weight_decay is not None:
        decay = {"weight_decay": weight_decay, "decoupled_weight_decay": True}
    lr = torch.tensor(config.lr, device=device) if on_gpu else config.lr
    settings = {"fused": True, "capturable": on_gpu, **decay}
    return torch.optim.Adam(weights, lr, config.betas, **settings)


class Iteration:
    """Two players at the table, and what each iteration needs.

    Args:
        config: the settings.
        critic, generator: networks in training mode; the generator has `latent_dim`.
        steps: (critic_step, generator_step); labkit's own when None.

    Attributes:
        critic, generator: the players (`labkit.players`).
        opt_critic, opt_generator: their optimisers.
        average: the generator that is shown (`labkit.averaging`).
        fixed_z: what is drawn for the film, (64, latent_dim).
        pace: rates and k; another `Pace` may be put here at any time.
    """

    def __init__(
        self,
        config: TrainConfig,
        critic: nn.Module,
        generator: nn.Module,
        steps: tuple[Callable[..., Any], Callable[..., Any]] | None,
    ) -> None:
        if steps is not None:
            contestants.refuse_beside_own_steps(config)
        self.config, self.own_steps = config, steps is None
        self.critic_step, self.generator_step = steps or contestants.own_steps(config)
        self.compares = self.own_steps and OBJECTIVES[config.loss].compares
        self.pace = Pace(config.lr, config.lr, config.critic_steps)
        self.device = runtime.device(config.device)
        dtype = runtime.precision(config.precision, self.device)
        self.critic = CriticPlayer(critic.to(self.device), dtype)
        self.generator = GeneratorPlayer(generator.to(self.device), dtype)
        self.average = Average(generator, config.ema)
        self.opt_critic = _adam(critic, config, config.weight_decay)
        self.opt_generator = _adam(generator, config)
        rng = torch.Generator().manual_seed(config.seed)
        fixed = torch.randn(FILM_SIZE, generator.latent_dim, generator=rng)
        self.fixed_z = fixed.to(self.device)

    def batches_for(self, who: str) -> int:
        """How many batches of real images an iteration of `who` takes."""
        if who == GENERATOR:
            return int(self.compares)  # else it never sees a real image
        return self.pace.critic_steps if who == BOTH else 1

    def iterate(
        self,
        real_batches: Sequence[Tensor],
        who: str = BOTH,
        before: Sequence[float] = GUESSING,
    ) -> Tensor:
        """One iteration: a critic step for every batch, then a generator step.

        Args:
            real_batches: real images (B, C, H, W) each, as many as `batches_for` says.
            who: BOTH; CRITIC or GENERATOR for a step of one player alone.
            before: the row of the iteration before. Of it stay the numbers of a player
                who sits out.

        Returns:
            (5,): critic loss, generator loss, D(x), D(G(z)) before and after the
            critic's step.
        """
        critic, generator, row = self.critic, self.generator, list(before)
        z = None
        if who != GENERATOR:
            for real in real_batches:
                z = self._draw_z(len(real))
                critic.real = real
                row[0] = self.critic_step(critic, generator, self.opt_critic, real, z)
            row[2:] = critic.said_real, critic.said_fake, critic.said_fake
        if who != CRITIC:
            z = self._draw_z(self.config.batch_size) if z is None else z
            critic.real = z.new_empty(0)  # from here on, the latest images are fakes
            beside = {"real": real_batches[-1]} if self.compares else {}
            row[1] = self.generator_step(
                critic, generator, self.opt_generator, z, **beside
            )
            row[4] = critic.said_fake
            row[3] = row[4] if who == GENERATOR else row[3]
        generator.forget()
        return torch.stack(
            [torch.as_tensor(v, dtype=torch.float32, device=self.device).detach()
             for v in row]
        )  # fmt: skip

    def _draw_z(self, count: int) -> Tensor:
        return torch.randn(count, self.generator.latent_dim, device=self.device)

    def set_rates(self, done: float) -> None:
        """Set rates and noise for the moment when `done`, from 0 to 1, is over."""
        fall = min(1.0, 2 * (1 - done)) if self.config.decay else 1.0
        pace = self.pace
        for optimizer, rate in (
            (self.opt_critic, pace.critic_lr),
            (self.opt_generator, pace.generator_lr),
        ):
            for group in optimizer.param_groups:
                if isinstance(group["lr"], Tensor):  # a CUDA graph reads it there
                    group["lr"].fill_(rate * fall)
                else:
                    group["lr"] = rate * fall
        self.critic.noise = self.config.noise * (1 - done)
