"""Lab 08: `gradient_penalty`, on critics whose slope is known at every place.

Each critic notes the places that it is shown. A student draws the places at random; the
expected penalty is worked out for those very places.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from labkit.checks.spec import Finding, Observation
from labkit.checks.wasserstein import places, words

# name: (batch, shape of one image, critic's kind, scores as a column)
CASES: dict[str, tuple[int, tuple[int, ...], str, bool]] = {
    "points": (6, (2,), "bowl", False),
    "images": (5, (2, 3, 4), "bowl", False),
    "column": (6, (2,), "bowl", True),
    "columns of images": (4, (1, 4, 4), "bowl", True),
    "one image": (1, (1, 4, 4), "bowl", False),
    "steep": (7, (2,), "plane", False),
    "gentle": (7, (3, 2, 2), "plane", False),
    "many": (96, (2,), "bowl", False),
    "many again": (96, (2,), "bowl", False),
}
SLOPES = {"steep": 3.0, "gentle": 0.25, "flat": 0.0}


class Probe(nn.Module):
    """A critic with one weight: a bowl, w/2 ‖x‖², or a plane of a given slope.

    The bowl's gradient at x is w x, the plane's is w times its direction everywhere.
    """

    def __init__(self, weight: float, direction: Tensor | None, column: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight))
        self.direction, self.column = direction, column
        self.seen: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        self.seen.append(images.detach().clone())
        flat = images.flatten(1)
        heights = (
            flat.square().sum(1) / 2
            if self.direction is None
            else flat @ self.direction.to(flat)
        )
        scores = self.weight.to(flat) * heights
        return scores[:, None] if self.column else scores


def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Call `impl` on every case, and on a critic that is flat."""
    obs = Observation()
    obs["calls"] = {
        name: _call(obs, name, impl, rng, *case) for name, case in CASES.items()
    }
    obs["calls"]["flat"] = _call(obs, "flat", impl, rng, 4, (2,), "plane", False)
    return obs


def _call(
    obs: Observation,
    name: str,
    impl: Any,
    rng: torch.Generator,
    batch: int,
    shape: tuple[int, ...],
    kind: str,
    column: bool,
) -> dict[str, Any]:
    """Call `impl` once; take down the places, the value, its gradient, side effects."""
    real = torch.randn(batch, *shape, generator=rng) + 1.5
    fake = torch.randn(batch, *shape, generator=rng) - 1.5
    direction = None
    weight = 1.5 / real[0].numel() ** 0.5
    if kind == "plane":
        direction = torch.randn(real[0].numel(), generator=rng)
        direction, weight = direction / direction.norm(), SLOPES[name]
    critic = Probe(weight, direction, column).train()
    given = real.clone(), fake.clone()
    call = {"name": name, "real": real.double(), "fake": fake.double()}
    call |= {"weight": weight, "direction": direction, "bowl": kind == "bowl"}
    with obs.part(name):
        result = impl(critic, *given)
        call["kept"] = torch.equal(given[0], real) and torch.equal(given[1], fake)
        call["leaves"] = not (given[0].requires_grad or given[1].requires_grad)
        call["filled"] = critic.weight.grad is not None
        call["frozen"] = not critic.weight.requires_grad
        call["training"] = critic.training
        call["type"] = type(result).__name__
        if isinstance(result, Tensor):
            call["shape"] = list(result.shape)
            call["graph"] = result.requires_grad
            if result.numel() == 1:
                call["value"] = float(result)
        elif isinstance(result, float):
            call |= {"value": result, "graph": False}
        call["seen"] = _latest(critic.seen, batch).double()
        if call.get("graph") and "value" in call:
            critic.weight.requires_grad_(True)
            (slope,) = torch.autograd.grad(
                result.sum(), critic.weight, allow_unused=True
            )
            call["slope"] = None if slope is None else float(slope)
    return call


def _latest(seen: list[Tensor], batch: int) -> Tensor:
    """The latest images that the critic was shown: in one call, or one by one."""
    if not seen:
        return torch.zeros(0)
    if len(seen[-1]) >= batch:
        return seen[-1]
    return torch.cat(seen)[-batch:]


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Findings: one number, places, values, shapes, graph, gradient, side effects."""
    calls, errors = obs["calls"], obs["errors"]
    kind = words.kind(calls["points"], errors.get("points"))
    findings = [Finding("one number", not kind, kind, 0.5)]
    blocked = kind

    def add(title: str, weight: float, say: Callable[[], str]) -> None:
        nonlocal blocked
        text = blocked or say()
        findings.append(Finding(title, not text, text, weight))
        blocked = text if text and weight >= 2 else blocked

    plain = [calls[name] for name in ("points", "many", "many again", "images")]
    other = [calls[name] for name in ("column", "columns of images", "one image")]
    planes = [calls[name] for name in ("steep", "gentle")]
    add("places on the lines", 2, lambda: words.where(plain, errors))
    add("values", 3, lambda: words.values([*plain, *planes], errors))
    add("shapes", 1, lambda: words.shapes(other, errors))
    add("the critic can learn from it", 3, lambda: words.graph(plain + planes))
    add("side effects", 0.5, lambda: words.side_effects(plain))
    flat = calls["flat"]
    lost = places.has_nan(flat) and not blocked
    findings.append(Finding("a flat critic", not lost, words.FLAT if lost else "", 0.0))
    return findings
