"""The course site on a small course: outputs beside the student's cells, no answers."""

import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat import v4
from playwright.sync_api import expect, sync_playwright

from labkit.course import site, site_labs
from labkit.course.errors import BuildError
from labkit.course.source import read_lab
from tests.conftest import find_tool

REPO = Path(__file__).parents[1]
SPHINX = REPO / ".venv-site" / "bin" / "python"
LAB = '''\
# %% [markdown]
# # Doubling
#
# Twice as much: $\\sigma(x) = 2x$.
#
# <details><summary>Hint 1</summary>
#
# Add *it* to itself.
#
# </details>

# %%
from IPython.display import HTML, display


def check(name, exercise):
    print("✓", name, exercise(21))

# %% exercise="double"
def double(x: float) -> float:
    """Return twice `x`."""
    # about 1 line
    ### BEGIN SOLUTION
    return math_of_old(x, "the long way round")
    ### END SOLUTION

# %%
def math_of_old(x, way):
    return x + x


PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
display(HTML(f'<img alt="a point" src="data:image/gif;base64,{PIXEL}">'))
WIDGET = "application/vnd.jupyter.widget-view+json"
display({WIDGET: {"model_id": "1"}, "text/plain": "Monitor: dead"}, raw=True)
display({WIDGET: {"model_id": "2"}, "text/plain": "Explorer: Seeds"}, raw=True)

# %% check="double"
check("double", double)

# %% [markdown] written="00_why" points=2
# Why two?
#
# <!-- BEGIN SOLUTION -->
# Because one would leave everything as it was.
# <!-- END SOLUTION -->
'''
REGISTRY = {"double": SimpleNamespace(lab="00_double", points=2)}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course with one lab that needs no torch, laid out for Sphinx."""
    root = tmp_path_factory.mktemp("course")
    (root / "solutions" / "00_double").mkdir(parents=True)
    (root / "solutions" / "00_double" / "00_double.py").write_text(LAB, "utf-8")
    (root / "README.md").write_text(
        "# A course\n\n[the lab](notebooks/00_double/00_double.ipynb)\n", "utf-8"
    )
    shutil.copy(REPO / "nbgrader_config.py", root)
    shutil.copytree(REPO / "docs" / "site", root / "docs" / "site")
    site.lay_out(REGISTRY, root=root)
    return root


@pytest.fixture
def lab(course):
    return read_lab(course / "solutions" / "00_double", course)


def read(path):
    return nbformat.read(path, as_version=4)


def test_outputs_stand_beside_the_cells_of_the_student(course):
    place = Path("notebooks", "00_double", "00_double.ipynb")
    page = read(course / site.SOURCE / place)
    released = read(course / site.SOURCE / "beside" / place)
    assert [c.source for c in page.cells[1:]] == [c.source for c in released.cells[1:]]
    assert "NotImplementedError" in page.cells[2].source
    assert "✓ double 42" in page.cells[4].outputs[0].text
    assert "nbgrader" in released.cells[2].metadata  # it is the one to hand in
    assert not any(cell.get("outputs") for cell in released.cells)


def test_of_a_widget_its_picture_stays_and_a_way_to_the_page_where_it_lives(course):
    page = read(course / site.SOURCE / "notebooks/00_double/00_double.ipynb")
    picture, way = page.cells[3].outputs
    assert 'alt="a point"' in picture.data["text/html"]
    assert 'href="../../play/explorer.html">Seeds' in way.data["text/html"]


def test_a_second_time_nothing_is_run(course, lab, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("it ran")

    monkeypatch.setattr(site_labs, "NotebookClient", refuse)
    site.lay_out(REGISTRY, root=course)
    monkeypatch.setenv("LABKIT_STEPS", "7")
    with pytest.raises(AssertionError, match="it ran"):
        site.lay_out(REGISTRY, root=course)


@pytest.mark.parametrize(
    "output",
    [
        v4.new_output(
            "stream", text='>>> return math_of_old(x,  "the long way round")'
        ),
        v4.new_output(
            "display_data",
            {
                "text/html": "<p>return math_of_old(<b>x</b>, &quot;the long way round&quot;)"
            },
        ),
        v4.new_output(
            "display_data",
            {"text/html": '<img alt="Because one would leave everything as it was.">'},
        ),
    ],
)
def test_an_output_that_shows_an_answer_is_refused(course, lab, output, monkeypatch):
    def tell(notebook, _):
        for cell in notebook.cells:
            cell.outputs = [output] if cell.id == "double_check" else []
        return notebook

    monkeypatch.setattr(site_labs, "run", tell)
    with pytest.raises(BuildError, match="shows the answer"):
        site.lay_out(REGISTRY, root=course)


def test_a_lab_that_stops_says_where(course, tmp_path):
    broken = v4.new_notebook(cells=[v4.new_code_cell("1 / 0")])
    with pytest.raises(
        BuildError, match="00_broken(.|\n)*line 1\n(.|\n)*ZeroDivisionError"
    ):
        site_labs.run(broken, tmp_path / "00_broken.ipynb")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.skipif(
    not SPHINX.exists(), reason="`make site-venv` makes its environment"
)
def test_sphinx_builds_pages_that_need_no_network(course, lab):
    source = site.lay_out(REGISTRY, root=course)
    for name in (
        "docs/teaching.md",
        "docs/results.md",
        "docs/design.md",
        "data/SOURCES.md",
    ):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text("# A document\n", "utf-8")
    for name in ("playground", "explorer"):  # they point to labs that this course lacks
        (source / "play" / f"{name}.md").write_text("# To play with\n", "utf-8")
    pages = course / "pages"
    subprocess.run(
        [SPHINX, "-m", "sphinx", "-q", "-W", "--keep-going", source, pages],
        check=True,
        capture_output=True,
        text=True,
    )
    released = read(source / "beside/notebooks/00_double/00_double.ipynb")
    for path in pages.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert site_labs.leaks(site_labs.plain(text), lab, released) == []
        assert all(
            re.search(r'\balt="[^"]+"', tag) for tag in re.findall("<img[^>]*>", text)
        )
        fetched = (
            r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=\"(?:https?:)?//[^>]*"
        )
        assert re.findall(fetched, text) == [], path
    assert "✓ double 42" in (pages / "notebooks/00_double/00_double.html").read_text()
    if find_tool("chromium"):
        look_at(pages)


def look_at(pages):
    """What a reader sees who has a folder of files, and no network."""
    asked = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_tool("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{pages.as_uri()}/notebooks/00_double/00_double.html")
        expect(page.locator("mjx-container svg")).to_be_visible()
        assert page.evaluate("[...document.images].every(i => i.naturalWidth > 0)")
        page.goto(f"{pages.as_uri()}/search.html?q=twice")
        expect(page.locator("#search-results a").first).to_have_text("Doubling")
        browser.close()
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
