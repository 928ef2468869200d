"""Lab 03, exercise Generator: from z to images in [-1, 1]."""

from functools import partial
from typing import Any

from labkit.checks.generator.findings import (
    bends_finding,
    colours_finding,
    defaults_finding,
    every_pixel_finding,
    fine_pixels_finding,
    grows_finding,
    images_finding,
    range_finding,
    uses_z_finding,
)
from labkit.checks.generator.probes import observe
from labkit.checks.network.findings import mode_finding, steady_findings
from labkit.checks.network.plan import Plan
from labkit.checks.network.wiring import advice, batchnorm_finding, wiring_findings
from labkit.checks.spec import Exercise, Finding

PLAN = Plan(
    name="Generator",
    shapes={
        "28": ((1, 28, 28), 100, 7),
        "28 colour": ((3, 28, 28), 24, 2),
        "32": ((3, 32, 32), 50, 2),
        "64": ((3, 64, 64), 100, 2),
        "64 grey": ((1, 64, 64), 8, 2),
        "one": ((1, 28, 28), 16, 1),
    },
    mains=("28",),
    default=256,
    base=64,  # a quarter of the default's time per layer
)


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Shapes, registered layers, range, use of z, every pixel, a bend, modes."""
    use, steady = [uses_z_finding(obs)], steady_findings(obs, "images", "z", 1)
    bigger = ["28 colour", "32", "64 grey", "64"]
    return [
        images_finding(obs, PLAN, ["28"], "images of 28 pixels", 3),
        images_finding(obs, PLAN, bigger, "32, 64 pixels, colour", 1.5),
        images_finding(obs, PLAN, ["one"], "one image", 0.5),
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
        grows_finding(obs, PLAN),
        defaults_finding(obs, PLAN),
        *advice(obs),
    ]


EXERCISE = Exercise(
    name="Generator",
    lab="03_generator",
    points=5,
    observe=partial(observe, plan=PLAN),
    judge=judge,
    promise="28, 32, 64 pixels, [-1, 1] reached and kept, uses z, every pixel, modes",
    own="labkit.models:Generator",
    also=("labkit.models:_halving",),
)
