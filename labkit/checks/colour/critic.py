"""Lab 10, exercise DCGANCritic: the paper's judge, from 3×64×64 to one raw score."""

from functools import partial
from typing import Any

from labkit.checks.colour.sizes import larger, offered, size_advice
from labkit.checks.critic.findings import critic_findings
from labkit.checks.critic.probes import observe
from labkit.checks.network.plan import Plan
from labkit.checks.network.wiring import advice
from labkit.checks.spec import Exercise, Finding

PLAN = Plan(
    name="DCGANCritic",
    shapes={
        "64": ((3, 64, 64), 5),
        "64 grey": ((1, 64, 64), 2),
        "32": ((3, 32, 32), 3),
        "one": ((3, 64, 64), 1),
    },
    mains=("32", "64"),
    default=64,
    base=16,
)


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Shapes, registered layers, raw scores, learning, every pixel, modes."""
    findings = critic_findings(
        obs,
        PLAN,
        (["64"], "one score per image", 3),
        (offered(obs), "grey images, 32 pixels", 1),
        (["one"], "batch of one", 1),
    )
    findings += [size_advice(obs), *advice(obs)]
    return [larger(finding) for finding in findings]


EXERCISE = Exercise(
    name="DCGANCritic",
    lab="10_colour",
    points=5,
    observe=partial(observe, plan=PLAN),
    judge=judge,
    promise="64, 32 pixels, grey, batch of one, raw scores, learns, modes",
    own="labkit.dcgan:DCGANCritic",
    also=("labkit.dcgan:_dcgan_steps", "labkit.models:Critic"),
    shortcuts=("labkit.presets:fast_critic", "labkit.stacks:stack"),
)
