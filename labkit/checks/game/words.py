"""Messages of lab 01: which formula it is, and where it goes wrong."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.checks.words import a, error_message, number, numbers, told

TOLERANCE = 1e-4


def right(real: np.ndarray, fake: np.ndarray) -> np.ndarray:
    """The expected answer, in float64."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(real + fake == 0, 0.5, real / (real + fake))


Formula = Callable[[np.ndarray, np.ndarray], np.ndarray]
PROBABILITY = (
    "Try: at a place with 3 real points and 1 fake, what is the chance of real?"
)
WHY = "The best critic says how likely a point at this place is to be real."
# What students compute instead: formula, what it is, why that is not it, a question.
MISTAKES: tuple[tuple[Formula, str, str, str], ...] = (
    (lambda p, q: q / (p + q), "this is the probability of being fake",
     "D says how sure the critic is that a point is real.",
     "Try: which of the two densities stands above the line?"),
    (lambda p, q: p / q, "this is the ratio of the densities, not a probability",
     "A probability is never above 1.", PROBABILITY),
    (lambda p, q: q / p, "this is the ratio of the densities, and upside down",
     "A probability is never above 1.", PROBABILITY),
    (lambda p, q: np.log(p / q), "this is the logit, log(p_real / p_fake)",
     "D is the probability that belongs to it: its sigmoid.", PROBABILITY),
    (lambda p, q: np.log(p / (p + q)), "this is log D, not D",
     "The logarithm belongs into the loss.", PROBABILITY),
    (lambda p, q: p - q, "the densities are subtracted, not compared by ratio", WHY,
     PROBABILITY),
    (lambda p, q: (p - q) / (p + q), "this runs from -1 to 1: a contrast", WHY,
     PROBABILITY),
    (lambda p, q: 1 / (1 + np.exp(q - p)), "this is a softmax of the densities", WHY,
     "Try: densities 0.3 and 0.1, then 3 and 1. Should D change?"),
    (lambda p, q: (p > q) + 0.5 * (p == q), "this is a verdict, 0 or 1",
     "The critic is to say how sure it is; a step has no slope to learn from.",
     PROBABILITY),
    (lambda p, q: 0.0 + (p > q), "this is a verdict, 0 or 1",
     "The critic is to say how sure it is; a step has no slope to learn from.",
     PROBABILITY),
    (lambda p, q: 0.0 + (p >= q), "this is a verdict, 0 or 1",
     "The critic is to say how sure it is; a step has no slope to learn from.",
     PROBABILITY),
    (lambda p, q: p**2 / (p**2 + q**2), "the densities are squared", WHY, PROBABILITY),
    (lambda p, q: np.sqrt(p) / (np.sqrt(p) + np.sqrt(q)),
     "this takes roots of the densities", WHY, PROBABILITY),
    (lambda p, q: p / (p + q) / 2, "half of the right answer", WHY, PROBABILITY),
    (lambda p, q: p / ((p + q) / 2), "twice the right answer",
     "A probability is never above 1.", PROBABILITY),
    (lambda p, q: p / np.maximum(p, q), "divided by the larger density, not by both",
     WHY, PROBABILITY),
    (lambda p, q: p + 0 * q, "this is p_real alone",
     "How likely a point is to be real depends on the fakes there as well.",
     PROBABILITY),
    (lambda p, q: 0.5 + 0 * p, "0.5 everywhere",
     "The critic says 0.5 only where both are equally likely.", PROBABILITY),
    (lambda p, q: p / p.sum() / (p / p.sum() + q / q.sum()),
     "the densities are rescaled first, each by its own sum",
     "One place is judged by the numbers of that place alone.",
     "Try: which of your steps looks at other places?"),
    (lambda p, q: p / (p.sum() + q.sum()), "divided by a sum over all places",
     "One place is judged by the numbers of that place alone.",
     "Try: which of your sums runs over the places?"),
)  # fmt: skip
KNOWN = (
    (
        "Boolean value of Tensor",
        "an if asks a whole tensor at once",
        "Try: which torch function chooses place by place (where)?",
    ),
    (
        "float() argument",
        "it takes single numbers, and is given tensors",
        "Try: torch.where and / work on all places at once.",
    ),
    (
        "can be converted to Python scalars",
        "it takes single numbers, and is given tensors",
        "Try: torch.where and / work on all places at once.",
    ),
)


