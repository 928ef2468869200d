"""Lab 10, exercise DCGANGenerator: the paper's painter, from z to 3×64×64."""

from functools import partial
from typing import Any

from labkit.checks.colour.sizes import larger, offered, size_advice
from labkit.checks.generator.findings import generator_findings
from labkit.checks.generator.probes import observe
from labkit.checks.network.plan import Plan
from labkit.checks.network.wiring import advice
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
    findings = generator_findings(
        obs,
        PLAN,
        (["64"], "images 3×64×64", 3),
        (offered(obs), "grey images, 32 pixels", 1.5),
        (["one"], "one image", 0.5),
    )
    findings += [size_advice(obs), *advice(obs)]
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
