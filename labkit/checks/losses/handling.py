"""Messages of lab 04 about how a loss answers: errors, type, shape, graph, input."""

from typing import Any

import numpy as np

from labkit.checks.losses.calls import Call, Calls
from labkit.checks.words import a, error_message, number, numbers, told

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


def stopped(calls: Calls, call: Call) -> str | None:
    """The message for a call that raised an error, or None."""
    error = calls.errors.get(call["part"])
    place = "" if call["group"] == "row" else where(call)
    return error and error_message(error, KNOWN, place)


def kind(calls: Calls) -> str:
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
            if "value" not in call:
                return told(
                    f"it returns {a(call['type'])}, not a tensor",
                    "One loss is one number, and backward() starts from it.",
                    "Try: which of the things that you return is the loss?",
                )
            return told(
                "it returns a plain number, not a tensor",
                NO_GRAPH,
                "Try: which step leaves torch (item(), float(), numpy())?",
            )
    return ""


def luck(calls: Calls, _: Any) -> str:
    """The same call gave two values."""
    values = [call.get("value", np.nan) for call in calls.of("again")]
    return told(
        "the same logits give a different loss at a second call",
        f"first {number(values[0], 4)}, then {number(values[1], 4)}",
        "A loss is a formula; chance belongs into the images and z.",
        "Try: which of your steps draws random numbers, or remembers a call?",
    )


def gradient(calls: Calls, wrong: list[Call]) -> str:
    """The value is right, but the gradient does not get through."""
    call = wrong[0]
    if message := stopped(calls, call):
        return message
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


def changed(calls: Calls, _: Any) -> str:
    """The logits that went in came out changed."""
    return told(
        "it changes the logits that it is given",
        "After the call, the tensor that went in holds other numbers.",
        "The training loop uses them again, for D(x) and D(G(z)).",
        "Try: which of your operations works in place (x.sigmoid_(), x += ...)?",
    )
