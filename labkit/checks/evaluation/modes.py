"""Lab 09, exercise mode_coverage: how many classes occur."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from labkit.checks.evaluation.numbers import Call, changed, kind, luck, read
from labkit.checks.spec import Finding, Observation
from labkit.checks.words import number, numbers, told

# A readable start; then sets in which mistakes show: class 0 alone, high classes only,
# classes seen once, one image.
FIXED = (
    ([7, 2, 2, 9, 0, 7], 10),
    ([0, 0, 0], 10),
    ([3], 4),
    ([5, 6, 7, 8, 5, 8], 10),
    ([2, 1, 0], 3),
    ([1, 1, 2, 2, 1, 1], 3),
)
WHY = "Coverage finds the generator that paints a few things well and no others."
Labels = np.ndarray
# What students return instead of the count c of K classes among n labels.
Guess = Callable[[Labels, int], float]


def count(labels: Labels, num_classes: int) -> float:
    """How many classes occur."""
    return len(np.unique(labels))


def _shares(labels: Labels, num_classes: int) -> np.ndarray:
    return np.bincount(labels, minlength=num_classes) / len(labels)


def _entropy(labels: Labels, num_classes: int) -> float:
    shares = _shares(labels, num_classes)
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


def _at_least(times: float) -> Guess:
    return lambda y, k: float((np.bincount(y) >= times).sum())


ASK_SAME = "Try: how many of your labels name a class that was already there?"
ASK_MAX = (
    "Try: for labels [9, 9], how many classes occur, and how large is the largest?"
)
ASK_ZERO = "Try: what does your function say of labels [0, 0, 0]?"
ASK_OF = "Try: a generator that paints only ones, a million of them, covers how much?"
ASK_EVEN = "Try: does it matter here how often a class occurs?"
MISTAKES: tuple[tuple[Guess, str, str], ...] = (
    (lambda y, k: len(y), "it counts the labels, not the classes",
     "Try: in set(labels) two tensors are never the same; what are they as numbers?"),
    (lambda y, k: y.max() + 1, "it looks at the largest label only", ASK_MAX),
    (lambda y, k: y.max(), "it looks at the largest label only", ASK_MAX),
    (lambda y, k: np.ptp(y) + 1, "it looks at the range of the labels only", ASK_MAX),
    (lambda y, k: len(np.unique(y[y != 0])), "class 0 is not counted", ASK_ZERO),
    (lambda y, k: k - count(y, k), "it counts the classes that are missing", WHY),
    (_at_least(2), "classes that occur once are not counted", ASK_EVEN),
    (lambda y, k: (np.bincount(y) == 1).sum(), "it counts classes that occur once",
     ASK_EVEN),
    (lambda y, k: (np.bincount(y) >= len(y) / k).sum(),
     "rare classes are not counted", ASK_EVEN),
    (lambda y, k: 1 + (np.diff(y) != 0).sum(),
     "it counts how often neighbouring labels differ", "Try: is the order of any use?"),
    (lambda y, k: count(y, k) - 1, "one class too few", ASK_ZERO),
    (lambda y, k: count(y, k) + 1, "one class too many", ASK_ZERO),
    (lambda y, k: k, "it gives all classes, whatever the labels are", ASK_OF),
    (lambda y, k: np.bincount(y).max(), "it counts the most frequent class", ASK_EVEN),
)  # fmt: skip
OTHERS: tuple[tuple[Guess, str, str], ...] = (
    (lambda y, k: count(y, k) / len(y),
     "it divides by the number of labels, not of classes", ASK_OF),
    (lambda y, k: len(y) / count(y, k), "it gives the labels per class", ASK_EVEN),
    (lambda y, k: count(y, k) / (y.max() + 1),
     "it divides by the classes up to the largest label", ASK_MAX),
    (lambda y, k: np.count_nonzero(y) / len(y),
     "it counts labels that are not 0", ASK_ZERO),
    (lambda y, k: 100 * count(y, k) / k, "these are percent",
     "Try: on which scale does a coverage of 1 mean that nothing is missing?"),
    (lambda y, k: _shares(y, k).max(), "it is the share of the most frequent class",
     ASK_EVEN),
    (_entropy, "it is the entropy of the classes", ASK_EVEN),
    (lambda y, k: _entropy(y, k) / np.log(k), "it is the entropy of the classes",
     ASK_EVEN),
    (lambda y, k: np.exp(_entropy(y, k)), "it is the exponential of the entropy",
     ASK_EVEN),
    (lambda y, k: np.exp(_entropy(y, k)) / k, "it is the exponential of the entropy",
     ASK_EVEN),
    (lambda y, k: np.log(k) - _entropy(y, k), "it is a divergence from even classes",
     ASK_EVEN),
    (lambda y, k: float(count(y, k) == k), "it only says whether all classes occur",
     "Try: is the fraction thrown away (//), or the count only compared (==)?"),
    (lambda y, k: y.mean(), "it averages the labels", ASK_MAX),
)  # fmt: skip


def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Call it on fixed and drawn labels."""
    obs = Observation()
    obs["calls"] = []
    drawn = [(_drawn(rng, *case), case[2]) for case in DRAWN]
    fixed = [(torch.tensor(labels), classes) for labels, classes in FIXED]
    for labels, classes in (*fixed, *drawn, fixed[0]):
        given = labels.clone()
        call: Call = {"case": _named(labels, classes, len(obs["calls"]))}
        call |= {"labels": labels, "classes": classes}
        obs["calls"].append(call)
        with obs.part(call["case"]):
            call |= read(impl(given, classes))
            call["kept"] = torch.equal(given, labels)
    return obs


