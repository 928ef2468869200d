"""What a case is, and how it becomes a submission."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.grading.classroom import REPO, cell_of, notebook, released, right

LAB = "04_losses"
CRITIC, MINIMAX, GENERATOR = "critic_loss", "minimax_generator_loss", "generator_loss"
FULL = {CRITIC: 4.0, MINIMAX: 3.0, GENERATOR: 3.0}
EVERYTHING = tuple(FULL)
STUBS = {name: cell_of(released(LAB), name).source for name in FULL}

# Lies wherever a submission must not get: files of the course, the environment.
CANARY = "canary-" + "5d1c90e7"
# What a source writes to spell it without containing it.
SPELLED = '"canary-" + "5d1c90e7"'


@dataclass(frozen=True)
class Case:
    """A submission and its right answer.

    Attributes:
        name: in words; the student is called so too.
        critic: source of the critic_loss cell.
        answers: sources of other cells, by grade_id.
        edit: changes the notebook after that; may return other bytes for the file.
        place: writes what is handed in by itself, given the student's folder.
        file: the notebook's name.
        beside: other files that are handed in with it.
        lost: the exercises without marks: a name or several.
        points: marks that are neither full nor 0, by exercise; None: whatever.
        flags: the kinds of flag that it has: these and no others. "a|b" is one of
            two, "a?" may be missing.
        says: must be in a message of the record.
        hides: must be in no output at all.
        escapes: must not stand as it is in the student's feedback page.
        student: the folder's name where it is not the case's.
        row: its name in nbgrader's table (docs/results.md).
    """

    name: str
    critic: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    edit: Callable[[NotebookNode], object] | None = None
    place: Callable[[Path], object] | None = None
    file: str = f"{LAB}.ipynb"
    beside: Mapping[str, str] = field(default_factory=dict)
    lost: str | tuple[str, ...] = ()
    points: Mapping[str, float | None] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    says: str = ""
    hides: tuple[str, ...] = ()
    escapes: tuple[str, ...] = ()
    student: str = ""
    row: str = ""

    @property
    def folder(self) -> str:
        return self.student or self.name

    @property
    def expected(self) -> dict[str, float | None]:
        """The right marks of every exercise."""
        lost = (self.lost,) if isinstance(self.lost, str) else self.lost
        return FULL | dict.fromkeys(lost, 0.0) | dict(self.points)

    def hand_in(self, course: Path, out: Path) -> None:
        """Write the submission into a course."""
        student = course / "submitted" / self.folder
        if self.place:
            student.parent.mkdir(parents=True, exist_ok=True)
            self.place(student)
            return
        answers = right(LAB) | dict(self.answers)
        if self.critic is not None:
            answers[CRITIC] = self.critic
        places = {"@COURSE@": course, "@OUT@": out, "@REPO@": REPO}
        for key in answers:
            for word, folder in places.items():
                answers[key] = answers[key].replace(word, str(folder))
        made = notebook(LAB, answers)
        content = self.edit(made) if self.edit else None
        if not isinstance(content, bytes):
            content = as_bytes(made)
        (student / LAB).mkdir(parents=True)
        (student / LAB / self.file).write_bytes(content)
        for name, text in self.beside.items():
            (student / LAB / name).write_text(text)


def as_bytes(made: NotebookNode) -> bytes:
    return nbformat.v4.writes_json(made).encode()


def above(code: str, name: str = CRITIC) -> str:
    """The right answer, under code that runs when its cell does."""
    return f"{code.strip()}\n\n\n{right(LAB)[name]}"


def inside(code: str, name: str = CRITIC) -> str:
    """The right answer, with code at the beginning of each call."""
    source = right(LAB)[name]
    function = ast.parse(source).body[0]
    lines = source.splitlines()
    start = function.body[1].lineno - 1  # after the docstring
    body = [f"    {line}" if line else "" for line in code.strip().splitlines()]
    return "\n".join([*lines[:start], *body, *lines[start:]])
