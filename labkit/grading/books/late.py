"""What handing in late costs: a function of the score and two points in time."""

import math
import re
from datetime import UTC, datetime

from labkit.errors import BadValue

DAY = 24 * 60 * 60  # seconds
A_DAY = re.compile(r"(\d+(?:\.\d+)?) ?% a day")


def late_penalty(
    score: float,
    due: datetime | None,
    submitted: datetime | None,
    policy: str = "none",
) -> float:
    """Points taken off for handing in late.

    Args:
        score: what the submission would get in time; nothing below 0 is taken for 0.
        due: when it was due, a teacher's extension included; None: never late.
        submitted: when it came; None where nobody knows, which is not late.
            Times without a zone are UTC, as in nbgrader.
        policy: "none"; "zero", which takes the whole score; or "10% a day", which
            takes that share of the score for each day begun, and never more than all.

    Returns:
        A number from 0 to the score.

    Raises:
        BadValue: there is no such policy.
    """
    share = _share_a_day(policy)
    if due is None or submitted is None or score <= 0:
        return 0.0
    seconds = (_utc(submitted) - _utc(due)).total_seconds()
    if seconds <= 0:
        return 0.0
    return float(score * min(1.0, share * math.ceil(seconds / DAY)))


def _share_a_day(policy: str) -> float:
    """The share of the score that each day begun costs; infinite for "zero"."""
    match = A_DAY.fullmatch(policy) if isinstance(policy, str) else None
    if match:
        return float(match[1]) / 100
    if policy not in ("none", "zero"):
        raise BadValue(
            'c.LateSubmissionPlugin.penalty_method is "none", "zero" or a share as '
            f'"10% a day", not {policy!r}. Mend it in nbgrader_config.py.'
        )
    return math.inf if policy == "zero" else 0.0


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
