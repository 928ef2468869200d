"""Lab 01: `all_modes`, judged: the handicap kept, and every mode covered."""

import textwrap
from typing import Any

from labkit.checks.game.all_modes import SLOW, broken
from labkit.checks.shares import NOT_KEPT, unread
from labkit.checks.spec import Finding
from labkit.checks.words import WIDTH, error_message, number, told

MODES = 8
EXAMPLE = "playground?k=1&steps=500"


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Findings: a run, its handicap, its modes, and the number stated."""
    text = _unread(obs)
    if text:
        return [Finding("a run", False, text)]
    unfair = _unfair(obs["said"])
    missing = unfair and "not yet: the handicap comes first"
    missing = missing or _missing(obs)
    stated = "" if missing else _stated(obs)
    return [
        Finding("a run", True, weight=0.1),
        Finding("the handicap", not unfair, unfair, 0.1),
        Finding("all modes", not missing, missing, 0.6),
        Finding("the number stated", not (missing or stated), stated or missing, 0.2),
        Finding("text that is kept", not obs["widget"], NOT_KEPT, 0),
    ]


def _unread(obs: dict[str, Any]) -> str:
    """Say why no run can be read off the answer; "" if one can."""
    if obs["errors"].get("call"):
        return error_message(obs["errors"]["call"])
    if "unfit" in obs:
        return told(
            "this run cannot be made again",
            *textwrap.wrap(obs["unfit"], WIDTH)[:3],
            "Try: a new start, and a text copied as soon as the run is good?",
        )
    if "said" not in obs:
        state = {key: obs[key] for key in ("kind", "problem") if key in obs}
        return unread(state, "playground", EXAMPLE)
    if obs["said"]["steps"] < 1:
        return told(
            "the run has no iteration yet",
            "This text was copied before the players made a step, or after a new start.",
            "Try: does the field Share change while the run goes on?",
        )
    return ""


def _unfair(said: dict[str, Any]) -> str:
    """Say which rule of the exercise the run does not keep; "" if it keeps them."""
    match broken(said):
        case "lr_critic":
            return told(
                f"the critic's learning rate is {said['lr_critic']:g} in this run",
                f"The handicap: {SLOW:g} at most, from the first iteration to the last.",
                "With a quick critic the ring is easy. A teacher who lags behind is the",
                "case that you meet with images, where nobody can wait for the critic.",
                "Try: what else decides how fresh the critic's opinion is?",
            )
        case "data":
            return told(
                f"this run learns “{said['data']}”, not the ring",
                f"Expected: the ring with its {MODES} modes throughout.",
            )
        case "start":
            return told(
                "this run starts from trained networks",
                "They cover the modes before the first step. Expected: a fresh start.",
            )
    return ""


def _missing(obs: dict[str, Any]) -> str:
    """Say how many modes are covered, and with which settings; "" if all are."""
    count, said = obs["count"], obs["said"]
    if count == MODES:
        return ""
    settings = (
        f"{said['steps']} iterations, k = {said['k']}, learning rates "
        f"{said['lr_critic']:g} and {said['lr_generator']:g}, noise {said['noise']:g}"
    )
    beside = f"You say {number(obs['stated'])}." if obs["stated"] is not None else ""
    few = count < MODES / 2
    why = (
        "The fakes move together to wherever the critic was green a while ago."
        if few
        else "Most modes are found. Where no fake ever comes, the critic is asked last."
    )
    question = (
        "Try: what makes the critic's opinion fresher when the generator asks?"
        if few
        else "Try: does the number still grow when the run goes on, or was it higher?"
    )
    return told(
        f"the run covers {count} of {MODES} modes",
        settings,
        f"{100 * obs['good']:.0f} % of its fakes lie near a mode. {beside}".strip(),
        why,
        question,
    )


def _stated(obs: dict[str, Any]) -> str:
    if obs["stated"] in (None, obs["count"]):
        return ""
    return told(
        f"you say {number(obs['stated'])} modes, the run covers {obs['count']}",
        "A mode counts when it has a quarter of its fair share of 500 fakes near it.",
        "Try: which number does the playground show at the end of this run?",
    )
