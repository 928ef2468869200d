"""Lab 03, exercise upsample_block: double the picture without a checkerboard."""

from typing import Any

import torch
from torch import Tensor, nn

from labkit.checks.network import probes
from labkit.checks.network.errors import network_error
from labkit.checks.network.findings import kept_finding, mode_finding, steady_findings
from labkit.checks.network.wiring import advice, wiring_findings
from labkit.checks.network.words import no_module, picture_shape, shape_text
from labkit.checks.spec import Exercise, Finding, Observation
from labkit.checks.words import number, numbers, told
from labkit.overlap import ripple

# (in_channels, out_channels, batch, height, width); 32 channels suit GroupNorm too.
SHAPES = {
    "7": (64, 32, 7, 7, 7),
    "14": (32, 64, 2, 14, 14),
    "odd": (32, 32, 2, 5, 3),
    "one": (96, 32, 1, 8, 8),
}
CALL = "upsample_block(64, 32)"


def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Run blocks of several sizes, then look at one of 64 → 32 channels closely."""
    obs = Observation()
    obs["shapes"] = {}
    with obs.part("kind"):
        block = impl(64, 32)
        obs["module"] = isinstance(block, nn.Module)
        obs["kind"] = type(block).__name__
    if not obs.get("module"):
        return obs
    for name, (before, after, *size) in SHAPES.items():
        with obs.part(name):
            inputs = torch.randn(size[0], before, *size[1:], generator=rng)
            obs["shapes"][name] = probes.described(impl(before, after).eval()(inputs))
    features = torch.randn(4, 64, 6, 6, generator=rng)
    seed = int(torch.randint(2**31, (), generator=rng))

    def fresh() -> nn.Module:
        return probes.ready(impl(64, 32), features)

    with obs.part("kept"):
        given = features.clone()
        fresh().eval()(given)
        obs["kept"] = torch.equal(given, features)
    with obs.part("wiring"):
        obs["wiring"] = probes.wiring(fresh(), features.clone(), rng)
        obs["batchnorm"] = probes.batchnorm(fresh())
    with obs.part("flat"):
        obs["flat"] = _ripple(probes.moved(fresh(), seed), rng)
    with obs.part("neighbours"):
        obs["neighbours"] = _neighbours(probes.moved(fresh(), seed), rng)
    with obs.part("steady"):
        obs["steady"] = probes.steadiness(fresh(), features.clone())
    with obs.part("modes"):
        obs["modes"] = probes.modes(fresh(), features.clone())
    with obs.part("habits"):
        others = 30 * torch.randn(3, *features.shape, generator=rng)
        obs["bend"] = probes.bend(probes.moved(fresh(), seed).eval(), *others)
        obs["tiles"] = probes.tiled(fresh().eval()(features.clone()))
    return obs


@torch.no_grad()
def _ripple(block: nn.Module, rng: torch.Generator) -> dict[str, Any]:
    """Show it flat pictures, one colour per channel, and look away from the border.

    Returns:
        ripple: as lab 03's pictures have it; row: four neighbours where there is most
        of it.
    """
    flat = torch.randn(4, 64, 1, 1, generator=rng).expand(4, 64, 12, 12)
    inner = block.eval()(flat.clone())[:, :, 8:16, 8:16].double()
    lines = torch.cat([inner.flatten(0, 2), inner.mT.flatten(0, 2)])[:, :4]
    row = lines[lines.std(dim=1).argmax()]
    return {"ripple": ripple(inner, border=0), "row": row}


def _neighbours(block: nn.Module, rng: torch.Generator) -> float:
    """Ask whether learnt weights, not only the resizing, join neighbouring pixels.

    If only the resizing does, one output pixel depends on all input channels through
    one and the same pattern of pixels, and the table channels × pixels has rank 1.

    Returns:
        Its second singular value by its first.
    """
    inputs = torch.randn(1, 64, 8, 8, generator=rng, requires_grad=True)
    pixel = block.eval()(1 * inputs)[0, :, 7, 7]
    (pixel * torch.randn(pixel.shape, generator=rng)).sum().backward()
    values = torch.linalg.svdvals(_table(inputs.grad))
    return float(values[1] / (values[0] + 1e-30))


def _table(slopes: Tensor | None) -> Tensor:
    return torch.zeros(64, 64) if slopes is None else slopes[0].flatten(1)


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Shape, registered layers, flat stays flat, learnt neighbours, modes."""
    if not obs.get("module"):
        return [Finding("a module", False, no_module(obs, CALL), 10)]
    flat, steady = [_flat(obs)], steady_findings(obs, "outputs", "picture", 1)
    return [
        Finding("a module", True, weight=0.5),
        _doubles(obs, ["7", "14"], "doubles height and width", 3),
        _doubles(obs, ["odd", "one"], "odd sizes, batch of one", 1),
        kept_finding(obs, 0.5),
        *wiring_findings(obs, "block", 1.5),
        # what is random in eval mode is no checkerboard
        *(flat + steady if steady[0].passed else steady + flat),
        _joins(obs),
        mode_finding(obs, 0.5),
        *advice(obs),
        *_habits(obs),
    ]


