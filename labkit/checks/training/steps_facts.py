"""The numbers a training step is compared with, worked out independently in float64."""

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def critic_facts(
    critic: nn.Module, generator: nn.Module, real: Tensor, z: Tensor
) -> dict[str, Any]:
    """Logits, losses and gradient parts of a critic's step.

    The gradient of any cross-entropy is a mix of four vectors: for real images and for
    fakes, the mean of D(x)·∂x and the mean of ∂x, where x are the logits. The labels
    are the weights of the latter two.

    Returns:
        "fake", "real_logits", "fake_logits", "parts" (4, P), "mix" (4,), "gradient"
        (P,), "losses": the right one, and what well-known mistakes would give.
    """
    critic, generator = _twin(critic), _twin(generator)
    with torch.no_grad():
        fake = generator(z.double())
    reals, fakes = critic(real.double()), critic(fake)
    parts = torch.stack(
        [part for logits in (reals, fakes) for part in _parts(logits, critic)]
    )
    mix = torch.tensor([0.5, -0.5, 0.5, 0.0], dtype=torch.float64)
    return {
        "fake": fake,
        "real_logits": reals,
        "fake_logits": fakes,
        "parts": parts,
        "mix": mix,
        "gradient": mix @ parts,
        "losses": _critic_losses(reals.detach(), fakes.detach()),
    }


def generator_facts(
    critic: nn.Module, generator: nn.Module, z: Tensor
) -> dict[str, Any]:
    """Logits, losses and gradient parts of a generator's step; see `critic_facts`."""
    critic, generator = _twin(critic), _twin(generator)
    fake = generator(z.double())
    fakes = critic(fake)
    parts = torch.stack(_parts(fakes, generator))
    mix = torch.tensor([1.0, -1.0], dtype=torch.float64)
    return {
        "fake": fake,
        "fake_logits": fakes,
        "parts": parts,
        "mix": mix,
        "gradient": mix @ parts,
        "losses": _generator_losses(fakes.detach()),
    }


def _twin(network: nn.Module) -> nn.Module:
    """Copy a network in float64."""
    return copy.deepcopy(network).double()


def _parts(logits: Tensor, network: nn.Module) -> list[Tensor]:
    """Return the network's gradients of mean(D·logits), D held fixed, and of mean."""
    weights = list(network.parameters())
    means = (logits.sigmoid().detach() * logits).mean(), logits.mean()
    gradients = [torch.autograd.grad(m, weights, retain_graph=True) for m in means]
    return [torch.cat([part.flatten() for part in each]) for each in gradients]


def bce(logits: Tensor, label: float) -> float:
    """Mean cross-entropy of logits against one label."""
    return float((F.softplus(logits) - label * logits).mean())


def _critic_losses(real: Tensor, fake: Tensor) -> dict[str, float]:
    """The critic's loss and its well-known misreadings, by name."""
    right = bce(real, 1), bce(fake, 0)
    swapped = bce(real, 0), bce(fake, 1)
    twice = bce(real.sigmoid(), 1), bce(fake.sigmoid(), 0)
    wasserstein = float(fake.mean() - real.mean())
    squares = [
        float((a - 1).square().mean() + b.square().mean())
        for a, b in ((real, fake), (real.sigmoid(), fake.sigmoid()))
    ]
    hinge = float(F.relu(1 - real).mean() + F.relu(1 + fake).mean())
    return {
        "right": sum(right) / 2,
        "sum": sum(right),
        "half": sum(right) / 4,
        "sum of images": right[0] * len(real) + right[1] * len(fake),
        "half sum of images": (right[0] * len(real) + right[1] * len(fake)) / 2,
        "negative": -sum(right) / 2,
        "negative sum": -sum(right),
        "swapped": sum(swapped) / 2,
        "swapped sum": sum(swapped),
        "real only": right[0],
        "half real only": right[0] / 2,
        "fake only": right[1],
        "half fake only": right[1] / 2,
        "fakes as real": (right[0] + swapped[1]) / 2,
        "fakes as real sum": right[0] + swapped[1],
        "reals as fake": (swapped[0] + right[1]) / 2,
        "reals as fake sum": swapped[0] + right[1],
        "difference": right[0] - right[1],
        "generator's": swapped[1],
        "sigmoid twice": sum(twice) / 2,
        "sigmoid twice sum": sum(twice),
        "wasserstein": wasserstein,
        "least squares": squares[0],
        "half least squares": squares[0] / 2,
        "least squares of D": squares[1],
        "half least squares of D": squares[1] / 2,
        "hinge": hinge,
        "half hinge": hinge / 2,
        **_smoothed(real, fake),
    }


def _smoothed(real: Tensor, fake: Tensor) -> dict[str, float]:
    """Losses with smoothed labels, one-sided and two-sided, mean and sum."""
    losses = {}
    for label in (0.9, 0.8, 0.7):
        one = bce(real, label) + bce(fake, 0)
        two = bce(real, label) + bce(fake, 1 - label)
        losses[f"smoothed {label}"] = one / 2
        losses[f"smoothed {label} sum"] = one
        losses[f"smoothed {label} both"] = two / 2
        losses[f"smoothed {label} both sum"] = two
    return losses


def _generator_losses(fake: Tensor) -> dict[str, float]:
    """The generator's loss and its well-known misreadings, by name."""
    right = bce(fake, 1)
    return {
        "right": right,
        "minimax": -bce(fake, 0),
        "label 0": bce(fake, 0),
        "negative": -right,
        "half": right / 2,
        "sum": 2 * right,
        "sum of images": right * len(fake),
        "sigmoid twice": bce(fake.sigmoid(), 1),
        "wasserstein": float(-fake.mean()),
        "negative wasserstein": float(fake.mean()),
        "mean D": float(fake.sigmoid().mean()),
        "least squares": float((fake - 1).square().mean()),
        "least squares of D": float((fake.sigmoid() - 1).square().mean()),
        **{f"smoothed {label}": bce(fake, label) for label in (0.9, 0.8, 0.7)},
    }
