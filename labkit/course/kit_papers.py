"""The papers of a kit: START_HERE.md, licence, pins, Makefile, pyproject, conda's file."""

import json
import re
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path

import torch

from labkit import kit
from labkit.checks import REGISTRY
from labkit.course.errors import BuildError
from labkit.course.kit_labkit import copy, course_files
from labkit.course.source import Lab
from labkit.data import normalise
from labkit.recorded import FOLDER
from labkit.reset import FRESH

COPIED = ("LICENSE", "constraints.txt")
EXTRA = re.compile(r"\.\[[\w,]+\]")  # .[train,grade]: a kit installs labkit alone
HELP = """\
help:
	@echo "make lab     set up .venv if needed, then open JupyterLab on the newest notebook"
	@echo "             make lab LAB_ARGS=--no-browser   prints the address instead"
	@echo "make venv    only set up: Python 3.11 or newer, about 6 GB on Linux"\
"""
# What a kit takes from the course's Makefile, by how it begins.
RULES = (
    *("# DCGAN Lab", "# Interpreters", ".PHONY:", "help:", "lab:"),
    *("# A virtual environment", "# Written last", "new-venv:"),
)
OWN_DATA = (kit.FILE, f"{FOLDER}/*", f"{FRESH}/*")  # what only a kit's data have
SECTIONS = (
    *("[build-system]", "[project]", "[project.optional-dependencies]"),
    *("[project.scripts]", "[tool.setuptools]", "[tool.setuptools.package-dir]"),
    "[tool.setuptools.package-data]",
)
START_HERE = """\
# DCGAN Lab, {first} to {last}

You learn generative adversarial networks by building one. In this folder are the labs

{labs}

## Begin

You need Python 3.11 or newer and 6 GB on the disk; no GPU, and after the first time no
network.

- **Linux, macOS**: open a terminal in this folder and type `make lab`. The first time
  it makes `.venv` and installs what is needed, which takes some minutes. Then it opens
  JupyterLab in your browser. Ctrl-C in the terminal ends it. (macOS may ask for its
  command line tools: `xcode-select --install`. On Debian and Ubuntu:
  `sudo apt-get install make python3-venv`.)
- **Windows**: install Miniforge, open its prompt in this folder, and type
  `conda env create -f environment.yml`, then `conda activate dcgan-lab`. After that, and
  every time: `python -m labkit lab`.

**Not your first kit?** Then nothing has to be installed a second time. Linux, macOS, in
this folder, with FORMER for the folder of the former kit:
`../FORMER/.venv/bin/python -m pip install --no-deps --no-build-isolation -e .`, and from
then on `../FORMER/.venv/bin/python -m labkit lab`. Windows: `conda activate dcgan-lab`,
`python -m pip install --no-deps -e .`, then `python -m labkit lab`.

## Work

1. Open `{newest}` in JupyterLab. Go through it from the
   top, cell by cell (Shift-Enter).
2. Write where it says `your turn`, and under "Your answer here". Change what you like in
   other cells; leave the names of functions as they are.
3. The cell below an exercise checks it and says what is wrong, with numbers. Check as
   often as you like: the inputs are new each time. `labkit check FILE` checks a whole
   notebook (`.venv/bin/labkit` after `make lab`).
4. A cell that begins with "Recorded:" needs an answer that is still to be written. It
   shows what it showed when the course was made. Go on below it.

## Hand in

Run all cells from the top once more (Run, Restart Kernel and Run All Cells): what counts
is the notebook, not the state of your kernel. Save (Ctrl-S). Then hand in this file, and
nothing else, where your teacher says:

    {newest}

## When you are stuck

- A check that you do not understand: read its last line, it asks a question. Then open
  the exercise's hints, one after another.
- A notebook that is beyond repair: `labkit reset {name}` gives you a fresh one.
  Yours stays beside it, as `{name}-mine.ipynb`.
- Something is missing or does not start: `labkit doctor` says what, and how to mend it.
- A lab without waiting for its training: `LABKIT_STEPS=20 make lab`.
- Then ask your teacher. Say which cell, and what it says.

Labkit in this folder has the answers of earlier labs, for you to use. Those of
{newest_lab} and later are left out: they come with a later kit.
"""


