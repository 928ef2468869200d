"""The messages of lab 04: what a loss returned, what was expected, and why."""

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks.loss_fit import Fit, Part, fit
from labkit.checks.losses_formulas import say
from labkit.checks.words import error_message, number, numbers, told

if TYPE_CHECKING:
    from labkit.checks.losses import Calls

Call = dict[str, Any]
SLOPE = 1e-3  # below it a gradient counts as none

KNOWN = (
    (
        "result type Float can't be cast",
        "the labels are whole numbers (int64)",
        "Try: how could a label get the dtype of the logits (ones_like)?",
    ),
    (
        "Found dtype Long",
        "the labels are whole numbers (int64)",
        "Try: how could a label get the dtype of the logits (ones_like)?",
    ),
    (
        "should be between 0 and 1",
        "this BCE expects probabilities; it was given logits",
        "Try: which BCE of torch takes raw scores?",
    ),
    (
        "arget size",
        "labels and logits differ in shape",
        "Try: which function makes labels of the same shape as the logits?",
    ),
    (
        "must match the size of tensor",
        "two tensors of different lengths are combined",
        "Try: average the real and the fake losses first, or combine them first?",
    ),
    (
        "requires grad. Use tensor.detach()",
        "it leaves torch, and the gradient ends there",
        "Try: which torch function does the same as the numpy one?",
    ),
    (
        "can be converted to Python scalars",
        "a function for single numbers was given a tensor",
        "Try: math.log or torch.log?",
    ),
    (
        "inplace operation",
        "an operation in place destroys what the gradient needs",
        "Try: which of your operations ends in _, or is a +=?",
    ),
)
NO_GRAPH = "Without its graph the loss cannot train: backward() finds nothing."


def where(call: Call) -> str:
    """Name a call by the shapes of its logits: "for logits (8,) and (3,)"."""
    tail = call["shape"][1:]
    shapes = [
        f"({', '.join(map(str, [size, *tail]))}{',' * (not tail)})"
        for size in call["sizes"]
    ]
    return f"for logits {' and '.join(shapes)}"


def stopped(calls: "Calls", call: Call) -> str | None:
    """The message for a call that raised an error, or None."""
    error = calls.errors.get(call["part"])
    place = "" if call["group"] == "row" else where(call)
    return error and error_message(error, KNOWN, place)


def kind(calls: "Calls") -> str:
    """What is wrong with the type or shape of the result; "" if nothing is."""
    for call in calls.of("row", "column", "one", "one column"):
        if "type" not in call:
            if call["group"] == "row":
                return stopped(calls, call) or ""
            continue
        if call["type"] == "NoneType":
            return told(
                "it returns nothing (None)",
                "Whoever calls it needs the loss, to call backward() on it.",
                "Try: does it end with return?",
            )
        if call.get("numel", 1) != 1:
            return told(
                "it returns one number per image, not one for the batch",
                f"{where(call)} your result has shape {tuple(call['result'])},"
                " expected ()",
                "backward() starts from a single number.",
                "Try: what turns the losses of a batch into one that fits any size?",
            )
        if "numel" not in call:
            what = "a plain number" if "value" in call else f"a {call['type']}"
            return told(
                f"it returns {what}, not a tensor",
                NO_GRAPH,
                "Try: which step leaves torch (item(), float(), numpy())?",
            )
    return ""


def luck(calls: "Calls", _: Any) -> str:
    """The same call gave two values."""
    values = [call.get("value", np.nan) for call in calls.of("again")]
    return told(
        "the same logits give a different loss at a second call",
        f"first {number(values[0], 4)}, then {number(values[1], 4)}",
        "A loss is a formula; chance belongs into the images and z.",
        "Try: which of your steps draws random numbers, or remembers a call?",
    )


def values(calls: "Calls", wrong: list[Call]) -> str:
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
    if said and said[0].startswith("a factor"):
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


def shapes(calls: "Calls", wrong: list[Call]) -> str:
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


def far(calls: "Calls", wrong: list[Call]) -> str:
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
        "Try: is there a sigmoid, an epsilon or a clamp in it? What takes the logits?",
    )


def smoothing(calls: "Calls", wrong: list[Call]) -> str:
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
    one_sided = "It is one-sided: smoothed fakes would pull the generator to old fakes."
    if real.near(0.5, 0) and fake.near(0, 0.5):
        return "smoothing changes nothing", "It keeps the critic from being too sure."
    if real.near(0.5, 0):
        return "the fakes are smoothed, not the real images", one_sided
    if not fake.near(0, 0.5):
        return "the fakes are smoothed too", one_sided
    if not real.absent and real.weight and real.label > 1.001:
        return (
            "the real label lies above 1",
            "No probability does: the loss may fall below 0.",
        )
    return (
        "the real label is not 1 - smoothing",
        "It keeps the critic from being too sure.",
    )


def gradient(calls: "Calls", wrong: list[Call]) -> str:
    """The value is right, but the gradient does not get through."""
    call = wrong[0]
    if not call["graph"]:
        return told(
            "the loss has lost its graph (requires_grad is False)",
            NO_GRAPH,
            "Try: which step copies the number only (item(), detach(), tensor(...))?",
        )
    names = ["real logits", "fake logits"][-len(call["slopes"]) :]
    for name, slope in zip(names, call["slopes"], strict=True):
        if slope is None:
            return told(
                f"no gradient reaches the {name}",
                "The value is right, but the path back is cut.",
                "Where the gradient ends, the learning ends.",
                "Try: is there a detach() or a no_grad() inside your loss?",
            )
    return told(
        "the value is right, the gradient is not",
        f"gradient, summed over the batch: {numbers(call['slopes'], 3)},"
        f" expected {numbers(calls.slopes(call), 3)}",
        "Only the gradient reaches the weights; the value is for our eyes.",
        "Try: which part of your formula is cut off or put in place of another?",
    )


def changed(calls: "Calls", _: Any) -> str:
    """The logits that went in came out changed."""
    return told(
        "it changes the logits that it is given",
        "After the call, the tensor that went in holds other numbers.",
        "The training loop uses them again, for D(x) and D(G(z)).",
        "Try: which of your operations works in place (x.sigmoid_(), x += ...)?",
    )


def fitted(calls: "Calls", *groups: str) -> Fit | None:
    """Fit the values of these groups of calls."""
    used = [call for call in calls.of(*groups) if "value" in call]
    return fit([call["parts"] for call in used], [call["value"] for call in used])


def _label(part: Part) -> str:
    return "none" if part.absent or part.linear else number(round(part.label, 3))


def _example(calls: "Calls", wrong: list[Call]) -> str:
    """The hand-made case that shows the mistake well, as one line with numbers."""
    named = [call for call in wrong if call["group"] in calls.cases] or wrong
    worst = max(map(_distance, named))
    call = next(call for call in named if _distance(call) >= 0.9 * worst)
    case = f" (critic {call['group']})" if call["group"] in calls.cases else ""
    logits = [numbers(np.round(part, 2)) for part in call["parts"]]
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
