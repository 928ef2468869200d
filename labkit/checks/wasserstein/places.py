"""At which places a student's penalty looked at the critic, and what belongs there."""

from collections.abc import Callable
from typing import Any

import numpy as np

Call = dict[str, Any]
ON_LINE = 1e-3  # of the distance between real image and fake


def shares(call: Call) -> tuple[np.ndarray, np.ndarray]:
    """For each place: how far on the way from fake to real, and how far off the line.

    Returns:
        (share, off), (B,) each; off is in units of the distance of the pair.
    """
    real, fake, seen = (_flat(call[name]) for name in ("real", "fake", "seen"))
    way = real - fake
    length = (way**2).sum(1)
    share = ((seen - fake) * way).sum(1) / length
    off = np.sqrt(((seen - fake - share[:, None] * way) ** 2).sum(1) / length)
    return share, off


def pixel_shares(call: Call) -> np.ndarray:
    """The share at each number of each image, (B, D)."""
    real, fake, seen = (_flat(call[name]) for name in ("real", "fake", "seen"))
    return (seen - fake) / (real - fake)


def mixture(call: Call) -> np.ndarray | None:
    """The weights (of real, of fake) that give the first place, if any do."""
    real, fake, seen = (_flat(call[name])[0] for name in ("real", "fake", "seen"))
    pair = np.stack([real, fake], 1)
    weights = np.linalg.lstsq(pair, seen, rcond=None)[0]
    exact = len(seen) > 2 and np.abs(pair @ weights - seen).max() < 1e-3
    return weights if exact else None


def has_places(call: Call) -> bool:
    """Tell whether the critic was shown as many images as there are pairs."""
    return call["seen"].shape == call["real"].shape


def gradients(call: Call) -> np.ndarray:
    """The critic's gradient at each place, (B, D)."""
    seen = _flat(call["seen"])
    if call["bowl"]:
        return call["weight"] * seen
    return call["weight"] * np.broadcast_to(np.asarray(call["direction"]), seen.shape)


def lengths(call: Call) -> np.ndarray:
    """The slope at each place, (B,)."""
    return np.sqrt((gradients(call) ** 2).sum(1))


def expected(call: Call) -> float:
    """The right penalty at these places."""
    return float(((lengths(call) - 1) ** 2).mean())


def expected_slope(call: Call) -> float:
    """The derivative of the right penalty with respect to the critic's weight."""
    length = lengths(call)
    return float((2 * (length - 1) * length).mean() / call["weight"])


def right(call: Call) -> bool:
    """Tell whether the value is the expected one."""
    return "value" in call and _near(call["value"], expected(call))


def right_slope(call: Call) -> bool:
    """Tell whether the gradient with respect to the weight is the expected one."""
    slope = call.get("slope")
    return slope is not None and _near(slope, expected_slope(call))


def has_nan(call: Call) -> bool:
    """Tell whether a flat critic gives nan, as value or as gradient."""
    return not np.isfinite([call.get("value", 0.0), call.get("slope") or 0.0]).all()


Formula = Callable[[np.ndarray, Call], float]


def _per_channel(g: np.ndarray, call: Call) -> float:
    shape = np.shape(call["seen"])
    return float(((np.sqrt((g.reshape(shape) ** 2).sum(1)) - 1) ** 2).mean())


def _per_row(g: np.ndarray, call: Call) -> float:
    shape = np.shape(call["seen"])
    return float(((np.sqrt((g.reshape(shape) ** 2).sum(-1)) - 1) ** 2).mean())


def _length(g: np.ndarray) -> np.ndarray:
    return np.sqrt((g**2).sum(1))


# What students compute instead; the text stands in `wasserstein_words`.
FORMULAS: dict[str, Formula] = {
    "sum": lambda g, call: ((_length(g) - 1) ** 2).sum(),
    "not squared": lambda g, call: (_length(g) - 1).mean(),
    "absolute": lambda g, call: np.abs(_length(g) - 1).mean(),
    "squared length": lambda g, call: ((_length(g) ** 2 - 1) ** 2).mean(),
    "zero centred": lambda g, call: (_length(g) ** 2).mean(),
    "zero centred, length": lambda g, call: _length(g).mean(),
    "one sided": lambda g, call: (np.maximum(_length(g) - 1, 0) ** 2).mean(),
    "other side": lambda g, call: (np.maximum(1 - _length(g), 0) ** 2).mean(),
    "whole batch": lambda g, call: (np.sqrt((g**2).sum()) - 1) ** 2,
    "mean length first": lambda g, call: (_length(g).mean() - 1) ** 2,
    "mean gradient": lambda g, call: (np.sqrt((g.mean(0) ** 2).sum()) - 1) ** 2,
    "each number": lambda g, call: ((g - 1) ** 2).mean(),
    "each number, size": lambda g, call: ((np.abs(g) - 1) ** 2).mean(),
    "per channel": _per_channel,
    "per row": _per_row,
    "over the batch": lambda g, call: ((np.sqrt((g**2).sum(0)) - 1) ** 2).mean(),
    "mean of scores": lambda g, call: ((_length(g) / len(g) - 1) ** 2).mean(),
    "sum of sizes": lambda g, call: ((np.abs(g).sum(1) - 1) ** 2).mean(),
    "largest size": lambda g, call: ((np.abs(g).max(1) - 1) ** 2).mean(),
    "root mean square": lambda g, call: ((np.sqrt((g**2).mean(1)) - 1) ** 2).mean(),
    "root": lambda g, call: np.sqrt(((_length(g) - 1) ** 2).mean()),
    "half": lambda g, call: ((_length(g) - 1) ** 2).mean() / 2,
    "ten times": lambda g, call: 10 * ((_length(g) - 1) ** 2).mean(),
    "sign": lambda g, call: -((_length(g) - 1) ** 2).mean(),
}


def named(calls: list[Call]) -> str | None:
    """The first formula that gives the student's number in every call."""
    with np.errstate(all="ignore"):
        for name, formula in FORMULAS.items():
            if all(_near(c["value"], formula(gradients(c), c)) for c in calls):
                return name
    return None


def _near(value: float, wanted: float) -> bool:
    return bool(abs(value - wanted) < 2e-3 * max(1, abs(wanted)))


def _flat(array: Any) -> np.ndarray:
    array = np.asarray(array, dtype=float)
    return array.reshape(len(array), -1)
