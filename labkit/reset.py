"""`labkit reset LAB`: a fresh notebook of a lab; the one that was there stays beside it."""

import difflib
import gzip
import itertools
import shutil
from pathlib import Path

from labkit.errors import LabkitError
from labkit.lab import course_folder
from labkit.runtime import atomic_write

FRESH = "fresh"  # of a kit's data: its notebooks as they were handed out, compressed


def reset(lab: str, folder: Path | None = None) -> list[Path]:
    """Put a fresh notebook in place, and keep the former one.

    Args:
        lab: the lab's name, "04_losses".
        folder: the course or kit; found upwards from the current folder when None.

    Returns:
        The notebook, then what the former one is called now if there was one; nothing
        if it was fresh already.

    Raises:
        LabkitError: there is no such lab here, or nothing to make it fresh from.
    """
    folder = course_folder(folder, checkout=False)
    text = _fresh(lab, folder)
    path = folder / "notebooks" / lab / f"{lab}.ipynb"
    kept = []
    if path.exists():
        if path.read_bytes() == text:
            return []
        kept = [_keep(path)]
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(path, lambda file: file.write_bytes(text))
    return [path, *kept]


def _fresh(lab: str, folder: Path) -> bytes:
    """The notebook as it is handed out: a kit has it, a course has its source."""
    suffix = ".ipynb.gz"
    packed = sorted((folder / "data" / FRESH).glob(f"*{suffix}"))
    sources = sorted(folder.glob("solutions/*/[0-9]*.py"))
    if packed:
        _demand(lab, [path.name.removesuffix(suffix) for path in packed])
        return gzip.decompress((packed[0].parent / f"{lab}{suffix}").read_bytes())
    if not sources:
        raise LabkitError(
            f"there are no fresh notebooks in {folder}: expected data/{FRESH}, as in a "
            "kit, or solutions, as in the course. Unpack the zip, or clone the course, "
            "once more, and run this in there."
        )
    _demand(lab, [path.stem for path in sources])
    from labkit.checks import REGISTRY
    from labkit.course.folder import nbgrader_config
    from labkit.course.notebook import source_notebook
    from labkit.course.release import as_released, notebook_text
    from labkit.course.source import read_lab

    source = source_notebook(read_lab(folder / "solutions" / lab, folder), REGISTRY)
    return notebook_text(as_released(source, nbgrader_config(folder))).encode()


def _demand(lab: str, names: list[str]) -> None:
    if lab in names:
        return
    close = difflib.get_close_matches(lab, names, n=1, cutoff=0.3)
    hint = f"Did you mean {close[0]}? " if close else ""
    raise LabkitError(
        f"there is no lab {lab!r} here. {hint}The labs are {', '.join(sorted(names))}."
    )


def _keep(path: Path) -> Path:
    """Copy a notebook to the first free name beside it: 04_losses-mine.ipynb."""
    for number in itertools.count(1):
        more = f"-{number}" if number > 1 else ""
        kept = path.with_stem(f"{path.stem}-mine{more}")
        try:
            with kept.open("xb") as file, path.open("rb") as old:
                shutil.copyfileobj(old, file)
        except FileExistsError:
            continue
        return kept
    raise AssertionError("unreachable")
