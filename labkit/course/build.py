"""`labkit build`: every lab's source -> notebooks for both sides, and stub modules.

All labs are made and looked through in memory before the first file is written, so a
build that fails leaves everything as it was.
"""

import importlib
from collections.abc import Sequence
from pathlib import Path

import nbformat

from labkit.course import lint, rules
from labkit.course.errors import BuildError
from labkit.course.folder import course_folder, nbgrader_config
from labkit.course.notebook import source_notebook
from labkit.course.release import notebook_text, student_notebooks
from labkit.course.rules import Checks
from labkit.course.source import Lab, read_lab
from labkit.course.stubs import stub_module
from labkit.runtime import atomic_write

STUBS = Path("labkit", "exercises")


def build(
    labs: Sequence[str] | None = None,
    root: Path | None = None,
    checks: Checks | None = None,
) -> list[Path]:
    """Build the labs of a course folder.

    Args:
        labs: names ("02_critic"); all of solutions/ when None or empty.
        root: the course folder; found upwards from the current folder when None.
        checks: stands in for labkit.checks (REGISTRY, check, CheckFailed).

    Returns:
        The files built, whether they had to change or not.

    Raises:
        BuildError: a source is not sound, or somebody has worked in a notebook in the way.
    """
    root = course_folder(root)
    made = _make(labs, root, checks)
    release = nbgrader_config(root).CourseDirectory.release_directory
    in_the_way = [_worked_in(root / path) for path in made if path.parts[0] == release]
    if any(in_the_way):
        raise BuildError(filter(None, in_the_way))
    for path, text in made.items():
        if _read(root / path) != text:
            atomic_write(
                root / path,
                lambda file, text=text: file.write_text(
                    text, encoding="utf-8", newline="\n"
                ),
            )
    return [root / path for path in made]


def drift(
    labs: Sequence[str] | None = None,
    root: Path | None = None,
    checks: Checks | None = None,
) -> list[str]:
    """List the committed files that are not what the sources give; writes nothing.

    Args:
        labs: names; when None or empty all, and then also files without a source.
        root: the course folder, as for `build`.
        checks: as for `build`.

    Raises:
        BuildError: a source is not sound.
    """
    root = course_folder(root)
    made = _make(labs, root, checks)
    course = nbgrader_config(root).CourseDirectory
    stale = [
        f"{path.as_posix()}: "
        + ("missing" if now is None else "not what its source gives")
        for path, text in made.items()
        if path.parts[0] != course.source_directory
        and (now := _read(root / path)) != text
    ]
    if labs:
        return stale
    there = [
        *root.glob(f"{course.release_directory}/*/*.ipynb"),
        *(root / STUBS).glob("[!_]*.py"),
    ]
    orphans = sorted(
        path.relative_to(root) for path in there if path.relative_to(root) not in made
    )
    return stale + [f"{path.as_posix()}: no source for it" for path in orphans]


def _make(
    names: Sequence[str] | None, root: Path, checks: Checks | None
) -> dict[Path, str]:
    """Everything that the sources give: path relative to the course -> text."""
    checks = checks or importlib.import_module("labkit.checks")
    config = nbgrader_config(root)
    source = Path(config.CourseDirectory.source_directory)
    labs = _read_labs(names, root, source, checks)
    sources = {lab.name: source_notebook(lab, checks.REGISTRY) for lab in labs}
    students = student_notebooks(sources, config)
    stubs = {f"{lab.topic}.py": stub_module(lab, students[lab.name]) for lab in labs}
    others = {
        path.name: path.read_text(encoding="utf-8")
        for path in (root / STUBS).glob("*.py")
    }
    found = lint.problems(labs, students, others | stubs, checks)
    if found:
        raise BuildError(found)
    release = Path(config.CourseDirectory.release_directory)
    made = {}
    for lab in labs:
        file = Path(lab.name, f"{lab.name}.ipynb")
        made[source / file] = notebook_text(sources[lab.name])
        made[release / file] = students[lab.name]
        made[STUBS / f"{lab.topic}.py"] = stubs[f"{lab.topic}.py"]
    return made


def _read_labs(
    names: Sequence[str] | None, root: Path, source: Path, checks: Checks
) -> list[Lab]:
    there = sorted({path.parent.name for path in root.glob(f"{source}/*/*.py")})
    unknown = sorted(set(names or ()) - set(there))
    if unknown or not there:
        raise BuildError(
            f"no source for {', '.join(unknown) or 'any lab'} in {source}; "
            f"there are: {', '.join(there) or 'none'}"
        )
    labs = [read_lab(root / source / name, root) for name in names or there]
    found = [text for lab in labs for text in rules.problems(lab, checks.REGISTRY)]
    if found:
        raise BuildError(found)
    return labs


def _worked_in(path: Path) -> str:
    """Say what a student's notebook holds that a build would destroy; "" if nothing."""
    from nbgrader.utils import compute_checksum, is_solution

    if not path.exists():
        return ""
    cells = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4).cells
    answered = [
        cell.metadata.nbgrader.grade_id
        for cell in cells
        if is_solution(cell)
        and cell.metadata.nbgrader.get("checksum") != compute_checksum(cell)
    ]
    held = f"answers to {', '.join(answered)}" if answered else ""
    if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
        held += f"{' and ' if held else ''}outputs"
    return held and (
        f"{path} holds {held}: somebody has worked in it, so nothing was written. "
        "Move it away or delete it, then build again."
    )


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
