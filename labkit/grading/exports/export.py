"""`labkit grades export`: from the records to a file that a platform imports."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from labkit.course.folder import course_folder, nbgrader_config
from labkit.errors import BadValue
from labkit.grading.exports import canvas, moodle, own
from labkit.grading.exports.filling import Export
from labkit.grading.exports.grades import LabGrades, read
from labkit.grading.records import failed
from labkit.grading.rosters import people
from labkit.grading.rosters.people import Roster
from labkit.runtime import atomic_write


class Format(StrEnum):
    """What reads the file."""

    canvas = "canvas"
    moodle = "moodle"
    csv = "csv"
    json = "json"


NAMES = {
    Format.canvas: "grades-canvas.csv",
    Format.moodle: "grades-moodle.csv",
    Format.csv: "grades-table.csv",  # grades.csv is what `labkit grade` writes
    Format.json: "grades.json",
}


@dataclass(frozen=True)
class Exported:
    """What a run has done.

    Attributes:
        path: the file written.
        export: what is in it.
        labs: the grades it was made from.
    """

    path: Path
    export: Export
    labs: list[LabGrades]

    @property
    def complete(self) -> bool:
        """Whether every grade is in a file that can be read, and no answer waits."""
        partial = any(
            grade.unmarked for lab in self.labs for grade in lab.grades.values()
        )
        stale = any(one.stale for one in self.labs)
        return not (partial or stale or self.export.unplaced or self.export.doubts)


def export(
    kind: Format,
    roster: Path | None = None,
    labs: list[str] | None = None,
    columns: list[str] | None = None,
    out: Path | None = None,
    course: Path | None = None,
) -> Exported:
    """Write the grades of a course into a file.

    Args:
        kind: for which platform.
        roster: the file that the platform has exported; it comes back with the grades.
        labs: their folder names; None: all that have been graded.
        columns: "LAB=TITLE" for columns whose title does not name the lab.
        out: the file; None: one in the course folder, called as NAMES says.
        course: the course folder; found upwards from the current folder when None.

    Raises:
        LabkitError: wrong use, or something cannot be read; no file is written.
    """
    course = course_folder(course)
    path = Path(out or course / NAMES[kind])
    table = people.read(roster) if roster else None
    if roster is not None and path.exists() and path.samefile(roster):
        raise BadValue(
            f"{path} is the roster itself. The platform's file is kept as it is: name "
            "another with --out."
        )
    titles = _titles(columns or [], kind, roster)
    grades = read(course, labs)
    made = _made(kind, grades, table, titles, course)
    try:
        atomic_write(path, lambda file: file.write_bytes(made.content))
    except OSError as error:
        raise failed(error) from None
    return Exported(path, made, grades)


def _made(
    kind: Format,
    labs: list[LabGrades],
    roster: Roster | None,
    titles: dict[str, str],
    course: Path,
) -> Export:
    unknown = set(titles) - {lab.lab for lab in labs}
    if unknown:
        raise BadValue(
            f"--column: {', '.join(unknown)} is not among the labs exported."
        )
    if kind == Format.csv:
        return own.table(labs, roster)
    if kind == Format.json:
        name = nbgrader_config(course).CourseDirectory.get("course_id", "")
        return own.document(labs, roster, name)
    platform = canvas if kind == Format.canvas else moodle
    if roster is None:
        return platform.new(labs)
    made = platform.fill(roster, labs, titles)
    if not made.written and made.unplaced:
        lab, student, why = made.unplaced[0]
        raise BadValue(
            f"none of the {len(made.unplaced)} grades has a place in {roster.sheet.name}"
            f" ({lab}, {student!r}: {why}). Is it this course's? Its ids have to be those "
            "of the folders in submitted/, which labkit collect --roster takes from it."
        )
    return made


def _titles(columns: list[str], kind: Format, roster: Path | None) -> dict[str, str]:
    """The titles of --column."""
    if columns and (roster is None or kind not in (Format.canvas, Format.moodle)):
        raise BadValue("--column names a column of the --roster of Canvas or Moodle.")
    titles = dict(column.partition("=")[::2] for column in columns)
    for lab, title in titles.items():
        if not title:
            raise BadValue(
                f"--column is LAB=TITLE, '04_losses=Lab 4: Losses' say, not {lab!r}."
            )
    return titles
