"""Messages of lab 07 about `lerp` and `slerp`."""

from typing import Any

import numpy as np

from labkit.checks.latent import formulas
from labkit.checks.latent.paths import SHELL, Call, Calls, meets
from labkit.checks.words import a, error_message, number, numbers, told

KNOWN = (
    (
        "Dimension out of range",
        "an axis is asked for that a single z does not have",
        "Try: z is (D,) or (B, D). Which number names the last axis of both?",
    ),
    (
        "must match the size of tensor",
        "tensors of two shapes do not fit together",
        "Try: one angle a row. Which argument of sum and norm keeps the axis (keepdim)?",
    ),
    (
        "dot :",
        "torch.dot takes single vectors, and this is a batch",
        "Try: multiply, then sum over the last axis: that works for (D,) and (B, D).",
    ),
    (
        "1D tensors expected",
        "torch.dot takes single vectors, and this is a batch",
        "Try: multiply, then sum over the last axis: that works for (D,) and (B, D).",
    ),
    (
        "Boolean value of Tensor",
        "an if asks a whole batch for one truth value",
        "Try: torch.where chooses row by row.",
    ),
    (
        "must be Tensor, not float",
        "a torch function is given a plain number",
        "Try: t is a float. Multiply it by a tensor first, or use math.sin.",
    ),
)


def stopped(calls: Calls, call: Call) -> str:
    error = calls.errors.get(call["part"])
    place = f"for z of shape {tuple(call['shape'])}"
    if call["group"] in ("same", "opposite"):
        place += f" and {call['group']} ends"
    return error_message(error, KNOWN, place) if error else ""


def kind(calls: Calls) -> str:
    """What is wrong with type or shape for a single z; "" if nothing is."""
    call = calls.of("vector")[0]
    if "type" not in call:
        return stopped(calls, call)
    if call["type"] == "NoneType":
        return told(
            "it returns nothing (None)",
            "Whoever calls it needs the z on the way.",
            "Try: does it end with return?",
        )
    if "got" not in call:
        return told(
            f"it returns {a(call['type'])}, not a tensor",
            "What it returns goes into a generator, and that takes tensors.",
            "Try: which step leaves torch?",
        )
    if call["got"] != call["shape"]:
        return told(
            "it returns another shape than its ends have",
            f"for z of shape {tuple(call['shape'])} yours has {tuple(call['got'])}",
            "A point between two z is a z.",
            "Try: print the shape after each of your steps. Where does it change?",
        )
    if call["dtype"] != "torch.float32":
        return told(
            f"it returns {call['dtype'].removeprefix('torch.')}, not float32",
            "The generator's weights are float32; it would stop.",
            "Try: which step changes the dtype?",
        )
    return ""


def luck(calls: Calls, _: Any) -> str:
    return told(
        "the same ends and the same t give another z at a second call",
        "A path is a formula; chance belongs into its ends.",
        "Try: which of your steps draws random numbers?",
    )


def values(calls: Calls, wrong: list[Call]) -> str:
    if message := stopped(calls, wrong[0]):
        return message
    seen = [call for call in calls.of("shell", "vector") if call["rows"] is not None]
    rows = [(call["rows"][0], *(end[0] for end in call["ends"]), call) for call in seen]
    if not all(np.isfinite(row[0]).all() for row in rows):
        return told(
            "the z on the way is nan or inf",
            "The ends are ordinary z of N(0, 1).",
            "Try: acos knows only -1 to 1. Is what you give it a cosine?",
        )
    slerp = calls.name == "slerp"
    table = formulas.SLERP_MISTAKES if slerp else formulas.LERP_MISTAKES
    for formula, headline, question in table:
        if all(
            formulas.close(got, formula(z0, z1, call["t"]), z0, z1)
            for got, z0, z1, call in rows
        ):
            return told(headline, *_numbers(calls), _WHY[calls.name], question)
    if all(
        formulas.same_direction(got, formulas.lerp(z0, z1, call["t"]))
        for got, z0, z1, call in rows
    ):
        return told(*_NLERP[calls.name][:1], *_numbers(calls), *_NLERP[calls.name][1:])
    if slerp and all(
        formulas.same_direction(got, formulas.turned(z0, z1, call["t"]))
        for got, z0, z1, call in rows
    ):
        got, z0, z1, _ = rows[-1]
        lengths = [number(float(np.linalg.norm(z))) for z in (z0, z1, got)]
        return told(
            "the direction is right, the length is not",
            f"ends of length {lengths[0]} and {lengths[1]}: your z has {lengths[2]}",
            "A generator knows z of the length it was trained on.",
            "Try: what do your weights multiply, z0 and z1 or something of length 1?",
        )
    question = "Try: what are your weights at t = 0, and at t = 1?"
    return told(
        "the values are not right", *_numbers(calls), _WHY[calls.name], question
    )


_WHY = {
    "lerp": "The weights add up to 1: so the point moves evenly from z0 to z1.",
    "slerp": "A generator has seen z on the shell only; inside it has learnt nothing.",
}
_NLERP = {
    "lerp": (
        "the point is pushed out of the straight line",
        "lerp leaves the length as it comes; keeping it is what slerp is for.",
        "Try: which of your steps divides by a length?",
    ),
    "slerp": (
        "this is a line, pushed out to the shell: its speed is not even",
        "It is fast in the middle and slow at the ends; the turn should be steady.",
        "Try: after a third of the way, which share of the angle is behind you?",
    ),
}


