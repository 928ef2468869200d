"""`labkit collect`: who has handed what in, and where it goes."""

import difflib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from labkit.course.folder import course_folder, nbgrader_config
from labkit.errors import LabkitError
from labkit.grading.collecting.choosing import Handed, choose, distinct
from labkit.grading.collecting.downloads import Downloads
from labkit.grading.collecting.files import File
from labkit.grading.collecting.names import Piece, lab_of, parse
from labkit.grading.collecting.placing import CHANGED, CannotPlace, has_moment, place
from labkit.grading.rosters import people
from labkit.grading.rosters.people import (
    BLIND,
    Person,
    Roster,
    folder_name,
    numbered,
)

Files = list[tuple[File, Piece]]


@dataclass(frozen=True)
class Taken:
    """What became of one student's submission.

    Attributes:
        student: the folder's name.
        outcome: placing's NEW, CHANGED, UNCHANGED or OLDER.
        attempts: how many different notebooks the downloads held.
        late: whether the platform has marked it.
        moment: when it was handed in, if the roster tells.
        notes: what a person should know.
    """

    student: str
    outcome: str
    attempts: int
    late: bool
    moment: datetime | None
    notes: tuple[str, ...]


@dataclass
class Collected:
    """What a run of `labkit collect` has done.

    Attributes:
        lab: the lab's folder name.
        submitted: where it all went.
        taken: by student.
        problems: (file or student, why it was not taken).
        missing: students of the roster of whom the downloads have nothing.
        plain_names: whether folders had to be named without a roster.
    """

    lab: str
    submitted: Path
    taken: list[Taken] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    plain_names: bool = False


@dataclass(frozen=True)
class _Who:
    """A student of a download: a folder name, or why there is none."""

    folder: str = ""
    person: Person | None = None
    problem: str = ""


def collect(
    files: list[Path],
    lab: str | None = None,
    roster: Path | None = None,
    course: Path | None = None,
) -> Collected:
    """Take what a platform gave you into submitted/<student>/<lab>/.

    Args:
        files: downloads: zips, folders, single notebooks.
        lab: its folder name; None: the one in the notebooks' names.
        roster: who the students are, a CSV file that the platform exports.
        course: the course folder; found upwards from the current folder when None.

    Raises:
        LabkitError: wrong use, or nothing can be read or written. Who has been taken
            by then is complete; the others are as they were before.
    """
    course = course_folder(course)
    settings = nbgrader_config(course).CourseDirectory
    sources = course / settings.get("source_directory", "source")
    found = sources.glob("[0-9][0-9]_*/*.py")
    labs = sorted(path.stem for path in found if path.stem == path.parent.name)
    known = people.read(roster) if roster else None
    with Downloads(files, labs, known) as downloads:
        students: dict[tuple[str, ...], Files] = defaultdict(list)
        for file in downloads:
            piece = parse(file.path, labs)
            students[piece.student].append((file, piece))
        lab = _lab(lab, labs, students)
        submitted = course / settings.get("submitted_directory", "submitted")
        done = Collected(lab, submitted, plain_names=known is None)
        whose = {key: _who(pieces[0][1], known) for key, pieces in students.items()}
        twins = _twins(whose)
        for key, who in sorted(whose.items(), key=lambda item: item[1].folder):
            _take(done, students[key], twins.get(key, who), labs)
    there = {who.folder for who in whose.values()}
    everybody = [person.folder for person in known.people] if known else []
    done.missing = [folder for folder in everybody if folder not in there]
    return done


def _lab(
    lab: str | None, labs: list[str], students: dict[tuple[str, ...], Files]
) -> str:
    if lab is not None:
        if lab not in labs:
            close = difflib.get_close_matches(lab, labs, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            shown = ", ".join(labs) or "none"
            raise LabkitError(
                f"there is no lab called {lab!r}.{hint} The labs are: {shown}."
            )
        return lab
    pieces = [piece for files in students.values() for _, piece in files]
    named = {lab_of(piece.file, labs) for piece in pieces} - {None}
    if len(named) == 1:
        return named.pop()
    seen = f"They name {', '.join(sorted(named))}" if named else "They name no lab"
    raise LabkitError(
        f"which lab is it? The names of the files do not tell. {seen}. "
        "Say it: --lab 04_losses"
    )


def _who(piece: Piece, roster: Roster | None) -> _Who:
    """The student of a piece."""
    if not (piece.name or piece.number):
        return _Who(problem=piece.problem)
    if roster is None:
        named = numbered(piece.name, piece.number)
        folder = named if piece.number else folder_name(piece.name)
        return _Who(folder, problem="" if folder else "no folder can have that name")
    found, what = _found(piece, roster)
    if len(found) == 1:
        return _Who(found[0].folder, found[0])
    if not found:
        return _Who(problem=f"{what} is not in {roster.sheet.name}")
    lines = " and ".join(str(roster.sheet.line(one.row)) for one in found)
    return _Who(problem=f"{what} may be lines {lines} of {roster.sheet.name}")


def _found(piece: Piece, roster: Roster) -> tuple[list[Person], str]:
    """The students of a roster who may be meant, and how the piece calls them."""
    by_name = roster.named(piece.name)
    if piece.system == "plain":
        return roster.called(piece.name) or by_name, repr(piece.name)
    kind = "participant" if piece.system == "moodle" else "id"
    what = f"{piece.name} ({piece.number})"
    if kind in roster.columns:
        found = roster.having(kind, piece.number)
        blind = piece.name.strip().casefold() in ("", BLIND.casefold())
        named = [one for one in found if blind or not one.names or one in by_name]
        if found and not named:
            return [], f"{what}: the number is {found[0].names[0]}'s, the name"
        return named, what
    return by_name, what


def _twins(whose: dict[tuple[str, ...], _Who]) -> dict[tuple[str, ...], _Who]:
    """Those who would come to lie in one folder: none of them is taken."""
    folders = defaultdict(list)
    for key, who in whose.items():
        if who.folder:
            folders[who.folder.casefold()].append(key)
    found = {}
    for keys in folders.values():
        if len(keys) > 1:
            names = " and ".join(" ".join(filter(None, reversed(k[1:]))) for k in keys)
            why = f"{names} would share the folder {whose[keys[0]].folder!r}"
            found |= {key: _Who(problem=why) for key in keys}
    return found


def _take(done: Collected, files: Files, who: _Who, labs: list[str]) -> None:
    """Take what one student has handed in, or note why not."""
    if who.problem:
        done.problems += [(f"{f.source}: {f.path}", who.problem) for f, _ in files]
        return
    handed: Handed = choose(files, done.lab, labs)
    whose = f"{who.folder} · " if who.person else ""
    done.problems += [(f"{whose}{what}", why) for what, why in handed.problems]
    attempts = distinct(handed.attempts)
    if not attempts:
        return
    newest, person = attempts[-1], who.person
    status = person.has.get("status", "") if person else ""
    late = newest.late or bool(re.search(r"\blate\b", status, re.IGNORECASE))
    moment = person.submitted if person and files[0][1].system == "moodle" else None
    system = files[0][1].system
    stale = has_moment(done.submitted / who.folder / done.lab, moment)
    try:
        outcome = place(done.submitted, who.folder, done.lab, system, attempts, moment)
    except CannotPlace as error:
        done.problems.append((who.folder, str(error)))
        return
    notes = newest.notes
    if outcome == CHANGED and stale:
        notes += ("handed in when the former one was? The roster may be too old",)
    done.taken.append(Taken(who.folder, outcome, len(attempts), late, moment, notes))
