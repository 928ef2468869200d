"""Lab 10, exercise DCGANCritic: the paper's judge, from 3×64×64 to one raw score."""

from functools import partial
from typing import Any

from labkit.checks.colour.sizes import larger, offered, size_advice
from labkit.checks.critic.findings import (
    batches_finding,
    defaults_finding,
    grows_finding,
    learns_finding,
    raw_finding,
    scores_finding,
)
from labkit.checks.critic.probes import observe
from labkit.checks.network.findings import (
    bend_finding,
    kept_finding,
    mode_finding,
    reach_finding,
    steady_findings,
)
from labkit.checks.network.plan import Plan
from labkit.checks.network.wiring import advice, batchnorm_finding, wiring_findings
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
    learns, steady = [learns_finding(obs)], steady_findings(obs, "scores", "image", 1)
    findings = [
        scores_finding(obs, PLAN, ["64"], "one score per image", 3),
        scores_finding(obs, PLAN, offered(obs), "grey images, 32 pixels", 1),
        scores_finding(obs, PLAN, ["one"], "batch of one", 1),
        kept_finding(obs, 0.5),
        *wiring_findings(obs, "critic", 2),
        raw_finding(obs),
        batchnorm_finding(obs, 0.5),
        bend_finding(obs, "your critic is a linear function of the pixels", 1.5),
        reach_finding(obs, "the score of your critic", 1),
        # who mixes the images of a batch learns little, and that is why
        *(learns + steady if all(f.passed for f in steady) else steady + learns),
        batches_finding(obs),
        grows_finding(obs, PLAN, "critic"),
        mode_finding(obs, 0.5),
        defaults_finding(obs, PLAN),
        size_advice(obs),
        *advice(obs),
    ]
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
)
