"""From a notebook's bytes to a document: plain data, with nothing in it that acts.

Nothing here runs code of the notebook.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import Any

from labkit.checks.cells import Cell, code_cell, code_cells
from labkit.checks.notebook import Notebook, Raw, Unreadable, read_notebook
from labkit.checks.slices import Slice, Slicer, Step
from labkit.grading.reading.outputs import Outputs
from labkit.grading.reading.signs import signs

__all__ = ["Document", "Unreadable", "cells_to_run", "read"]

# cells, answers, slices, written, flags: see `read`.
Document = dict[str, Any]
Released = Sequence[dict[str, str]]


def read(
    notebook: bytes,
    file: str,
    exercises: Iterable[str],
    written: Iterable[str],
    released: Released,
) -> Document:
    """Read a submission.

    Args:
        notebook: the file's bytes.
        file: its name, for tracebacks.
        exercises: the lab's exercises.
        written: the grade_ids of its answers in words.
        released: the cells that students were given, in order: {"grade_id", "type",
            "source"}.

    Returns:
        {"cells": [{"number", "type", "grade_id", "source", "outputs"}],
        "answers": exercise -> number of the cell or None, "slices": exercise -> numbers
        of the cells to run, "steps": exercise -> the same with the single imports of
        other cells, "written": grade_id -> {"cell", "text"}, "flags": [{"kind",
        "text"}]}; outputs are as `Outputs.read` gives them.

    Raises:
        Unreadable: no cell can be read, and why.
    """
    found = read_notebook(notebook)
    cells = code_cells(found.cells, file)
    slicer = Slicer(cells)
    parts = {exercise: slicer.slice(exercise) for exercise in exercises}
    words = {name: _written(name, found.cells, released) for name in written}
    given = {cell["source"] for cell in released}
    flags = [
        *found.notes,
        *_duplicates(parts, found, words),
        *_lost(parts, words, found),
        *_changed_checks(parts, found, released),
    ]
    flags += [("tampering", text) for text in signs(cells, given)]
    outputs = Outputs()
    return {
        "cells": [
            {
                "number": raw.number,
                "type": raw.type,
                "grade_id": raw.grade_id,
                "source": raw.source,
                "outputs": outputs.read(raw.outputs),
            }
            for raw in found.cells
        ],
        "answers": {exercise: part.answer for exercise, part in parts.items()},
        "steps": {
            exercise: [dataclasses.astuple(step) for step in part.steps]
            for exercise, part in parts.items()
        },
        "slices": {exercise: part.whole for exercise, part in parts.items()},
        "written": {
            name: {
                "cell": raw.number if raw else None,
                "text": raw.source if raw else "",
            }
            for name, raw in words.items()
        },
        "flags": [{"kind": kind, "text": text} for kind, text in flags],
    }


def cells_to_run(document: Document, exercise: str) -> Iterator[Cell]:
    """What has to run for an exercise's answer, in order."""
    cells = {cell["number"]: cell for cell in document["cells"]}
    for step in starmap(Step, document["steps"][exercise]):
        cell = cells[step.cell]
        raw = Raw(cell["number"], cell["type"], cell["source"], cell["grade_id"])
        yield step.of(code_cell(raw, "notebook", step.flags))


def _written(name: str, cells: list[Raw], released: Released) -> Raw | None:
    """Find an answer in words: by its grade_id, or else by its neighbours."""
    marked = [raw for raw in cells if raw.grade_id == name]
    if marked:
        return marked[-1]
    places = [i for i, cell in enumerate(released) if cell["grade_id"] == name]
    if not places:
        return None
    above = _landmark(released[: places[0]][::-1], cells)
    below = _landmark(released[places[0] + 1 :], cells)
    between = [
        raw
        for raw in cells
        if raw.type == "markdown"
        and (above is None or raw.number > above)
        and (below is None or raw.number < below)
    ]
    return between[0] if between and (above or below) else None


def _landmark(released: Released, cells: list[Raw]) -> int | None:
    """Number of the nearest cell that still is as it was released."""
    there = {_bare(raw.source): raw.number for raw in cells}
    known = (there.get(_bare(cell["source"])) for cell in released)
    return next((number for number in known if number is not None), None)


def _duplicates(
    parts: dict[str, Slice], found: Notebook, words: dict[str, Raw | None]
) -> list[tuple[str, str]]:
    flags = []
    for exercise, part in parts.items():
        if part.others:
            others = ", ".join(map(str, part.others))
            flags.append(
                f"{exercise} is defined in more than one cell (also in {others}); "
                f"the last one counts, cell {part.answer}."
            )
    for name, raw in words.items():
        others = [other for other in found.cells if other.grade_id == name]
        if raw and len(others) > 1:
            flags.append(
                f"The written answer {name} is there {len(others)} times; "
                f"the last one counts, cell {raw.number}."
            )
    return [("duplicate answer", text) for text in flags]


def _lost(
    parts: dict[str, Slice], words: dict[str, Raw | None], found: Notebook
) -> list[tuple[str, str]]:
    """What was found although its cell does not carry its grade_id."""
    by_name = [name for name, part in parts.items() if part.answer and not part.marked]
    by_place = [
        name for name, raw in words.items() if raw is not None and raw.grade_id != name
    ]
    flags = []
    if by_name:
        flags.append(f"found by the name of the definition: {', '.join(by_name)}")
    if by_place:
        flags.append(f"written answers found by their place: {', '.join(by_place)}")
    if not flags:
        return []
    none = not any(raw.grade_id for raw in found.cells)
    where = "the notebook" if none else "some cells"
    return [
        (
            "metadata lost",
            f"nbgrader's marks are gone from {where}; {'; '.join(flags)}.",
        )
    ]


def _changed_checks(
    parts: dict[str, Slice], found: Notebook, released: Released
) -> list[tuple[str, str]]:
    """The check cells that are not as they were released; that costs nothing."""
    by_id = {raw.grade_id: raw for raw in found.cells if raw.grade_id}
    sources = {_bare(raw.source) for raw in found.cells}
    wanted = [
        cell
        for cell in released
        if cell["grade_id"].removesuffix("_check") in parts
        and cell["grade_id"].endswith("_check")
    ]
    done: dict[str, list[str]] = {"deleted": [], "edited": [], "renamed": []}
    for cell in wanted:
        there = by_id.get(cell["grade_id"])
        if _bare(cell["source"]) in sources:
            if there is None and by_id:
                done["renamed"].append(cell["grade_id"])
        else:
            done["edited" if there else "deleted"].append(cell["grade_id"])
    flags = [f"{how}: {', '.join(names)}" for how, names in done.items() if names]
    if not flags:
        return []
    text = f"Check cells are not as released ({'; '.join(flags)}); it costs nothing."
    return [("checks changed", text)]


def _bare(source: str) -> str:
    """A source without what editors change by themselves."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())
