"""Lab 05: what a `critic_step` and a `generator_step` do, observed.

The check supplies tiny players and plain gradient descent, so the gradient that a step
has used can be read off the weights: (before - after) / lr. It is kept beside the parts
from which a right one is made, worked out independently in float64.
"""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import SGD, Adam, Optimizer

from labkit.checks.probes import (
    ProbeCritic,
    ProbeGenerator,
    draw_images,
    flat,
    gradients,
)
from labkit.checks.spec import Observation
from labkit.checks.training.steps_facts import critic_facts, generator_facts

Step = Callable[..., Any]
ROUNDS = (5, 7, 4)  # batch sizes of the alternating rounds


class Table:
    """Two tiny players, an optimiser for each, and batches to play with.

    Args:
        learner: whose step is checked, "critic" or "generator".
        rng: draws weights and batches.
        kind: makes the learner's optimiser.
        gain: see the probes; large gains make large gradients.
    """

    def __init__(
        self,
        learner: str,
        rng: torch.Generator,
        kind: Callable[..., Optimizer] = SGD,
        lr: float = 0.25,
        gain: float = 1.0,
    ) -> None:
        torch.set_grad_enabled(True)  # an earlier step may have left it off
        self.rng, self.lr = rng, lr
        self.critic = ProbeCritic(rng, gain if learner == "critic" else 1.0)
        self.generator = ProbeGenerator(rng, gain=gain if learner != "critic" else 1.0)
        players: list[nn.Module] = [self.critic, self.generator]
        self.learner, self.other = players if learner == "critic" else players[::-1]
        self.optimizer = kind(self.learner.parameters(), lr=lr)
        self.opt_other = SGD(self.other.parameters(), lr=0.1)
        self.stepped = 0
        self.optimizer.register_step_post_hook(self._count)

    def _count(self, *_: Any) -> None:
        self.stepped += 1

    def draw(self, reals: int, fakes: int) -> tuple[Tensor, Tensor]:
        z = torch.randn(fakes, self.generator.latent_dim, generator=self.rng)
        return draw_images(reals, self.rng), z

    def play(self, step: Step, real: Tensor, z: Tensor) -> dict[str, Any]:
        """Let a student's step act once; tell what it did and what was right."""
        self.other.zero_grad()
        self.stepped = 0
        right = self._facts(real, z)
        self.critic.seen.clear()
        self.generator.seen.clear()
        others = copy.deepcopy(self.other.state_dict())
        left, before = gradients(self.learner), flat(self.learner.parameters())
        if self.learner is self.critic:
            batches = real.clone(), z.clone()
        else:
            batches = (z.clone(),)
        returned = step(self.critic, self.generator, self.optimizer, *batches)
        after = flat(self.learner.parameters())
        fake = right.pop("fake")
        return {
            **right,
            "update": (before - after) / self.lr,
            "rounding": 1e-7 * before.norm() / self.lr,
            "left": left,
            "uncleared": gradients(self.learner).abs().max(),
            "stepped": self.stepped,
            "saw_z": _shown(z, self.generator.seen),
            "saw_real": _shown(real, self.critic.seen),
            "saw_fake": _shown(fake, self.critic.seen),
            "other_moved": self._put_back(others),
            "other_filled": sum(
                weight.grad is not None and bool(weight.grad.any())
                for weight in self.other.parameters()
            ),
            "left_behind": self._tidy(),
            "returned": _read(returned),
            "after": self._facts(real, z)["losses"]["right"],
        }

    def _facts(self, real: Tensor, z: Tensor) -> dict[str, Any]:
        if self.learner is self.critic:
            return critic_facts(self.critic, self.generator, real, z)
        return generator_facts(self.critic, self.generator, z)

    def _tidy(self) -> list[str]:
        """Put modes and switches back; tell which were left changed."""
        changed = []
        if not torch.is_grad_enabled():
            changed.append("gradients are switched off everywhere")
            torch.set_grad_enabled(True)
        for name, network in (("critic", self.critic), ("generator", self.generator)):
            if not all(module.training for module in network.modules()):
                changed.append(f"the {name} is in eval mode")
            if not all(weight.requires_grad for weight in network.parameters()):
                changed.append(f"the {name} is frozen (requires_grad is False)")
            network.train().requires_grad_(True)
        return changed

    def _put_back(self, weights: dict[str, Tensor]) -> bool:
        """Give the other player its weights back; tell whether they had changed."""
        now = self.other.state_dict()
        changed = any(not torch.equal(now[name], weights[name]) for name in weights)
        self.other.load_state_dict(weights)
        return changed

    def partner_plays(self) -> None:
        """Let the other player act in the right way, and leave gradients everywhere.

        A right step of the other may do so: the generator's backward pass runs through
        the critic, and a critic's step without detach runs through the generator.
        """
        real, z = self.draw(4, 4)
        self.opt_other.zero_grad()
        if self.other is self.generator:
            loss = F.softplus(-self.critic(self.generator(z))).mean()
        else:
            halves = (
                F.softplus(-self.critic(real)),
                F.softplus(self.critic(self.generator(z))),
            )
            loss = sum(half.mean() for half in halves) / 2
        loss.backward()
        self.opt_other.step()


