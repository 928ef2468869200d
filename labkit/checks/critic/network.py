"""Lab 02, exercise Critic: one raw score per image."""

from functools import partial
from typing import Any

from labkit.checks.critic.findings import critic_findings
from labkit.checks.critic.probes import observe
from labkit.checks.network.plan import Plan
from labkit.checks.network.wiring import advice
from labkit.checks.spec import Exercise, Finding

PLAN = Plan(
    name="Critic",
    shapes={
        "28": ((1, 28, 28), 7),
        "28 colour": ((3, 28, 28), 2),
        "32": ((3, 32, 32), 2),
        "64": ((3, 64, 64), 2),
        "64 grey": ((1, 64, 64), 2),
        "one": ((1, 28, 28), 1),
    },
    mains=("28",),
    default=32,
    base=32,
    dropout=True,
)


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Shapes, registered layers, raw scores, learning, every pixel, dropout, modes."""
    bigger = ["28 colour", "32", "64 grey", "64"]
    findings = critic_findings(
        obs,
        PLAN,
        (["28"], "one score per image", 3),
        (bigger, "32, 64 pixels, colour", 1),
        (["one"], "batch of one", 1),
    )
    return [*findings, *advice(obs)]


EXERCISE = Exercise(
    name="Critic",
    lab="02_critic",
    points=5,
    observe=partial(observe, plan=PLAN),
    judge=judge,
    promise="28, 32, 64 pixels, batch of one, raw scores, learns, dropout, modes",
    own="labkit.models:Critic",
)
