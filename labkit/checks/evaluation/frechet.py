"""Lab 09, exercise frechet_distance: how far apart two clouds of features lie.

Clouds are drawn in one dimension, along the axes, turned against each other, equal, and
flat (fewer images than features: the covariance has no inverse).
"""

from typing import Any

import numpy as np
import torch

from labkit.checks.evaluation.clouds import Cloud, cloud, line, long, sampled
from labkit.checks.evaluation.formulas import MISTAKES, parts
from labkit.checks.evaluation.numbers import Call, changed, kind, luck, read
from labkit.checks.spec import Finding, Observation
from labkit.checks.words import error_message, number, told

FLAT = ("flat", "flat, equal")
TOLERANCE = {"flat": 2e-2, "flat, equal": 2e-2, "float32": 2e-2}
WHY = "FID is this number: a wrong one keeps the wrong generator."


def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Call it on pairs of clouds."""
    obs = Observation()
    obs["calls"] = []

    def call(group: str, one: Cloud, other: Cloud) -> None:
        _call(obs, impl, group, one, other)

    call("line", line(0, 4), line(3, 1))
    call("line", line(1, 2), line(1, 0.5))
    call("line", line(-2, 0.3), line(0.5, 0.3))
    for width in (2, 5):
        call("axes", cloud(width, rng, turn=False), cloud(width, rng, turn=False))
    call("turned", long(0), long(50))
    for width, size in ((2, 1), (3, 1), (6, 1), (4, 1e-2), (4, 100)):
        call("turned", cloud(width, rng, size=size), cloud(width, rng, size=size))
    _call(obs, impl, "again", *obs["calls"][5]["clouds"])
    call("turned", sampled(32, 300, rng), sampled(32, 300, rng))
    same = cloud(5, rng)
    call("equal", same, same)
    call("flat", sampled(6, 4, rng), sampled(6, 4, rng))
    call("flat", sampled(8, 5, rng), cloud(8, rng))
    flat = sampled(6, 4, rng)
    call("flat, equal", flat, flat)
    single = [tuple(part.float() for part in cloud(4, rng)) for _ in range(2)]
    call("float32", *single)
    for seen in obs["calls"]:
        seen["clouds"] = [list(one) for one in seen["clouds"]]
    return obs


def _call(obs: Observation, impl: Any, group: str, one: Cloud, other: Cloud) -> None:
    stats = (*one, *other)
    given = [part.clone() for part in stats]
    case = f"{len(one[0])} features" if len(one[0]) > 1 else "1 feature"
    call: Call = {"group": group, "case": f"{case}, call {len(obs['calls']) + 1}"}
    call["clouds"] = [one, other]
    obs["calls"].append(call)
    with obs.part(call["case"]):
        try:
            result = impl(*given)
        except RuntimeError as error:
            if not any(word in str(error) for word in ("dtype", "scalar type")):
                raise
            call["single"] = True  # knows float32 only: good enough
            result = impl(*(part.float() for part in stats))
        call |= read(result)
        call["kept"] = all(map(torch.equal, given, stats))


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Findings: one number, 1-D, axes, turned, equal, flat; input kept."""
    calls = obs["calls"]
    for call in calls:
        clouds = [[np.asarray(x, float) for x in one] for one in call["clouds"]]
        call["parts"] = parts(*clouds[0], *clouds[1])
        call["sides"] = (*clouds[0], *clouds[1])
    plain = [c for c in calls if c["group"] not in (*FLAT, "float32")]
    problem = kind(plain, obs["errors"], KNOWN, WHY)
    values = {
        c["group"]: c.get("value", np.nan) for c in calls if c["group"] == "again"
    }
    values["first"] = calls[5].get("value", np.nan)
    lucky = not problem and values["first"] != values["again"]
    text = problem or _diagnosis(plain)
    kept = all(call.get("kept", True) for call in calls)
    single = any(call.get("single") for call in calls)

    def right(*groups: str) -> bool:
        chosen = [c for c in calls if c["group"] in groups]
        return all(_right(call) for call in chosen)

    return [
        Finding("one number", not problem, problem, 0.5),
        Finding("the same every time", not (problem or lucky), problem or luck("A distance"), 0.25),
        Finding("one feature", right("line"), text, 1),
        Finding("features that do not hang together", right("axes"), text, 1),
        Finding("features that hang together", right("turned"), text, 1.5),
        Finding("no distance to itself", right("equal"), text, 0.5),
        Finding("fewer images than features", right(*FLAT), _flat(obs), 1),
        Finding("input kept", kept, changed("statistics"), 0.25),
        Finding("both dtypes", right("float32") and not single, _single(obs), 0),
    ]  # fmt: skip


