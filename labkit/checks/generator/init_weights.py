"""Lab 03, exercise init_weights: DCGAN's start, by network.apply."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from labkit.checks.generator.init_words import biases_told, stopped, weights_told
from labkit.checks.spec import Exercise, Finding, Observation
from labkit.checks.words import told

WIDE = 4096  # channels of the BatchNorm layers, so that mean and spread are sharp


class Wrapped(nn.Module):
    """A block with a telling name and no weight of its own."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer


class ConvBlock(Wrapped):
    """As students call theirs: it contains a convolution and is none."""


def _layers() -> dict[str, nn.Module]:
    return {
        "conv": nn.Conv2d(32, 64, 3),
        "transposed": nn.ConvTranspose2d(32, 64, 4),
        "batchnorm": nn.BatchNorm2d(WIDE),
        "linear": nn.Linear(100, 64),
        "no bias": nn.Conv2d(32, 64, 3, bias=False),
        "no affine": nn.BatchNorm2d(8, affine=False),
    }


def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Apply it to layers whose weights are far from any start, and measure them."""
    obs = Observation()
    for name, layer in _layers().items():
        with obs.part(name):
            _spoil(layer, rng)
            before = copy.deepcopy(layer)
            Wrapped(nn.Sequential(layer)).apply(impl)
            obs[name] = _measured(layer, before)
    with obs.part("twins"):
        twins = nn.Sequential(nn.Conv2d(8, 8, 3), nn.Conv2d(8, 8, 3))
        twins.apply(impl)
        one, two = (twin.weight.detach() for twin in twins)
        obs["twins"] = torch.equal(one, two) or torch.equal(one[0], one[1])
    with obs.part("named"):
        ConvBlock(nn.Conv2d(8, 8, 3)).apply(impl)
        obs["named"] = True
    return obs


@torch.no_grad()
def _spoil(layer: nn.Module, rng: torch.Generator) -> None:
    """Give a layer weights around 5: a start that is right by luck must not help."""
    for weight in layer.parameters():
        weight.copy_(5 + 3 * torch.randn(weight.shape, generator=rng))


def _measured(layer: nn.Module, before: nn.Module) -> dict[str, Any]:
    """Measure what became of weight and bias."""
    found: dict[str, Any] = {}
    for name, old in before.named_parameters():
        new = getattr(layer, name, None)
        if not isinstance(new, Tensor) or new.shape != old.shape:
            found[name] = {"lost": True}
            continue
        values = new.detach().double()
        off = values - values.mean()
        found[name] = {
            "lost": False,
            "same": torch.equal(new, old),
            "mean": float(values.mean()),
            "std": float(off.pow(2).mean().sqrt()),
            "tails": float(off.pow(4).mean() / (off.pow(2).mean() ** 2 + 1e-60)),
            "largest": float(values.abs().max()),
            "dtype": str(new.dtype).removeprefix("torch."),
            "learns": isinstance(new, nn.Parameter) and new.requires_grad,
        }
    return found


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Weights and biases of each kind of layer; Linear left alone."""
    return [
        *_drawn(obs, "conv", "convolutions", 0.0, 2),
        *_drawn(obs, "transposed", "transposed convolutions", 0.0, 1),
        *_drawn(obs, "batchnorm", "BatchNorm layers", 1.0, 2),
        *_drawn(obs, "no bias", "bias-free convolutions", 0.0, 0.5),
        _no_affine(obs),
        _linear(obs),
        _twins(obs),
        _by_name(obs),
    ]


def _drawn(
    obs: dict[str, Any], kind: str, name: str, mean: float, points: float
) -> list[Finding]:
    found = obs.get(kind)
    if found is None:
        text = stopped(obs, kind, f"for {name}")
        findings = [Finding(f"weights of {name}", False, text, points)]
        if kind != "no bias":
            findings.append(Finding(f"biases of {name}", False, text, points / 4))
        return findings
    findings = [
        Finding(
            f"weights of {name}",
            _is_drawn(found["weight"], mean),
            weights_told(found["weight"], name, mean),
            points,
        )
    ]
    if "bias" in found:
        bias = found["bias"]
        zero = not bias["lost"] and bias["largest"] == 0 and bias["learns"]
        text = biases_told(bias, name)
        findings.append(Finding(f"biases of {name}", zero, text, points / 4))
    return findings


def _is_drawn(weight: dict[str, Any], mean: float) -> bool:
    return (
        not weight["lost"]
        and abs(weight["mean"] - mean) < 0.003
        and abs(weight["std"] - 0.02) < 0.002
        and 2.2 < weight["tails"] < 4
        and weight["dtype"] == "float32"
        and weight["learns"]
    )


def _no_affine(obs: dict[str, Any]) -> Finding:
    text = stopped(obs, "no affine", "for BatchNorm2d(8, affine=False)")
    return Finding("BatchNorm without weights", "no affine" in obs, text, 0.5)


def _linear(obs: dict[str, Any]) -> Finding:
    found = obs.get("linear")
    if found is None:
        text = stopped(obs, "linear", "for Linear layers")
        return Finding("Linear left alone", False, text, 1)
    fine = all(not part["lost"] and part["same"] for part in found.values())
    text = told(
        "a Linear layer is changed, it should stay as it was",
        "PyTorch's own start fits Linear layers: it depends on how many inputs they have.",
        "Try: which layers pass your test for the kind?",
    )
    return Finding("Linear left alone", fine, text, 1)


def _twins(obs: dict[str, Any]) -> Finding:
    text = told(
        "layers or channels get exactly the same weights as others",
        "Two convolutions, or two channels of one, are equal to the last digit.",
        "What starts alike gets the same gradients, and stays alike.",
        "Try: is there a manual_seed in it, or is one draw used several times?",
    )
    if "twins" not in obs:
        text = stopped(obs, "twins", "for two convolutions")
    return Finding("layers differ", obs.get("twins") is False, text, 0.5)


def _by_name(obs: dict[str, Any]) -> Finding:
    return Finding(
        "kinds, not names",
        "named" in obs,
        told(
            "a block called ConvBlock stops it, as it has no weight of its own",
            "Which question about a layer does not depend on what a class is called?",
        ),
        weight=0,
    )


EXERCISE = Exercise(
    name="init_weights",
    lab="03_generator",
    points=2,
    observe=observe,
    judge=judge,
    promise="convolutions N(0, 0.02), BatchNorm N(1, 0.02), biases 0, Linear as was",
    own="labkit.models:init_weights",
)
