"""Findings about critics: raw scores, one for each image, that learn."""

from typing import Any

from labkit.checks.critic.words import (
    anchored_told,
    default_told,
    no_score,
    shape_told,
    unlearnt,
    wall,
)
from labkit.checks.network.dropout import dropout_findings
from labkit.checks.network.errors import network_error
from labkit.checks.network.findings import (
    bend_finding,
    kept_finding,
    mode_finding,
    reach_finding,
    steady_findings,
)
from labkit.checks.network.plan import Plan
from labkit.checks.network.wiring import batchnorm_finding, wiring_findings
from labkit.checks.network.words import same_size_told
from labkit.checks.spec import Finding

Sizes = tuple[list[str], str, float]  # names of a plan's shapes, title, weight


def critic_findings(obs: dict[str, Any], plan: Plan, *sizes: Sizes) -> list[Finding]:
    """What is judged of every critic, in the order in which it is told; no advice.

    Args:
        obs: of `critic.probes.observe`.
        plan: what was observed.
        sizes: the shapes of images, those first whose failure is to be told first.
    """
    # the probes behind the first of these are made with dropout=0.0
    dropout = dropout_findings(obs, 1.5) if plan.dropout else ()
    learns, steady = [learns_finding(obs)], steady_findings(obs, "scores", "image", 1)
    return [
        *(scores_finding(obs, plan, *size) for size in sizes),
        kept_finding(obs, 0.5),
        *wiring_findings(obs, "critic", 2),
        *dropout[:1],
        raw_finding(obs),
        batchnorm_finding(obs, 0.5),
        bend_finding(obs, "your critic is a linear function of the pixels", 1.5),
        reach_finding(obs, "the score of your critic", 1),
        # who mixes the images of a batch learns little, and that is why
        *(learns + steady if all(f.passed for f in steady) else steady + learns),
        batches_finding(obs),
        grows_finding(obs, plan, "critic"),
        mode_finding(obs, 0.5),
        *dropout[1:],
        defaults_finding(obs, plan),
    ]


def _is_scores(got: dict[str, Any], batch: int) -> bool:
    return got.get("shape") in ([batch], [batch, 1]) and got["dtype"] == "float32"


def scores_finding(
    obs: dict[str, Any], plan: Plan, names: list[str], title: str, weight: float
) -> Finding:
    """One float32 score per image, for each of these shapes."""
    for name in names:
        shape, batch = plan.shapes[name]
        got = obs["shapes"].get(name)
        given = f"({', '.join(map(str, (batch, *shape)))})"
        if got is None:
            text = network_error(obs["errors"].get(name), f"for images {given}", batch)
        elif _is_scores(got, batch):
            continue
        else:
            text = no_score(got, given, batch) or shape_told(got["shape"], given, batch)
        return Finding(title, False, text, weight)
    return Finding(title, True, weight=weight)


def defaults_finding(obs: dict[str, Any], plan: Plan) -> Finding:
    """Called with image_shape alone, it is as the signature promises."""
    got, error = obs.get("defaults"), obs["errors"].get("defaults")
    fine, text = False, network_error(error, f"for {plan.call()}")
    if got is not None and _is_scores(got, 2):
        mine, promised = got["weights"]
        drops = not plan.dropout or got["noise"] > 0
        fine, text = mine == promised and drops, default_told(plan, mine, promised)
    return Finding("defaults", fine, text, 0.5)


def raw_finding(obs: dict[str, Any]) -> Finding:
    """Training can push the scores to either side, as far as logits go."""
    down, up = obs.get("down"), obs.get("up")
    if down is None or up is None:
        error = obs["errors"].get("down") or obs["errors"].get("up")
        return Finding("raw scores", False, network_error(error, "in training"), 3)
    fine = down["mean"] < -0.5 and up["mean"] > 1.5
    return Finding("raw scores", fine, wall(down, up), 3)


def learns_finding(obs: dict[str, Any]) -> Finding:
    """It learns to tell stripes apart."""
    found = obs.get("lesson")
    if found is None:
        text, fine = network_error(obs["errors"].get("lesson"), "in training"), False
    else:
        fine, text = found["loss"] < 0.5, unlearnt(found)
    return Finding("learns stripes", fine, text, 2)


def batches_finding(obs: dict[str, Any]) -> Finding:
    """In train mode the mean score of a batch depends on the batch."""
    found = obs.get("batches")
    if found is None:
        error = obs["errors"].get("batches")
        return Finding(
            "batches differ", False, network_error(error, "in train mode"), 0.5
        )
    fine = found["apart"] > 1e-4 * found["within"]
    return Finding("batches differ", fine, anchored_told(), 0.5)


def grows_finding(obs: dict[str, Any], plan: Plan, what: str) -> Finding:
    """More base_channels give more weights."""
    found = obs.get("growth")
    if found is None:
        error = obs["errors"].get("growth")
        where = f"for base_channels={2 * plan.base}"
        text, fine = network_error(error, where), False
    else:
        fine, text = found[1] > found[0], same_size_told(found, plan.base, what)
    return Finding("base_channels used", fine, text, 0.5)