# Labels drawn from so many classes of the first of so many, and all classes there are.
DRAWN = ((60, 8, 20), (300, 1000, 1000), (2500, 1000, 1000), (200, 10, 10))


def _drawn(rng: torch.Generator, size: int, kinds: int, classes: int) -> torch.Tensor:
    some = torch.randperm(classes, generator=rng)[:kinds]
    return some[torch.randint(kinds, (size,), generator=rng)]


def _named(labels: torch.Tensor, classes: int, place: int) -> str:
    if len(labels) > 8:
        return f"{len(labels)} labels of {classes} classes (call {place + 1})"
    return f"labels {labels.tolist()} of {classes} classes"


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Findings: one number, the same each time, the right number, input kept."""
    calls = obs["calls"]
    problem = kind(calls, obs["errors"], (), WHY)
    values = [call.get("value", np.nan) for call in calls]
    lucky = values[0] != values[-1] and not problem
    unit = None if problem else _unit(calls, values)
    kept = all(call.get("kept", True) for call in calls)
    fixed, drawn = (
        unit is not None or (not problem and _some_unit(calls[part], values[part]))
        for part in (slice(len(FIXED)), slice(len(FIXED), None))
    )
    text = problem or ("" if unit else _diagnosis(calls, values))
    return [
        Finding("one number", not problem, problem, 0.5),
        Finding("the same every time", not (problem or lucky), problem or luck("Coverage"), 0.25),
        Finding("a few labels", fixed, text, 1),
        Finding("many labels", drawn, text, 1),
        Finding("labels kept", kept, changed("labels"), 0.25),
        Finding("the share", unit != "count", _advice(), 0),
    ]  # fmt: skip


def _close(values: list[float], wanted: list[float]) -> bool:
    return bool(np.allclose(values, wanted, rtol=1e-4, atol=1e-6))


def _targets(calls: list[Call], guess: Guess) -> tuple[list[float], list[float]]:
    """What a guess gives for each call, as a count and as a share."""
    counts = [float(guess(np.asarray(c["labels"]), c["classes"])) for c in calls]
    shares = [n / c["classes"] for n, c in zip(counts, calls, strict=True)]
    return counts, shares


def _unit(calls: list[Call], values: list[float]) -> str | None:
    """Tell whether the values are the right shares, or the right counts."""
    counts, shares = _targets(calls, count)
    if _close(values, shares):
        return "share"
    return "count" if _close(values, counts) else None


def _some_unit(calls: list[Call], values: list[float]) -> bool:
    return _unit(calls, values) is not None


def _diagnosis(calls: list[Call], values: list[float]) -> str:
    _, shares = _targets(calls, count)
    wrong = [
        place
        for place, (call, value) in enumerate(zip(calls, values, strict=True))
        if _unit([call], [value]) is None
    ] or [0]
    shown = calls[wrong[0]]
    seen = np.unique(shown["labels"])
    given = (
        f"{shown['case']}: you return {number(values[wrong[0]], 4)}, "
        f"expected {number(shares[wrong[0]], 4)}"
    )
    listed = f"the classes that occur: {numbers(seen, 0, 8)}"
    for guess, headline, question in (*MISTAKES, *OTHERS):
        both = _targets(calls, guess)
        units = both if (guess, headline, question) in MISTAKES else both[:1]
        if any(_close(values, unit) for unit in units):
            return told(
                headline, given, listed, WHY, "" if question is WHY else question
            )
    if wrong == [0] and _unit(calls[:1], values[:1]):
        return told(
            "it gives a count for some labels and a share for others",
            "Try: which of the two does the docstring ask for?",
        )
    return told(
        "not the share of the classes that occur",
        given,
        listed,
        WHY,
        "Try: cross out the labels that you have already seen. What is left?",
    )


def _advice() -> str:
    return told(
        "you return how many classes occur; the docstring asks for their share",
        "Divided by num_classes, 10 and 1000 classes can be compared.",
    )
