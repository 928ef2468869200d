"""The times in a Moodle worksheet."""

import re
from datetime import datetime

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
# "Friday, 20 November 2026, 5:00 PM", and with the month before the day.
TIME = re.compile(
    r"(?:\w+, )?(?:(\d{1,2}) ([a-z]+)|([a-z]+) (\d{1,2}),?) (\d{4}),? "
    r"(\d{1,2}):(\d{2})(?::(\d{2}))? ?([ap]m)?"
)


def moodle_time(text: str) -> datetime | None:
    """Read a time as Moodle writes it in English, in this computer's time zone.

    Moodle writes the teacher's local time and no zone (userdate() with its daily format,
    of which only the words depend on the language).

    Returns:
        It, with its zone; None if it is no such time.
    """
    text = " ".join(text.replace("\u202f", " ").split()).casefold()
    found = TIME.fullmatch(text)
    if found is None:
        return None
    month = found[2] or found[3]
    hour = int(found[6])
    if found[9]:
        hour = hour % 12 + 12 * (found[9] == "pm")
    try:
        return datetime(
            *(int(found[5]), 1 + MONTHS.index(month), int(found[1] or found[4])),
            *(hour, int(found[7]), int(found[8] or 0)),
        ).astimezone()
    except (ValueError, OverflowError, OSError):
        return None