def changed(_: Any) -> str:
    """The densities that went in came out changed."""
    return told(
        "it changes the densities that it is given",
        "After the call, the tensors that went in hold other numbers.",
        "Whoever draws p_real next draws something else.",
        "Try: which of your operations works in place (x += …, x[…] = …)?",
    )


def counts(_: Any) -> str:
    """Advice: int64 does not work."""
    return told(
        "whole numbers are not handled",
        "Counts of points, [3, 0, 1, 0] and [1, 2, 0, 0] as int64, would work too if",
        "you divided first and put the 0.5 into a float tensor.",
    )


def one_for_all(_: Any) -> str:
    """Advice: no broadcasting."""
    return told(
        "three densities against one number are not handled",
        "torch.where and / stretch the smaller one by themselves; indexing does not.",
    )


def stopped(errors: dict[str, Any], name: str) -> str | None:
    """The message for a call that raised an error, or None."""
    place = "" if name == "plain" else f"({name})"
    return error_message(errors[name], KNOWN, place) if name in errors else None


def kind(call: dict[str, Any], error: dict[str, Any] | None) -> str:
    """What is wrong with the type of the result; "" if nothing is."""
    if error:
        return error_message(error, KNOWN)
    if call["type"] == "NoneType":
        return told("it returns nothing (None)", "Try: does it end with return?")
    if "got" not in call:
        return told(
            f"it returns {a(call['type'])}, not a tensor",
            "Try: which step leaves torch?",
        )
    return ""


def shape(call: dict[str, Any]) -> str:
    """The result has another shape."""
    return told(
        "the shape changes",
        f"in: {call['real'].shape}, out: {call['got'].shape}",
        "Each place gets its own opinion; there are as many as places.",
        "Try: which of your steps sums, drops or adds an axis?",
    )


def example(call: dict[str, Any]) -> str:
    """One line with numbers, at the place where the answer is furthest off."""
    expected = right(call["real"], call["fake"]).ravel()
    got = np.asarray(call["got"]).ravel()
    at = int(np.argmax(np.nan_to_num(np.abs(got - expected), nan=9, posinf=9)))
    real, fake = (float(np.ravel(call[name])[at]) for name in ("real", "fake"))
    return (
        f"p_real {number(real)}, p_fake {number(fake)}: you return"
        f" {number(got[at])}, expected {number(expected[at])}"
    )


def formula(call: dict[str, Any]) -> str:
    """The values are wrong: say what they are instead, if that is known."""
    real, fake, got = call["real"], call["fake"], call["got"]
    with np.errstate(all="ignore"):
        for mistake, headline, why, question in MISTAKES:
            if np.allclose(mistake(real, fake), got, atol=TOLERANCE):
                return told(headline, example(call), why, question)
    return told("the values are not right", example(call), WHY, PROBABILITY)


def zero(call: dict[str, Any]) -> str:
    """Wrong where one density is 0."""
    which = "no real points" if not np.any(call["real"]) else "no fakes"
    return told(
        f"wrong where there are {which}",
        example(call),
        "There the best critic is sure. 0.5 belongs only where both densities are 0.",
        "Try: what does your formula do if one of the two numbers is 0?",
    )


def both(call: dict[str, Any]) -> str:
    """Wrong where both densities are 0."""
    got = np.asarray(call["got"]).ravel()
    why = (
        "0 / 0 is nan, and one nan spoils every mean that it enters."
        if np.isnan(got).any()
        else "Where neither ever lands, the critic knows nothing: it guesses."
    )
    return told(
        "wrong where both densities are 0",
        f"p_real {numbers(call['real'])}, p_fake {numbers(call['fake'])}:"
        f" you return {numbers(got)}",
        f"expected {numbers(right(call['real'], call['fake']))}",
        why,
        "Try: how do you find these places, and what do you put there?",
    )


def tiny(call: dict[str, Any]) -> str:
    """Wrong where both densities are tiny."""
    return told(
        "wrong where both densities are tiny",
        example(call),
        "Far from all points densities are tiny, and their ratio still counts.",
        "Try: is there a small number that you add, or a threshold above 0?",
    )
