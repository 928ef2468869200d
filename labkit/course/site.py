"""What Sphinx makes the course site of: `make site` runs this, and then Sphinx.

build/site-source is laid out as the course is, so that the links between its documents
hold: the README as first page, docs/, a page for each lab. Settings and the pages to play
on come from docs/site. Sphinx lives in an environment of its own; no student needs it.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbformat import NotebookNode
from traitlets.config import Config

from labkit.course import site_labs
from labkit.course.errors import BuildError
from labkit.course.folder import course_folder, nbgrader_config
from labkit.course.notebook import source_notebook
from labkit.course.release import as_released, notebook_text
from labkit.course.rules import Graded
from labkit.course.source import Lab, read_lab

SETTINGS = Path("docs", "site")
SOURCE, RUNS = Path("build", "site-source"), Path("build", "site-runs")
DOCUMENTS = (
    "docs/*.md", "docs/*.png", "docs/*.gif", "docs/widgets/*.png",
    "data/SOURCES.md", "LICENSE", "CITATION.cff", "environment.yml",
)  # fmt: skip
ABOUT = """*This page shows the notebook that you get, and what its cells show once the
exercises are solved.* <a href="{name}.ipynb" download>Take the notebook itself</a>, or
run `make lab`."""


def lay_out(
    registry: Mapping[str, Graded],
    labs: Sequence[str] | None = None,
    root: Path | None = None,
) -> Path:
    """Write everything that Sphinx reads, but for what can be played with.

    Args:
        registry: the exercises, labkit.checks.REGISTRY.
        labs: names; all of the course when None or empty.
        root: the course folder; found upwards from the current folder when None.

    Returns:
        The folder: build/site-source in the course.

    Raises:
        BuildError: a lab stopped with an error, or its page would show an answer.
    """
    root = course_folder(root)
    config = nbgrader_config(root)
    folders = sorted((root / config.CourseDirectory.source_directory).glob("[0-9]*"))
    chosen = [
        read_lab(folder, root) for folder in folders if not labs or folder.name in labs
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        pages = list(
            pool.map(lambda lab: lab_page(lab, registry, config, root / RUNS), chosen)
        )
    target = root / SOURCE
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(
        root / SETTINGS, target, ignore=shutil.ignore_patterns("*.txt", "contents.md")
    )
    for lab, (released, page) in zip(chosen, pages, strict=True):
        place = Path("notebooks", lab.name, f"{lab.name}.ipynb")
        _write(target / place, notebook_text(page))
        _write(target / "beside" / place, notebook_text(released))
    for pattern in DOCUMENTS:
        for path in root.glob(pattern):
            place = target / path.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
    first = (root / "README.md").read_text(encoding="utf-8")
    contents = (root / SETTINGS / "contents.md").read_text(encoding="utf-8")
    _write(target / "index.md", f"{first}\n{contents}")
    return target


def lab_page(
    lab: Lab, registry: Mapping[str, Graded], config: Config, runs: Path
) -> tuple[NotebookNode, NotebookNode]:
    """Make the student's notebook of a lab, and its page.

    Raises:
        BuildError: a cell stopped with an error, or an output shows an answer.
    """
    source = source_notebook(lab, registry)
    released = as_released(source, config)
    page = site_labs.page(released, site_labs.run(source, runs / f"{lab.name}.ipynb"))
    found = site_labs.leaks(site_labs.text_of(page), lab, released)
    if found:
        raise BuildError(f"{lab.where}: an output shows the answer {found[0]!r}")
    page.cells[0].source += "\n\n" + ABOUT.format(name=lab.name)
    return released, page


def bring_widgets(target: Path) -> None:
    """Write the widgets that live without a kernel beside the pages to play on."""
    from labkit import widgets

    alone = {
        "playground": widgets.Playground(),
        "explorer": widgets.Explorer("digits"),
    }
    for name, widget in alone.items():
        place = target / "beside" / "play" / f"{name}-alone.html"
        place.parent.mkdir(parents=True, exist_ok=True)
        widget.to_html(place)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    from labkit.checks import REGISTRY

    bring_widgets(lay_out(REGISTRY))
