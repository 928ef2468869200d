"""The pictures of terminals in the handbook: each command is run for real.

    python benchmarks/handbook_pictures.py [NAME …]       (Chromium and bubblewrap)

A course is copied into a temporary folder, a class of invented students hands lab 04
in on a Moodle that is not there, and what each command prints is drawn into
docs/handbook/NAME.png. Commands build on those before them: leave out only the last.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

REPO = Path(__file__).parents[1]
sys.path.insert(0, str(REPO))

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.text import Text

from labkit.course.site import RUNS
from labkit.runtime import atomic_write
from tests.browser.conftest import FLAGS
from tests.conftest import find_tool
from tests.grading.classroom import make_class, make_course
from tests.grading.platforms import WORKSHEET

LAB = "04_losses"
COLUMNS = 100
STUDENTS = (
    "Ada Lovelace", "Seán O'Brien", "Zoë Müller", "Kim Lee", "Noor Haddad",
    "Bruno Costa", "Elif Kaya", "Hanako Mori", "Imran Shah", "Jolanta Nowak",
    "Kwame Mensah", "Lucia Rossi",
)  # fmt: skip
DOWNLOAD, ROSTER = "all.zip", "worksheet.csv"

# Picture -> the commands in it, in the order in which a teacher gives them.
STEPS = {
    "build": [f"labkit build {LAB}"],
    "lint": [f"labkit lint-lab {LAB}"],
    "kit": [f"labkit kit {LAB}"],
    "collect": [f"labkit collect {DOWNLOAD} --roster {ROSTER}"],
    "grade": [f"labkit grade {LAB}"],
    "export": [f"labkit grades export --format moodle --roster {ROSTER} --labs {LAB}"],
}


def new_course(folder: Path) -> Path:
    """A copy of this course, as git has it, and beside it what Moodle gave."""
    course = folder / "course"
    subprocess.run(["git", "clone", "--quiet", REPO, course], check=True)
    if (REPO / RUNS).is_dir():  # labs that were run already need not run again
        shutil.copytree(REPO / RUNS, course / RUNS)
    scratch = make_course(folder / "scratch", [LAB])
    rows = [WORKSHEET]
    with zipfile.ZipFile(course / DOWNLOAD, "w") as download:
        for number, member in enumerate(make_class(scratch, LAB, len(STUDENTS))):
            name, participant = STUDENTS[number], 101 + number
            file = scratch / "submitted" / member.student / LAB / f"{LAB}.ipynb"
            inside = f"{name}_{participant}_assignsubmission_file_/{file.name}"
            download.write(file, inside)
            login = name.split()[-1].lower().replace("'", "")
            rows.append(
                f'Participant {participant},"{name}",{login},{login}@example.org,'
                'Submitted for grading,,14.00,Yes,"Friday, 20 November 2026, 5:00 PM",-,'
            )
    (course / ROSTER).write_text("\r\n".join(rows) + "\r\n", encoding="utf-8")
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
    console.print()  # the last line loses its underscores
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
