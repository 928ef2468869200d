"""A playground's run, made again in NumPy, as the page made it in JavaScript."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from labkit.playground.dice import LATENT, POINTS, Dice, modes_of, real_points
from labkit.playground.nets import Adam, Net
from labkit.playground.slopes import SLOPES, pull
from labkit.playground.state import affordable, plan
from labkit.points import Modes, modes_covered

BATCH = 64  # points of each kind in a step
LOOKED_AT = 500  # fakes, of fixed z, for the picture and for counting modes
TRAINED = Path(__file__).with_name("trained.npy")  # (ring, grid, moons, line; weights)
SETS = ("ring", "grid", "moons", "line")

Array = np.ndarray


def replay(state: dict[str, Any]) -> "Game":
    """Make the run of a playground's state again.

    Args:
        state: as `labkit.sharing.read` gives it; keys that are missing are DEFAULTS'.

    Returns:
        The game as it stands at the end.

    Raises:
        BadValue: no run can be read out of the state.
        LabkitError: the run has more than `REPLAYED` optimiser steps.
    """
    state = affordable(state)
    game = Game(state)
    acts = {"critic": game.critic_step, "generator": game.generator_step}
    with np.errstate(all="ignore"):  # a run may diverge: that is for the caller to see
        for what, value in plan(state):
            if what == "change":
                game.change(*value)
            else:
                for _ in range(value):
                    acts.get(what, game.iteration)()
    return game


def trained_weights(data: str) -> Array:
    """Weights of both networks, float64: the critic's, then the generator's.

    Args:
        data: name of a set; points that somebody has drawn begin with the ring's.
    """
    row = SETS.index(data) if data in SETS else 0
    return np.load(TRAINED)[row].astype(np.float64)


class Game:
    """Two players and their dice.

    Args:
        state: a checked one.

    Attributes:
        critic, generator: `Net`s. real: (512, 2). settings: those of now.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self.settings = dict(state)
        size, self.draw = LATENT[state["z"]]
        self.critic = Net(2, state["hidden"], 1, 0.2)
        self.generator = Net(size, state["hidden"], 2, 0)
        weights = Dice(state["seed"], 0)
        for net in (self.critic, self.generator):
            net.begin(weights)
        if state["start"] == "trained":
            brought = trained_weights(state["data"])
            self.critic.weights[:] = brought[: self.critic.weights.size]
            self.generator.weights[:] = brought[self.critic.weights.size :]
        self.adams = Adam(self.critic), Adam(self.generator)
        self.dice = Dice(state["seed"], 2)
        self.fixed = self.draw(Dice(state["seed"], 3), LOOKED_AT)
        self.change("data", state["data"])

    def change(self, key: str, value: Any) -> None:
        """Change one of the settings, between two iterations."""
        self.settings[key] = value
        if key in ("data", "own"):
            now = self.settings
            self.real = real_points(now["data"], now["own"], now["seed"])

    def iteration(self) -> None:
        """Algorithm 1 of Goodfellow et al. 2014, once: k critic steps, then one more."""
        for _ in range(self.settings["k"]):
            self.critic_step()
        self.generator_step()

    def critic_step(self) -> None:
        """One step of the critic."""
        game, critic = SLOPES[self.settings["loss"]], self.critic
        real = self._batch()
        z = self.draw(self.dice, BATCH)
        real = self._blur(real)
        fake = self._blur(self.generator.forward(z)[-1])
        said = [critic.forward(points) for points in (real, fake)]
        slopes = game.critic(*(each[-1][:, 0] for each in said))
        for each, slope in zip(said, slopes, strict=True):
            critic.backward(each, slope[:, None])
        if game.penalty == "one":
            share = self.dice.uniforms(BATCH)[:, None]
            said = [critic.forward(real + share * (fake - real))]
        for each in said if game.penalty else ():
            gradient = critic.backward(each, np.ones((BATCH, 1)), learn=False)
            critic.backward_of_slopes(each, pull(game.penalty, gradient))
        self.adams[0].step(self.settings["lr_critic"])
        if game.clip is not None:
            np.clip(critic.weights, -game.clip, game.clip, out=critic.weights)

    def generator_step(self) -> None:
        """One step of the generator."""
        game = SLOPES[self.settings["loss"]]
        real = self._blur(self._batch()) if game.compares else None
        said = self.generator.forward(self.draw(self.dice, BATCH))
        judged = self.critic.forward(self._blur(said[-1]))
        scores = None if real is None else self.critic.forward(real)[-1][:, 0]
        slopes = game.generator(judged[-1][:, 0], scores)[:, None]
        self.generator.backward(said, self.critic.backward(judged, slopes, learn=False))
        self.adams[1].step(self.settings["lr_generator"])

    def _batch(self) -> Array:
        return self.real[(self.dice.uniforms(BATCH) * POINTS).astype(int)]

    def _blur(self, points: Array) -> Array:
        noise = self.settings["noise"]
        if noise == 0:
            return points
        return points + noise * self.dice.normals(points.size).reshape(points.shape)

    def fakes(self) -> Array:
        """Fakes of 500 fixed z, (500, 2)."""
        return self.generator.forward(self.fixed)[-1]

    def scores(self, points: Array) -> Array:
        """The critic's scores of points (N, 2), (N,)."""
        return self.critic.forward(points)[-1][:, 0]

    def modes(self) -> Modes | None:
        """How many modes the fakes cover, as `labkit.points.modes_covered` counts.

        None where the real points have no modes: moons and the line.
        """
        modes = modes_of(self.settings["data"], self.settings["own"])
        if modes is None:
            return None
        return modes_covered(torch.from_numpy(self.fakes()), torch.from_numpy(modes))
