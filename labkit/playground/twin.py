"""A playground's run in torch: the networks, losses and steps that labkit trains with."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from labkit.objectives import Objective
from labkit.playground.dice import LATENT, POINTS, Dice, real_points
from labkit.playground.replay import BATCH, LOOKED_AT, trained_weights
from labkit.playground.state import affordable, plan
from labkit.runtime import isolated
from labkit.toy import (
    GRID,
    Frame,
    ToyCritic,
    ToyGenerator,
    ToyRun,
    places,
    toy_objective,
)
from labkit.training import critic_step, generator_step, make_optimizers


def twin(state: dict[str, Any]) -> ToyRun:
    """Make the run of a playground's state in torch, in float64.

    Args:
        state: as `labkit.sharing.read` gives it; keys that are missing are DEFAULTS'.

    Returns:
        The run: real points, both players, the last moment as its only frame, and the
        losses of every step ("critic_loss", "generator_loss").

    Raises:
        BadValue: no run can be read out of the state.
        LabkitError: the run has more than `REPLAYED` optimiser steps.
    """
    state = affordable(state)
    with isolated():
        game = _Twin(state)
        for what, value in plan(state):
            if what == "change":
                game.change(*value)
            else:
                for _ in range(value):
                    game.step(what)
        return game.run(state["steps"])


@torch.no_grad()
def _begin(layer: nn.Linear, dice: Dice) -> None:
    """Draw a layer's weights as torch's Linear does: uniform within 1 / sqrt(inputs)."""
    for part in (layer.weight, layer.bias):
        drawn = 2 * dice.uniforms(part.numel()) - 1
        limit = 1 / layer.in_features**0.5
        part.copy_(torch.from_numpy(drawn * limit).reshape(part.shape))


class _Blurred(nn.Module):
    """A generator behind frosted glass: noise on every point that it draws."""

    def __init__(self, generator: nn.Module, blur: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.generator, self.blur = generator, blur

    def forward(self, z: Tensor) -> Tensor:
        return self.blur(self.generator(z))


class _Twin:
    """The game of `replay.Game`, played by torch."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.settings = dict(state)
        size, self.draw = LATENT[state["z"]]
        self.critic = ToyCritic(state["hidden"]).double()
        self.generator = ToyGenerator(size, state["hidden"]).double()
        weights = Dice(state["seed"], 0)
        for layer in (*self.critic, *self.generator):
            if isinstance(layer, nn.Linear):
                _begin(layer, weights)
        if state["start"] == "trained":
            self._take(torch.from_numpy(trained_weights(state["data"])))
        self.optimizers = make_optimizers(self.critic, self.generator, betas=(0.5, 0.9))
        self.dice = Dice(state["seed"], 2)
        self.losses: dict[str, list[float]] = {"critic_loss": [], "generator_loss": []}
        self.change("data", state["data"])

    def _take(self, brought: Tensor) -> None:
        parameters = [*self.critic.parameters(), *self.generator.parameters()]
        nn.utils.vector_to_parameters(brought, parameters)

    def change(self, key: str, value: Any) -> None:
        self.settings[key] = value
        now = self.settings
        self.real = torch.from_numpy(real_points(now["data"], now["own"], now["seed"]))
        for optimizer, player in zip(
            self.optimizers, ("critic", "generator"), strict=True
        ):
            optimizer.param_groups[0]["lr"] = now[f"lr_{player}"]

    def step(self, what: str) -> None:
        """Make one step of "critic" or "generator", or an iteration of "both"."""
        if what == "both":
            for _ in range(self.settings["k"]):
                self.step("critic")
            self.step("generator")
            return
        game = toy_objective(self.settings["loss"])
        fakes = _Blurred(self.generator, self._blur)
        if what == "critic":
            real, z = self._batch(), self._z()
            real = self._blur(real)
            loss = critic_step(self.critic, fakes, self.optimizers[0], real, z,
                               game.critic_loss, self._penalty(game), game.clip)  # fmt: skip
        else:
            real = self._blur(self._batch()) if game.compares else None
            loss = generator_step(self.critic, fakes, self.optimizers[1], self._z(),
                                  game.generator_loss, real)  # fmt: skip
        self.losses[f"{what}_loss"].append(float(loss))

    def _batch(self) -> Tensor:
        return self.real[(self.dice.uniforms(BATCH) * POINTS).astype(int)]

    def _z(self) -> Tensor:
        return torch.from_numpy(self.draw(self.dice, BATCH))

    def _blur(self, points: Tensor) -> Tensor:
        noise = self.settings["noise"]
        if noise == 0:
            return points
        drawn = torch.from_numpy(self.dice.normals(points.numel()))
        return points + noise * drawn.reshape(points.shape)

    def _penalty(self, game: Objective) -> Any:
        """The objective's penalty, with the places of `gradient_penalty` from the dice."""
        if self.settings["loss"] != "wgan-gp":
            return game.penalty

        def slope_one(critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
            share = torch.from_numpy(self.dice.uniforms(BATCH))[:, None]
            between = torch.lerp(real, fake, share).requires_grad_()
            (slope,) = torch.autograd.grad(
                critic(between).sum(), between, create_graph=True
            )
            return (slope.norm(dim=1) - 1).square().mean()

        return slope_one

    @torch.no_grad()
    def run(self, steps: int) -> ToyRun:
        fixed = torch.from_numpy(self.draw(Dice(self.settings["seed"], 3), LOOKED_AT))
        scores = self.critic(places().double()).reshape(GRID, GRID)
        frame = Frame(steps, self.generator(fixed), scores)
        return ToyRun(self.real, self.critic, self.generator, [frame], self.losses)
