"""Lab 03, exercise Generator: from z to images in [-1, 1]."""

from typing import Any

from labkit.checks.generator_probes import BASE, SHAPES, observe
from labkit.checks.generator_words import (
    grey_told,
    ignored_told,
    image_shape_told,
    range_told,
    still_told,
    tiles_told,
    width_told,
)
from labkit.checks.network_errors import network_error
from labkit.checks.network_findings import mode_finding, steady_findings
from labkit.checks.network_wiring import advice, batchnorm_finding, wiring_findings
from labkit.checks.network_words import same_size_told
from labkit.checks.spec import Exercise, Finding, register
from labkit.checks.words import number, told


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Shapes, registered layers, range, use of z, every pixel, a bend, modes."""
    use, steady = [_uses_z(obs)], steady_findings(obs, "images", "z", 1)
    return [
        _images(obs, ["28"], "images of 28 pixels", 3),
        _images(
            obs, ["28 colour", "32", "64 grey", "64"], "32, 64 pixels, colour", 1.5
        ),
        _images(obs, ["one"], "one image", 0.5),
        *wiring_findings(obs, "generator", 2),
        _range(obs),
        batchnorm_finding(obs, 0.5),
        mode_finding(obs, 0.5),
        # who draws z himself uses none, and that is the reason to tell
        *(use + steady if steady[0].passed else steady + use),
        _every_pixel(obs),
        _fine_pixels(obs),
        _colours(obs),
        _bends(obs),
        _grows(obs),
        _defaults(obs),
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
        text = network_error(obs["errors"].get("defaults"), where, 2, 100)
    else:
        text = image_shape_told(got, [2, 100], [2, 1, 28, 28])
        text = text or width_told(*got["weights"])
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
    directions = obs.get("directions")
    if share is None or pixels is None or directions is None:
        error = obs["errors"].get("reach") or obs["errors"].get("pixels")
        return Finding("uses z", False, network_error(error, "in eval mode"), 3)
    fine = share > 0.95 and pixels["still"] < 1 and directions > 1e-4
    return Finding("uses z", fine, ignored_told(share, pixels["still"] == 1), 3)


def _colours(obs: dict[str, Any]) -> Finding:
    if "grey" not in obs:
        where = "for image_shape (3, 32, 32)"
        text = network_error(obs["errors"].get("colour"), where)
        return Finding("colours", False, text, 0.5)
    return Finding("colours", not obs["grey"], grey_told(), 0.5)


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
