"""Lab 04: `critic_loss`, `generator_loss` and `minimax_generator_loss`.

Each is called on random batches of several shapes, whose values are fitted
(`losses_fit`), on a few batches that can be worked out in the head, and on logits of
±200. The gradients are kept beside the values.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from labkit.checks.losses import handling
from labkit.checks.losses import values as numbers
from labkit.checks.losses.calls import (
    CRITIC_CASES,
    FAR,
    GENERATOR_CASES,
    PAIRS,
    Calls,
)
from labkit.checks.spec import Exercise, Finding, Observation, register

SMOOTHING = 0.2
# Sizes of (real, fake); the first is the plainest.
BATCHES = ((6, 6), (4, 4), (3, 3), (2, 2), (5, 5), (2, 2), (8, 3), (2, 7), (1, 1))


def observe(name: str, impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Call a loss on random batches and on the cases above."""
    obs = Observation()
    calls = obs["calls"] = []
    pair = name in PAIRS

    def call(group: str, logits: Sequence[Tensor], *args: Any, **options: Any) -> None:
        calls.append(_call(obs, f"{group} {len(calls)}", impl, logits, args, options))
        calls[-1]["group"] = group

    def batch(sizes: Sequence[int], column: bool = False) -> list[Tensor]:
        drawn = [3 * torch.randn(size, generator=rng) for size in sizes]
        if not pair:
            drawn = drawn[1:]
        return [part[:, None] for part in drawn] if column else drawn

    for sizes in BATCHES:
        group = "one" if sizes == (1, 1) else "row" if len({*sizes}) == 1 else "unequal"
        call(group, batch(sizes))
        call("column" if group == "row" else f"{group} column", batch(sizes, True))
    calls.append({**calls[0], "group": "again"})
    again = [torch.tensor(part) for part in calls[0]["logits"]]
    call("again", again)
    for case, logits in (CRITIC_CASES if pair else GENERATOR_CASES).items():
        call(case, [torch.tensor(part, dtype=torch.float32) for part in logits])
    if name == "critic_loss":
        call("explicit zero", batch((5, 5)), 0.0)
        call("keyword", batch((5, 3)), smoothing=0.35)
        for sizes in (*BATCHES[:6], *BATCHES[:4]):
            call("smoothed", batch(sizes), SMOOTHING)
    return obs


def _call(
    obs: Observation,
    part: str,
    impl: Any,
    logits: Sequence[Tensor],
    args: tuple,
    options: dict[str, Any],
) -> dict[str, Any]:
    """Call `impl` once and take down value, gradients and what became of the input."""
    leaves = [tensor.clone().requires_grad_() for tensor in logits]
    given = [leaf * 1 for leaf in leaves]  # like a critic's output: not a leaf
    call = {
        "part": part,
        "logits": [tensor.tolist() for tensor in logits],
        "shape": list(logits[-1].shape),
        "sizes": [len(tensor) for tensor in logits],
        "smoothing": [*args, *options.values(), 0.0][0],
    }
    with obs.part(part):
        result = impl(*given, *args, **options)
        call["type"] = type(result).__name__
        if isinstance(result, Tensor):
            call |= {"numel": result.numel(), "result": list(result.shape)}
        elif not isinstance(result, (float, int, np.number)):
            return call
        if call.get("numel", 1) == 1:
            call["value"] = float(result)
        call["kept"] = all(map(torch.equal, given, logits))
        call["graph"] = isinstance(result, Tensor) and result.requires_grad
        if call["graph"] and "value" in call:
            slopes = torch.autograd.grad(result.sum(), leaves, allow_unused=True)
            call["slopes"] = [None if s is None else float(s.sum()) for s in slopes]
    return call


def judge(name: str, obs: dict[str, Any]) -> list[Finding]:
    """Findings: one number, shapes, values, sizes, smoothing, ±200, gradient, input."""
    calls = Calls(name, obs)
    sizes = ["one", "one column"] + ["unequal", "unequal column"] * (name in PAIRS)
    kind = handling.kind(calls)
    unseen = "value" not in calls.of("row")[0]
    findings = [Finding("one number, a tensor", not kind, kind, 0.5)]

    def add(title: str, wrong: Any, message: Callable[..., str], weight: float) -> None:
        passed = not wrong and not unseen
        text = "" if passed else kind if unseen else message(calls, wrong)
        findings.append(Finding(title, passed, text, weight))

    first, second = calls.of("again")
    luck = not np.array_equal(
        *(float(call.get("value", np.nan)) for call in (first, second)), equal_nan=True
    )
    add("the same every time", luck, handling.luck, 0.25)
    values = calls.wrong("row", *calls.cases, "explicit zero")
    add("values", values, numbers.values, 3)
    shapes = values or calls.wrong("column", *sizes)
    add("shapes (B,) and (B, 1), any sizes", shapes, numbers.shapes, 1)
    add("±200 logits", calls.wrong(*FAR), numbers.far, 1)
    if name == "critic_loss":
        add("smoothing", calls.wrong("keyword", "smoothed"), numbers.smoothing, 1.5)
    add("gradient", calls.cut(), handling.gradient, 1.5)
    changed = [call for call in calls.all if call.get("kept") is False]
    add("input kept", changed, handling.changed, 0.25)
    return findings


def _exercise(name: str, points: float, promise: str, also: Sequence[str]) -> Exercise:
    return Exercise(
        name=name,
        lab="04_losses",
        points=points,
        observe=partial(observe, name),
        judge=partial(judge, name),
        promise=promise,
        own=f"labkit.losses:{name}",
        also=tuple(f"labkit.losses:{loss}_loss" for loss in also),
    )


PROMISE = "values, signs, ±200 logits, (B,) and (B, 1), "
RELATIVISTIC = "relativistic_critic", "relativistic_generator"  # with 0 for the others
register(
    _exercise(
        "critic_loss",
        4,
        PROMISE + "smoothing, gradients",
        also=("flipped_critic", *RELATIVISTIC),
    )
)
register(_exercise("generator_loss", 3, PROMISE + "gradients", also=RELATIVISTIC))
register(
    _exercise("minimax_generator_loss", 3, PROMISE + "gradients", also=RELATIVISTIC)
)
