"""The leak scan's words: lines of solutions as they stand, wherever they are.

A line counts if it is long enough to mean something and no student has it anyway, from
the notebooks in the kit: their texts, and what surrounds a solution.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from labkit.course.folder import nbgrader_config
from labkit.course.source import read_lab

SHORTEST = 30  # characters without blanks: "opt_critic.zero_grad()" is everybody's
SENTENCE = re.compile(r"(?<=[.!?;:])\s+")


def answers(lab: str, root: Path) -> dict[str, str]:
    """The lines and sentences of the solutions of a lab and of those after it.

    Returns:
        Words without blanks -> where they stand.
    """
    folder = root / nbgrader_config(root).CourseDirectory.source_directory
    paths = sorted(folder.glob("[0-9]*/[0-9]*.py"))
    labs = [read_lab(path.parent, root) for path in paths]
    given = "".join(
        squeezed(_without(cell.source, cell.holes()))
        for each in labs
        if each.name <= lab
        for cell in each.cells
    )
    found: dict[str, str] = {}
    for each in labs:
        for cell in each.cells if each.name >= lab else ():
            for hole in cell.holes():
                for part in _parts(hole, written=cell.role == "written"):
                    if len(part) >= SHORTEST and part not in given:
                        found.setdefault(part, f"{each.where}, {cell.name}")
    return found


def find(known: dict[str, str], texts: Iterable[tuple[str, str]]) -> list[str]:
    """Where those words stand in texts of (place, text)."""
    found: dict[tuple[str, str], str] = {}
    for place, text in texts:
        words = squeezed(text)
        for part, source in known.items():
            if part in words:
                told = f"{place}:{_line(text, part)}: {source}: {part[:60]}"
                found.setdefault((place, part), told)
    return list(found.values())


def squeezed(text: str) -> str:
    """A text without blanks, quotes, marks of code and emphasis."""
    return re.sub(r"[\s`*_#'\"\\]+", "", text)


def _parts(hole: str, written: bool) -> list[str]:
    lines = SENTENCE.split(hole) if written else hole.splitlines()
    return [squeezed(line) for line in lines]


def _without(source: str, holes: list[str]) -> str:
    for hole in holes:
        source = source.replace(hole, "")
    return source


def _line(text: str, part: str) -> int:
    """Number of the line in which words end."""
    end = squeezed(text).index(part) + len(part)
    seen = 0
    for number, line in enumerate(text.splitlines(), start=1):
        seen += len(squeezed(line))
        if seen >= end:
            return number
    return 1
