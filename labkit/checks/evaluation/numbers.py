"""What the exercises of lab 09 that return one number have in common."""

import numbers
from typing import Any

import numpy as np
from torch import Tensor

from labkit.checks.words import a, error_message, told

Call = dict[str, Any]


def read(result: Any) -> Call:
    """Take down what came back: its type, and its value if it is one real number."""
    call: Call = {"type": type(result).__name__}
    if isinstance(result, (Tensor, np.ndarray)):
        call["shape"] = list(result.shape)
        if result.ndim:
            return call
        result = result.item()
    if isinstance(result, numbers.Real):
        call["value"] = float(result)
    elif isinstance(result, numbers.Complex):
        call["complex"] = [float(result.real), float(result.imag)]
    return call


def kind(calls: list[Call], errors: dict[str, Any], known: tuple, why: str) -> str:
    """Say why a result is not one real number; "" if all are."""
    for call in calls:
        where = f"for {call['case']}"
        if call["case"] in errors:
            return error_message(errors[call["case"]], known, where)
        if "value" in call:
            continue
        if call["type"] == "NoneType":
            return told(
                "it returns nothing (None)",
                "Try: how does a function hand over its result? Does it end with return?",
            )
        if "complex" in call:
            real, imaginary = call["complex"]
            return told(
                "it returns a complex number",
                f"{where}: {real:.3g} {imaginary:+.1g}i",
                "Rounding makes numbers below 0, whose roots are imaginary.",
                "Try: which part of the root of a matrix do you need here?",
            )
        if call.get("shape"):
            return told(
                f"it returns a tensor of shape {tuple(call['shape'])}, not one number",
                f"{where}; expected a float, or a tensor of shape ()",
                why,
                "Try: what is left to do until it is one number?",
            )
        return told(
            f"it returns {a(call['type'])}, not one number",
            f"{where}; expected a float, or a tensor of shape ()",
            why,
        )
    return ""


def luck(what: str) -> str:
    """The same input gave two results."""
    return told(
        "two calls with the same input give two results",
        f"{what} is a property of its input alone.",
        "Try: which of your steps draws random numbers, or keeps something?",
    )


def changed(what: str) -> str:
    """The input came out changed."""
    return told(
        f"it changes the {what} that it is given",
        "After the call, a tensor that went in holds other numbers.",
        "The next measure would be taken from spoilt data.",
        "Try: which of your operations works in place (x -= …, x.sqrt_())?",
    )
