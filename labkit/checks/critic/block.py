"""Lab 02, exercise critic_block: halve the picture, bend, drop."""

from typing import Any

import torch
from torch import nn

from labkit.checks.network import probes
from labkit.checks.network.dropout import dropout_findings
from labkit.checks.network.errors import network_error
from labkit.checks.network.findings import (
    bend_finding,
    kept_finding,
    mode_finding,
    reach_finding,
    steady_findings,
)
from labkit.checks.network.wiring import advice, wiring_findings
from labkit.checks.network.words import no_module, picture_shape, shape_text
from labkit.checks.spec import Exercise, Finding, Observation
from labkit.checks.words import told

# (in_channels, out_channels, batch, height, width); 32 channels suit GroupNorm too.
SHAPES = {
    "28": (1, 32, 7, 28, 28),
    "14": (32, 64, 2, 14, 14),
    "7": (64, 96, 2, 7, 7),
    "one": (3, 32, 1, 32, 32),
    "oblong": (96, 32, 2, 9, 16),
}
RULE = "Each block halves it, odd sizes rounded up: 28 → 14 → 7 → 4."


def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Run blocks of several sizes, then look at one of 3 → 32 channels closely."""
    obs = Observation()
    obs["shapes"] = {}
    with obs.part("kind"):
        block = probes.build(impl, 3, 32, dropout=0.3)
        obs["module"] = isinstance(block, nn.Module)
        obs["kind"] = type(block).__name__
    if not obs.get("module"):
        return obs
    for name, (before, after, *size) in SHAPES.items():
        with obs.part(name):
            block = probes.build(impl, before, after, dropout=0.3).eval()
            inputs = torch.randn(size[0], before, *size[1:], generator=rng)
            obs["shapes"][name] = probes.described(block(inputs))
    seed = int(torch.randint(2**31, (), generator=rng))

    def fresh(dropout: float = 0.0) -> nn.Module:
        torch.manual_seed(seed)
        return probes.ready(probes.build(impl, 3, 32, dropout=dropout), images)

    images = probes.noise_images(8, (3, 12, 12), rng)
    with obs.part("kept"):
        given = images.clone()
        fresh().eval()(given)
        obs["kept"] = torch.equal(given, images)
    with obs.part("wiring"):
        obs["wiring"] = probes.wiring(fresh(), images.clone(), rng)
    with obs.part("batchnorm"):
        obs["batchnorm"] = probes.batchnorm(fresh())
    with obs.part("bend"):
        others = 30 * torch.randn(3, *images.shape, generator=rng)
        block = probes.moved(fresh(), seed).eval()
        obs["bend"] = probes.bend(block, *others)
        obs["zeros"] = float((block(images.clone()) == 0).float().mean())
    with obs.part("reach"):
        obs["reach"] = float(
            probes.reach(probes.moved(fresh(), seed), images, rng).float().mean()
        )
    with obs.part("dropout"):
        obs["dropout"] = {
            name: probes.unrest(probes.moved(fresh(p), seed), images.clone())
            for name, p in (("none", 0.0), ("little", 0.1), ("much", 0.8))
        }
    with obs.part("steady"):
        obs["steady"] = probes.steadiness(fresh(0.5), images.clone())
    with obs.part("modes"):
        obs["modes"] = probes.modes(fresh(0.5), images.clone())
    return obs


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Shape, registered layers, a bend, every pixel, dropout, modes."""
    if not obs.get("module"):
        return [
            Finding("a module", False, no_module(obs, "critic_block(3, 32, 0.3)"), 10)
        ]
    return [
        Finding("a module", True, weight=0.5),
        _halves(obs, ["28", "14"], "halves height and width", 3),
        _halves(obs, ["7"], "7 becomes 4", 1),
        _halves(obs, ["one", "oblong"], "batch of one, oblong pictures", 0.5),
        kept_finding(obs, 0.5),
        *wiring_findings(obs, "block", 1.5),
        bend_finding(obs, "your block is linear: there is no activation in it", 2),
        reach_finding(obs, "the output of your block", 1),
        mode_finding(obs, 0.5),
        *dropout_findings(obs, 1.5),
        *steady_findings(obs, "outputs", "picture", 1),
        *advice(obs),
        _half_off(obs),
    ]


def _halves(
    obs: dict[str, Any], names: list[str], title: str, weight: float
) -> Finding:
    for name in names:
        before, after, batch, height, width = SHAPES[name]
        given = [batch, before, height, width]
        expected = [batch, after, (height + 1) // 2, (width + 1) // 2]
        got = obs["shapes"].get(name)
        if got is None:
            where = f"for input {shape_text(given)}"
            text = network_error(obs["errors"].get(name), where, batch)
        else:
            text = picture_shape(got, given, expected, RULE)
        if text:
            return Finding(title, False, text, weight)
    return Finding(title, True, weight=weight)


def _half_off(obs: dict[str, Any]) -> Finding:
    zeros = obs.get("zeros", 0.0)
    return Finding(
        "gradient below 0",
        zeros < 0.2,
        told(
            f"{zeros:.0%} of the outputs are exactly 0",
            "No gradient passes there on its way back to the generator.",
            "Which activation has a slope below 0 too?",
        ),
        weight=0,
    )


EXERCISE = Exercise(
    name="critic_block",
    lab="02_critic",
    points=3,
    observe=observe,
    judge=judge,
    promise="28 → 14 → 7 → 4, an activation, every pixel, dropout, both modes",
    own="labkit.models:critic_block",
)