def _doubles(
    obs: dict[str, Any], names: list[str], title: str, weight: float
) -> Finding:
    for name in names:
        before, after, batch, height, width = SHAPES[name]
        given = [batch, before, height, width]
        expected = [batch, after, 2 * height, 2 * width]
        got = obs["shapes"].get(name)
        if got is None:
            where = f"for input {shape_text(given)}"
            text = network_error(obs["errors"].get(name), where, batch)
        else:
            text = picture_shape(
                got, given, expected, "Each block doubles it: 7 → 14 → 28."
            )
        if text:
            return Finding(title, False, text, weight)
    return Finding(title, True, weight=weight)


def _flat(obs: dict[str, Any]) -> Finding:
    found = obs.get("flat")
    if found is None:
        text, fine = network_error(obs["errors"].get("flat"), "for a flat input"), False
    else:
        fine = found["ripple"] < 1e-3
        text = told(
            f"a flat input comes out chequered (ripple {number(found['ripple'])})",
            f"Neighbouring pixels of one map: {numbers(found['row'])}; expected: equal.",
            "This pattern lies over every image of the generator, and a critic sees it.",
            "Try: does each new pixel get the same sum of weights? What if you resize",
            "first, and convolve then?",
        )
    return Finding("flat stays flat", fine, text, 4)


def _joins(obs: dict[str, Any]) -> Finding:
    ratio = obs.get("neighbours")
    if ratio is None:
        error = obs["errors"].get("neighbours")
        text, fine = network_error(error, "with gradients"), False
    else:
        fine = ratio > 0.05
        text = told(
            "no learnt weight joins neighbouring pixels",
            "Each output pixel sees its surroundings, if at all, through the resizing.",
            "Strokes and edges have to be learnt by somebody: resizing only enlarges.",
            "Try: how wide is the kernel of your convolution?",
        )
    return Finding("neighbours joined", fine, text, 1.5)


def _habits(obs: dict[str, Any]) -> list[Finding]:
    bend = obs.get("bend") or {"bend": 1.0, "scale": 1.0}
    linear = told(
        "there is no activation in your block",
        "Right as it is, if your generator puts one between two blocks.",
        "What are two linear blocks in a row, taken together?",
    )
    tiled = told(
        "the four pixels of each 2×2 square are always equal",
        "Right as it is, if another convolution follows at the larger size.",
        "What if you resize first, and convolve then?",
    )
    bent = bend["bend"] > 1e-3 * bend["scale"]
    return [
        Finding("an activation", bent, linear, weight=0),
        Finding("convolves last", not obs.get("tiles"), tiled, weight=0),
    ]


EXERCISE = Exercise(
    name="upsample_block",
    lab="03_generator",
    points=3,
    observe=observe,
    judge=judge,
    promise="7 → 14 → 28, flat stays flat, learnt neighbours, both modes",
    own="labkit.models:upsample_block",
)
