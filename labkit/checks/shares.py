"""Answers that were found with a widget: its share string, the widget, or a function.

The widget's package is not needed, and is not loaded: a share string is text, and a
widget that somebody hands over brings its state along.
"""

from collections.abc import Mapping
from typing import Any

from labkit import sharing
from labkit.checks.words import a, shortened, told
from labkit.errors import BadValue

NOT_KEPT = told(
    "this is the widget itself; hand in its text",
    "What you choose with the mouse is not saved with the notebook, and whoever opens",
    "it again, the grader too, sees the widget's first choices.",
    "Try: does the text of its field Share, between quotes in the cell, pass as well?",
)


def handed_in(impl: Any, name: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Read what was chosen in a widget off an answer, or say why it cannot be read.

    Args:
        impl: a share string, a widget, a widget's state, or a function that returns one
            of them.
        name: of the widget, "explorer" say.
        wanted: the choices that matter, with the values of those that are not named.

    Returns:
        {"kind": the type's name, "widget": whether it was the widget itself, and then
        "state": the wanted choices, or "problem": why the text cannot be read, or
        "answer": something else, as it came}.
    """
    answer = impl() if callable(impl) else impl
    found: dict[str, Any] = {"kind": type(answer).__name__, "widget": False}
    if isinstance(answer, str):
        return found | _said(answer, name, wanted)
    if getattr(answer, "module", None) == name:
        found["widget"], answer = True, getattr(answer, "state", None)
    if isinstance(answer, Mapping):
        return found | {"state": {key: answer.get(key, wanted[key]) for key in wanted}}
    return found | {"answer": answer}


def _said(text: str, name: str, wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        widget, said = sharing.split(text)
        if widget != name:
            raise BadValue(f"this is a share string of the {widget}, not of the {name}")
        values = {
            key: sharing.value(said[key], key, wanted[key])
            for key in wanted
            if key in said
        }
    except BadValue as error:
        return {"problem": str(error)}
    return {"state": wanted | values}


def unread(found: dict[str, Any], name: str, example: str) -> str:
    """Say why nothing can be read off an answer; "" if something can."""
    expected = f'Expected: the text of the {name}\'s field Share, "{example}" say.'
    if "state" in found:
        return ""
    if found["kind"] == "NoneType":
        return told(
            "nothing comes back (None)",
            expected,
            "Try: does your function end with return, and the text on the same line?",
        )
    if found.get("problem"):
        return told(
            f"this text says nothing that the {name} knows",
            shortened(found["problem"]),
            expected,
            "Try: was the whole of the field copied, and nothing typed into it?",
        )
    return told(f"{a(found['kind'])} comes back, not a text", expected)
