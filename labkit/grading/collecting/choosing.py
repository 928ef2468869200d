"""Which file of a student is the notebook of the lab, and which attempt is the newest."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from labkit.grading.collecting.downloads import (
    NOTEBOOK_BYTES,
    ZIP_BYTES,
    File,
    Time,
    Unreadable,
    inside,
)
from labkit.grading.collecting.names import Piece, lab_of

# A file's place among the attempts: Canvas's number of the attachment, which grows; the
# time in the download; the number in its name; its place in the download.
Order = tuple[int, Time, int, int]


@dataclass(frozen=True)
class Attempt:
    """A notebook that a student has handed in.

    Attributes:
        content: its bytes.
        origin: the download, and the file in it.
        order: the newest has the largest.
        late: whether the platform has marked it.
        notes: what a person should know of how it was found.
    """

    content: bytes
    origin: str
    order: Order
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
    without any, the only other notebook counts as a renamed one.

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
        order = (piece.attachment, file.time, piece.again, place)
        kind, named = _kind(piece.file), lab_of(piece.file, labs)
        try:
            if kind == "notebook" and named in (lab, None):
                content = file.read(NOTEBOOK_BYTES)
                made = Attempt(content, where, order, piece.late)
                (ours if named else renamed).append(made)
            elif kind == "zip":
                ours.append(_in_zip(file, lab, labs, order, piece.late))
            else:
                others.append(piece.file.rpartition("/")[2])
        except Unreadable as error:
            handed.problems.append((where, str(error)))
    handed.attempts = sorted(ours or _one(renamed), key=lambda one: one.order)
    if not handed.attempts:
        handed.problems += aside
    if not handed.attempts and not handed.problems:
        source = next((file.source for file, _ in files), "")
        shown = ", ".join(others[:3])
        more = ", …" if len(others) > 3 else ""
        handed.problems.append((source, f"no notebook of {lab}, only: {shown}{more}"))
    return handed


def _kind(name: str) -> str:
    """ "notebook", "zip" or ""; browsers save lab.ipynb.txt or lab.ipynb.json."""
    name = name.casefold()
    if name.endswith(".ipynb") or ".ipynb." in name:
        return "notebook"
    return "zip" if name.endswith(".zip") else ""


def _one(renamed: list[Attempt]) -> list[Attempt]:
    """Notebooks of another name: several are attempts, and that is told."""
    return [
        Attempt(one.content, one.origin, one.order, one.late, ("renamed",))
        for one in renamed
    ]


def _in_zip(file: File, lab: str, labs: list[str], order: Order, late: bool) -> Attempt:
    """The lab's notebook in a zip that a student has handed in.

    Raises:
        Unreadable: there is none, or it cannot be read.
    """
    where = f"{file.source}: {file.path}"
    found = [
        member
        for member in inside(file.read(ZIP_BYTES), where)
        if _kind(member.name) == "notebook"
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
    return Attempt(content, f"{where} › {newest.path}", order, late, tuple(notes))


def distinct(attempts: list[Attempt]) -> list[Attempt]:
    """Attempts without those that are the same as the one before."""
    return [list(same)[-1] for _, same in groupby(attempts, lambda one: one.content)]
