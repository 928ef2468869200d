"""What can be chosen in the latent explorer, and what is refused."""

import math
from typing import Any

from labkit.errors import BadValue
from labkit.widgets.sheets import PATHS, SIDE, VIEWS

CHOICES: dict[str, Any] = {
    "generator": "digits",  # a name of the zoo, a path, "" for a module
    "view": "path",
    "seeds": [3, 17],  # of the path, 2 to 6
    "t": 0.5,  # 0 at the first seed, 1 at the second, …
    "path": "slerp",  # what t goes along: "slerp" or "lerp"
    "stops": [3, 17, 28, 36, 7],  # of the closed walk, 2 to 8
    "at": 0.0,  # 0 at the first stop, 1 at the second, …
    "corners": [3, 7, 24, 28],  # of the sheet: upper left, upper right, lower …; or 3
    "x": 0.5,
    "y": 0.5,
    "a": [17, 18],  # seeds whose averages are added and subtracted
    "b": [1, 20, 35],
    "c": [28, 49, 14],
    "truncation": None,  # the largest number allowed in z; None is no limit
    "picked": 0,  # seed of the sheet that is seen large
    "bookmarks": [],  # [name, note, shared line] each
}
SHARED = {  # what a shared line has, beside generator and view
    "path": ["seeds", "t", "path"],
    "walk": ["stops", "at"],
    "plane": ["corners", "x", "y"],
    "arithmetic": ["a", "b", "c"],
    "sheet": ["truncation", "picked"],
}
SHORTEST, LONGEST = 0.1, 5.0  # of truncation
LARGEST_SEED = 2**31 - 1


def checked(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state that can be shown.

    Raises:
        BadValue: one that cannot, with what was expected and what came.
    """
    seeds, stops, groups = state["seeds"], state["stops"], [state[k] for k in "abc"]
    picks, marks = range(SIDE**2), state["bookmarks"]
    rules = [
        (
            "generator",
            isinstance(state["generator"], str),
            "a name, or a path, as text",
        ),
        ("view", state["view"] in VIEWS, f"one of {', '.join(VIEWS)}"),
        ("seeds", _seeds(seeds, 2, 6), "2 to 6 seeds, whole numbers from 0 on"),
        ("path", state["path"] in PATHS, f"one of {', '.join(PATHS)}"),
        ("stops", _seeds(stops, 2, 8), "2 to 8 seeds, whole numbers from 0 on"),
        ("corners", _seeds(state["corners"], 3, 4), "3 or 4 seeds, whole numbers"),
        ("x", _within(state["x"], 0, 1), "a number from 0 to 1"),
        ("y", _within(state["y"], 0, 1), "a number from 0 to 1"),
        ("picked", state["picked"] in picks, f"a seed from 0 to {picks[-1]}"),
        (
            "truncation",
            state["truncation"] is None
            or _within(state["truncation"], SHORTEST, LONGEST),
            f"None, or a number from {SHORTEST} to {LONGEST}",
        ),
        *(
            (
                key,
                _seeds(group, key == "a", SIDE**2),
                "a list of seeds; a has at least one",
            )
            for key, group in zip("abc", groups, strict=True)
        ),
        (
            "bookmarks",
            isinstance(marks, list | tuple) and all(map(_bookmark, marks)),
            "a list of [name, note, shared line], three texts each",
        ),
    ]
    _refuse(state, rules)
    ends = {"t": len(seeds) - 1, "at": len(stops)}
    _refuse(
        state,
        [
            (key, _within(state[key], 0, end), f"a number from 0 to {end}")
            for key, end in ends.items()
        ],
    )
    return state


def _refuse(state: dict[str, Any], rules: list[tuple[str, bool, str]]) -> None:
    for key, sound, expected in rules:
        if not sound:
            raise BadValue(f"{key} is {expected}; got {state[key]!r}")


def _seeds(value: Any, least: int, most: int) -> bool:
    return (
        isinstance(value, list | tuple)
        and least <= len(value) <= most
        and all(type(seed) is int and 0 <= seed <= LARGEST_SEED for seed in value)
    )


def _within(value: Any, least: float, most: float) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and least <= value <= most


def _bookmark(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 3
        and all(isinstance(text, str) for text in value)
    )
