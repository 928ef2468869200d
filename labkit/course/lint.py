"""What students get must not give the answers away, and must not pass as it is."""

import contextlib
import io
import re
import types
from collections.abc import Iterable, Iterator, Mapping

import nbformat

from labkit.course.rules import Checks
from labkit.course.source import ANY_MARKER, CELL_MARKER, Lab

# Shorter lines ("return x", "else:") are in every lecture; they give nothing away.
TRIVIAL = 20


def problems(
    labs: Iterable[Lab],
    notebooks: Mapping[str, str],
    stubs: Mapping[str, str],
    checks: Checks,
) -> list[str]:
    """Look through everything that students get.

    Args:
        labs: the sources.
        notebooks: lab name -> text of the student's notebook.
        stubs: file name -> text of every stub module, other labs' too.
        checks: labkit.checks, or what stands in for it.

    Returns:
        One line for each problem.
    """
    found: list[str] = []
    for lab in labs:
        shown = list(_notebook_lines(notebooks[lab.name]))
        found += leaks(lab, "its notebook", shown)
        found += survivors(f"notebook of {lab.name}", shown)
        for file, text in stubs.items():
            found += leaks(lab, file, text.splitlines())
        found += passing(lab, stubs[f"{lab.topic}.py"], checks)
    for file, text in stubs.items():
        found += survivors(file, text.splitlines())
    return found


def leaks(lab: Lab, where: str, shown: Iterable[str]) -> list[str]:
    """Lines of a lab's holes that are among the lines shown to students."""
    holes = {
        _normal(line): cell
        for cell in lab.cells
        for hole in cell.holes()
        for line in hole.splitlines()
        if len(_normal(line)) >= TRIVIAL
    }
    return [
        f"{lab.where}:{holes[line].line}: a line of the solution of "
        f"{holes[line].name} is shown in {where}: {line}"
        for line in dict.fromkeys(map(_normal, shown))
        if line in holes
    ]


def survivors(where: str, shown: Iterable[str]) -> list[str]:
    """Markers of the source that reached the students."""
    return [
        f"{where}: a marker survived: {line.strip()}"
        for line in shown
        if ANY_MARKER.search(line) or CELL_MARKER.match(line)
    ]


def passing(lab: Lab, stub: str, checks: Checks) -> list[str]:
    """Exercises whose untouched stub is not refused by its check."""
    module = types.ModuleType(f"{lab.topic}_stub")
    try:
        exec(compile(stub, f"{lab.topic}.py", "exec"), module.__dict__)  # noqa: S102
    except Exception as error:  # noqa: BLE001 (whatever its code raises)
        return [f"{lab.where}: its stub module does not run: {error!r}"]
    found = []
    for cell in lab.having("exercise"):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                checks.check(cell.name, getattr(module, cell.name))
        except (checks.CheckFailed, NotImplementedError):
            continue
        except Exception as error:  # noqa: BLE001 (a check may not crash)
            what = f"its check breaks on the stub: {error!r}"
        else:
            what = "its check passes on the stub"
        found.append(f"{lab.where}:{cell.line}: {cell.name}: {what}")
    return found


def _notebook_lines(text: str) -> Iterator[str]:
    for cell in nbformat.reads(text, as_version=4).cells:
        yield from cell.source.splitlines()


def _normal(line: str) -> str:
    code = line.partition("#")[0] or line
    return re.sub(r"\s+", " ", code).strip().rstrip(",")
