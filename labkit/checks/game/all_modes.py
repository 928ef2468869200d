"""Lab 01: `all_modes`, observed: a run of the playground, made again from its text."""

import functools
import json
from typing import Any

import numpy as np
import torch

from labkit import playground
from labkit.checks.shares import handed_in
from labkit.checks.spec import Observation
from labkit.errors import LabkitError

WIDGET = "playground"
SLOW = 0.002  # the handicap: the critic's learning rate is at most this, throughout
FIXED = {"data": "ring", "start": "fresh"}
SEEN_ONLY = ("speed", "layers")  # what the page draws has no part in the run


def observe(impl: Any, _: torch.Generator) -> dict[str, Any]:
    """Read the text of a run, and a number of modes beside it; make the run again."""
    obs = Observation()
    obs["kind"] = ""
    with obs.part("call"):
        answer, obs["stated"] = _apart(impl() if callable(impl) else impl)
        found = handed_in(answer, WIDGET, playground.DEFAULTS)
        found.pop("answer", None)
        state = found.pop("state", None)
        obs |= found
        if state is not None:
            obs |= _run(state)
    return obs


def _apart(answer: Any) -> tuple[Any, float | None]:
    """The text, and the number that was stated beside it, if there is one."""
    if isinstance(answer, (tuple, list)) and len(answer) == 2:
        text, stated = answer
        if isinstance(stated, (int, float, np.number)):
            return text, float(stated)
    return answer, None


def _run(state: dict[str, Any]) -> dict[str, Any]:
    """What was chosen and, where that keeps to the rules, what comes of it."""
    try:
        state = playground.checked(state)
        run = {"said": _said(state), "steps": playground.optimiser_steps(state)}
        if broken(run["said"]) is None and state["steps"] > 0:
            run |= _again(json.dumps({**state, "speed": "normal", "layers": []}))
    except LabkitError as error:
        return {"unfit": str(error)}
    return run


def _said(state: dict[str, Any]) -> dict[str, Any]:
    """The settings at the end, and the largest learning rate that the critic had."""
    now = {key: state[key] for key in ("data", "start", "loss", "k", "noise", "steps")}
    rates = [state["lr_critic"]]
    for _, what, value in state["log"]:
        if what == "lr_critic":
            rates.append(value)
        elif what == "data" and value != FIXED["data"]:
            now["data"] = value
        elif what in now and what != "data":
            now[what] = value
    now["lr_generator"] = state["lr_generator"]
    return now | {"lr_critic": max(rates)}


def broken(said: dict[str, Any]) -> str | None:
    """The setting that is not as the exercise has it, or None."""
    changed = [key for key, value in FIXED.items() if said[key] != value]
    changed += ["lr_critic"] if said["lr_critic"] > SLOW else []
    return changed[0] if changed else None


@functools.lru_cache(maxsize=16)
def _again(state: str) -> dict[str, Any]:
    """Make a run again; a state that was seen before costs nothing."""
    modes = playground.replay(json.loads(state)).modes()
    return {"count": modes.count, "good": modes.good} if modes else {}
