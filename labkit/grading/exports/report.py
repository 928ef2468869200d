"""What a run of `labkit grades export` has to say at its end."""

from collections.abc import Iterable, Iterator

from rich.console import Group
from rich.text import Text

from labkit.grading.books.names import on_terminal
from labkit.grading.exports.export import Exported
from labkit.grading.exports.grades import LabGrades, number
from labkit.grading.feedback.visible import visible

MOST_LISTED = 40  # names in one list


def report(done: Exported) -> Group:
    """Put a run into words; rich prints it."""
    return Group(*map(Text, _lines(done)))


def _lines(done: Exported) -> Iterator[str]:
    export = done.export
    for lab in done.labs:
        yield from _lab(lab, export.scaled.get(lab.lab))
    for lab in done.labs:
        yield from _partial(lab)
    if export.unplaced:
        yield f"\nGrades without a place in it: {len(export.unplaced)}"
        for lab, student, why in export.unplaced:
            yield visible(f"  {lab} · {on_terminal(student)} · {why}")
    yield from (visible(note) for note in (*export.doubts, *export.notes))
    yield f"\n{export.written} grades in {done.path}"


def _lab(lab: LabGrades, theirs: float | None) -> Iterator[str]:
    grades = list(lab.grades.values())
    late = sum(grade.late > 0 for grade in grades)
    told = f"{lab.lab}: {_students(len(grades))}, full marks {number(lab.most)}"
    yield told + (f", late penalty taken off for {late}" if late else "")
    if theirs is not None:
        yield (
            f"  Full marks are {number(theirs)} there: every grade is multiplied by "
            f"{number(theirs)}/{number(lab.most)}."
        )
    nothing = [grade.student for grade in grades if not grade.handed_in]
    if nothing:
        yield f"  Nothing handed in, so 0: {_names(nothing)}"
    if lab.stale:
        yield (
            "  Marks, the due date, records or labkit have changed since labkit grade "
            "ran: late penalties may be out of date. Run it again, then export: "
            f"labkit grade {lab.lab}"
        )


def _partial(lab: LabGrades) -> Iterator[str]:
    waiting = [grade for grade in lab.grades.values() if grade.unmarked]
    if waiting:
        answers = sum(len(grade.unmarked) for grade in waiting)
        yield (
            f"\nPARTIAL: {lab.lab} · {answers} written answers of "
            f"{_students(len(waiting))} are not marked yet and count nothing, of the full "
            f"{number(lab.most)}: {_names(grade.student for grade in waiting)}"
        )


def _students(count: int) -> str:
    return "1 student" if count == 1 else f"{count} students"


def _names(students: Iterable[str]) -> str:
    names = [on_terminal(student) for student in students]
    more = f", … ({len(names)} in all)" if len(names) > MOST_LISTED else ""
    return ", ".join(names[:MOST_LISTED]) + more
