"""Lab 03, exercise Generator: from z to images in [-1, 1]."""

from functools import partial
from typing import Any

from labkit.checks.generator.findings import generator_findings
from labkit.checks.generator.probes import observe
from labkit.checks.network.plan import Plan
from labkit.checks.network.wiring import advice
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
    bigger = ["28 colour", "32", "64 grey", "64"]
    findings = generator_findings(
        obs,
        PLAN,
        (["28"], "images of 28 pixels", 3),
        (bigger, "32, 64 pixels, colour", 1.5),
        (["one"], "one image", 0.5),
    )
    return [*findings, *advice(obs)]


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
