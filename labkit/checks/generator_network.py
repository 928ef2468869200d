"""Lab 03, exercise Generator: from z to images in [-1, 1]."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from labkit.checks import network_probes as probes
from labkit.checks.generator_words import (
    ignored_told,
    image_shape_told,
    range_told,
    still_told,
    tiles_told,
)
from labkit.checks.network_errors import network_error
from labkit.checks.network_findings import mode_finding, steady_findings
from labkit.checks.network_training import drive, fast_tiny_numbers
from labkit.checks.network_wiring import advice, batchnorm_finding, wiring_findings
from labkit.checks.network_words import same_size_told
from labkit.checks.spec import Exercise, Finding, Observation, register
from labkit.checks.words import number, told

BASE = 64  # base_channels in the probes: a quarter of the default's time per layer
LATENT = 20
# name -> (image_shape, latent_dim, batch)
SHAPES = {
    "28": ((1, 28, 28), 100, 7),
    "28 colour": ((3, 28, 28), 24, 2),
    "32": ((3, 32, 32), 50, 2),
    "64": ((3, 64, 64), 100, 2),
    "64 grey": ((1, 64, 64), 8, 2),
    "one": ((1, 28, 28), 16, 1),
}


@fast_tiny_numbers()
def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Draw images of several shapes, then train and probe generators of 28 pixels."""
    obs = Observation()
    obs["shapes"] = {}
    for name, (shape, latent_dim, batch) in SHAPES.items():
        with obs.part(name):
            generator = probes.build(
                impl, shape, latent_dim=latent_dim, base_channels=BASE
            )
            z = torch.randn(batch, latent_dim, generator=rng)
            obs["shapes"][name] = probes.described(generator.eval()(z))
    with obs.part("defaults"):
        z = torch.randn(2, 100, generator=rng)
        obs["defaults"] = probes.described(impl((1, 28, 28)).eval()(z))
    z = torch.randn(16, LATENT, generator=rng)
    seed = int(torch.randint(2**31, (), generator=rng))

    def fresh(base_channels: int = BASE) -> nn.Module:
        torch.manual_seed(seed)
        generator = probes.build(
            impl, (1, 28, 28), latent_dim=LATENT, base_channels=base_channels
        )
        return probes.ready(generator, z)

    with obs.part("wiring"):
        obs["wiring"] = probes.wiring(fresh(), z[:8], rng)
        obs["batchnorm"] = probes.batchnorm(fresh())
    if not obs.get("wiring", {}).get("weights"):
        return obs
    with obs.part("growth"):
        obs["growth"] = [_weights(fresh(n)) for n in (BASE, 2 * BASE)]
    with obs.part("range"):
        obs["down"] = drive(fresh(), z[:6], -1, until=0.7)
        obs["up"] = drive(fresh().eval(), z[:6], +1, until=0.7)
        with torch.no_grad():
            wild = fresh().eval()(100 * z[:4])
        obs["wild"] = [float(wild.min()), float(wild.max())]
    with obs.part("pixels"):
        obs["pixels"] = _pixels(fresh(), z)
    with obs.part("reach"):
        obs["reach"] = float(probes.reach(fresh(), z[:4], rng).float().mean())
    with obs.part("bend"):
        obs["bend"] = _bend(fresh(), rng)
    with obs.part("steady"):
        obs["steady"] = probes.steadiness(fresh(), z[:6])
    with obs.part("modes"):
        obs["modes"] = probes.modes(fresh(), z[:6])
    return obs


def _weights(generator: nn.Module) -> int:
    return sum(weight.numel() for weight in generator.parameters())


@torch.no_grad()
def _pixels(generator: nn.Module, z: Tensor) -> dict[str, Any]:
    """Look at how each pixel varies with z.

    Returns:
        still: share of the pixels that never change; frame: how many pixels wide the
        unchanging frame is; tiled: whether all 2×2 squares have one colour.
    """
    images = generator.eval()(z)
    spread = images.std(dim=0).amax(dim=0)  # (H, W)
    moves = spread > 1e-4 * spread.max()
    frame = 0
    while frame < 14 and not (_ring(moves, frame)).any():
        frame += 1
    return {
        "still": 1 - float(moves.float().mean()),
        "frame": frame,
        "tiled": probes.tiled(images),
    }


def _ring(mask: Tensor, depth: int) -> Tensor:
    """The pixels at a distance of `depth` from the border."""
    inner = mask[depth : mask.shape[0] - depth, depth : mask.shape[1] - depth]
    return torch.cat([inner[0], inner[-1], inner[:, 0], inner[:, -1]])


