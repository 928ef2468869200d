"""What all platforms' files share: whose line a grade belongs to, and in which column."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from labkit.errors import BadValue
from labkit.grading.exports.grades import Grade, LabGrades, number, parsed
from labkit.grading.rosters.people import Person, Roster
from labkit.grading.rosters.sheet import Sheet

DECIMALS = re.compile(r"-?\d+([.,])\d{1,5}")


@dataclass
class Export:
    """A file of grades, and what is to be told about it.

    Attributes:
        content: the file's bytes.
        written: how many grades are in it.
        unplaced: (lab, student, why): grades that are not in it.
        scaled: lab -> full marks in the platform, where they are others than ours.
        doubts: why the platform may not be able to read it.
        notes: what else a person should know.
    """

    content: bytes = b""
    written: int = 0
    unplaced: list[tuple[str, str, str]] = field(default_factory=list)
    scaled: dict[str, float] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Filler:
    """Writes grades into a platform's own table; all other cells stay as they are.

    Args:
        roster: the table.
        titles: lab -> title of its column, for those that do not name the lab.
    """

    def __init__(self, roster: Roster, titles: dict[str, str]) -> None:
        self.roster = roster
        self.sheet: Sheet = roster.sheet
        self.export = Export()
        self._titles = titles
        self._taken: dict[int, str] = {}  # column -> its lab
        self._decimal = _decimal_sign(self.sheet)

    def column(self, lab: str, candidates: dict[int, str]) -> int | None:
        """The column of a lab.

        Args:
            lab: "04_losses" say.
            candidates: column -> title, without the platform's additions to it.

        Returns:
            The one called as `titles` says, else the one whose title has the lab's
            number and words in a row ("Lab 4: Losses"); None if there is none.

        Raises:
            BadValue: there are several, or not the one that `titles` wants, or it is
                another lab's already.
        """
        if lab in self._titles:
            wanted = self._titles[lab]
            whole = self.sheet.rows[0]
            found = [
                at for at, title in candidates.items() if wanted in (title, whole[at])
            ]
        else:
            exact = [
                at for at, title in candidates.items() if _words(title) == _words(lab)
            ]
            found = exact or [
                at for at, title in candidates.items() if _names(title, lab)
            ]
        if len(found) == 1:
            return self._take(found[0], lab)
        if not found and lab not in self._titles:
            return None
        shown = ", ".join(repr(candidates[at]) for at in found or candidates)
        problem = (
            "more than one column may be" if found else "no column is called so for"
        )
        raise BadValue(
            f"{self.sheet.name}: {problem} {lab}: {shown}. "
            f"Say which: --column '{lab}=TITLE'"
        )

    def _take(self, column: int, lab: str) -> int:
        first = self._taken.setdefault(column, lab)
        if first != lab:
            raise BadValue(
                f"{self.sheet.name}: the column {self.sheet.rows[0][column]!r} would get "
                f"the grades of {first} and of {lab}; a column takes one lab. Name "
                f"another for one of them: --column '{lab}=TITLE'"
            )
        return column

    def expect(self, separators: str, remedy: str) -> None:
        """Doubt a table that is not in UTF-8, or has another separator.

        Args:
            separators: those that the platform reads.
            remedy: what to do then.
        """
        found = []
        if self.sheet.delimiter not in separators:
            found.append(f"the separator {self.sheet.delimiter!r}")
        try:
            bytes(self.sheet).decode()
        except UnicodeDecodeError:
            found.append("an encoding that is not UTF-8")
        if found:
            self.export.doubts.append(
                f"{self.sheet.name} has {' and '.join(found)}, so a spreadsheet has "
                f"probably saved it; UTF-8 and {' or '.join(separators)} were expected. "
                f"Its form was kept, and the import may not be able to read it. {remedy}"
            )

    def scale(self, lab: LabGrades, most: str) -> float:
        """What a point of ours is worth there; full marks must be a number above 0."""
        theirs = parsed(most)
        if theirs is None or theirs <= 0:
            raise BadValue(
                f"{self.sheet.name}: full marks of {lab.lab} are {most!r}, not a number "
                f"above 0. Set them to {number(lab.most)} in the platform, and export "
                "the file again."
            )
        if abs(theirs - lab.most) > 1e-6 and lab.most:
            self.export.scaled[lab.lab] = theirs
            return theirs / lab.most
        return 1.0

    def people(self, lab: LabGrades) -> Iterable[tuple[Person, Grade]]:
        """Each grade's line; those without one are noted."""
        lines: Counter[int] = Counter()
        pairs = []
        for grade in lab.grades.values():
            found = self.roster.called(grade.student)
            if len(found) == 1:
                lines[found[0].row] += 1
                pairs.append((found[0], grade))
            else:
                numbers = " and ".join(str(self.sheet.line(one.row)) for one in found)
                why = f"may be lines {numbers}" if found else "no line of the roster"
                self.export.unplaced.append((lab.lab, grade.student, why))
        for person, grade in pairs:
            if lines[person.row] == 1:
                yield person, grade
            else:
                line = self.sheet.line(person.row)
                why = f"another student has line {line}, too"
                self.export.unplaced.append((lab.lab, grade.student, why))

    def write(self, row: int, column: int, value: float) -> None:
        """Put a grade into its cell; the same number in other digits stays."""
        before = parsed(self.sheet.value(row, column))
        if before is None or abs(before - value) > 5e-5:
            self.sheet.put(row, column, number(value, self._decimal))
        self.export.written += 1

    def number(self, value: float) -> str:
        """A number with the table's decimal sign."""
        return number(value, self._decimal)

    def done(self) -> Export:
        """The finished file."""
        self.export.content = bytes(self.sheet)
        return self.export


def _decimal_sign(sheet: Sheet) -> str:
    """The decimal sign that most numbers of a table have; a point where none has one."""
    cells = (cell.strip() for row in sheet.rows for cell in row)
    signs = Counter(found[1] for cell in cells if (found := DECIMALS.fullmatch(cell)))
    return "," if signs[","] > signs["."] else "."


def _words(title: str) -> list[str]:
    """ "Lab 04: Losses" -> ["lab", "4", "losses"]."""
    return [
        word.lstrip("0") or "0" for word in re.findall(r"[^\W_]+", title.casefold())
    ]


def _names(title: str, lab: str) -> bool:
    words, wanted = _words(title), _words(lab)
    places = range(len(words) - len(wanted) + 1)
    return any(words[at : at + len(wanted)] == wanted for at in places)
