"""What makes a sound lab: every rule that a source has to keep, with file and line."""

import ast
import builtins
import difflib
import symtable
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from labkit.course.source import ANY_MARKER, BEGIN, END, Cell, Lab, bound_names

MAX_STUDENT_LINES = 15


class Graded(Protocol):
    """What the build needs to know of an exercise in the registry."""

    lab: str
    points: float


class Checks(Protocol):
    """What the build needs of labkit.checks."""

    REGISTRY: Mapping[str, Graded]
    CheckFailed: type[Exception]

    def check(self, name: str, obj: Any) -> None: ...


def problems(lab: Lab, registry: Mapping[str, Graded]) -> list[str]:
    """List everything that is wrong with a lab, "file:line: what and what to do"."""
    found = [
        (cell.line + offset, text)
        for cell in lab.cells
        for offset, text in (*_markers(cell), *_code(cell))
    ]
    found += _grading(lab, registry)
    if not found:  # names can only be followed through cells that are sound
        found += _strangers(lab)
    lines = [f"{lab.where}:{line}: {text}" for line, text in sorted(found)]
    present = {cell.name for cell in lab.having("exercise")}
    lines += (
        f"{lab.where}: exercise {name} of labkit.checks has no cell in this lab"
        for name, exercise in registry.items()
        if exercise.lab == lab.name and name not in present
    )
    return lines


def imported_names(lab: Lab) -> set[str]:
    """The names that the imports of the lecture's cells bind."""
    return {
        (alias.asname or alias.name).partition(".")[0]
        for cell in lab.having("lecture")
        for node in ast.parse(cell.source).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }


def free_names(source: str) -> set[str]:
    """The names that a cell uses and does not define itself."""
    top = symtable.symtable(source, "<cell>", "exec")
    own = {
        symbol.get_name()
        for symbol in top.get_symbols()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    }
    used, tables = set(), [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        used |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (table is top or symbol.is_global())
        }
    return used - own


def student_lines(cell: Cell) -> int:
    """How many lines a student writes: those of the holes with code in them."""
    return sum(
        bool(line.strip()) and not line.strip().startswith("#")
        for hole in cell.holes()
        for line in hole.splitlines()
    )


Place = tuple[int, str]


def _markers(cell: Cell) -> Iterator[Place]:
    """Holes: opened, closed, not nested, not empty, and only where they belong."""
    inside = False
    for offset, line in enumerate(cell.source.splitlines(), start=1):
        begins, ends = bool(BEGIN.fullmatch(line)), bool(END.fullmatch(line))
        if not begins and not ends:
            if ANY_MARKER.search(line):
                yield offset, f"not a marker we use: {line.strip()}"
            continue
        if cell.role not in ("exercise", "written"):
            yield offset, f"a solution marker in a {cell.role} cell"
        if begins and inside:
            yield offset, "BEGIN SOLUTION inside a hole; close the first one before"
        if ends and not inside:
            yield offset, "END SOLUTION without a BEGIN SOLUTION"
        inside = begins
    if inside:
        yield 0, "BEGIN SOLUTION without an END SOLUTION"
    if cell.role in ("exercise", "written"):
        if not cell.holes():
            yield (
                0,
                (
                    f"{cell.name} has no hole: put its solution between "
                    "BEGIN SOLUTION and END SOLUTION"
                ),
            )
        elif not all(hole.strip() for hole in cell.holes()):
            yield 0, f"{cell.name} has an empty hole"


def _code(cell: Cell) -> Iterator[Place]:
    """What the code of a cell has to be."""
    if cell.cell_type != "code":
        return
    try:
        ast.parse(cell.source)
    except SyntaxError as error:
        yield error.lineno or 0, f"not Python: {error.msg}"
        return
    if cell.role == "exercise":
        if cell.name not in bound_names(cell.source):
            yield 0, f"this cell is to define {cell.name}, and does not"
        lines = student_lines(cell)
        if lines > MAX_STUDENT_LINES:
            yield (
                0,
                (
                    f"{lines} lines to write in {cell.name}, at most {MAX_STUDENT_LINES}: "
                    "give some of them, or make two exercises"
                ),
            )
    expected = f'check("{cell.name}", {cell.name})'
    if cell.role == "check" and cell.source.strip() != expected:
        yield 1, f"a check cell is exactly {expected}"


def _grading(lab: Lab, registry: Mapping[str, Graded]) -> Iterator[Place]:
    """Grade ids once each, exercises known, each followed by its check."""
    seen: dict[str, int] = {}
    exercises: dict[str, int] = {}
    checked = {}
    for cell in lab.cells:
        if not cell.grade_id:
            continue
        if cell.grade_id in seen:
            first = seen[cell.grade_id]
            yield cell.line, f"{cell.grade_id} is already on line {first}"
        seen.setdefault(cell.grade_id, cell.line)
        if cell.role == "exercise":
            exercises[cell.name] = cell.line
            yield from _registered(lab, cell, registry)
        elif cell.role == "check":
            checked[cell.name] = cell.line
            if cell.name not in exercises:
                yield cell.line, f"no exercise {cell.name} before this check"
    for name in exercises.keys() - checked.keys():
        yield exercises[name], f'no check cell for {name}: add `# %% check="{name}"`'


def _registered(
    lab: Lab, cell: Cell, registry: Mapping[str, Graded]
) -> Iterator[Place]:
    if cell.name not in registry:
        close = difflib.get_close_matches(cell.name, registry, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        yield cell.line, f"labkit.checks knows no exercise {cell.name}.{hint}"
    elif registry[cell.name].lab != lab.name:
        yield cell.line, f"{cell.name} is an exercise of {registry[cell.name].lab}"


def _strangers(lab: Lab) -> Iterator[Place]:
    """Exercise cells stand alone: the stub module and the grader run no lecture cell."""
    exercises = lab.having("exercise")
    known = {*dir(builtins), "__name__"} | imported_names(lab)
    known |= {name for cell in exercises for name in bound_names(cell.source)}
    for cell in exercises:
        for name in sorted(free_names(cell.source) - known):
            yield (
                cell.line,
                (
                    f"exercise {cell.name} uses {name}, which no import and no exercise "
                    "defines: bring it into the cell"
                ),
            )