def _bend(generator: nn.Module, rng: torch.Generator) -> dict[str, dict[str, float]]:
    """Measure the bend between z and the pixels, before a tanh and as they are."""
    inputs = 2 * torch.randn(3, 8, LATENT, generator=rng)
    generator.eval()

    def before_tanh(z: Tensor) -> Tensor:
        return torch.atanh(generator(z).double().clamp(-1 + 1e-9, 1 - 1e-9))

    views: dict[str, Callable[[Tensor], Tensor]] = {
        "before tanh": before_tanh,
        "as they are": generator,
    }
    return {name: probes.bend(view, *inputs) for name, view in views.items()}


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Shapes, registered layers, range, use of z, every pixel, a bend, modes."""
    use, steady = [_uses_z(obs)], steady_findings(obs, "images", "z", 1)
    return [
        _images(obs, ["28"], "images of 28 pixels", 3),
        _images(
            obs, ["28 colour", "32", "64 grey", "64"], "32, 64 pixels, colour", 1.5
        ),
        _images(obs, ["one"], "one image", 0.5),
        _defaults(obs),
        *wiring_findings(obs, "generator", 2),
        _range(obs),
        batchnorm_finding(obs, 0.5),
        mode_finding(obs, 0.5),
        # who draws z himself uses none, and that is the reason to tell
        *(use + steady if steady[0].passed else steady + use),
        _every_pixel(obs),
        _fine_pixels(obs),
        _bends(obs),
        _grows(obs),
        *advice(obs),
    ]


def _images(
    obs: dict[str, Any], names: list[str], title: str, weight: float
) -> Finding:
    for name in names:
        shape, latent_dim, batch = SHAPES[name]
        got = obs["shapes"].get(name)
        if got is None:
            where = f"for image_shape {shape}, z ({batch}, {latent_dim})"
            text = network_error(obs["errors"].get(name), where, batch, latent_dim)
        else:
            text = image_shape_told(got, [batch, latent_dim], [batch, *shape])
        if text:
            return Finding(title, False, text, weight)
    return Finding(title, True, weight=weight)


def _defaults(obs: dict[str, Any]) -> Finding:
    got = obs.get("defaults")
    if got is None:
        where = "for Generator((1, 28, 28)), z (2, 100)"
        text = network_error(obs["errors"].get("defaults"), where, 2)
    else:
        text = image_shape_told(got, [2, 100], [2, 1, 28, 28])
    return Finding("defaults", not text, text, 0.5)


def _range(obs: dict[str, Any]) -> Finding:
    down, up, wild = (obs.get(name) for name in ("down", "up", "wild"))
    if down is None or up is None or wild is None:
        text = network_error(obs["errors"].get("range"), "in training")
        return Finding("range [-1, 1]", False, text, 3)
    text = range_told(down, up, wild)
    return Finding("range [-1, 1]", not text, text, 3)


def _uses_z(obs: dict[str, Any]) -> Finding:
    share, pixels = obs.get("reach"), obs.get("pixels")
    if share is None or pixels is None:
        error = obs["errors"].get("reach") or obs["errors"].get("pixels")
        return Finding("uses z", False, network_error(error, "in eval mode"), 3)
    return Finding(
        "uses z",
        share > 0.95 and pixels["still"] < 1,
        ignored_told(share, pixels["still"] == 1),
        3,
    )


def _every_pixel(obs: dict[str, Any]) -> Finding:
    pixels = obs.get("pixels")
    if pixels is None:
        text = network_error(obs["errors"].get("pixels"), "in eval mode")
        return Finding("every pixel changes", False, text, 1)
    fine = pixels["still"] <= 0.01
    return Finding("every pixel changes", fine, still_told(pixels), 1)


def _fine_pixels(obs: dict[str, Any]) -> Finding:
    pixels = obs.get("pixels")
    fine = pixels is not None and not pixels["tiled"]
    return Finding("full resolution", fine, tiles_told(), 0.5)


def _bends(obs: dict[str, Any]) -> Finding:
    views = obs.get("bend")
    if views is None:
        text = network_error(obs["errors"].get("bend"), "in eval mode")
        return Finding("a nonlinearity", False, text, 2)
    least = min(view["bend"] / (view["scale"] + 1e-30) for view in views.values())
    text = told(
        "between z and the pixels your generator is linear",
        f"Apart from the last activation, f(a) + f(b) − f(c) − f(a+b−c) comes out as "
        f"{number(least)}.",
        "Linear layers, however many, are one linear layer together.",
        "Try: which activation stands between your layers, and is it called?",
    )
    return Finding("a nonlinearity", least > 1e-3, text, 2)


def _grows(obs: dict[str, Any]) -> Finding:
    found = obs.get("growth")
    if found is None:
        error = obs["errors"].get("growth")
        text, fine = network_error(error, f"for base_channels={2 * BASE}"), False
    else:
        fine, text = found[1] > found[0], same_size_told(found, BASE, "generator")
    return Finding("base_channels used", fine, text, 0.5)


EXERCISE = register(
    Exercise(
        name="Generator",
        lab="03_generator",
        points=5,
        observe=observe,
        judge=judge,
        promise="28, 32, 64 pixels, [-1, 1] reached and kept, uses z, every pixel, modes",
        own="labkit.models:Generator",
    )
)
