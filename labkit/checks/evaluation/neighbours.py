"""Lab 09, exercise nearest_neighbours: which real image lies nearest to each fake."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from labkit.checks.evaluation.measures import (
    ASK_FORMULA,
    MISTAKES,
    Guess,
    distances,
)
from labkit.checks.evaluation.numbers import Call, changed, luck
from labkit.checks.spec import Finding, Observation
from labkit.checks.words import a, error_message, number, numbers, told

# Fakes, real images, features: one of either, more of one, many of one.
SIZES = ((7, 5, 3), (6, 9, 4), (1, 6, 4), (6, 1, 4), (5, 5, 2), (50, 40, 16),
         (30, 60, 64))  # fmt: skip
MANY = ((1103, 9, 3), (9, 1103, 3))
LINE = (("real images at 0, 10 and 20"), ([1.0], [9.0], [14.0], [100.0]))
WHY = "The nearest training image is the witness: did the generator copy?"


def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Call it on a line, on clouds of many sizes, and on copies."""
    obs = Observation()
    obs["calls"] = []
    line = torch.tensor(LINE[1]), torch.tensor([[0.0], [10.0], [20.0]])
    _call(obs, impl, "line", *line)
    for size in (*SIZES, *MANY):
        name = "many" if size in MANY else "cloud"
        _call(obs, impl, name, *_clouds(size, rng))
    _call(obs, impl, "again", *map(Tensor.clone, _given(obs["calls"][1])))
    _, real = _clouds((1, 24, 8), rng)
    shuffled = real[torch.randperm(24, generator=rng)]
    _call(obs, impl, "copies", real.clone(), real)
    _call(obs, impl, "copies", shuffled, real)
    fake, real = _clouds((8, 11, 6), rng)
    _call(obs, impl, "double", fake.double(), real.double())
    return obs


