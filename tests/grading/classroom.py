"""Classes of submissions, for tests, benchmarks and demonstrations.

    course = make_course(tmp_path, ["04_losses"])
    submit(course, "ada", "04_losses", right("04_losses"))
    submit(course, "bob", "04_losses")                        # untouched
    submit(course, "cem", "04_losses", right("04_losses") | {"generator_loss": "..."})
    make_class(course, "04_losses", 60)                       # right, slips, unfinished

A course is a copy of what grading needs of this one. A submission is the released
notebook with the sources of some cells replaced, by grade_id.
"""

import copy
import functools
import random
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from labkit.course.source import read_lab

REPO = Path(__file__).parents[2]
MARKER = re.compile(r"[ \t]*### (BEGIN|END) SOLUTION\n?")

Answers = Mapping[str, str]  # grade_id -> source of the cell
Edit = Callable[[NotebookNode], object]

# One slip an exercise: what is replaced in the reference, and by what.
SLIPS = {
    "rescale": ("127.5", "255"),
    "optimal_critic": ("p_real / ", "p_fake / "),
    "conv_size": ("+ 1", ""),
    "critic_loss": ("(real + fake) / 2", "real + fake"),
    "minimax_generator_loss": ("(-fake_logits)", "(fake_logits)"),
    "generator_loss": ("(-fake_logits)", "(fake_logits)"),
    "lerp": ("1 - t", "t"),
    "wasserstein_generator_loss": ("-fake", "fake"),
    "clip_weights": ("-limit, limit", "0, limit"),
}

WORDS = (
    "Both point the same way, so the sign is right; the size differs by a lot.",
    "At logit -10 one gradient is 1.0 and the other 0.000045, so it matters early.",
    "A label above 1 makes the price fall without end; the logits grow and grow.",
)


@dataclass(frozen=True)
class Member:
    """A student of a made class: what was handed in, and what it deserves.

    Attributes:
        student: the folder's name.
        kind: "right", "slip", "unfinished" or "untouched".
        wrong: the exercises that are not right.
    """

    student: str
    kind: str
    wrong: tuple[str, ...] = field(default=())


def make_course(root: Path, labs: Sequence[str] = ("04_losses",)) -> Path:
    """Copy the settings, the sources and the released notebooks of some labs."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy(REPO / "nbgrader_config.py", root)
    for lab in labs:
        for file in (f"solutions/{lab}/{lab}.py", f"notebooks/{lab}/{lab}.ipynb"):
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPO / file, root / file)
    return root


@functools.cache
def _reference(lab: str) -> dict[str, str]:
    cells = read_lab(REPO / "solutions" / lab, REPO).having("exercise")
    return {cell.name: MARKER.sub("", cell.source) for cell in cells}


def right(lab: str) -> dict[str, str]:
    """The right answer of every exercise of a lab: exercise -> source of its cell."""
    return dict(_reference(lab))


def slip(lab: str, exercise: str) -> str:
    """A wrong answer to an exercise: the reference with one slip in it."""
    before, after = SLIPS[exercise]
    source = right(lab)[exercise]
    assert before in source, f"{exercise} has changed: plant another slip"
    return source.replace(before, after)


@functools.cache
def _released(lab: str) -> NotebookNode:
    return nbformat.read(REPO / f"notebooks/{lab}/{lab}.ipynb", as_version=4)


def released(lab: str) -> NotebookNode:
    """A lab's notebook as students get it; yours to change."""
    return copy.deepcopy(_released(lab))


def grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    """The cell with a grade_id."""
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def notebook(lab: str, answers: Answers | None = None) -> NotebookNode:
    """The released notebook with the sources of some cells replaced."""
    made = released(lab)
    for name, source in (answers or {}).items():
        cell_of(made, name).source = source
    return made


def without_lecture(made: NotebookNode) -> NotebookNode:
    """Leave out the lecture, as students may: imports and graded cells stay."""
    imports = re.compile(r"^(import|from) ", re.MULTILINE)
    made.cells = [c for c in made.cells if grade_id(c) or imports.search(c.source)]
    return made


def submit(
    course: Path,
    student: str,
    lab: str,
    answers: Answers | None = None,
    edit: Edit | None = None,
    content: bytes | None = None,
    file: str | None = None,
) -> Path:
    """Hand a notebook in.

    Args:
        course: the course folder; the notebook goes to submitted/<student>/<lab>/.
        student: the folder's name.
        lab: "04_losses" say.
        answers: grade_id -> source; an untouched notebook when None.
        edit: changes the notebook, and may return another.
        content: instead of all this, the file's bytes.
        file: the notebook's name; <lab>.ipynb when None.

    Returns:
        The file written.
    """
    folder = course / "submitted" / student / lab
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (file or f"{lab}.ipynb")
    if content is None:
        made = notebook(lab, answers)
        made = (edit(made) if edit else None) or made
        content = nbformat.v4.writes_json(made).encode()
    path.write_bytes(content)
    return path


def make_class(course: Path, lab: str, count: int, seed: int = 0) -> list[Member]:
    """Hand in for a whole class: half of it right, others with slips or holes.

    The same arguments make the same bytes; no two submissions are alike.

    Args:
        course: as for `submit`.
        lab: one whose exercises have slips.
        count: how many students.
        seed: of names and mistakes.
    """
    chance = random.Random(seed)
    members = []
    for number in range(1, count + 1):
        member = _member(chance, f"student-{number:04d}", lab)
        answers = right(lab)
        for name in member.wrong:
            stub = cell_of(released(lab), name).source
            answers[name] = slip(lab, name) if member.kind == "slip" else stub
        if member.kind != "untouched":
            texts = (c for c in released(lab).cells if c.cell_type == "markdown")
            for cell in filter(grade_id, texts):
                words = chance.choice(WORDS)
                answers[grade_id(cell)] = f"{cell.source}\n\n{words} ({number})"
        answers = {
            name: source + f"\n# {member.student}" * (name in right(lab))
            for name, source in answers.items()
        }
        submit(course, member.student, lab, answers)
        members.append(member)
    return members


def _member(chance: random.Random, student: str, lab: str) -> Member:
    exercises = list(right(lab))
    kind = chance.choices(
        ("right", "slip", "unfinished", "untouched"), (50, 30, 15, 5)
    )[0]
    if kind == "slip":
        wrong = [chance.choice([name for name in exercises if name in SLIPS])]
    elif kind == "unfinished":
        wrong = exercises[chance.randrange(len(exercises)) :]
    else:
        wrong = exercises if kind == "untouched" else []
    return Member(student, kind, tuple(wrong))
