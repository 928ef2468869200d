"""Findings about generators: images in range, from all of z, every pixel of them."""

from typing import Any

from labkit.checks.generator.words import (
    grey_told,
    ignored_told,
    image_shape_told,
    range_told,
    still_told,
    tiles_told,
    width_told,
)
from labkit.checks.network.errors import network_error
from labkit.checks.network.findings import mode_finding, steady_findings
from labkit.checks.network.plan import Plan
from labkit.checks.network.wiring import batchnorm_finding, wiring_findings
from labkit.checks.network.words import same_size_told
from labkit.checks.spec import Finding
from labkit.checks.words import number, told

Sizes = tuple[list[str], str, float]  # names of a plan's shapes, title, weight


def generator_findings(obs: dict[str, Any], plan: Plan, *sizes: Sizes) -> list[Finding]:
    """What is judged of every generator, in the order in which it is told; no advice.

    Args:
        obs: of `generator.probes.observe`.
        plan: what was observed.
        sizes: the shapes of images, those first whose failure is to be told first.
    """
    use, steady = [uses_z_finding(obs)], steady_findings(obs, "images", "z", 1)
    return [
        *(images_finding(obs, plan, *size) for size in sizes),
        *wiring_findings(obs, "generator", 2),
        range_finding(obs),
        batchnorm_finding(obs, 0.5),
        mode_finding(obs, 0.5),
        # who draws z himself uses none, and that is the reason to tell
        *(use + steady if steady[0].passed else steady + use),
        every_pixel_finding(obs),
        fine_pixels_finding(obs),
        colours_finding(obs),
        bends_finding(obs),
        grows_finding(obs, plan),
        defaults_finding(obs, plan),
    ]


def images_finding(
    obs: dict[str, Any], plan: Plan, names: list[str], title: str, weight: float
) -> Finding:
    """Images of the right shape, for each of these."""
    for name in names:
        shape, latent_dim, batch = plan.shapes[name]
        got = obs["shapes"].get(name)
        if got is None:
            where = f"for image_shape {shape}, z ({batch}, {latent_dim})"
            text = network_error(obs["errors"].get(name), where, batch, latent_dim)
        else:
            text = image_shape_told(got, [batch, latent_dim], [batch, *shape])
        if text:
            return Finding(title, False, text, weight)
    return Finding(title, True, weight=weight)


def defaults_finding(obs: dict[str, Any], plan: Plan) -> Finding:
    """Called with image_shape alone, it is as the signature promises."""
    got = obs.get("defaults")
    if got is None:
        where = f"for {plan.call()}, z (2, 100)"
        text = network_error(obs["errors"].get("defaults"), where, 2, 100)
    else:
        text = image_shape_told(
            got, [2, 100], [2, *next(iter(plan.shapes.values()))[0]]
        )
        text = text or width_told(plan, *got["weights"])
    return Finding("defaults", not text, text, 0.5)


def range_finding(obs: dict[str, Any]) -> Finding:
    """Training reaches the whole of [-1, 1], and nothing passes it."""
    down, up, wild = (obs.get(name) for name in ("down", "up", "wild"))
    if down is None or up is None or wild is None:
        text = network_error(obs["errors"].get("range"), "in training")
        return Finding("range [-1, 1]", False, text, 3)
    text = range_told(down, up, wild)
    return Finding("range [-1, 1]", not text, text, 3)


def uses_z_finding(obs: dict[str, Any]) -> Finding:
    """The image depends on all of z."""
    share, pixels = obs.get("reach"), obs.get("pixels")
    directions = obs.get("directions")
    if share is None or pixels is None or directions is None:
        error = obs["errors"].get("reach") or obs["errors"].get("pixels")
        return Finding("uses z", False, network_error(error, "in eval mode"), 3)
    fine = share > 0.95 and pixels["still"] < 1 and directions > 1e-4
    return Finding("uses z", fine, ignored_told(share, pixels["still"] == 1), 3)


def colours_finding(obs: dict[str, Any]) -> Finding:
    """Three channels are three colours."""
    if "grey" not in obs:
        error = obs["errors"].get("colour")
        text = network_error(error, "for an image_shape of 3 channels")
        return Finding("colours", False, text, 0.5)
    return Finding("colours", not obs["grey"], grey_told(), 0.5)


def every_pixel_finding(obs: dict[str, Any]) -> Finding:
    """Each pixel varies with z."""
    pixels = obs.get("pixels")
    if pixels is None:
        text = network_error(obs["errors"].get("pixels"), "in eval mode")
        return Finding("every pixel changes", False, text, 1)
    fine = pixels["still"] <= 0.01
    return Finding("every pixel changes", fine, still_told(pixels), 1)


def fine_pixels_finding(obs: dict[str, Any]) -> Finding:
    """The image is no enlarged smaller one."""
    pixels = obs.get("pixels")
    fine = pixels is not None and not pixels["tiled"]
    return Finding("full resolution", fine, tiles_told(), 0.5)


def bends_finding(obs: dict[str, Any]) -> Finding:
    """Between z and the pixels there is a nonlinearity."""
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


def grows_finding(obs: dict[str, Any], plan: Plan) -> Finding:
    """More base_channels give more weights."""
    found = obs.get("growth")
    if found is None:
        error = obs["errors"].get("growth")
        text, fine = network_error(error, f"for base_channels={2 * plan.base}"), False
    else:
        fine, text = found[1] > found[0], same_size_told(found, plan.base, "generator")
    return Finding("base_channels used", fine, text, 0.5)
