"""The labs as people meet them: every notebook runs, and reads as it should."""

import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from playwright.sync_api import sync_playwright

from labkit.course import site_labs
from labkit.course.build import build, drift
from labkit.course.source import read_lab
from tests.conftest import find_tool
from tests.kernels import forked_kernels

REPO = Path(__file__).parents[1]
LABS = sorted(path.stem for path in (REPO / "solutions").glob("[0-9][0-9]_*/*.py"))

# A lab promises 60 s on one core; what is above that is for slower machines. The lab
# that computes longest is run in full; in the others no run has more steps than these.
CPU_SECONDS = 120
LONGEST = "05_training"
STEPS = 40
FORKED = "forked"  # name of kernels that need not load torch

each_lab = pytest.mark.parametrize("lab", LABS)

# Solved ones run every lecture cell; an untouched one has to show how it goes on without
# an answer. Labs of every kind, and none that trains for long; `labkit lint-lab` looks at
# the marks of all.
UNTOUCHED = ("00_warmup", "03_generator", "06_diagnosis", "08_wasserstein")


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """The course built afresh, with the notebooks that have the solutions."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(
        REPO / "solutions", root / "solutions", ignore=shutil.ignore_patterns("*.ipynb")
    )
    shutil.copy(REPO / "nbgrader_config.py", root)
    build(root=root)
    return root


def solved(course: Path, lab: str) -> NotebookNode:
    return nbformat.read(course / "solutions" / lab / f"{lab}.ipynb", as_version=4)


def released(lab: str) -> NotebookNode:
    return nbformat.read(REPO / "notebooks" / lab / f"{lab}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def executed(request, course, tmp_path_factory) -> Iterator[dict[tuple, Future]]:
    """(lab, "solved" or "untouched") -> its executed notebook, two at a time."""
    read = {"solved": lambda lab: solved(course, lab), "untouched": released}
    wanted = dict.fromkeys(
        (item.callspec.params["lab"], kind)
        for item in request.session.items
        for kind in read
        if item.module is request.module and f"_{kind}_" in item.originalname
    )
    with forked_kernels(FORKED), ThreadPoolExecutor(2) as pool:
        yield {
            (lab, kind): pool.submit(
                run,
                read[kind](lab),
                tmp_path_factory.mktemp(f"{lab}-{kind}"),
                allow_errors=kind == "untouched",
                full=(lab, kind) == (LONGEST, "solved"),
            )
            for lab, kind in wanted
        }
        pool.shutdown(cancel_futures=True)


def run(
    notebook: NotebookNode, folder: Path, allow_errors: bool, full: bool
) -> NotebookNode:
    """Execute it in a folder of its own; a last cell tells the kernel's CPU seconds.

    Unless in full, the kernel is a fork of a process that has torch loaded.
    """
    clock = "import time\n\nprint(time.process_time())"
    notebook.cells.append(nbformat.v4.new_code_cell(clock))
    short = {} if full else {"LABKIT_STEPS": str(STEPS)}
    return NotebookClient(
        notebook,
        kernel_name="python3" if full else FORKED,
        timeout=300,
        allow_errors=allow_errors,
        resources={"metadata": {"path": str(folder)}},
    ).execute(env={**os.environ, "IPYTHONDIR": str(folder / ".ipython"), **short})


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [c for c in notebook.cells if c.cell_type == "code"]


def prose(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """(cell id, text) of the markdown cells, code in them left out."""
    for c in notebook.cells:
        if c.cell_type == "markdown":
            text = re.sub(r"```.*?```", "", c.source, flags=re.DOTALL)
            yield c.id, re.sub(r"`[^`]*`", "", text)


def outputs(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    for c in code(notebook):
        for output in c.outputs:
            yield c.id, output


def is_graded(c: NotebookNode) -> bool:
    return "nbgrader" in c.metadata


def is_exercise(c: NotebookNode) -> bool:
    return c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("solution")


def test_committed_files_are_what_the_sources_give():
    assert drift(root=REPO) == [], "run `labkit build` and commit what it writes"


def test_stub_modules_are_formatted():
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--check", "labkit/exercises"],
        cwd=REPO,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@each_lab
def test_solved_notebook_runs_top_to_bottom(lab, executed, record_property):
    notebook = executed[lab, "solved"].result()
    seconds = float(notebook.cells.pop().outputs[0].text)
    record_property("cpu_seconds", round(seconds, 1))
    print(f"{lab}: {seconds:.1f} s of CPU")
    assert seconds < CPU_SECONDS
    for name, output in outputs(notebook):
        assert output.get("name") != "stderr", f"{name} writes to stderr: {output.text}"
        check_pictures(name, output)
    for c in code(notebook):
        if is_graded(c) and not is_exercise(c):
            assert "✓" in "".join(o.get("text", "") for o in c.outputs), c.source


def check_pictures(name: str, output: NotebookNode) -> None:
    """JupyterLab drops the alt text of image/png: pictures are HTML with one."""
    data = output.get("data", {})
    assert not [kind for kind in data if kind.startswith("image/")], (
        f"{name} shows a picture that has no alt text; draw with labkit.show"
    )
    page = "".join(data.get("text/html", ""))
    for picture in re.findall(r"<img\b[^>]*>", page):
        assert re.search(r'\balt="[^"]+"', picture), f"{name}: <img> without alt"
    assert not re.search(r'\b(src|href)="(https?:)?//', page), f"{name}: foreign link"


@pytest.mark.slow
@each_lab
def test_solved_notebook_as_html_describes_every_picture(lab, executed):
    notebook = executed[lab, "solved"].result()
    page, _ = HTMLExporter().from_notebook_node(notebook)
    pictures = re.findall(r"<img\b[^>]*>", page)
    assert pictures
    for picture in pictures:
        alt = re.search(r'\balt="([^"]+)"', picture)
        assert alt and "No description" not in alt[1], f"{picture[:200]}…"
    for c in code(notebook):
        if any(site_labs.WIDGET in o.get("data", {}) for o in c.outputs):
            shown = "".join(o.get("data", {}).get("text/html", "") for o in c.outputs)
            assert "<img " in shown, f"{c.id}: a widget without its picture"


@pytest.mark.slow
@each_lab
def test_solved_notebook_gives_the_course_site_no_answer(lab, executed):
    page = site_labs.page(released(lab), executed[lab, "solved"].result())
    source = read_lab(REPO / "solutions" / lab, REPO)
    assert site_labs.leaks(site_labs.text_of(page), source, released(lab)) == []


@pytest.mark.slow
@pytest.mark.needs("chromium")
@pytest.mark.parametrize("lab", ["07_latent_space"])
def test_solved_notebook_as_html_needs_no_network_for_its_pictures(
    lab, executed, tmp_path
):
    page, _ = HTMLExporter().from_notebook_node(executed[lab, "solved"].result())
    file = tmp_path / "page.html"
    file.write_text(page, encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_tool("chromium"), args=["--no-sandbox"]
        )
        opened = browser.new_page()
        opened.route(re.compile("^https?:"), lambda route: route.abort())
        opened.goto(file.as_uri())
        widths = opened.evaluate("[...document.images].map(i => i.naturalWidth)")
        browser.close()
    assert len(widths) > 5 and min(widths) > 0


@pytest.mark.slow
@pytest.mark.parametrize("lab", UNTOUCHED)
def test_untouched_notebook_stops_only_at_the_exercises(lab, executed):
    notebook = executed[lab, "untouched"].result()
    stops = {
        (name, output.ename): output.evalue
        for name, output in outputs(notebook)
        if output.output_type == "error"
    }
    assert {kind for _, kind in stops} <= {"NotImplementedError", "CheckFailed"}, stops
    checks = {c.id for c in code(notebook) if is_graded(c) and not is_exercise(c)}
    assert checks == {name for name, kind in stops if kind == "CheckFailed"}


@each_lab
def test_length_and_share_of_text(lab):
    cells = released(lab).cells
    assert 25 <= len(cells) <= 48
    texts = [c for c in cells if c.cell_type == "markdown"]
    words = sum(len(c.source.split()) for c in cells)
    share = sum(len(c.source.split()) for c in texts) / words
    assert max(share, len(texts) / len(cells)) >= 0.45


@each_lab
def test_lecture_cells_are_short(lab):
    for c in code(released(lab)):
        if not is_graded(c):
            lines = [line for line in c.source.splitlines() if line.strip()]
            assert len(lines) <= 15, f"{c.id} has {len(lines)} lines"


@each_lab
def test_imports_are_few_and_plain(lab):
    sources = "\n".join(c.source for c in code(released(lab)))
    imports = re.findall(r"^(?:import|from) .*", sources, re.MULTILINE)
    assert 0 < len(imports) <= 8
    trick = re.search(r"pip install|sys\.path|os\.chdir|^[%!]", sources, re.MULTILINE)
    assert trick is None, f"{trick.group()} in a cell"


@each_lab
def test_exercises_say_how_much_there_is_to_write(lab):
    for c in code(released(lab)):
        if is_exercise(c):
            holes = c.source.count("your turn")
            stated = re.findall(r"about (\d+|one|two|three) lines?", c.source)
            assert len(stated) >= holes, f"{c.id}: {holes} holes, {len(stated)} sizes"
            assert '"""' in c.source, f"{c.id} has no docstring"


