"""Share strings: what was chosen in a widget, as one line of text.

"explorer?seeds=[3,17]&t=0.25&path=slerp" is the widget's name and its choices, as in the
address of a web page: texts as they are, all else as JSON. Here is the text alone: no
widget has to be there to read it. What the choices mean is for the widget to say.
"""

import json
from typing import Any
from urllib.parse import quote, unquote_plus

from labkit.errors import BadValue

PLAIN = (
    "[]{},:"  # readable, and safe between quotes in a cell; the page leaves them too
)
LONGEST = 20_000  # characters; points drawn by hand are the longest of what is shared


def written(name: str, state: dict[str, Any]) -> str:
    """Write the choices of a widget as one line.

    Args:
        name: of the widget, "explorer" say.
        state: choice -> text, number, truth, None, or a list or dict of those.
    """
    pairs = (
        f"{key}={quote(_value(value), safe=PLAIN)}" for key, value in state.items()
    )
    return f"{name}?{'&'.join(pairs)}"


def _value(value: Any) -> str:
    return (
        value
        if isinstance(value, str)
        else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    )


def read(text: str, name: str, defaults: dict[str, Any]) -> dict[str, Any]:
    """Read a share string back.

    Args:
        text: of `written`, or of a widget's "share" field; what was copied around it,
            blanks and quotes, is left out.
        name: of the widget whose choices are expected.
        defaults: its choices with their first values. Where one is a text, the value in
            the share string is taken as it stands; else it is JSON.

    Returns:
        The choices that the text names.

    Raises:
        BadValue: it is no share string, or another widget's.
    """
    if not isinstance(text, str):
        kind = type(text).__name__
        raise BadValue(f"{_example(name, defaults)}; got something of type {kind}")
    cut = text.strip().strip("'\"` ")
    widget, mark, rest = cut.partition("?")
    if len(cut) > LONGEST or not mark or not widget.isidentifier():
        raise BadValue(f"{_example(name, defaults)}; got {_short(text)}")
    if widget != name:
        raise BadValue(f"this is a share string of the {widget}, not of the {name}")
    state = {}
    for part in filter(None, rest.split("&")):
        key, mark, value = part.partition("=")
        key = unquote_plus(key)
        if key not in defaults or not mark:
            raise BadValue(
                f"a share string of the {name} says {', '.join(defaults)}; "
                f"got {_short(part)}"
            )
        state[key] = _read(unquote_plus(value), key, defaults[key])
    return state


def _read(value: str, key: str, default: Any) -> Any:
    if isinstance(default, str):
        return value
    try:
        return json.loads(value, parse_constant=_no_number)
    except (ValueError, RecursionError):
        example = _value(default)
        raise BadValue(f"{key} is like {example}; got {_short(value)}") from None


def _no_number(text: str) -> None:
    raise ValueError(text)  # NaN and Infinity are not JSON


def _example(name: str, defaults: dict[str, Any]) -> str:
    first = dict(list(defaults.items())[:2])
    return f"a share string looks like {_short(written(name, first))}"


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")
