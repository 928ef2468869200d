"""`labkit kit`: one lab and those before it as a zip for students.

A kit has the notebooks up to its lab, and a labkit with the answers of earlier labs
only. Cells of a lecture that need another one show what they showed in a run with all
answers (`labkit.recorded`). The same course gives the same bytes, as long as those runs
are kept (build/site-runs, as for the course's site). No kit is written before
`labkit.course.leaks` has looked through it.
"""

import datetime
import difflib
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from labkit.checks import REGISTRY
from labkit.course import kit_labkit, kit_notebooks, kit_papers, leaks
from labkit.course.errors import BuildError
from labkit.course.folder import course_folder, nbgrader_config
from labkit.course.source import Lab, read_lab
from labkit.runtime import atomic_write

KITS = Path("build", "kits")
NAME = "dcgan-kit-{lab}"
FIRST_MOMENT = datetime.datetime(1980, 1, 1)  # that a zip can say
MOMENTS = 40 * 365 * 24 * 1800  # of two seconds, as a zip counts: 40 years
MODE = 0o100644 << 16
MADE_ON = 3  # Unix, in the zip's own numbers: then the mode counts


def make_kit(
    lab: str,
    out: Path | None = None,
    root: Path | None = None,
    say: Callable[[str], None] = print,
) -> Path:
    """Write the kit of a lab.

    Args:
        lab: its folder's name, "04_losses".
        out: the folder for the zip; build/kits of the course when None.
        root: the course folder; found upwards from the current folder when None.
        say: told what goes on, and the table of what the leak scan looked for.

    Returns:
        The zip. One that was there is replaced when the new one is whole.

    Raises:
        BuildError: no such lab, a lab stopped with an error, or something that is not
            for students would be in the kit.
    """
    root = course_folder(root)
    labs = read_labs(lab, root)
    target = Path(out or root / KITS) / f"{NAME.format(lab=lab)}.zip"
    _demand_no_hindrance(target.parent)
    with tempfile.TemporaryDirectory(prefix="labkit-kit-") as folder:
        top = Path(folder, NAME.format(lab=lab))
        kit_labkit.write_labkit(top, labs)
        kit_notebooks.write_notebooks(top, labs, root, nbgrader_config(root), say)
        kit_papers.write_papers(top, labs, root)
        rows = leaks.scan(top, lab, root, say)
        say(leaks.table(rows))
        found = [place for row in rows for place in row.found]
        if found:
            raise BuildError(
                [*found, f"nothing was written: {len(found)} leaks, named above"]
            )
        atomic_write(target, lambda file: pack(top, file))
    return target


def read_labs(lab: str, root: Path) -> list[Lab]:
    """Read the labs up to one, in their order.

    Raises:
        BuildError: there is no such lab.
    """
    source = root / nbgrader_config(root).CourseDirectory.source_directory
    names = sorted(path.parent.name for path in source.glob("*/[0-9]*.py"))
    if lab not in names or not any(each.lab == lab for each in REGISTRY.values()):
        close = difflib.get_close_matches(lab, names, n=1, cutoff=0.3)
        hint = f"Did you mean {close[0]}? " if close else ""
        raise BuildError(
            f"there is no lab {lab!r}. {hint}The labs are {', '.join(names)}."
        )
    return [read_lab(source / name, root) for name in names if name <= lab]


def _demand_no_hindrance(folder: Path) -> None:
    """Look at what would spoil a kit, or end its making after all the work."""
    if steps := os.environ.get("LABKIT_STEPS"):
        raise BuildError(
            f"LABKIT_STEPS={steps} is set: trainings would be that short, and students "
            "would get them as recordings. Unset it (unset LABKIT_STEPS), and try again."
        )
    place = next(each for each in (folder, *folder.parents) if each.exists())
    if not place.is_dir():
        raise BuildError(f"--out names a folder for the zip; {place} is a file.")


def pack(top: Path, target: Path) -> None:
    """Zip a folder, with nothing in it that depends on when or where."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(top.rglob("*")):
            if path.is_file():
                name = path.relative_to(top.parent).as_posix()
                content = path.read_bytes()
                entry = zipfile.ZipInfo(name, _moment(content))
                entry.external_attr, entry.create_system = MODE, MADE_ON
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)


def _moment(content: bytes) -> tuple[int, ...]:
    """A date in the past that tells a file's content.

    Python runs a module's compiled copy as long as date and size are what they were:
    a corrected module in a kit that is unpacked over another needs another date.
    """
    number = int.from_bytes(hashlib.sha256(content).digest()[:8]) % MOMENTS
    moment = FIRST_MOMENT + datetime.timedelta(seconds=2 * number)
    return moment.timetuple()[:6]
