"""What is asked of the losses of labs 04 and 08, what they should say, what they said."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.checks.losses.fit import as_one, as_zero

Call = dict[str, Any]  # one call of a student's loss, as `losses.observe` notes it
TOLERANCE = 1e-3

# Logits of real images and of fakes, and what the critic thinks there.
CRITIC_CASES = {
    "right and sure": ((4, 4), (-4, -4)),
    "wrong and sure": ((-4, -4), (4, 4)),
    "guessing": ((0, 0), (0, 0)),
    "half right": ((4, -4), (-4, 4)),
    "calls all real": ((4, 4), (4, 4)),
    "calls all fake": ((-4, -4), (-4, -4)),
    "far right": ((200,), (-200,)),
    "far wrong": ((-200,), (200,)),
}
GENERATOR_CASES = {
    "fooled": ((4, 4),),
    "not fooled": ((-4, -4),),
    "guessing": ((0, 0),),
    "half fooled": ((4, -4),),
    "far fooled": ((200,),),
    "far not fooled": ((-200,),),
}
FAR = ("far right", "far wrong", "far fooled", "far not fooled")


def critic_target(real: np.ndarray, fake: np.ndarray, smoothing: float = 0.0) -> float:
    """What `critic_loss` should return."""
    wanted = (1 - smoothing) * as_one(real) + smoothing * as_zero(real)
    return float(wanted.mean() + as_zero(fake).mean()) / 2


def generator_target(fake: np.ndarray) -> float:
    """What `generator_loss` should return."""
    return float(as_one(fake).mean())


def minimax_target(fake: np.ndarray) -> float:
    """What `minimax_generator_loss` should return."""
    return -float(as_zero(fake).mean())


def wasserstein_critic_target(real: np.ndarray, fake: np.ndarray) -> float:
    """What `wasserstein_critic_loss` should return."""
    return float(fake.mean() - real.mean())


def wasserstein_generator_target(fake: np.ndarray) -> float:
    """What `wasserstein_generator_loss` should return."""
    return -float(fake.mean())


TARGETS: dict[str, Callable[..., float]] = {
    "critic_loss": critic_target,
    "generator_loss": generator_target,
    "minimax_generator_loss": minimax_target,
    "wasserstein_critic_loss": wasserstein_critic_target,
    "wasserstein_generator_loss": wasserstein_generator_target,
}
PAIRS = ("critic_loss", "wasserstein_critic_loss")  # called with real and fake logits


class Calls:
    """What was seen of one loss, and what was expected."""

    def __init__(self, name: str, obs: dict[str, Any]) -> None:
        self.name, self.errors, self.target = name, obs["errors"], TARGETS[name]
        self.all = obs["calls"]
        cases = CRITIC_CASES if name in PAIRS else GENERATOR_CASES
        self.cases = [case for case in cases if case not in FAR]
        for call in self.all:
            logits = [np.array(part, dtype=float).ravel() for part in call["logits"]]
            call["parts"] = logits
            extra = {"smoothing": call["smoothing"]} if call["smoothing"] else {}
            call["expected"] = self.target(*logits, **extra)

    def of(self, *groups: str) -> list[dict[str, Any]]:
        return [call for call in self.all if call["group"] in groups]

    def wrong(self, *groups: str) -> list[dict[str, Any]]:
        """Calls of these groups that gave no number, or not the right one."""
        return [call for call in self.of(*groups) if not right(call)]

    def cut(self) -> list[dict[str, Any]]:
        """Calls with the right value, but without the gradient that belongs to it."""
        return [
            call
            for call in self.of("row")
            if "value" in call
            and (None in call.get("slopes", [None]) or not self._slopes(call))
        ]

    def slopes(self, call: dict[str, Any]) -> list[float]:
        """The sum of the gradient that each part should get: by central differences."""
        expected = []
        for place in range(len(call["parts"])):
            up, down = list(call["parts"]), list(call["parts"])
            up[place], down[place] = up[place] + 1e-4, down[place] - 1e-4
            expected.append((self.target(*up) - self.target(*down)) / 2e-4)
        return expected

    def _slopes(self, call: dict[str, Any]) -> bool:
        return not right(call) or np.allclose(
            call["slopes"], self.slopes(call), atol=TOLERANCE
        )


def right(call: dict[str, Any]) -> bool:
    """Tell whether a call gave the expected number."""
    expected = call["expected"]
    got = call.get("value", np.nan)
    return bool(abs(got - expected) < TOLERANCE * max(1, abs(expected)))
