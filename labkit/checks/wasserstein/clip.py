"""Lab 08: `clip_weights`, looked at on a critic whose every number is known."""

from typing import Any

import numpy as np
import torch
from torch import nn

from labkit.checks.spec import Finding, Observation
from labkit.checks.words import error_message, number, told

LIMITS = (0.5, 0.1, 0.5)
TOLERANCE = 1e-6
KNOWN = (
    (
        "leaf Variable that requires grad",
        "torch guards weights against changes that autograd would have to follow",
        "Try: where does this change belong (torch.no_grad())?",
    ),
    (
        "to the desired output type long int",
        "numbers that are no parameters were clipped too",
        "Try: which of parameters(), buffers() and state_dict() is what you need?",
    ),
    (
        "not iterable",
        "something in it cannot be looped over",
        "Try: is it critic.parameters or critic.parameters()?",
    ),
    (
        "'generator' object",
        "critic.parameters() gives the weights one by one, not as one tensor",
        "Try: a loop over them.",
    ),
)


class Clipped(nn.Module):
    """Convolution, BatchNorm, a linear layer and a bare parameter, some frozen."""

    def __init__(self, rng: torch.Generator) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 1)
        )
        self.gain = nn.Parameter(torch.ones(4))
        with torch.no_grad():
            for weight in self.parameters():
                weight.copy_(0.6 * torch.randn(weight.shape, generator=rng))
                weight.flatten()[:2].copy_(torch.tensor([2.0, -2.0])[: weight.numel()])
            self.body[1].running_mean.fill_(3)
            self.body[1].running_var.fill_(7)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.gain.sum() * self.body(images)


def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Clip a critic, and take down every number before and after."""
    obs = Observation()
    obs["calls"] = calls = []
    for limit in LIMITS:
        critic = Clipped(rng).train()
        for weight in critic.parameters():
            weight.grad = torch.full_like(weight, 9.0)
        owned = dict(critic.named_parameters())
        call = {"limit": limit, "names": list(owned)}
        call["before"] = [weight.detach().clone() for weight in owned.values()]
        kept = {name: buffer.clone() for name, buffer in critic.named_buffers()}
        calls.append(call)
        with obs.part(f"call {len(calls)}"):
            result = impl(critic, limit)
            call["type"] = type(result).__name__
        now = dict(critic.named_parameters())
        call["after"] = [weight.detach().clone() for weight in owned.values()]
        call["replaced"] = [name for name in owned if now.get(name) is not owned[name]]
        buffers = dict(critic.named_buffers())
        call["buffers"] = [
            name for name in kept if not torch.equal(kept[name], buffers[name])
        ]
        call["frozen"] = [n for n, weight in now.items() if not weight.requires_grad]
        grads = [weight.grad for weight in now.values()]
        call["grads"] = all(g is not None and bool((g == 9).all()) for g in grads)
        call["training"] = critic.training
    return obs


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Findings: it runs, in place, within the limit, the rest kept, side effects."""
    calls, errors = obs["calls"], obs["errors"]
    stopped = next((errors[part] for part in sorted(errors)), None)
    failed = error_message(stopped, KNOWN) if stopped else ""
    findings = [Finding("it runs", not failed, failed, 0.5)]
    for title, look, weight in (
        ("the same parameters", _replaced, 1),
        ("within the limit", _outside, 3),
        ("weights inside are kept", _inside, 2),
        ("buffers are kept", _buffers, 1),
        ("gradients and mode are kept", _rest, 0.5),
    ):
        text = failed or next(filter(None, map(look, calls)), "")
        findings.append(Finding(title, not text, text, weight))
    return findings


def _replaced(call: dict[str, Any]) -> str:
    if not call["replaced"]:
        return ""
    return told(
        "the parameters were replaced by new ones",
        f"new objects: {_list(call['replaced'])}",
        "The optimiser still holds the old ones: it would train a critic that is gone.",
        "Try: which operations change a tensor in place (their names end in _)?",
    )


