"""Lab 05: `make_optimizers`, observed: how the two optimisers move weights.

Weights that start at 0 and are given growing gradients of one sign: there weight decay
and AMSGrad make no difference, so Adam and AdamW in all their variants move alike, and
every other rule, rate or memory moves differently.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from labkit.checks.probes import flat
from labkit.checks.spec import Observation
from labkit.checks.training.optimizers_judge import PLAYERS, judge

__all__ = ["judge", "observe"]

Data = dict[str, Any]
DEFAULTS = (2e-4, (0.5, 0.999))
GRADIENTS = (1.0,) * 20 + (30.0, 40.0)  # the jump tells the second beta


class Weights(nn.Module):
    """A little of everything that has weights: layers, a nested one, a bare one."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, width, 3), nn.BatchNorm2d(width), nn.Linear(width, 2)
        )
        self.scale = nn.Parameter(torch.ones(1))
        for weight in self.parameters():
            nn.init.zeros_(weight)


def observe(make: Callable[..., Any], rng: torch.Generator) -> Data:
    """Make optimisers with the defaults and with other numbers, and let them step."""
    lr = 1e-3 * (1 + float(torch.rand((), generator=rng)))
    betas = (
        0.2 + 0.2 * float(torch.rand((), generator=rng)),
        0.9 + 0.05 * float(torch.rand((), generator=rng)),
    )
    obs = Observation()
    obs["defaults"] = obs["given"] = None
    with obs.part("defaults"):
        obs["defaults"] = _trial(make, *DEFAULTS, given={})
    with obs.part("given"):
        obs["given"] = _trial(make, lr, betas, {"lr": lr, "betas": betas})
    return obs


def _trial(
    make: Callable[..., Any], lr: float, betas: tuple[float, float], given: Data
) -> Data:
    """Call `make` once; tell what came, and how each optimiser moves each network."""
    networks = dict(zip(PLAYERS, (Weights(2), Weights(3)), strict=True))
    returned = make(networks["critic"], networks["generator"], **given)
    pair = list(returned) if isinstance(returned, (tuple, list)) else []
    return {
        "lr": lr,
        "betas": betas,
        "type": type(returned).__name__,
        "length": len(pair),
        "types": [type(each).__name__ for each in pair],
        "steps": [callable(getattr(each, "step", None)) for each in pair],
        "groups": [_groups(each) for each in pair],
        "moves": [_moves(each, networks) for each in pair if hasattr(each, "step")],
        "adam": _adam_moves(lr, betas),
    }


def _groups(optimizer: Any) -> list[Data]:
    """Read the settings that an optimiser shows, as far as it does."""
    groups = getattr(optimizer, "param_groups", [])
    return [
        {
            "lr": float(group["lr"]) if "lr" in group else None,
            "betas": [float(beta) for beta in group.get("betas", ())],
            "maximize": bool(group.get("maximize", False)),
        }
        for group in groups
    ]


def _moves(optimizer: Optimizer, networks: dict[str, nn.Module]) -> Data:
    """Let one optimiser step; return how every step moves each network's weights."""
    moves: Data = {name: [] for name in networks}
    for network in networks.values():
        for weight in network.parameters():
            nn.init.zeros_(weight)
    for gradient in GRADIENTS:
        for network in networks.values():
            for weight in network.parameters():
                weight.grad = torch.full_like(weight, gradient)
        before = {
            name: flat(network.parameters()) for name, network in networks.items()
        }
        optimizer.step()
        for name, network in networks.items():
            moves[name].append(flat(network.parameters()) - before[name])
    return moves


def _adam_moves(lr: float, betas: tuple[float, float]) -> list[float]:
    """The moves of one weight under Adam (Kingma and Ba 2015, algorithm 1)."""
    mean = square = 0.0
    moves = []
    for time, gradient in enumerate(GRADIENTS, 1):
        mean = betas[0] * mean + (1 - betas[0]) * gradient
        square = betas[1] * square + (1 - betas[1]) * gradient**2
        unbiased = square / (1 - betas[1] ** time)
        moves.append(-lr * mean / (1 - betas[0] ** time) / unbiased**0.5)
    return moves