NO_MATRIX = "it takes the root of something that is no matrix"
ONE_FEATURE = (
    "Try: with one feature the covariance is (1, 1). Which step drops an axis?"
)
ASK_TINY = "Try: rounding leaves eigenvalues such as -1e-17. What is their root?"
KNOWN = (
    ("at least 2 dimensions", NO_MATRIX, ONE_FEATURE),
    ("failed to converge", "a matrix in it holds nan or inf", ASK_TINY),
    ("at least 2-D", NO_MATRIX, ONE_FEATURE),
    ("positive-definite", "it needs covariances with full rank",
     "Try: is there a root that also exists when an eigenvalue is 0?"),
    ("has no attribute 'sqrtm'", "torch has no sqrtm",
     "Try: which eigenvalues has the root of a matrix? torch.linalg.eigh knows them."),
)  # fmt: skip


def _right(call: Call) -> bool:
    mean, spread = call["parts"]
    size = mean + sum(np.trace(cov) for cov in call["sides"][1::2])
    allowed = TOLERANCE.get(call["group"], 1e-3) * size
    return bool(abs(call.get("value", np.nan) - mean - spread) <= allowed)


def _given(call: Call) -> str:
    mean, spread = call["parts"]
    got = call.get("value", np.nan)
    return (
        f"you return {number(got)}, expected {number(mean + spread)} "
        f"({number(mean)} for the means, {number(spread)} for the spreads)"
    )


def _diagnosis(calls: list[Call]) -> str:
    """Put into words what is wrong with values that are numbers."""
    wrong = [call for call in calls if not _right(call)]
    if not wrong:
        return ""
    shown = wrong[0]
    where = f"two clouds of {shown['case'].partition(',')[0]}:"
    if shown["group"] == "line":
        means = [number(x[0]) for x in shown["sides"][::2]]
        variances = [number(x[0, 0]) for x in shown["sides"][1::2]]
        where = f"means {' and '.join(means)}, variances {' and '.join(variances)}:"
    values = [call["value"] for call in calls]
    for formula, headline, question in MISTAKES:
        with np.errstate(all="ignore"):
            theirs = [formula(*call["sides"]) for call in calls]
        if np.allclose(values, theirs, rtol=2e-3, atol=1e-6, equal_nan=True):
            return told(headline, where, _given(shown), WHY, question)
    if not np.isfinite(shown["value"]):
        return told(
            "it gives nan or inf", where, _given(shown), WHY,
            ASK_TINY,
        )  # fmt: skip
    groups = {call["group"] for call in wrong}
    headline, question = "the values are not right", ASK_PIECES
    if not groups & {"line"}:
        headline = "right for one feature, wrong for several"
        question = "Try: which of your steps takes numbers one by one, not matrices?"
    if not groups & {"line", "axes"}:
        headline = "right along the axes, wrong for clouds that are turned"
        question = "Try: is your root R of a matrix C really one? Is R @ R equal to C?"
    if groups == {"equal"}:
        headline = "two equal clouds are not at distance 0"
        question = "Try: what is the root of C @ C, and what is left of the formula?"
    return told(headline, where, _given(shown), WHY, question)


ASK_PIECES = "Try: compute the part of the means and the part of the spreads alone."


def _flat(obs: dict[str, Any]) -> str:
    """What happens where covariances have no inverse."""
    wrong = [c for c in obs["calls"] if c["group"] in FLAT and not _right(c)]
    if not wrong:
        return ""
    call = wrong[0]
    why = "Fewer images than features make clouds flat: some eigenvalues are 0."
    where = f"two flat clouds of {call['case'].partition(',')[0]}:"
    if call["case"] in obs["errors"]:
        return error_message(obs["errors"][call["case"]], KNOWN, "for flat clouds")
    if "complex" in call or not np.isfinite(call.get("value", np.nan)):
        got = "a complex number" if "complex" in call else number_or_nan(call)
        return told(
            "flat clouds break it",
            f"{where} you return {got}, expected {number(sum(call['parts']))}",
            why,
            ASK_TINY,
        )
    return told(
        "wrong for flat clouds",
        where,
        _given(call),
        why,
        "Try: does your root also hold for a matrix with an eigenvalue of 0?",
    )


def number_or_nan(call: Call) -> str:
    """Write a value that may be none."""
    return str(call.get("value", call.get("type")))


def _single(obs: dict[str, Any]) -> str:
    last = obs["calls"][-1]
    if last["case"] in obs["errors"]:
        error = obs["errors"][last["case"]]
        return error_message(error, (), "for float32 (float64 works)")
    if any(call.get("single") for call in obs["calls"]):
        return told(
            "it works in float32 only",
            "The features of this lab are float64: roots of small eigenvalues lose",
            "digits. Which of your tensors has a dtype of its own?",
        )
    return told(
        "with float32 the value is far off, with float64 it is right",
        "Roots of small eigenvalues lose digits; statistics are best kept in float64.",
    )
