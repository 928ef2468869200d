"""Putting findings into words that more than one exercise needs."""

from collections.abc import Iterable
from typing import Any

WIDTH = 84  # columns of a line, without its indent

# What torch and Python say -> what it means.
KNOWN_ERRORS = (
    (
        "can't allocate memory",
        "it asks for more memory than there is",
        "Try: how many numbers are in the largest tensor that it makes?",
    ),
    (
        "NoneType",
        "something in it is None",
        "Try: does every function that you wrote end with return?",
    ),
    (
        "is not defined",
        "a name in it is unknown",
        "Try: is it spelled right, and has the cell that defines or imports it run?",
    ),
    (
        "can't convert cuda",
        "part of it lies on the GPU",
        "Try: on which device are the tensors that you make? x.device knows.",
    ),
)
# The same for errors of the call itself, before any line of the student's has run.
CALL_ERRORS = tuple(
    (
        text,
        "its arguments are not those asked for",
        "Try: are the names, their order and defaults as in the docstring?",
    )
    for text in ("positional argument", "unexpected keyword", "multiple values for")
)


def told(headline: str, *lines: str) -> str:
    """Join a message: the headline, then at most five indented lines."""
    return "\n".join([headline, *(f"  {line}" for line in lines if line)])


def error_message(
    error: dict[str, Any],
    known: Iterable[tuple[str, str, str]] = (),
    where: str = "",
) -> str:
    """Put an error of the student's code into words.

    Args:
        error: as `spec.describe` gives it.
        known: (part of the error's text, headline, hint), tried before the common
            ones.
        where: when it happened, "with logits of shape (4, 1)" say.
    """
    text = " ".join(error["text"].split())
    quoted = shortened(f"{error['type']}: {text}")
    line = shortened(f"in your line  {error['line']}") if error["line"] else ""
    calls = () if error["line"] else CALL_ERRORS
    for part, headline, hint in (*calls, *known, *KNOWN_ERRORS):
        if part in text:
            return told(headline, where, quoted, line, hint)
    return told(f"it stops with an error {where}".strip(), quoted, line)


def a(noun: str) -> str:
    """Put the article before a type's name: "a tuple", "an ndarray"."""
    starts_with_vowel = noun[:1].lower() in "aeiou" or noun.startswith("ndarray")
    return f"{'an' if starts_with_vowel else 'a'} {noun}"


def shortened(text: str) -> str:
    """Cut a text to one line."""
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def numbers(values: Any, places: int = 2, at_most: int = 4) -> str:
    """Write a few numbers as a student would: "[-4, 0.5, 3]"."""
    shown = [number(value, places) for value in list(values)[:at_most]]
    return "[" + ", ".join(shown) + (", …]" if len(values) > at_most else "]")


def number(value: float, places: int = 2) -> str:
    """Write one number with so many places, fewer if it is whole."""
    value = float(value)
    if 1e-12 < abs(value) < 0.5 * 10**-places:
        return f"{value:.1g}"
    value = round(value, places)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.{places}f}"