@each_lab
def test_headings_do_not_skip_levels(lab):
    levels = [
        len(marks)
        for _, text in prose(released(lab))
        for marks in re.findall(r"^(#+) ", text, re.MULTILINE)
    ]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), levels


@each_lab
def test_pictures_in_text_have_alt_and_come_along(lab):
    for name, text in prose(released(lab)):
        for alt, target in re.findall(r"!\[(.*?)\]\((.*?)\)", text):
            assert alt.strip(), f"{name}: picture {target} without alt text"
            assert "//" not in target, f"{name}: {target} is not there offline"
        for picture in re.findall(r"<img\b[^>]*>", text):
            assert re.search(r'\balt="[^"]+"', picture), f"{name}: {picture}"
            assert "//" not in picture, f"{name}: {picture} is not there offline"


@each_lab
def test_words(lab):
    for name, text in prose(released(lab)):
        belittling = re.search(r"\b(simply|just|obviously)\b", text, re.IGNORECASE)
        assert belittling is None, f"{name}: “{belittling.group()}”"
        assert text.count("<details") == text.count("</details>"), name
        assert text.count("<details") == text.count("<summary>"), name
    everything = "\n".join(c.source for c in released(lab).cells)
    other = re.search(r"\b(netD|netG|D_G_z\d|nz|ngf|ndf|discriminator\()", everything)
    assert other is None, f"{other.group()} is called something else here"