def write_papers(top: Path, labs: Sequence[Lab], root: Path) -> None:
    """Write everything of a kit that is neither notebook, nor labkit, nor recording.

    Args:
        top: the kit's folder, with labkit/ in it.
        labs: those in the kit, in order.
        root: the course folder.

    Raises:
        BuildError: a file of the course is not as this module knows it.
    """
    for name in COPIED:
        shutil.copyfile(root / name, top / name)
    for path in course_files(root):
        if path.is_relative_to(root / "data"):
            copy(path, top / path.relative_to(root))
    conda = EXTRA.sub(".", (root / "environment.yml").read_text("utf-8"))
    _write(top / "environment.yml", conda)
    _write(top / "Makefile", makefile((root / "Makefile").read_text("utf-8")))
    project = pyproject((root / "pyproject.toml").read_text("utf-8"), packages(top))
    _write(top / "pyproject.toml", project)
    _write(top / "START_HERE.md", start_here(labs))
    about = {"lab": labs[-1].name}  # labkit tells by it that answers are left out
    if labs[-1].name == kit.WARM_UP:  # whose answer is how bytes become these
        about["greys"] = normalise(torch.arange(256, dtype=torch.uint8)).tolist()
    _write(top / "data" / kit.FILE, json.dumps(about) + "\n")


def start_here(labs: Sequence[Lab]) -> str:
    """The one page that students read first."""
    newest = labs[-1].name
    lines = []
    for lab in labs:
        title = lab.cells[0].source.splitlines()[0].lstrip("# ")
        names = [name for name, each in REGISTRY.items() if each.lab == lab.name]
        code = ", ".join(f"`{name}`" for name in names)
        lines.append(f"- `{lab.name}`: {title}. You write {code}.")
    return START_HERE.format(
        first=labs[0].name[:2],
        last=newest[:2],
        labs="\n".join(lines),
        newest=f"notebooks/{newest}/{newest}.ipynb",
        name=newest,
        newest_lab=f"lab {newest[:2]}",
    )


def packages(top: Path) -> list[str]:
    """The packages of a kit's labkit, and its data."""
    found = [path.parent.relative_to(top) for path in top.glob("labkit/**/__init__.py")]
    return sorted([".".join(path.parts) for path in found] + ["labkit._data"])


def makefile(text: str) -> str:
    """The course's Makefile with `make lab` and what it needs, and no more.

    Raises:
        BuildError: a rule that `make lab` needs is not in it.
    """
    parts = [part for part in text.split("\n\n") if part.startswith(RULES)]
    if len(parts) != len(RULES):
        raise BuildError(
            f"Makefile: a kit takes {', '.join(RULES)} from it; one is gone"
        )
    parts = [HELP if part.startswith("help:") else part for part in parts]
    kept = "\n\n".join(parts).rstrip("\n") + "\n"
    used = set(re.findall(r"\$\((\w+)\)", kept))
    names = re.compile(r"^(\w+) \??= .*\n", re.MULTILINE)
    kept = names.sub(lambda found: found[0] if found[1] in used else "", kept)
    rules = " ".join(re.findall(r"^([a-z-]+):", kept, re.MULTILINE))
    kept = re.sub(r"^\.PHONY:.*$", f".PHONY: {rules}", kept, flags=re.MULTILINE)
    return EXTRA.sub(".", kept)


def pyproject(text: str, names: Sequence[str]) -> str:
    """The course's pyproject.toml for the packages of a kit."""
    parts = re.split(r"^(?=\[[a-z])", text, flags=re.MULTILINE)
    sections = {part.partition("\n")[0]: part for part in parts}
    extra = tomllib.loads(text)["project"]["optional-dependencies"]["train"]
    sections["[project.optional-dependencies]"] = (
        f"[project.optional-dependencies]\ntrain = {json.dumps(extra)}\n\n"
    )
    listed = "".join(f'  "{name}",\n' for name in names)
    sections["[tool.setuptools]"] = (
        f"[tool.setuptools]\ninclude-package-data = false\npackages = [\n{listed}]\n\n"
    )
    for package in tomllib.loads(text)["tool"]["setuptools"]["package-data"]:
        if package not in names:
            data = sections["[tool.setuptools.package-data]"]
            row = rf'^"{re.escape(package)}" = .*\n'
            data = re.sub(row, "", data, flags=re.MULTILINE)
            sections["[tool.setuptools.package-data]"] = data
    data = sections["[tool.setuptools.package-data]"]
    own = json.dumps(OWN_DATA).strip("[]")
    data = re.sub(
        r'^("labkit._data" = \[.*)\]$', rf"\1, {own}]", data, flags=re.MULTILINE
    )
    sections["[tool.setuptools.package-data]"] = data
    kept = "".join(sections[name] for name in SECTIONS)
    return kept.replace('"README.md"', '"START_HERE.md"').rstrip("\n") + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
