"""Paths between two z: the right ones, and those that students write instead."""

from collections.abc import Callable

import numpy as np

Row = np.ndarray
Formula = Callable[[Row, Row, float], Row]
TOLERANCE = 1e-3  # of the longer end


def angle(z0: Row, z1: Row) -> float:
    """The angle between two vectors."""
    return float(np.arccos(np.clip(z0 @ z1 / (_length(z0) * _length(z1)), -1, 1)))


def lerp(z0: Row, z1: Row, t: float) -> Row:
    return z0 * (1 - t) + z1 * t


def slerp(z0: Row, z1: Row, t: float) -> Row:
    return _arc(z0, z1, t, angle(z0, z1))


def _arc(z0: Row, z1: Row, t: float, omega: float) -> Row:
    """Shoemake's weights for an angle, whether it is the right one or not."""
    if abs(np.sin(omega)) < 1e-6:
        return lerp(z0, z1, t)
    return (np.sin((1 - t) * omega) * z0 + np.sin(t * omega) * z1) / np.sin(omega)


def _length(z: Row) -> float:
    return float(np.linalg.norm(z)) or 1.0


def close(
    got: Row, wanted: Row, z0: Row, z1: Row, tolerance: float = TOLERANCE
) -> bool:
    """Tell whether two points are the same, on the scale of the ends."""
    longer = max(_length(z0), _length(z1))
    return bool(np.abs(got - wanted).max() < tolerance * longer)


def turned(z0: Row, z1: Row, t: float) -> Row:
    """The direction at t of a steady turn from z0 to z1, of length 1."""
    return slerp(z0 / _length(z0), z1 / _length(z1), t)


def on_arc(got: Row, z0: Row, z1: Row, t: float) -> bool:
    """Tell whether a point is where slerp should be: Shoemake, or direction and length.

    With ends of unequal length some turn the direction and change the length apart
    from it; any length between those of the ends is taken for right.
    """
    if close(got, slerp(z0, z1, t), z0, z1):
        return True
    ends = sorted((_length(z0), _length(z1)))
    between = ends[0] * (1 - TOLERANCE) <= _length(got) <= ends[1] * (1 + TOLERANCE)
    return between and same_direction(got, turned(z0, z1, t))


def same_direction(got: Row, wanted: Row) -> bool:
    return bool(np.abs(got / _length(got) - wanted / _length(wanted)).max() < TOLERANCE)


def weights(got: Row, z0: Row, z1: Row) -> tuple[float, float] | None:
    """How much of z0 and of z1 a point holds, or None if it holds something else."""
    ends = np.stack([z0, z1], 1)
    shares, *_ = np.linalg.lstsq(ends, got, rcond=None)
    rest = got - ends @ shares
    if not np.isfinite(shares).all() or np.abs(rest).max() > 1e-2 * _length(got):
        return None
    return float(shares[0]), float(shares[1])


def _weighted(weigh: Callable[[float, float], tuple[float, float]]) -> Formula:
    """A wrong formula of the form a·z0 + b·z1; `weigh` gets the angle and t."""

    def formula(z0: Row, z1: Row, t: float) -> Row:
        of_z0, of_z1 = weigh(angle(z0, z1), t)
        return of_z0 * z0 + of_z1 * z1

    return formula


def _dot_as_cosine(z0: Row, z1: Row, t: float) -> Row:
    return _arc(z0, z1, t, float(np.arccos(np.clip(z0 @ z1, -1, 1))))


def _cosine_as_angle(z0: Row, z1: Row, t: float) -> Row:
    return _arc(z0, z1, t, float(np.cos(angle(z0, z1))))


def _degrees(z0: Row, z1: Row, t: float) -> Row:
    return _arc(z0, z1, t, float(np.rad2deg(angle(z0, z1))))


ASK_TURN = "Try: for ends at a right angle, where should a third of the way be?"
# What students write for slerp: formula, what it is, and a question.
SLERP_MISTAKES: tuple[tuple[Formula, str, str], ...] = (
    (lerp, "this is the straight line (lerp), not the arc", ASK_TURN),
    (
        _weighted(lambda a, t: (np.sin(t * a) / np.sin(a), np.sin(a - t * a) / np.sin(a))),
        "t runs backwards: its t = 0 is z1",
        "Try: which of the two weights should be 1 at t = 0?",
    ),
    (
        _weighted(lambda a, t: (np.sin(a - t * a), np.sin(t * a))),
        "the weights are not divided by sin Ω",
        "Try: what is the weight of z0 at t = 0, and what should it be?",
    ),
    (
        _degrees,
        "the angle is in degrees, and sin takes radians",
        "Try: which unit does acos return, and which does sin expect?",
    ),
    (
        _dot_as_cosine,
        "z0 · z1 is taken for the cosine, whatever the lengths of the two",
        "Try: the dot product of two vectors of length 8 in one direction is 64. And cos 0?",
    ),
    (
        _cosine_as_angle,
        "the cosine is taken for the angle",
        "Try: which function leads from the cosine back to the angle?",
    ),
    (
        _weighted(lambda a, t: (np.cos(t * np.pi / 2), np.sin(t * np.pi / 2))),
        "every pair of ends is treated as if at a right angle",
        "Try: where does the angle between z0 and z1 enter your formula?",
    ),
    (
        _weighted(lambda a, t: (np.sqrt(1 - t), np.sqrt(t))),
        "every pair of ends is treated as if at a right angle (square roots)",
        "Try: where does the angle between z0 and z1 enter your formula?",
    ),
    (
        _weighted(lambda a, t: (np.sin(a - t * a) / np.sin(a), -np.sin(t * a) / np.sin(a))),
        "a sign is turned: it moves away from z1",
        "Try: what is your z at t = 1?",
    ),
    (
        _weighted(lambda a, t: (np.cos(a - t * a) / np.cos(a), np.cos(t * a) / np.cos(a))),
        "cosines stand where the sines should",
        "Try: what is the weight of z1 at t = 0, and what should it be?",
    ),
)  # fmt: skip
# The same for lerp.
LERP_MISTAKES: tuple[tuple[Formula, str, str], ...] = (
    (
        _weighted(lambda a, t: (t, 1 - t)),
        "t runs backwards: its t = 0 is z1",
        "Try: which of the two weights should be 1 at t = 0?",
    ),
    (slerp, "this is the arc (slerp), not the straight line", "Try: drop the angle."),
    (
        _weighted(lambda a, t: (1, t)),
        "z1 is added to z0, and z0 never fades",
        "Try: what is your z at t = 1?",
    ),
    (
        _weighted(lambda a, t: (1 - t, 1)),
        "z1 is there in full from the start",
        "Try: what is your z at t = 0?",
    ),
    (
        _weighted(lambda a, t: (1 + t, -t)),
        "it moves away from z1: a sign is turned",
        "Try: z1 - z0 or z0 - z1, which of them leads from z0 to z1?",
    ),
    (
        _weighted(lambda a, t: (0.5, 0.5)),
        "it is half way, whatever t says",
        "Try: where does t enter your formula?",
    ),
)