def _numbers(calls: Calls) -> list[str]:
    """One case as numbers: how much of z0 and of z1 is in the result, and its length."""
    call = calls.wrong("vector", "shell", "corner")[0]
    half = calls.of("shell")[0]
    if not calls.right(half):
        call = half
    if call["rows"] is None:
        return []
    got, (z0, z1), t = call["rows"][0], (end[0] for end in call["ends"]), call["t"]
    right = formulas.slerp if calls.name == "slerp" else formulas.lerp
    wanted = right(z0, z1, t)
    shares, expected = (formulas.weights(z, z0, z1) for z in (got, wanted))
    if shares is None:
        shown = "your z is no mix of z0 and z1 at all"
    else:
        shown = f"yours is {_mix(shares)}, expected {_mix(expected)}"
    lines = [f"t = {number(t)}: {shown}"]
    if call["group"] == "shell" and calls.name == "slerp":
        lengths = [number(float(np.linalg.norm(z))) for z in (got, wanted)]
        lines += [f"length {lengths[0]}, between ends of length {number(SHELL)}"]
    return lines


def _mix(shares: Any) -> str:
    first, second = (number(share) for share in shares)
    return f"{first}·z0 + {second}·z1"


def ends(calls: Calls, wrong: list[Call]) -> str:
    call = wrong[0]
    if call["group"] != "ends":
        return values(calls, wrong)
    if message := stopped(calls, call) or _shape(call):
        return message
    end = f"z{int(call['t'])}"
    rows = zip(call["rows"], call["ends"][int(call["t"])], strict=True)
    row, wanted = next(pair for pair in rows if not meets(*pair))
    if formulas.same_direction(row, wanted):
        lengths = [number(float(np.linalg.norm(z))) for z in (row, wanted)]
        length = f"the direction is right, the length is not: {lengths[0]}, {end} has"
        return told(
            f"at t = {int(call['t'])} it is not {end}",
            f"{length} {lengths[1]}",
            "Ends may differ in length; each has to be met.",
            "Try: what do your weights multiply, z0 and z1 or something else?",
        )
    return told(
        f"at t = {int(call['t'])} it is not {end}",
        f"yours {numbers(row, at_most=3)}, {end} {numbers(wanted, at_most=3)}",
        "The film of a walk would jump at every stop.",
        "Try: what are your weights there? They should be 1 and 0, to rounding.",
    )


def _shape(call: Call) -> str:
    if call["rows"] is not None:
        return ""
    shown = f"{call['type']}" if "got" not in call else f"shape {tuple(call['got'])}"
    return told(
        f"right for a single z, wrong for a batch of shape {tuple(call['shape'])}",
        f"it returned {shown}, expected {tuple(call['shape'])}",
        "Try: print the shape after each of your steps. Which axis is summed away?",
    )


def batches(calls: Calls, wrong: list[Call]) -> str:
    if wrong[0]["group"] != "batch":
        return values(calls, wrong)
    if message := stopped(calls, wrong[0]) or _shape(wrong[0]):
        return message
    call = wrong[0]
    z0, z1 = call["ends"]
    place = f"for z of shape {tuple(call['shape'])}, t = {number(call['t'])}"
    together = float(formulas.angle(z0.ravel(), z1.ravel()))
    whole = [call for call in calls.of("batch") if call["rows"] is not None]
    if calls.name == "slerp" and all(map(_one_angle, whole)):
        own = [number(np.rad2deg(formulas.angle(*row)), 0) for row in zip(z0, z1)][:3]
        return told(
            "one angle for the whole batch, instead of one for each row",
            f"{place}: yours is {number(np.rad2deg(together), 0)}°;"
            f" the rows have {', '.join(own)}° …",
            "Each z has a partner of its own, and an angle of its own.",
            "Try: over which axis do norm and sum run, if you do not say?",
        )
    good = [
        calls.right_row(call, *row) for row in zip(call["rows"], z0, z1, strict=True)
    ]
    return told(
        "right for a single z, wrong for a batch",
        f"{place}: {sum(good)} of {len(good)} rows are right",
        "Try: does each row get its own angle, and keep to its own row?",
    )


def _one_angle(call: Call) -> bool:
    """Tell whether rows were joined with the angle of the batch as a whole."""
    z0, z1 = call["ends"]
    rows = formulas.slerp(z0.ravel(), z1.ravel(), call["t"]).reshape(z0.shape)
    return bool(np.allclose(call["rows"], rows, atol=1e-2))


def degenerate(calls: Calls, wrong: list[Call]) -> str:
    call = wrong[0]
    if call["group"] not in ("same", "opposite"):
        return values(calls, wrong)
    if message := stopped(calls, call) or _shape(call):
        return message
    ends = "equal" if call["group"] == "same" else "opposite"
    if not np.isfinite(call["rows"]).all():
        batch = len(call["shape"]) == 2
        rows = " (in some row)" if batch else ""
        return told(
            f"nan or inf where the two ends are {ends}",
            f"t = {number(call['t'])}, z1 = {'' if ends == 'equal' else '-'}z0{rows}",
            *_UNDEFINED[calls.name],
        )
    return told(
        f"where the two ends are {ends}, it leaves them",
        f"t = {number(call['t'])}: yours {numbers(call['rows'][-1], at_most=3)},"
        f" both ends {numbers(call['ends'][0][-1], at_most=3)}",
        "The way from a point to itself has one point only.",
        "Try: what do your weights add up to when Ω is 0?",
    )


_UNDEFINED = {
    "lerp": ("Try: what do you divide by?",),
    "slerp": (
        "sin Ω is 0 there, or rounding has put the cosine beyond 1.",
        "Try: what could stand in for the arc where it has no length or no plane?",
    ),
}


def changed(calls: Calls, _: Any) -> str:
    return told(
        "it changes the ends that it is given",
        "After the call, z0 or z1 holds other numbers.",
        "The next step of the walk starts from them again.",
        "Try: which of your operations works in place (z0 /= …, normalize with out=)?",
    )
