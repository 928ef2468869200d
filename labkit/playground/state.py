"""What a playground's state may hold, and how a run is read out of it.

A run is given by its first settings, how many iterations it has made, and a log of what
was changed on the way. That is enough to make it again, number for number.
"""

from collections.abc import Iterator
from typing import Any

from labkit.errors import BadValue, LabkitError
from labkit.objectives import OBJECTIVES
from labkit.playground.dice import LATENT
from labkit.points import EXTENT, NAMES

DEFAULTS: dict[str, Any] = {
    "data": "ring",  # ring, grid, moons, line, or own: the points in `own`
    "own": [[-1.2, -0.8], [1.2, -0.8], [0, 1.2]],
    "loss": "vanilla",  # any of labkit.objectives
    "k": 1,  # critic steps before each generator step
    "lr_critic": 0.01,
    "lr_generator": 0.005,
    "noise": 0,  # instance noise: standard deviation of the blur on what the critic sees
    "z": "normal",  # how z is drawn: normal or square (two numbers), line (one)
    "hidden": 16,  # width of both networks
    "start": "fresh",  # or trained: weights that come along, for hidden 16 and normal z
    "seed": 0,
    "speed": "normal",  # slow, normal or fast: for the page alone
    "layers": ["opinion", "arrows"],  # of opinion, arrows, net: what the page draws
    "steps": 0,  # iterations made
    "log": [],  # [after iteration, key, new value], or [after, "critic", solo steps]
}
CHOICES = {
    "data": (*NAMES, "own"),
    "loss": tuple(OBJECTIVES),
    "z": tuple(LATENT),
    "hidden": (4, 8, 16, 32, 64),
    "start": ("fresh", "trained"),
    "speed": ("slow", "normal", "fast"),
}
BOUNDS = {"k": (1, 10), "seed": (0, 9999), "steps": (0, 100_000)}  # whole numbers
RANGES = {"lr_critic": (0, 0.1), "lr_generator": (0, 0.1), "noise": (0, 1)}
LAYERS = ("opinion", "arrows", "net")
LIVE = ("data", "own", "loss", "k", "lr_critic", "lr_generator", "noise")
SOLOS = ("critic", "generator")
DRAWN = (2, 60)  # points that a person may draw
LOGGED = 200  # entries of a log
REPLAYED = 6_000  # optimiser steps that are made again in Python


def checked(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state if a run can be read out of it.

    Args:
        state: some or all of the keys of DEFAULTS; missing ones have their first value.

    Raises:
        BadValue: an unknown key, or a value that makes no sense.
    """
    unknown = [key for key in state if key not in DEFAULTS]
    if unknown:
        raise BadValue(
            f"the playground has no choice {unknown[0]!r}; it has {', '.join(DEFAULTS)}"
        )
    state = DEFAULTS | state
    for key in DEFAULTS:
        if key not in ("log", "layers"):
            _check_value(key, state[key])
    layers = state["layers"]
    if not isinstance(layers, list) or any(each not in LAYERS for each in layers):
        raise BadValue(f"layers is a list of some of {', '.join(LAYERS)}; got {layers}")
    if state["start"] == "trained" and (state["hidden"], state["z"]) != (16, "normal"):
        raise BadValue("the trained start has hidden 16 and z normal, and no others")
    _check_log(state["log"], state["steps"])
    return state


def _check_value(key: str, value: Any) -> None:
    if key in CHOICES:
        good = value in CHOICES[key] and not isinstance(value, bool)
        expected = f"one of {', '.join(map(str, CHOICES[key]))}"
    elif key in BOUNDS:
        low, high = BOUNDS[key]
        good = type(value) is int and low <= value <= high
        expected = f"a whole number from {low} to {high}"
    elif key in RANGES:
        low, high = RANGES[key]
        good = _is_number(value) and low <= value <= high
        expected = f"a number from {low} to {high}"
    else:
        good = isinstance(value, list) and DRAWN[0] <= len(value) <= DRAWN[1]
        good = good and all(_is_place(pair) for pair in value)
        expected = f"{DRAWN[0]} to {DRAWN[1]} pairs of numbers within ±{EXTENT}"
    if not good:
        raise BadValue(f"{key} is {expected}; got {value!r:.60}")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_place(pair: Any) -> bool:
    return (
        isinstance(pair, (list, tuple))
        and len(pair) == 2
        and all(_is_number(each) and abs(each) <= EXTENT for each in pair)
    )


def _check_log(log: Any, steps: int) -> None:
    form = "a list of [after which iteration, what, new value]"
    if not isinstance(log, list) or len(log) > LOGGED:
        raise BadValue(f"log is {form}, {LOGGED} at most; got {log!r:.60}")
    latest = 0
    for entry in log:
        if not isinstance(entry, (list, tuple)) or len(entry) != 3:
            raise BadValue(f"log is {form}; got {entry!r:.60} in it")
        after, what, value = entry
        if type(after) is not int or not latest <= after <= steps:
            raise BadValue(
                f"a log goes forward, up to iteration {steps}; got {after!r:.20}"
            )
        latest = after
        if what in SOLOS:
            if type(value) is not int or not 1 <= value <= BOUNDS["steps"][1]:
                raise BadValue(f"steps of one player are 1 or more; got {value!r:.20}")
        elif what in LIVE:
            _check_value(what, value)
        else:
            raise BadValue(f"a log is of {', '.join(LIVE + SOLOS)}; got {what!r:.20}")


def plan(state: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What happens in a run, in order.

    Yields:
        ("change", (key, value)); ("critic", n) and ("generator", n): steps of one
        player alone; ("both", n): whole iterations.
    """
    done = 0
    for after, what, value in [*state["log"], (state["steps"], None, None)]:
        if after > done:
            yield "both", after - done
        done = after
        if what in SOLOS:
            yield what, value
        elif what is not None:
            yield "change", (what, value)


def optimiser_steps(state: dict[str, Any]) -> int:
    """How many steps of the two optimisers a run has: what it costs to make it again.

    Raises:
        BadValue: no run can be read out of the state.
    """
    state = checked(state)
    k, total = state["k"], 0
    for what, value in plan(state):
        if what == "change":
            k = value[1] if value[0] == "k" else k
        else:
            total += value * (k + 1) if what == "both" else value
    return total


def affordable(state: dict[str, Any]) -> dict[str, Any]:
    """Return the checked state if Python makes its run again, in a second or two.

    Raises:
        BadValue: no run can be read out of the state.
        LabkitError: the run is too long.
    """
    state, steps = checked(state), optimiser_steps(state)
    if steps > REPLAYED:
        raise LabkitError(
            f"this run has {steps} steps of critic and generator, and {REPLAYED} is the "
            "most that is made again here. Start again, and stop sooner."
        )
    return state
