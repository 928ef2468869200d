"""Which file of a student is the notebook of the lab, and which attempt is the newest."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby

from labkit.grading.collecting.files import (
    NOTEBOOK_BYTES,
    ZIP_BYTES,
    File,
    Time,
    Unreadable,
    inside,
)
from labkit.grading.collecting.names import Piece, is_called, kind, lab_of

# A file's place among the attempts: Canvas's number of the attachment, which grows; the
# time in the download; whether it has the lab's own name; how few folders it lies in (as
# a number below 0); the number in its name; its place in the download.
Order = tuple[int, Time, bool, int, int, int]


@dataclass(frozen=True)
class Attempt:
    """A notebook that a student has handed in.

    Attributes:
        content: its bytes.
        origin: the download, and the file in it.
        order: the newest has the largest.
        name: of the file that was handed in, folders of the student's included.
        late: whether the platform has marked it.
        notes: what a person should know of how it was found.
    """

    content: bytes
    origin: str
    order: Order
    name: str
    late: bool = False
    notes: tuple[str, ...] = ()


@dataclass
class Handed:
    """What a student has handed in for a lab.

    Attributes:
        attempts: the newest last; none if there is no notebook of the lab.
        problems: (file, why it was not taken).
    """

    attempts: list[Attempt] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def choose(files: Iterable[tuple[File, Piece]], lab: str, labs: list[str]) -> Handed:
    """Find the notebooks of a lab among the files of one student.

    A notebook with the lab's name in its own counts, also within a zip of the whole kit;
    without any, the only other notebook counts as a renamed one. Among files of one
    time, those with exactly the lab's name come before copies with other words in it, and
    those in no folder before copies in one.

    Args:
        files: of the student, in the order of the downloads.
        lab: "04_losses" say.
        labs: all of the course.
    """
    handed = Handed()
    ours: list[Attempt] = []
    renamed: list[Attempt] = []
    others: list[str] = []
    aside: list[tuple[str, str]] = []
    for place, (file, piece) in enumerate(files):
        where = f"{file.source}: {file.path}"
        if piece.problem:
            aside.append((where, piece.problem))
            continue
        exact = is_called(piece.file, lab)
        depth = piece.file.count("/")
        order = (piece.attachment, file.time, exact, -depth, piece.again, place)
        what, named = kind(piece.file), lab_of(piece.file, labs)
        try:
            if what == "notebook" and named in (lab, None):
                content = file.read(NOTEBOOK_BYTES)
                made = Attempt(content, where, order, piece.file, piece.late)
                (ours if named else renamed).append(made)
            elif what == "zip":
                ours.append(_in_zip(file, lab, labs, order, piece))
            else:
                others.append(piece.file.rpartition("/")[2])
        except Unreadable as error:
            handed.problems.append((where, str(error)))
    found = ours or [replace(one, notes=("renamed",)) for one in renamed]
    handed.attempts = _told(sorted(found, key=lambda one: one.order))
    if not handed.attempts:
        handed.problems += aside
    if not handed.attempts and not handed.problems:
        source = next((file.source for file, _ in files), "")
        shown = ", ".join(others[:3])
        more = ", …" if len(others) > 3 else ""
        handed.problems.append((source, f"no notebook of {lab}, only: {shown}{more}"))
    return handed


def _told(attempts: list[Attempt]) -> list[Attempt]:
    """Say which file counts among those of several names; Canvas numbers them itself."""
    names = {one.name for one in attempts}
    if len(names) < 2 or len({one.content for one in attempts}) < 2:
        return attempts
    *others, newest = attempts
    if newest.order[0]:
        return attempts
    note = f"{newest.name} counts, of {len(names)} names"
    return [*others, replace(newest, notes=(*newest.notes, note))]


def _in_zip(
    file: File, lab: str, labs: list[str], order: Order, piece: Piece
) -> Attempt:
    """The lab's notebook in a zip that a student has handed in.

    Raises:
        Unreadable: there is none, or it cannot be read.
    """
    where = f"{file.source}: {file.path}"
    found = [
        member
        for member in inside(file.read(ZIP_BYTES), where)
        if kind(member.name) == "notebook"
    ]
    exact = [member for member in found if member.name == f"{lab}.ipynb"]
    named = [member for member in found if lab_of(member.name, labs) == lab]
    unnamed = [member for member in found if lab_of(member.name, labs) is None]
    candidates = exact or named or unnamed
    if not candidates:
        others = "" if not found else ", only of other labs"
        raise Unreadable(f"no notebook of {lab} in this zip{others}")
    # Within their own zip the times are those of the student's files.
    newest = max(candidates, key=lambda member: member.time)
    notes = [] if exact else ["renamed"]
    if len(candidates) > 1:
        notes.append(f"the newest of {len(candidates)} in the zip: {newest.path}")
    content = newest.read(NOTEBOOK_BYTES)
    where = f"{where} › {newest.path}"
    return Attempt(content, where, order, piece.file, piece.late, tuple(notes))


def distinct(attempts: list[Attempt]) -> list[Attempt]:
    """Attempts without those that are the same as the one before."""
    return [list(same)[-1] for _, same in groupby(attempts, lambda one: one.content)]
