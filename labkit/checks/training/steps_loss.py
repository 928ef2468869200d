"""Lab 05: putting into words what is wrong with the loss that a step returns."""

import math
from typing import Any

from labkit.checks.training.steps_texts import CRITIC_LOSSES, GENERATOR_LOSSES
from labkit.checks.training.steps_use import wrong_inputs, wrong_stepping
from labkit.checks.words import number, told

Round = dict[str, Any]


def no_single_loss(round_: Round, learner: str) -> str:
    """Say why what a step returned is not one loss; "" if it is."""
    returned = round_["returned"]
    kind, loss = returned["type"], round_["losses"]["right"]
    expected = f"expected one number, the {learner}'s loss, {number(loss, 3)} here"
    why = "The training loop writes it into the curves by which you watch the game."
    if kind == "NoneType":
        ask = "Try: what does your function hand back in its last line?"
        return told("it returns None, not the loss", expected, why, ask)
    if kind in ("tuple", "list", "dict"):
        found = f"yours is a {kind} of {returned['length']}; {expected}"
        return told("it returns more than the loss", found, why)
    if returned["loss"] is None and returned["shape"]:
        found = f"yours has shape {tuple(returned['shape'])}; {expected}"
        ask = "Try: have the scores of the batch become one mean loss yet?"
        return told("it returns many numbers, not one loss", found, why, ask)
    if returned["loss"] is None:
        return told("it does not return the loss", f"yours is a {kind}; {expected}")
    return ""


def wrong_loss(rounds: list[Round], learner: str) -> str:
    """Say what is wrong with the returned losses; "" if they are right."""
    wrong = next((round_ for round_ in rounds if not _is(round_, "right")), None)
    if wrong is None:
        return ""
    loss, expected = wrong["returned"]["loss"], wrong["losses"]["right"]
    found = f"your loss {number(loss, 3)}, expected {number(expected, 3)}"
    if not math.isfinite(loss):
        top = number(abs(wrong["fake_logits"]).max(), 1)
        ask = "Try: where does your formula divide, or take the log of 0?"
        found = f"{found}; the scores of the fakes lie within ±{top}"
        return told("your loss is not a finite number", found, ask)
    misused = wrong_inputs(wrong, learner)
    if misused:
        return misused
    if all(_close(r["returned"]["loss"], r["after"]) for r in rounds):
        return told(
            "your loss is from after the update",
            f"{found}, which the batch had before the {learner} changed",
            "Measured afterwards, the loss looks better than the game is.",
            f"Try: when is your loss computed, and when does the {learner} change?",
        )
    texts = CRITIC_LOSSES if learner == "critic" else GENERATOR_LOSSES
    name = _recognised(rounds, texts)
    if name:
        headline, *lines = texts[name]
        return told(headline, found, *lines)
    if wrong["stepped"] > 1:
        return wrong_stepping(wrong, learner)
    what = "the real and the fake term" if learner == "critic" else "the fake term"
    return told(
        "your loss is not the one of lab 04",
        found,
        f"Expected is the mean of {what}, cross-entropies on logits.",
        "Try: compute it with your functions of lab 04. Which scores go in?",
    )


def _recognised(rounds: list[Round], texts: dict[str, Any]) -> str:
    """Find the well-known mistake that gives these losses in every round."""
    for name in rounds[0]["losses"]:
        if name != "right" and all(_is(round_, name) for round_ in rounds):
            return name if name in texts else next(k for k in texts if k in name)
    return ""


def _is(round_: Round, name: str) -> bool:
    return _close(round_["returned"]["loss"], round_["losses"][name])


def _close(loss: float | None, expected: float) -> bool:
    return loss is not None and math.isclose(loss, expected, rel_tol=5e-4, abs_tol=1e-5)
