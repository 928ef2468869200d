"""A lab's source: percent cells whose header lines say what they are for.

    # %% [markdown]                              theory
    # %%                                         lecture code
    # %% exercise="critic_block"                 the students' hole, with its solution
    # %% check="critic_block"                    the check of that exercise
    # %% [markdown] written="04_why" points=2    an answer in words, marked by hand

Here cells are read and their headers understood; `labkit.course.rules` says whether
they make a sound lab.
"""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from labkit.course.errors import BuildError

CELL_MARKER = re.compile(r"# *%%")
LAB_NAME = re.compile(r"\d\d_[a-z][a-z_]*")
ROLES = ("exercise", "check", "written")
HEADER_KEYS = {*ROLES, "points", "tags"}
BEGIN = re.compile(r"\s*(### BEGIN SOLUTION|<!-- BEGIN SOLUTION -->)\s*")
END = re.compile(r"\s*(### END SOLUTION|<!-- END SOLUTION -->)\s*")
ANY_MARKER = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")


@dataclass(frozen=True)
class Cell:
    """One cell of a lab's source.

    Attributes:
        line: line number of its header in the file.
        cell_type: "markdown" or "code".
        role: "theory", "lecture", "exercise", "check" or "written".
        name: the exercise (exercise, check) or the grade id (written), else "".
        points: marks of a written answer, else 0.
        tags: Jupyter's cell tags.
    """

    line: int
    cell_type: str
    source: str
    role: str
    name: str = ""
    points: float = 0.0
    tags: tuple[str, ...] = ()

    @property
    def grade_id(self) -> str:
        """nbgrader's name of the cell; "" for cells that are not graded."""
        return f"{self.name}_check" if self.role == "check" else self.name

    def holes(self) -> list[str]:
        """The texts between solution markers, in order."""
        found: list[list[str]] = []
        inside = False
        for line in self.source.splitlines():
            if BEGIN.fullmatch(line):
                inside = True
                found.append([])
            elif END.fullmatch(line):
                inside = False
            elif inside:
                found[-1].append(line)
        return ["\n".join(lines) for lines in found]


@dataclass(frozen=True)
class Lab:
    """A lab: its name ("02_critic"), its cells, and where its source was read from."""

    name: str
    where: str
    cells: list[Cell] = field(repr=False)

    @property
    def topic(self) -> str:
        """The name without its number: "critic"."""
        return self.name.partition("_")[2]

    def having(self, role: str) -> list[Cell]:
        """The cells of one role, in order."""
        return [cell for cell in self.cells if cell.role == role]


def read_lab(folder: Path, root: Path) -> Lab:
    """Read one lab's percent file.

    Args:
        folder: solutions/NN_name; the file in it is NN_name.py.
        root: the course folder, to name the file in messages.

    Raises:
        BuildError: the cells cannot be told apart, or a header says something unknown.
    """
    path = folder / f"{folder.name}.py"
    where = path.relative_to(root).as_posix()
    if not LAB_NAME.fullmatch(folder.name):
        raise BuildError(
            f"{where}: a lab is called two digits and a name in small letters, "
            f"02_critic say, not {folder.name}"
        )
    if not path.is_file():
        raise BuildError(f"{where}: missing; a lab's source has its folder's name")
    text = path.read_text(encoding="utf-8")
    nodes = jupytext.reads(text, fmt="py:percent").cells
    lines = [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if CELL_MARKER.match(line)
    ]
    if len(lines) != len(nodes):
        raise BuildError(
            f"{where}: {len(lines)} lines begin with '# %%' but there are "
            f"{len(nodes)} cells. Begin the file with a cell's header, and keep "
            "'# %%' out of texts."
        )
    problems: list[str] = []
    cells = []
    for line, node in zip(lines, nodes, strict=True):
        problems += (f"{where}:{line}: {text}" for text in _header_problems(node))
        cells.append(_cell(line, node))
    if problems:
        raise BuildError(problems)
    return Lab(path.stem, where, cells)


def bound_names(source: str) -> set[str]:
    """The names that a cell defines at its top level, imports left out."""
    names: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(
                leaf.id
                for target in targets
                for leaf in ast.walk(target)
                if isinstance(leaf, ast.Name)
            )
    return names


def _cell(line: int, node: NotebookNode) -> Cell:
    metadata = node.metadata
    role = next((role for role in ROLES if role in metadata), None)
    plain_role = "theory" if node.cell_type == "markdown" else "lecture"
    points = metadata.get("points", 0)
    return Cell(
        line=line,
        cell_type=node.cell_type,
        source=node.source,
        role=role or plain_role,
        name=str(metadata[role]) if role else "",
        points=points if isinstance(points, (int, float)) else 0,
        tags=tuple(metadata.get("tags", ())),
    )


def _header_problems(node: NotebookNode) -> list[str]:
    metadata = node.metadata
    given = {key for key in metadata if key != "lines_to_next_cell"}
    roles = [role for role in ROLES if role in given]
    points = metadata.get("points")
    problems = []
    if node.cell_type not in ("markdown", "code"):
        problems.append(f"a cell is code or [markdown], not {node.cell_type}")
    for key in sorted(given - HEADER_KEYS):
        problems.append(
            f"the header says {key}={metadata[key]!r}; "
            f"known are {', '.join(sorted(HEADER_KEYS))}"
        )
    if len(roles) > 1:
        problems.append(f"a cell is one of {' and '.join(roles)}, not both")
    if "written" in roles and node.cell_type != "markdown":
        problems.append("a written answer is a [markdown] cell")
    if {"exercise", "check"} & set(roles) and node.cell_type != "code":
        problems.append(f"an {roles[0]} cell is code, not [markdown]")
    if "written" in roles and not (isinstance(points, (int, float)) and points > 0):
        problems.append("a written answer needs its marks in the header: points=2")
    if "written" not in roles and points is not None:
        problems.append(
            "points= belongs to written answers; those of an exercise are "
            "in labkit.checks"
        )
    return problems