def _clouds(size: tuple[int, int, int], rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Two clouds that lie apart, in which lengths differ much."""
    count, others, width = size
    aside = torch.randn(width, generator=rng)
    fake = 1.2 * torch.randn(count, width, generator=rng) + aside
    stretch = 0.4 + 1.6 * torch.rand(others, 1, generator=rng)
    return fake, stretch * torch.randn(others, width, generator=rng)


def _given(call: Call) -> tuple[Tensor, Tensor]:
    return call["fake"], call["real"]


def _call(obs: Observation, impl: Any, name: str, fake: Tensor, real: Tensor) -> None:
    given = fake.clone(), real.clone()
    call: Call = {"name": name, "part": f"{name} {len(obs['calls'])}"}
    call |= {"fake": fake, "real": real}
    obs["calls"].append(call)
    with obs.part(call["part"]):
        result = impl(*given)
        call["type"] = type(result).__name__
        call["kept"] = all(map(torch.equal, given, (fake, real)))
        if isinstance(result, list) and all(isinstance(i, int) for i in result):
            result = np.array(result, dtype=np.int64)
        if isinstance(result, (Tensor, np.ndarray)):
            result = torch.as_tensor(result).detach()
            call |= {"shape": list(result.shape), "dtype": str(result.dtype)[6:]}
            call["result"] = result


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Findings: indices, the same each time, nearest, many, copies, input kept."""
    calls = obs["calls"]
    swapped = all(c["shape"] == [len(c["real"])] for c in calls if "shape" in c)
    problems = (
        _kind(c, obs["errors"], swapped) for c in calls if c["name"] != "double"
    )
    problem = next(filter(None, problems), "")
    shaped = not problem
    lucky = shaped and not np.array_equal(
        *(c["result"] for c in calls if c["name"] == "again" or c is calls[1])
    )
    wrong = [c for c in calls if not shaped or not _right(c)]
    kept = all(c.get("kept", True) for c in calls)
    bad = {c["name"] for c in wrong}
    counted = [c for c in wrong if c["name"] != "double"]
    text = problem or (_diagnosis(calls, counted) if counted else "")
    plain = all(c["type"] == "Tensor" for c in calls if "type" in c)
    return [
        Finding("an index for each fake", shaped, problem, 0.75),
        Finding("the same every time", not (problem or lucky), problem or luck("The neighbour"), 0.25),
        Finding("the nearest", not bad & {"line", "cloud"}, text, 2),
        Finding("many images", "many" not in bad, text, 0.5),
        Finding("copies are found", "copies" not in bad, text, 0.5),
        Finding("input kept", kept, changed("features"), 0.25),
        Finding("a tensor", plain or not shaped, _advice(), 0),
        Finding("float64", "double" not in bad or bool(text), _double(obs), 0),
    ]  # fmt: skip


def _sizes(call: Call) -> str:
    (n, width), m = np.shape(call["fake"]), len(call["real"])
    return f"for {n} fakes and {m} real images of {width} features"


def _kind(call: Call, errors: dict[str, Any], swapped: bool) -> str:
    """Say why a result is no list of indices; "" if it is one."""
    if call["part"] in errors:
        return error_message(errors[call["part"]], KNOWN, _sizes(call))
    n = len(call["fake"])
    if call["type"] == "NoneType":
        return told("it returns nothing (None)", "Try: does it end with return?")
    if "result" not in call:
        return told(
            f"it returns {a(call['type'])}, not a tensor of indices",
            f"{_sizes(call)}; expected int64 of shape ({n},)",
            "Try: .min(dim) gives values and indices. Which do you need?",
        )
    if call["shape"] != [n]:
        return _wrong_shape(call, swapped)
    if "int" not in call["dtype"]:
        best = distances(*_sides(call)).min(1)
        close = any(np.allclose(call["result"], best**p, rtol=1e-2, atol=1e-2) for p in (1, 2))  # fmt: skip
        what = "the distances" if close else f"{call['dtype']} numbers"
        return told(
            f"it returns {what}, not the indices",
            f"{_sizes(call)}: {numbers(call['result'])}",
            "With the index you can look at the image: real[index].",
            "Try: .min gives the smallest value. What gives its place?",
        )
    return ""


KNOWN = (
    ("must match the size", "the two sides are subtracted image by image",
     "Try: which shapes do you subtract, and which axis should each side have?"),
    ("same dtype", "two dtypes meet in it",
     "Try: which of your tensors has a dtype of its own?"),
    ("cannot be multiplied", "the shapes in a product do not fit",
     "Try: which axis of each side holds the features?"),
)  # fmt: skip


def _wrong_shape(call: Call, swapped: bool) -> str:
    shape, n = tuple(call["shape"]), len(call["fake"])
    asked = f"{_sizes(call)}: shape {shape}, expected ({n},)"
    if swapped:
        return told(
            "an index for each real image, not for each fake",
            asked,
            "The question is asked of a fake: whom does it resemble?",
            "Try: over which axis of your table do you take the minimum?",
        )
    question = "Try: along which axis do you look for the minimum?"
    if len(shape) == 2 and shape[0] == n and shape[1] == 1:
        question = "Try: which axis of length 1 is left over?"
    if not shape and n == 1:
        question = "Try: one fake is a batch of one. Which step drops its axis?"
    return told(f"the shape is {shape}, not ({n},)", asked, WHY, question)


def _sides(call: Call) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(call["fake"], float), np.asarray(call["real"], float)


def _right(call: Call) -> bool:
    return "result" in call and bool(_nearest(call).all())


def _nearest(call: Call) -> np.ndarray:
    """Tell for each fake whether its index is that of a nearest real image."""
    table, index = distances(*_sides(call)), np.asarray(call["result"])
    valid = (index >= 0) & (index < table.shape[1])
    chosen = table[np.arange(len(table)), np.where(valid, index, 0)]
    return valid & (chosen <= table.min(1) * (1 + 1e-3) + 1e-3)


def _diagnosis(calls: list[Call], wrong: list[Call]) -> str:
    shown = wrong[0]
    fake, real = _sides(shown)
    table, fine = distances(fake, real), _nearest(shown)
    at = int(np.argmin(fine))
    index, best = int(shown["result"][at]), int(table[at].argmin())
    given = f"{_sizes(shown)}, {int((~fine).sum())} of {len(fine)} are not the nearest"
    if shown["name"] == "line":
        given = f"{LINE[0]}, the fake at {number(fake[at, 0])}"
    if not 0 <= index < len(real):
        told_index = f"fake {at}: index {index}, but they go from 0 to {len(real) - 1}"
    else:
        told_index = (
            f"fake {at}: index {index} at distance {number(table[at, index])}, "
            f"nearest is {best} at {number(table[at, best])}"
        )
    for guess, headline, question in MISTAKES:
        if _agrees(guess, calls):
            return told(headline, given, told_index, WHY, question)
    if {call["name"] for call in wrong} == {"many"}:
        return told(
            "right for few images, wrong for many",
            given,
            told_index,
            WHY,
            "Try: if you work in chunks, where does the second chunk start to count?",
        )
    return told("not the nearest real image", given, told_index, WHY, ASK_FORMULA)


def _agrees(guess: Guess, calls: list[Call]) -> bool:
    """Tell whether a mistake explains all that was seen (up to close calls)."""
    same = [
        np.asarray(guess(*_sides(call))) == np.asarray(call["result"])
        for call in calls
        if call["name"] in ("cloud", "copies")
    ]
    return bool(np.concatenate(same).mean() > 0.97)


def _advice() -> str:
    return told(
        "your indices are no torch tensor",
        "They work as an index; the docstring asks for an int64 tensor.",
    )


def _double(obs: dict[str, Any]) -> str:
    call = obs["calls"][-1]
    if call["part"] in obs["errors"]:
        error = obs["errors"][call["part"]]
        return error_message(error, (), "for float64 (float32 works)")
    return told("with float64 the result is not right, with float32 it is")
