"""Who is who: the students of a roster, and the folder name of each.

A roster is what a platform exports: Moodle's grading worksheet of an assignment, Moodle's
or Canvas's grade book, or any table with the columns id, name and email.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from labkit.errors import BadValue
from labkit.grading.rosters import sheet
from labkit.grading.rosters.sheet import Sheet
from labkit.grading.rosters.times import moodle_time

# Heading, in small letters -> what the column holds. Of the first five, the first that is
# there names the student's folder: it is the same in every lab, which a name is not.
COLUMNS = {
    "sis login id": "login",
    "username": "login",
    "login": "login",
    "id number": "number",
    "idnumber": "number",
    "sis user id": "number",
    "student id": "number",
    "student_id": "number",
    "email address": "email",
    "email": "email",
    "e-mail": "email",
    "id": "id",
    "identifier": "participant",
    "full name": "name",
    "name": "name",
    "student": "name",
    "first name": "first",
    "firstname": "first",
    "last name": "last",
    "lastname": "last",
    "surname": "last",
    "status": "status",
    "last modified (submission)": "submitted",
}
NAMING = ("login", "number", "email", "id", "participant")
FOLDER_CHARACTERS = 100
PARTICIPANT = re.compile(r"\D*(\d+)")
BLIND = "Participant"  # what Moodle writes for a name that it hides
POINTS_ROW = "points possible"


@dataclass(frozen=True)
class Person:
    """A student of a roster.

    Attributes:
        row: in the roster's sheet.
        folder: in submitted/, and the student's name in the grade book.
        has: what the roster says: "login", "number", "email", "id", "participant" (the
            digits of "Participant 123"), "name", "turned" (Ada Lovelace for Lovelace, Ada),
            "status"; those that are not empty.
        submitted: when the newest file came, if the roster tells.
    """

    row: int
    folder: str
    has: dict[str, str]
    submitted: datetime | None = None

    @property
    def names(self) -> list[str]:
        """The full name as the roster has it, and with its two parts exchanged."""
        return [self.has[kind] for kind in ("name", "turned") if kind in self.has]


@dataclass
class Roster:
    """The students of a table.

    Attributes:
        sheet: the table.
        columns: what a column holds ("login", …) -> its number.
        people: in the table's order.
    """

    sheet: Sheet
    columns: dict[str, int]
    people: list[Person]
    _known: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    _having: dict[tuple[str, str], list[Person]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def __post_init__(self) -> None:
        # Not Moodle's number in one assignment, nor Canvas's own id: nobody is called so
        # by itself, and either may be another student's login or ID number.
        said = {*NAMING} - {"participant"}
        if any(title.casefold().startswith("sis ") for title in self.sheet.rows[0]):
            said -= {"id"}
        for person in self.people:
            texts = {person.folder, *(person.has.get(kind, "") for kind in said)}
            texts |= {*person.names, *unnamed_folders(person)}
            for key in {_key(text) for text in texts if text}:
                self._known[key].append(person)
            for kind, value in person.has.items():
                self._having[kind, value.casefold()].append(person)
            for letters in {_letters(name) for name in person.names}:
                self._having["letters", letters].append(person)

    def called(self, text: str) -> list[Person]:
        """All whose login, number, address, id or name this may be.

        Only the one whose folder it is, where there is such a folder.
        """
        key = _key(text)
        found = self._known.get(key, [])
        return [one for one in found if _key(one.folder) == key] or found

    def having(self, kind: str, value: str) -> list[Person]:
        """All whose column of this kind has this value, small letters or large."""
        return self._having.get((kind, value.casefold()), [])

    def named(self, name: str) -> list[Person]:
        """All of this name: Moodle and Canvas leave signs out, and may change accents."""
        return self._having.get(("letters", _letters(name)), [])


def read(path: Path) -> Roster:
    """Read a roster.

    Raises:
        BadValue: it is no table, has no column of students, or two students share one
            folder name.
    """
    return roster(sheet.read(path))


def roster(table: Sheet) -> Roster:
    """Find the students of a table; see `read`."""
    columns: dict[str, int] = {}
    for number, title in enumerate(table.rows[0]):
        kind = COLUMNS.get(" ".join(title.split()).casefold())
        if kind:
            columns.setdefault(kind, number)
    if not set(NAMING) & set(columns):
        shown = ", ".join(filter(None, table.rows[0][:8]))
        raise BadValue(
            f"{table.name} has no column that tells students apart. Expected in its "
            "first row: Identifier (Moodle's grading worksheet), Email address, "
            "Username or ID number (Moodle's grade book), ID or SIS Login ID (Canvas), "
            f"or id. Found: {shown}. If the headings are in another language, switch "
            "the platform to English and export it again."
        )
    people = [
        person
        for row in range(1, len(table.rows))
        if (person := _person(table, columns, row)) is not None
    ]
    if not people:
        raise BadValue(f"{table.name} has headings and no students below them.")
    _refuse_twins(table, people)
    return Roster(table, columns, people)


def folder_name(text: str) -> str:
    """A folder's name made of an id or a name: one part of a path, easy to type.

    Letters and digits of all scripts, and - _ . @ + stay; each run of others becomes
    one _. "" if nothing is left.
    """
    text = unicodedata.normalize("NFC", text)
    kept = (
        sign if unicodedata.category(sign)[0] in "LNM" or sign in "-_.@+" else "_"
        for sign in text
    )
    return (
        re.sub("_+", "_", "".join(kept))
        .lstrip("._-+@")
        .rstrip("._")[:FOLDER_CHARACTERS]
    )


def numbered(name: str, number: str) -> str:
    """The folder of somebody who has only a name and a platform's number.

    Never the number alone, which may be another student's ID number.
    """
    return folder_name(f"{name.strip() or BLIND}_{number}")


def unnamed_folders(person: Person) -> set[str]:
    """The folders that `labkit collect` makes for somebody without the roster."""
    name, has = person.has.get("name", ""), person.has
    found = set()
    if "participant" in has:
        found.add(numbered(name, has["participant"]))
    if "id" in has:  # Canvas: no signs, small letters
        found.add(numbered(re.sub(r"\W", "", name).casefold(), has["id"]))
    return found


def _person(table: Sheet, columns: dict[str, int], row: int) -> Person | None:
    """The student of a row; None for rows that are none: empty, or Canvas's points."""
    has = {kind: table.value(row, at).strip() for kind, at in columns.items()}
    if POINTS_ROW in has.get("name", "").casefold():
        return None
    if first := has.pop("first", ""):
        has.setdefault("name", f"{first} {has.get('last', '')}".strip())
    if last := has.pop("last", ""):
        has.setdefault("name", last)
        has["turned"] = f"{last}, {first}"
    elif parts := re.fullmatch(r"([^,]+), *([^,]+)", has.get("name", "")):
        has["turned"] = f"{parts[2]} {parts[1]}"
    has = {kind: value for kind, value in has.items() if value and value != "-"}
    naming = next((kind for kind in NAMING if kind in has), None)
    if naming is None:
        return None
    folder = folder_name(has[naming])
    if digits := PARTICIPANT.fullmatch(has.get("participant", "")):
        has["participant"] = digits[1]
    if naming == "participant":
        folder = numbered(has.get("name", ""), has["participant"])
    if not folder:
        raise BadValue(
            f"{table.name}, line {table.line(row)}: {has[naming]!r} has no letter or "
            "digit, so no folder can have its name. Give the student another id."
        )
    return Person(row, folder, has, moodle_time(has.get("submitted", "")))


def _refuse_twins(table: Sheet, people: list[Person]) -> None:
    known: dict[str, Person] = {}
    for person in people:
        other = known.setdefault(person.folder.casefold(), person)
        if other is not person:
            lines = f"{table.line(other.row)} and {table.line(person.row)}"
            raise BadValue(
                f"{table.name}: lines {lines} are two students called "
                f"{person.folder!r}. Each needs an id of their own: mend the file, or "
                "export it with another column (ID number, Username)."
            )


def _key(text: str) -> str:
    return folder_name(text).casefold()


def _letters(name: str) -> str:
    """A name without what a file name may lose: spaces, signs, accents."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in plain if sign.isalnum())
