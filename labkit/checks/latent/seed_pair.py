"""Lab 07: `seed_pair`, observed: what the digits' generator draws along the way."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from labkit import latent, metrics, zoo
from labkit.checks.latent import formulas
from labkit.checks.shares import handed_in
from labkit.checks.spec import Observation

WIDGET = "explorer"
WANTED = {"generator": "digits", "view": "path", "seeds": [], "t": 0.5, "path": "slerp"}
PATHS = {"lerp": formulas.lerp, "slerp": formulas.slerp}  # the grader has no others
PLACES = 19  # where else the way is looked at: t = 0.05, 0.1 … 0.95


def observe(impl: Any, _: torch.Generator) -> dict[str, Any]:
    """Read two seeds, a path and t off the answer, and have the images classified."""
    obs = Observation()
    obs["kind"] = ""
    with obs.part("call"):
        found = handed_in(impl, WIDGET, WANTED)
        if "answer" in found:
            found = _pair(found)
        found.pop("answer", None)
        state = found.pop("state", None)
        obs |= found
        if state is not None:
            obs["said"] = {key: _plain(value) for key, value in state.items()}
    said = obs.get("said")
    if said and sound(said):
        obs |= _along(said["seeds"], PATHS[said["path"]], float(said["t"]))
    return obs


def _pair(found: dict[str, Any]) -> dict[str, Any]:
    """Two numbers are the seeds, half way on the arc."""
    answer = found["answer"]
    if isinstance(answer, Tensor):
        answer = answer.tolist()
    if not isinstance(answer, (list, tuple)):
        return found
    return found | {"state": WANTED | {"seeds": list(answer)}}


def _plain(value: Any) -> Any:
    """A choice as data: numbers, texts and lists of numbers stay, the rest is quoted."""
    if isinstance(value, (list, tuple)):
        return [_number(item) for item in value[:20]]
    return value if isinstance(value, str) else _number(value)


def _number(value: Any) -> Any:
    """An int where it is whole, else a float, else its text."""
    if isinstance(value, (bool, str)):
        return repr(value)[:40]
    try:
        number = float(value)
        return int(value) if number.is_integer() else number
    except (TypeError, ValueError, OverflowError):
        return repr(value)[:40]


def sound(said: dict[str, Any]) -> bool:
    """Tell whether there is a way to be drawn: two seeds, a path, a place on it."""
    seeds, t = said["seeds"], said["t"]
    return (
        said["generator"] == "digits"
        and said["view"] == "path"
        and said["path"] in PATHS
        and isinstance(seeds, list)
        and len(seeds) == 2
        and all(is_seed(seed) for seed in seeds)
        and isinstance(t, (int, float))
        and 0 <= t <= 1
    )


def is_seed(seed: Any) -> bool:
    return isinstance(seed, int) and 0 <= seed < 2**63


def _along(seeds: list[int], path: formulas.Formula, t: float) -> dict[str, Any]:
    """The classifier's opinion, as shares of 1, of both ends, at t and on the way."""
    generator = zoo.load("digits")
    start, end = (latent.draw(generator.latent_dim, 1, s)[0].numpy() for s in seeds)
    places = [0, 1, t, *(place / (PLACES + 1) for place in range(1, PLACES + 1))]
    z = torch.tensor(np.stack([path(start, end, place) for place in places]))
    judge = metrics.load_classifier("digits")
    with torch.no_grad():
        opinions = judge(latent.images(generator, z.float())).double().softmax(1)
    return {"ends": opinions[:2], "there": opinions[2], "way": opinions[3:]}
