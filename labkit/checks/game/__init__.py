"""Lab 01: `optimal_critic`, the best critic's opinion from two densities; `all_modes`.

It is called on densities of ordinary size, which tell which formula it is, and then
where there are no real points, no fakes, or neither, and where both densities are tiny.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from labkit.checks.game import all_modes, all_modes_judge, words
from labkit.checks.spec import Exercise, Finding, Observation, register

# Pairs (real, fake) of densities whose answer can be worked out in the head.
CASES = {
    "plain": ((0.3, 0.1, 2.0, 0.5), (0.1, 0.3, 6.0, 0.5)),
    "no real": ((0.0, 0.0), (0.2, 3.0)),
    "no fakes": ((0.2, 3.0), (0.0, 0.0)),
    "neither": ((0.0, 0.0), (0.0, 0.0)),
    "mixed": ((0.3, 0.0, 0.0, 2.0), (0.1, 0.0, 0.2, 0.0)),
    "tiny": ((3e-20, 1e-20), (1e-20, 1e-20)),
}
SHAPES = ((7,), (5, 4), (1,), (2, 3, 2), ())


def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Call `impl` on the cases, on random densities of several shapes, on others."""
    obs = Observation()
    obs["calls"] = calls = {}
    for name, (real, fake) in CASES.items():
        calls[name] = _call(obs, name, impl, torch.tensor(real), torch.tensor(fake))
    for shape in SHAPES:
        name = f"shape {shape}"
        pair = [0.05 + 3 * torch.rand(shape, generator=rng) for _ in range(2)]
        calls[name] = _call(obs, name, impl, *pair)
    counts = torch.tensor([3, 0, 1, 0]), torch.tensor([1, 2, 0, 0])
    calls["whole numbers"] = _call(obs, "whole numbers", impl, *counts)
    row = torch.rand(3, generator=rng), torch.tensor(0.5)
    calls["one number for all"] = _call(obs, "one number for all", impl, *row)
    return obs


def _call(
    obs: Observation, name: str, impl: Any, real: torch.Tensor, fake: torch.Tensor
) -> dict[str, Any]:
    given = real.clone(), fake.clone()
    call = {"real": real.double(), "fake": fake.double()}
    with obs.part(name):
        result = impl(*given)
        call["kept"] = torch.equal(given[0], real) and torch.equal(given[1], fake)
        call["type"] = type(result).__name__
        if isinstance(result, (torch.Tensor, np.ndarray, float, np.floating)):
            call["got"] = torch.as_tensor(result).detach().double()
    return call


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Findings: a tensor, shape, formula, one or both densities 0, tiny ones, input."""
    calls, errors = obs["calls"], obs["errors"]
    kind = words.kind(calls["plain"], errors.get("plain"))
    findings = [Finding("a tensor", not kind, kind, 0.5)]

    def add(
        title: str, wrong: list[str], say: Callable[..., str], weight: float
    ) -> None:
        text = kind
        if wrong and not kind:
            call = calls[wrong[0]]
            stopped = words.stopped(errors, wrong[0]) if weight else None
            text = stopped or (words.shape if _misshapen(call) else say)(call)
        findings.append(Finding(title, not text, text, weight))

    def wrong(*names: str) -> list[str]:
        return [name for name in names if not _right(calls[name])]

    ordinary = ["plain", *(f"shape {shape}" for shape in SHAPES)]
    add(
        "shape",
        [name for name in ordinary if _misshapen(calls[name])],
        words.shape,
        0.5,
    )
    add("values", wrong(*ordinary), words.formula, 3)
    add("one density 0", wrong("no real", "no fakes"), words.zero, 1)
    add("both densities 0", wrong("neither", "mixed"), words.both, 2)
    add("tiny densities", wrong("tiny"), words.tiny, 1)
    changed = [name for name, call in calls.items() if call.get("kept") is False]
    add("input kept", changed, words.changed, 0.25)
    add("whole numbers", wrong("whole numbers"), words.counts, 0)
    add("broadcasting", wrong("one number for all"), words.one_for_all, 0)
    return findings


def _misshapen(call: dict[str, Any]) -> bool:
    return "got" in call and call["got"].shape != call["real"].shape


def _right(call: dict[str, Any]) -> bool:
    expected = words.right(call["real"], call["fake"])
    got = call.get("got")
    return (
        got is not None
        and got.shape == expected.shape
        and bool(np.allclose(got, expected, atol=words.TOLERANCE, rtol=0))
    )


register(
    Exercise(
        name="optimal_critic",
        lab="01_the_game",
        points=3,
        observe=observe,
        judge=judge,
        promise="values, shapes, one density 0, both 0, tiny densities",
        own="labkit.toy:optimal_critic",
    )
)
register(
    Exercise(
        name="all_modes",
        lab="01_the_game",
        points=1,
        observe=all_modes.observe,
        judge=all_modes_judge.judge,
        promise="a slow critic throughout, and all 8 modes of the ring",
        own="labkit.found:all_modes",
        takes_data=True,
    )
)
