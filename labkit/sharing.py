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
        text: of `written`, or of a widget's field "Share"; what was copied around it,
            blanks and quotes, is left out.
        name: of the widget whose choices are expected.
        defaults: all its choices with their first values. Where one is a text, the value
            in the share string is taken as it stands; else it is JSON.

    Returns:
        The choices that the text names.

    Raises:
        BadValue: it is no share string, or another widget's.
    """
    widget, choices = split(text)
    if widget != name:
        raise BadValue(f"this is a share string of the {widget}, not of the {name}")
    for key in choices:
        if key not in defaults:
            raise BadValue(
                f"the {name} lets you choose {', '.join(defaults)}; got {key}"
            )
    return {key: value(raw, key, defaults[key]) for key, raw in choices.items()}


def split(text: str) -> tuple[str, dict[str, str]]:
    """Take a share string apart: the widget's name, and choice -> value as text.

    Raises:
        BadValue: it is no share string.
    """
    form = "a share string looks like 'explorer?seeds=[1,2]&t=0.5'"
    if not isinstance(text, str):
        raise BadValue(f"{form}; got something of type {type(text).__name__}")
    cut = text.strip()
    cut = cut.strip("'\"`").strip() if cut[:1] in "'\"`" else cut
    name, mark, rest = cut.partition("?")
    pairs = [part.split("=", 1) for part in rest.split("&") if part]
    whole = mark and name.isidentifier() and all(len(pair) == 2 for pair in pairs)
    if len(cut) > LONGEST or not whole:
        raise BadValue(f"{form}; got {_short(text)}")
    return name, {unquote_plus(key): unquote_plus(raw) for key, raw in pairs}


def value(raw: str, key: str, default: Any) -> Any:
    """Read one value of a share string; a choice that is a text is left as it is.

    Raises:
        BadValue: it is not JSON.
    """
    if isinstance(default, str):
        return raw
    try:
        return json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadValue(
            f"{key} is a number, a list, true or false, as 0.5 or [3,17]; "
            f"got {_short(raw)}"
        ) from None


def _no_number(text: str) -> None:
    raise ValueError(text)  # NaN and Infinity are not JSON


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
