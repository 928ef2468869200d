"""What a run of `labkit collect` has to say at its end."""

from collections import Counter
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from labkit.grading.books.names import on_terminal
from labkit.grading.collecting.collect import Collected, Taken
from labkit.grading.collecting.placing import CHANGED, NEW, OLDER, UNCHANGED
from labkit.grading.feedback.visible import visible

MOST_LISTED = 40  # students; a larger class is shown only where there is something odd
SAID = {
    NEW: "new",
    CHANGED: "replaced; the former one is in earlier/",
    UNCHANGED: "unchanged",
    OLDER: "older than what is there; put in earlier/",
}


def report(done: Collected) -> Group:
    """Put a run into words; rich prints it."""
    return Group(*_parts(done))


def _parts(done: Collected) -> Iterator[RenderableType]:
    shown = done.taken
    if len(shown) > MOST_LISTED:
        shown = [one for one in shown if one.late or one.attempts > 1 or one.notes]
    if shown:
        table = Table("student", "notebook", "late", "attempts", "notes", box=None)
        for one in shown[:MOST_LISTED]:
            table.add_row(*_row(one))
        yield table
        if len(shown) > MOST_LISTED:
            yield Text(f"… and {len(shown) - MOST_LISTED} more with something to say")
    if done.problems:
        yield Text("\nNot taken:")
        for what, why in done.problems:
            yield Text(visible(f"  {what}\n    {why}"), overflow="fold")
    yield Text("\n" + _sum(done))
    if done.missing:
        names = ", ".join(map(on_terminal, done.missing[:MOST_LISTED]))
        more = ", …" if len(done.missing) > MOST_LISTED else ""
        yield Text(f"{len(done.missing)} of the roster not in it: {names}{more}")
    if any(one.late and one.moment is None for one in done.taken):
        yield Text(
            "Late, by how much is not known: labkit takes nothing off for it. Set the "
            "penalty in the platform, or write timestamp.txt."
        )
    if done.plain_names and any("_" in one.student for one in done.taken):
        yield Text(
            "Folders are called after the platform's names and numbers. With --roster "
            "they get the students' ids, the same in every lab."
        )


def _row(one: Taken) -> Iterator[Text]:
    late = one.moment.strftime("%d %b %H:%M") if one.moment else "time unknown"
    yield Text(on_terminal(one.student))
    yield Text(SAID[one.outcome])
    yield Text(late if one.late else "")
    yield Text(str(one.attempts) if one.attempts > 1 else "")
    yield Text(visible("; ".join(one.notes)))


def _sum(done: Collected) -> str:
    counts = Counter(one.outcome for one in done.taken)
    parts = [f"{counts[kind]} {kind}" for kind in SAID if counts[kind]]
    late = sum(one.late for one in done.taken)
    several = sum(one.attempts > 1 for one in done.taken)
    parts += [f"{late} late"] * bool(late)
    parts += [f"{several} with several attempts"] * bool(several)
    parts += [f"{len(done.problems)} not taken"] * bool(done.problems)
    students = "1 student" if len(done.taken) == 1 else f"{len(done.taken)} students"
    return f"{done.lab}: {students} ({', '.join(parts) or 'nothing found'})"
