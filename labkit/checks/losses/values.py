"""Messages of lab 04 about the numbers: which formula they come from, and where not."""

import numpy as np

from labkit.checks.losses.calls import Call, Calls
from labkit.checks.losses.fit import Fit, Part, fit
from labkit.checks.losses.formulas import say
from labkit.checks.losses.handling import stopped, where
from labkit.checks.words import number, numbers, told

SLOPE = 1e-3  # below it a gradient counts as none


def values(calls: Calls, wrong: list[Call]) -> str:
    """The values are wrong: say which formula they belong to, if it can be found."""
    if message := stopped(calls, wrong[0]):
        return message
    lost = [call for call in wrong if not np.isfinite(call.get("value", np.nan))]
    if any(call["group"] == "row" for call in lost):
        example = _example(calls, lost)
        return told("the loss is nan or inf", example, "Try: what goes into your log?")
    wrong = [call for call in wrong if call not in lost] or wrong
    found = fitted(calls, "row", "unequal", "one") or fitted(calls, "row")
    said = say(calls.name, found) if found else None
    if said and said[0].startswith("a factor") and "wasserstein" not in calls.name:
        example = _example(calls, calls.of("guessing"))
    else:
        example = _example(calls, wrong)
    if said:
        return told(said[0], example, said[1], said[2])
    return told(
        "the values are not right",
        example,
        "Try: work this case out by hand, first for one image, then for two.",
    )


def shapes(calls: Calls, wrong: list[Call]) -> str:
    """Other shapes or sizes fail, while equal batches of shape (B,) are right."""
    call = wrong[0]
    if message := stopped(calls, call):
        return message
    numbers_seen = (
        f"{where(call)}: your loss {number(call.get('value', np.nan), 3)},"
        f" expected {number(call['expected'], 3)}"
    )
    if call["group"].endswith("column"):
        return told(
            "right for logits (B,), wrong for (B, 1)",
            numbers_seen,
            "A critic may return either. (4, 1) combined with (4,) becomes (4, 4).",
            "Try: print the shape after each of your steps. Does it grow?",
        )
    if call["group"] == "unequal":
        found = fitted(calls, "row", "unequal")
        said = found and say(calls.name, found)
        if said:
            return told(said[0], numbers_seen, said[1], said[2])
        return told(
            "wrong when there are not as many fakes as real images",
            numbers_seen,
            "Real and fake should each count for half, however many there are.",
            "Try: over what do you average, and in which order?",
        )
    return told(
        "wrong for a batch of one",
        numbers_seen,
        "The last batch of an epoch can have one image.",
        "Try: which of your steps needs more than one image?",
    )


def far(calls: Calls, wrong: list[Call]) -> str:
    """Something breaks at logits of ±200."""
    call = wrong[0]
    if message := stopped(calls, call):
        return message
    value = call.get("value", np.nan)
    example = _example(calls, [call])
    if not np.isfinite(value):
        return told(
            f"{number(value)} when the critic is very sure",
            example,
            "In float32 sigmoid(-200) is 0 and exp(200) is inf; no log survives that.",
            "One such batch and every weight is nan.",
            "Try: which function of torch takes the logits themselves?",
        )
    slopes = [abs(slope or 0) for slope in call.get("slopes", [])]
    flat = slopes and max(slopes) < SLOPE < max(map(abs, calls.slopes(call)))
    return told(
        "the loss stops growing when the critic is very sure",
        example,
        "There its gradient is 0: nothing is learnt from the worst mistakes."
        * bool(flat),
        "Try: a sigmoid, an epsilon, a clamp? Which function takes the logits themselves?",
    )


def smoothing(calls: Calls, wrong: list[Call]) -> str:
    """Smoothing is not one-sided, or not what was asked for."""
    if message := stopped(calls, wrong[0]):
        return message
    call = wrong[0]
    shown = (
        f"smoothing {call['smoothing']}: your loss {number(call.get('value', np.nan), 3)},"
        f" expected {number(call['expected'], 3)}"
    )
    found = fitted(calls, "smoothed")
    if not found or found.family != "cross-entropy" or found.parts[0].linear:
        return told(
            "the smoothed loss is not right",
            shown,
            "Try: with smoothing 0.1, what is the label of a real image? Of a fake?",
        )
    real, fake = found.parts
    s = calls.of("smoothed")[0]["smoothing"]
    labels = (
        f"smoothing {s}: your labels are {_label(real)} for real and"
        f" {_label(fake)} for fakes; expected {1 - s} and 0"
    )
    headline, why = _smoothed(real, fake, s)
    return told(
        headline, labels, why, "Try: whose labels change, and in which direction?"
    )


def _smoothed(real: Part, fake: Part, s: float) -> tuple[str, str]:
    one_sided = (
        "It is one-sided: with smoothed fakes, bad fakes have no reason to move."
    )
    if max(abs(real.weight - 0.5), abs(fake.weight - 0.5)) > 0.01:
        shares = f"{number(real.weight)} and {number(fake.weight)}"
        return (
            "smoothing changes how much the halves count",
            f"Real and fake count {shares}; expected 0.50 and 0.50.",
        )
    if real.near(0.5, 0) and fake.near(0, 0.5):
        return "smoothing changes nothing", "It keeps the critic from being too sure."
    if real.near(0.5, 0):
        return "the fakes are smoothed, not the real images", one_sided
    if not fake.near(0, 0.5):
        return "the fakes are smoothed too", one_sided
    if real.label > 1.001:
        return (
            "the real label lies above 1",
            "No probability does: the loss may fall below 0.",
        )
    return (
        "the real label is not 1 - smoothing",
        "It keeps the critic from being too sure.",
    )


def fitted(calls: Calls, *groups: str) -> Fit | None:
    """Fit the values of these groups of calls."""
    used = [call for call in calls.of(*groups) if "value" in call]
    return fit([call["parts"] for call in used], [call["value"] for call in used])


def _label(part: Part) -> str:
    return "none" if part.absent or part.linear else number(round(part.label, 3))


def _example(calls: Calls, wrong: list[Call]) -> str:
    """The hand-made case that shows the mistake well, as one line with numbers."""
    named = [call for call in wrong if call["group"] in calls.cases] or wrong
    worst = max(map(_distance, named))
    call = next(call for call in named if _distance(call) >= 0.9 * worst)
    case = f" (critic {call['group']})" if call["group"] in calls.cases else ""
    few = 4 if len(call["parts"]) == 1 else 2  # that fit into the line
    logits = [numbers(np.round(part, 2), at_most=few) for part in call["parts"]]
    names = ("real", "fake") if len(logits) == 2 else ("fake logits",)
    shown = ", ".join(
        f"{name} {part}" for name, part in zip(names, logits, strict=True)
    )
    return (
        f"{shown}{case}: your loss {number(call.get('value', np.nan))},"
        f" expected {number(call['expected'])}"
    )


def _distance(call: Call) -> float:
    distance = abs(call.get("value", np.nan) - call["expected"])
    return distance if np.isfinite(distance) else 1e9
