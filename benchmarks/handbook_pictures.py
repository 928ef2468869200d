"""The pictures of terminals in the handbook: each command is run for real.

    python benchmarks/handbook_pictures.py [NAME …]       (Chromium and bubblewrap)

A course is copied into a temporary folder, a class of invented students hands lab 04
in, and what each command prints is drawn into docs/handbook/NAME.png.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPO = Path(__file__).parents[1]
sys.path.insert(0, str(REPO))

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.text import Text

from labkit.runtime import atomic_write
from tests.browser.conftest import FLAGS
from tests.conftest import find_tool
from tests.grading.classroom import make_class

LAB = "04_losses"
COLUMNS = 100
STUDENTS = 12

# Picture -> the commands in it, in the order in which a teacher gives them.
STEPS = {
    "build": [f"labkit build {LAB}"],
    "lint": [f"labkit lint-lab {LAB}"],
    "kit": [f"labkit kit {LAB}"],
    "grade": [f"labkit grade {LAB}"],
    "diff": [f"labkit grade {LAB} --diff --force"],
    "report": [f"labkit report {LAB}"],
}


def new_course(folder: Path) -> Path:
    """A copy of this course, as git has it, with a class that has handed in."""
    course = folder / "course"
    subprocess.run(["git", "clone", "--quiet", REPO, course], check=True)
    make_class(course, LAB, STUDENTS)
    return course


def said(command: str, course: Path) -> str:
    """What a command prints, on an ordinary terminal without colours."""
    program, *arguments = command.split()
    beside = Path(sys.executable).with_name(program)
    done = subprocess.run(
        [beside if beside.exists() else program, *arguments],
        cwd=course,
        env=os.environ | {"COLUMNS": str(COLUMNS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout.replace(str(course), "~/course")


def draw(browser: Browser, commands: list[str], course: Path, path: Path) -> None:
    """Run the commands and write a picture of the terminal."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    for command in commands:
        console.print(Text(f"$ {command}", "bold"))
        console.print(Text(said(command, course).rstrip("\n")))
    svg = console.export_svg(title="course", font_aspect_ratio=0.6)
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    page.set_content(f"<body style='margin:0'>{svg}</body>")
    picture = Image.open(io.BytesIO(page.locator("svg").screenshot()))
    page.close()
    small = picture.convert("RGB").quantize(64, dither=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(path, lambda file: small.save(file, "PNG", optimize=True))
    kilobytes = path.stat().st_size / 1000
    print(f"{path.relative_to(REPO)}: {small.size}, {kilobytes:.0f} kB")


def main() -> None:
    """Draw what is named, or all."""
    names = sys.argv[1:] or list(STEPS)
    folder = Path(tempfile.mkdtemp())
    try:
        course = new_course(folder)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_tool("chromium"), args=FLAGS
            )
            for name in names:
                path = REPO / "docs" / "handbook" / f"{name}.png"
                draw(browser, STEPS[name], course, path)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
