"""Moodle's two tables: an assignment's grading worksheet, and the whole grade book.

The worksheet, read off Moodle's own sources, mod/assign/gradingtable.php and
mod/assign/feedback/offline/ (github.com/moodle/moodle), November 2026:

- Columns: Identifier ("Participant 123"), Full name, what the site shows of a user (ID
  number, Email address), Status, Grade, Maximum grade, Grade can be changed, Last modified
  (submission), Last modified (grade), Feedback comments; more with marking workflows.
- The import needs Identifier, Grade and Last modified (grade), by their titles in the
  teacher's language, and finds students by the Identifier alone.
- It passes over an empty grade, one below 0 or above the maximum, a locked one, and one
  that was changed in Moodle after the time in Last modified (grade). So nothing but Grade
  is touched here.
- Moodle writes UTF-8 with commas. Older versions read nothing else; newer ones read what
  is chosen at the upload.

The grade book (docs.moodle.org: Grade import; grade/import/csv): any columns. The teacher
chooses which one tells the students apart (Email address, Username, ID number, User ID)
and which grade item each other column is. Comma, tab, colon and semicolon separate. Empty
cells and "-" are no grade; one wrong cell stops the whole import.
"""

import re

from labkit.errors import BadValue
from labkit.grading.exports.filling import Export, Filler
from labkit.grading.exports.grades import LabGrades, number
from labkit.grading.rosters import sheet
from labkit.grading.rosters.people import COLUMNS, Roster

WORKSHEET = ("identifier", "grade", "maximum grade", "last modified (grade)")
WORKSHEET_NEEDS = "Identifier, Grade, Maximum grade and Last modified (grade)"
# "Assignment: Lab 04 losses (Real)"; its other displays are no points.
ITEM = re.compile(r"^(?:Assignment: )?(.*?)(?: \((?:Real|real)\))?$", re.DOTALL)
NO_POINTS = re.compile(r"\((?:Percentage|Letter|Feedback)\)$")
DOWNLOAD_AGAIN = (
    "Download the worksheet from Moodle again and export into that file, unopened; or "
    "choose encoding and separator at the upload, if your Moodle asks for them."
)
OTHER = {
    *("institution", "department", "last downloaded from this course"),
    *("course total", "groups"),
}


def fill(roster: Roster, labs: list[LabGrades], titles: dict[str, str]) -> Export:
    """Write grades into a grading worksheet, or into the grade book's table.

    Args:
        roster: the exported file.
        labs: their grades; one alone for a worksheet.
        titles: lab -> title of its column in the grade book.

    Raises:
        BadValue: a column cannot be told, or a worksheet and several labs.
    """
    filler = Filler(roster, titles)
    heads = {
        title.strip().casefold(): at for at, title in enumerate(roster.sheet.rows[0])
    }
    if "participant" not in roster.columns:
        for lab in labs:
            _fill_book(filler, lab)
        return filler.done()
    if not set(WORKSHEET) <= set(heads):
        raise BadValue(
            f"{roster.sheet.name} is no grading worksheet: {WORKSHEET_NEEDS} were "
            "expected. In Moodle: the assignment, Submissions, Download grading "
            "worksheet; it needs the feedback type Offline grading worksheet."
        )
    if len(labs) != 1:
        names = ", ".join(lab.lab for lab in labs)
        raise BadValue(
            f"{roster.sheet.name} is the grading worksheet of one assignment. Say which "
            f"of {names}: --labs {labs[0].lab}"
        )
    _fill_worksheet(filler, labs[0], heads)
    return filler.done()


def new(labs: list[LabGrades]) -> Export:
    """Make a table for Moodle's grade book without a roster: students by username."""
    students = sorted({student for lab in labs for student in lab.grades})
    rows = [["Username", *(lab.lab for lab in labs)]]
    for student in students:
        grades = (lab.grades.get(student) for lab in labs)
        rows.append([student, *(number(g.score) if g else "" for g in grades)])
    full = ", ".join(f"{number(lab.most)} for {lab.lab}" for lab in labs)
    note = (
        "Without --roster the column Username has the folders' names. In Moodle: Grades, "
        f"Import, CSV file; map from Username. Full marks there have to be: {full}."
    )
    written = sum(len(lab.grades) for lab in labs)
    return Export(sheet.write(rows), written, notes=[note])


def _fill_worksheet(filler: Filler, lab: LabGrades, heads: dict[str, int]) -> None:
    table = filler.sheet
    filler.expect(",", DOWNLOAD_AGAIN)
    locked = heads.get("grade can be changed")
    most = table.value(filler.roster.people[0].row, heads["maximum grade"])
    scale = filler.scale(lab, most)
    theirs = lab.most * scale
    for person, grade in filler.people(lab):
        value = grade.score * scale
        if locked is not None and table.value(person.row, locked).casefold() == "no":
            why = "locked in Moodle (Grade can be changed: No)"
        elif not -5e-5 < value < theirs + 5e-5:
            why = f"{number(value)} is not between 0 and {number(theirs)}: Moodle skips it"
        else:
            filler.write(person.row, heads["grade"], value)
            continue
        filler.export.unplaced.append((lab.lab, grade.student, why))


def _fill_book(filler: Filler, lab: LabGrades) -> None:
    table = filler.sheet
    items = {
        at: ITEM.match(title.strip())[1]
        for at, title in enumerate(table.rows[0])
        if title.strip().casefold() not in {*COLUMNS, *OTHER}
        and not NO_POINTS.search(title.strip())
    }
    column = filler.column(lab.lab, items)
    if column is None:
        column = table.add_column(lab.lab)
        filler.export.notes.append(
            f"{table.name} has no column for {lab.lab}: one was added on the right. Map "
            "it to the assignment, or to a new grade item, when you import."
        )
    filler.export.notes.append(
        f"The file does not tell full marks: those of {lab.lab} have to be "
        f"{number(lab.most)} in Moodle."
    )
    for person, grade in filler.people(lab):
        filler.write(person.row, column, grade.score)
