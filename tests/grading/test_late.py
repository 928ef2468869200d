"""The late penalty: a pure function, so a table of cases says it all."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from labkit.errors import BadValue
from labkit.grading.books.late import late_penalty

DUE = datetime(2026, 11, 20, 12, 0)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("policy", "late", "penalty"),
    [
        ("none", 100 * DAY, 0),
        ("zero", -SECOND, 0),
        ("zero", 0 * SECOND, 0),
        ("zero", SECOND, 10),
        ("10% a day", -DAY, 0),
        ("10% a day", 0 * SECOND, 0),
        ("10% a day", SECOND, 1),
        ("10% a day", DAY, 1),
        ("10% a day", DAY + SECOND, 2),
        ("10% a day", 400 * DAY, 10),
        ("12.5% a day", 2 * DAY, 2.5),
        ("12.5 % a day", 2 * DAY, 2.5),
        ("0% a day", 2 * DAY, 0),
    ],
)
def test_policy(policy, late, penalty):
    assert late_penalty(10, DUE, DUE + late, policy) == pytest.approx(penalty)


def test_nothing_is_taken_off_nothing():
    assert late_penalty(0, DUE, DUE + DAY, "zero") == 0
    assert late_penalty(-1, DUE, DUE + DAY, "50% a day") == 0


def test_without_a_due_date_or_a_timestamp_nobody_is_late():
    assert late_penalty(10, None, DUE, "zero") == 0
    assert late_penalty(10, DUE, None, "zero") == 0


def test_zones_are_points_in_time():
    tokyo = timezone(9 * HOUR)
    in_time = datetime(2026, 11, 20, 21, 0, tzinfo=tokyo)  # 12:00 UTC
    assert late_penalty(10, DUE, in_time, "zero") == 0
    assert late_penalty(10, DUE, in_time + SECOND, "zero") == 10
    assert late_penalty(10, DUE.replace(tzinfo=UTC), DUE + HOUR, "zero") == 10


@pytest.mark.parametrize("policy", ["", "10%", "-5% a day", "ten% a day", None, 10])
def test_an_unknown_policy_is_named(policy):
    with pytest.raises(BadValue, match="a day"):
        late_penalty(10, None, None, policy)
