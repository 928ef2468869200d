"""Lab 10, exercise DCGANGenerator: the paper's painter, from z to 3×64×64."""

from functools import partial
from typing import Any

from labkit.checks.colour.sizes import larger, offered, size_advice
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
    name="DCGANGenerator",
    shapes={
        "64": ((3, 64, 64), 100, 3),
        "64 grey": ((1, 64, 64), 8, 2),
        "32": ((3, 32, 32), 50, 2),
        "one": ((3, 64, 64), 16, 1),
    },
    mains=("32", "64"),
    default=64,
    base=16,
)


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Shapes, registered layers, range, use of z, every pixel, a bend, modes."""
    use, steady = [uses_z_finding(obs)], steady_findings(obs, "images", "z", 1)
    findings = [
        images_finding(obs, PLAN, ["64"], "images 3×64×64", 3),
        images_finding(obs, PLAN, offered(obs), "grey images, 32 pixels", 1.5),
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
        size_advice(obs),
        *advice(obs),
    ]
    return [larger(finding) for finding in findings]


EXERCISE = Exercise(
    name="DCGANGenerator",
    lab="10_colour",
    points=5,
    observe=partial(observe, plan=PLAN),
    judge=judge,
    promise="64, 32 pixels, colours, [-1, 1] reached and kept, uses z, modes",
    own="labkit.dcgan:DCGANGenerator",
    also=("labkit.models:Generator",),
)