def _outside(call: dict[str, Any]) -> str:
    limit, before, after = call["limit"], call["before"], call["after"]
    over = [np.abs(weight).max() > limit + TOLERANCE for weight in after]
    if not any(over):
        return ""
    if all(map(np.array_equal, before, after)):
        if not call["grads"]:
            return told(
                "the gradients were clipped, not the weights",
                "What bounds the critic's slope is the size of its weights.",
                "Try: which attribute of the critic holds the weights themselves?",
            )
        return told(
            "nothing has changed in the critic",
            f"largest weight before: {_largest(before)}, after: {_largest(after)},"
            f" limit {limit}",
            "Try: does your clamp change the weight, or make a new tensor beside it?",
        )
    names = [name for name, bad in zip(call["names"], over, strict=True) if bad]
    worst = max(after, key=lambda weight: np.abs(weight).max())
    shown = f"limit {limit}, but {names[0]} runs from {number(worst.min())} to"
    shown = f"{shown} {number(worst.max())}"
    one_sided = (
        max(weight.max() for weight in after) <= limit + TOLERANCE
        or min(weight.min() for weight in after) >= -limit - TOLERANCE
    )
    if len(names) < len(over) and not one_sided:
        return told(
            "some parameters are not clipped",
            f"beyond {limit} still: {_list(names)}",
            "Any layer left alone can be as steep as it likes, and so can the critic.",
            "Try: does your loop skip biases, BatchNorm or bare parameters?",
        )
    if all(weight.max() <= limit + TOLERANCE for weight in after):
        why = "Large negative weights are as steep as large positive ones."
    elif all(weight.min() >= -limit - TOLERANCE for weight in after):
        why = "Large positive weights are as steep as large negative ones."
    else:
        why = "A critic is only as smooth as its largest weight lets it be."
    return told(
        "weights lie beyond the limit",
        shown,
        why,
        "Try: what are the smallest and the largest value that a weight may have?",
    )


def _inside(call: dict[str, Any]) -> str:
    limit = call["limit"]
    for name, before, after in zip(
        call["names"], call["before"], call["after"], strict=True
    ):
        wanted = np.clip(before, -limit, limit)
        off = np.abs(after - wanted)
        if off.max() > TOLERANCE:
            at = np.unravel_index(off.argmax(), off.shape)
            return told(
                "clipping cuts what is beyond the limit; yours does something else",
                f"{name}, limit {limit}: {number(before[at], 3)} became"
                f" {number(after[at], 3)}, expected {number(wanted[at], 3)}",
                "What lies between -limit and limit has been learnt and stays as it is.",
                "Try: is the limit fixed, rescaled, or used for the sign only?",
            )
    return ""


def _buffers(call: dict[str, Any]) -> str:
    if not call["buffers"]:
        return ""
    return told(
        "numbers that are no parameters were clipped too",
        f"changed: {_list(call['buffers'])}",
        "BatchNorm's running mean and variance are measured, not learnt: cut them and",
        "the critic misjudges every image in eval mode.",
        "Try: which of parameters() and state_dict() holds more than you need?",
    )


def _rest(call: dict[str, Any]) -> str:
    if call["frozen"]:
        return told(
            "parameters no longer require a gradient",
            f"frozen: {_list(call['frozen'])}",
            "In its next step the critic would learn nothing.",
            "Try: what do you switch off, and do you switch it on again?",
        )
    if not call["training"]:
        return told(
            "the critic is left in eval mode",
            "Try: does clipping need eval()?",
        )
    if not call["grads"]:
        return told(
            "the gradients were changed",
            "The limit is for the weights; .grad belongs to the optimiser.",
            "Try: which of your lines touches .grad?",
        )
    return ""


def _largest(weights: list[np.ndarray]) -> str:
    return number(max(np.abs(weight).max() for weight in weights))


def _list(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