def observe(learner: str, step: Step, rng: torch.Generator) -> dict[str, Any]:
    """Play alternating rounds, single rounds of odd sizes, and rounds with Adam."""
    obs = Observation()
    obs["rounds"], obs["adam"] = [], []
    with obs.part("rounds"):
        table = Table(learner, rng)
        for size in ROUNDS:
            obs["rounds"].append(table.play(step, *table.draw(size, size)))
            table.partner_plays()
    for name, sizes, lr, gain in (
        ("one", (1, 1), 0.25, 1.0),
        ("steep", (6, 6), 2.0**-12, 200.0),
        ("unequal", (5, 3), 0.25, 1.0),
    ):
        if name == "unequal" and learner == "generator":
            continue
        with obs.part(name):
            table = Table(learner, rng, lr=lr, gain=gain)
            obs[name] = table.play(step, *table.draw(*sizes))
    with obs.part("adam"):
        obs["adam"] = _adam_errors(learner, step, rng)
    return obs


def _adam_errors(learner: str, step: Step, rng: torch.Generator) -> list[float]:
    """Rounds with Adam: how far each update is from Adam's, relative to its size."""

    def adam(weights: Any, lr: float) -> Optimizer:
        return Adam(weights, lr=lr, betas=(0.5, 0.9), eps=1e-3)

    table = Table(learner, rng, adam, lr=0.01)
    shadow = nn.Parameter(flat(table.learner.parameters()))
    twin = adam([shadow], 0.01)
    errors = []
    for size in ROUNDS:
        before = flat(table.learner.parameters())
        shadow.data.copy_(before)
        played = table.play(step, *table.draw(size, size))
        shadow.grad = torch.as_tensor(played["gradient"])
        twin.step()
        miss = flat(table.learner.parameters()) - shadow.detach()
        errors.append(float(miss.norm() / (shadow.detach() - before).norm()))
        table.partner_plays()
    return errors


def _shown(images: Tensor, seen: list[Tensor]) -> bool:
    """Tell whether every row of a batch is among the rows that a probe was given."""
    wanted = flat([images]).view(len(images), -1)
    rows = [batch.double().flatten(1) for batch in seen if batch.dim() > 1]
    rows = [batch for batch in rows if batch.shape[1] == wanted.shape[1]]
    if not rows:
        return False
    return bool((torch.cdist(wanted, torch.cat(rows)).amin(1) < 1e-4).all())


def _read(returned: Any) -> dict[str, Any]:
    """Reduce what a step returned to data."""
    value, graph = returned, False
    if isinstance(value, Tensor):
        graph, value = value.requires_grad, value.detach().cpu().double().numpy()
    size = getattr(value, "size", 1)
    is_number = type(value) in (int, float) or hasattr(value, "dtype")
    return {
        "type": type(returned).__name__,
        "length": len(returned) if isinstance(returned, (tuple, list, dict)) else 1,
        "shape": list(getattr(returned, "shape", ())),
        "graph": graph,
        "loss": float(np.ravel(value)[0]) if is_number and size == 1 else None,
    }
