"""Lab 02, exercise Critic: one raw score per image."""

from functools import partial
from typing import Any

from labkit.checks.critic.findings import (
    batches_finding,
    defaults_finding,
    grows_finding,
    learns_finding,
    raw_finding,
    scores_finding,
)
from labkit.checks.critic.probes import observe
from labkit.checks.network.dropout import dropout_findings
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
    no_zero, dropout = dropout_findings(obs, 1.5)
    learns, steady = [learns_finding(obs)], steady_findings(obs, "scores", "image", 1)
    bigger = ["28 colour", "32", "64 grey", "64"]
    return [
        scores_finding(obs, PLAN, ["28"], "one score per image", 3),
        scores_finding(obs, PLAN, bigger, "32, 64 pixels, colour", 1),
        scores_finding(obs, PLAN, ["one"], "batch of one", 1),
        kept_finding(obs, 0.5),
        *wiring_findings(obs, "critic", 2),
        no_zero,  # the probes from here on are made with dropout=0.0
        raw_finding(obs),
        batchnorm_finding(obs, 0.5),
        bend_finding(obs, "your critic is a linear function of the pixels", 1.5),
        reach_finding(obs, "the score of your critic", 1),
        # who mixes the images of a batch learns little, and that is why
        *(learns + steady if all(f.passed for f in steady) else steady + learns),
        batches_finding(obs),
        grows_finding(obs, PLAN, "critic"),
        mode_finding(obs, 0.5),
        dropout,
        defaults_finding(obs, PLAN),
        *advice(obs),
    ]


EXERCISE = Exercise(
    name="Critic",
    lab="02_critic",
    points=5,
    observe=partial(observe, plan=PLAN),
    judge=judge,
    promise="28, 32, 64 pixels, batch of one, raw scores, learns, dropout, modes",
    own="labkit.models:Critic",
)
