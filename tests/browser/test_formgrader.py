"""nbgrader's formgrader in a browser: it shows our marks, keeps a teacher's, runs nothing.

One course with two students: ada answered everything; eve is called, wrote, printed and
raised whatever might run in her teacher's browser.
"""

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from labkit.grading.books import gradebook
from tests.browser.jupyter import PAGE_SECONDS, JupyterServer
from tests.grading.classroom import grade_id, make_course, released, right

LAB = "04_losses"
POINTS = {"critic_loss": 4, "minimax_generator_loss": 3, "generator_loss": 3}
WRITTEN = "04_below_zero"

HIT = "window.hit = 1"
SCRIPT = f"<script>{HIT}</script><img src=x onerror='{HIT}'><svg onload='{HIT}'>"
MARKDOWN = f"""{SCRIPT}

[a link](javascript:{HIT}) [another][1] <a href="jAvaScript:{HIT}">third</a>

<div onmouseover="{HIT}" style="position: fixed; inset: 0">over</div>
<iframe srcdoc="&lt;script&gt;parent.{HIT}&lt;/script&gt;"></iframe>

[1]: javascript:{HIT.replace(" ", "")}
"""
EVE = f'eve "><img src=x onerror={HIT.replace(" ", "")}><script>{HIT};alert(1)'


def picture() -> str:
    file = io.BytesIO()
    Image.new("RGB", (320, 90), (163, 62, 189)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def record(student: str, share: float = 1, message: str = "what was seen") -> dict:
    sign = "✓" if share == 1 else "✗"
    return {
        "student": student,
        "lab": LAB,
        "submission": {"sha256": "a" * 64, "timestamp": "2026-11-22T10:00:00+00:00"},
        "exercises": {
            name: {
                "points": points * share,
                "max_points": points,
                "message": f"{sign} {name} · {message}",
            }
            for name, points in POINTS.items()
        },
        "flags": [{"kind": "renamed", "text": f"The notebook is called {SCRIPT}."}]
        if student == EVE
        else [],
    }


def document(words: str, printed: str) -> dict[str, Any]:
    cells, answers, written = [], {}, {}
    for number, cell in enumerate(released(LAB).cells, start=1):
        name, source, outputs = grade_id(cell), cell.source, []
        if name in POINTS:
            answers[name], source = number, f"{right(LAB)[name]}\n# {words}"
            outputs = [
                {"kind": "text", "text": printed},
                {"kind": "error", "text": printed},
            ]
            outputs.append({"kind": "image", "png": picture()})
        if cell.cell_type == "markdown" and name:
            source = f"{source}\n\n{words}"
            written[name] = {"cell": number, "text": source}
        place = {"number": number, "type": cell.cell_type, "grade_id": name}
        cells.append(place | {"source": source, "outputs": outputs})
    slices = {name: [number] for name, number in answers.items()}
    return {"cells": cells, "answers": answers, "slices": slices, "written": written}


DOCUMENTS = {
    "ada": document("Because $-\\log(1 - D)$ is *flat* there: $D = 0.000045$.", "0.69"),
    EVE: document(MARKDOWN, SCRIPT),
}


def export(course: Path, ada: float = 1, message: str = "what was seen") -> None:
    records = [record("ada", ada, message), record(EVE, 0.5, SCRIPT)]
    gradebook.export(course, course, LAB, records, DOCUMENTS.get)


@pytest.fixture(scope="module")
def formgrader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """JupyterLab in the folder of a course that has been graded."""
    server = JupyterServer(tmp_path_factory.mktemp("course") / "server")
    make_course(server.root, [LAB])
    export(server.root)
    with server:
        yield server


@pytest.fixture
def page(browser: Browser, formgrader: JupyterServer) -> Iterator[Page]:
    """A page that sees nothing but the server, and is logged in there."""

    def only_ours(route: Route) -> None:
        ours = route.request.url.startswith(formgrader.url(""))
        route.continue_() if ours else route.abort()

    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.set_default_timeout(PAGE_SECONDS * 1000)
    expect.set_options(timeout=PAGE_SECONDS * 1000)
    page.route("**/*", only_ours)
    page.goto(formgrader.url(f"formgrader/gradebook?token={formgrader.token}"))
    yield page
    page.close()


def entry(course: Path, student: str) -> str:
    """The address of a submission."""
    with gradebook.looked_at(course / "gradebook.db") as book:
        found = book.find_submission_notebook(LAB, LAB, student)
        return f"formgrader/submissions/{found.id}/"


def score(page: Page, name: str) -> Any:
    return page.locator(f'[id="{name}"]')


def test_marks_are_shown_and_a_teachers_mark_outlives_a_regrade(page, formgrader):
    page.goto(formgrader.url(f"formgrader/gradebook/{LAB}/{LAB}"))
    expect(page.get_by_text("Submission #2")).to_be_visible()
    page.locator("#toggle_names").click()
    row = page.locator("tr", has=page.get_by_text("ada", exact=True))
    expect(row.locator(".score").first).to_have_text("10 / 14")
    page.screenshot(path=formgrader.folder / "gradebook.png")

    ada = formgrader.url(entry(formgrader.root, "ada"))
    page.goto(ada)
    expect(score(page, "critic_loss_check")).to_have_attribute("placeholder", "4")
    expect(page.get_by_text("4 of 4 points")).to_be_visible()
    expect(page.locator("img[src^='data:image/png']")).to_have_count(3)
    with page.expect_response("**/api/grade/*"):
        score(page, WRITTEN).fill("1.5")
        score(page, WRITTEN).blur()
    with page.expect_response("**/api/comment/*"):
        score(page, f"{WRITTEN}-comment").fill("Well seen. What about D = 1?")
        score(page, f"{WRITTEN}-comment").blur()

    export(formgrader.root)
    export(formgrader.root, ada=0.5, message="a new check has found something")
    page.goto(ada)
    expect(score(page, "critic_loss_check")).to_have_attribute("placeholder", "2")
    expect(page.get_by_text("a new check has found something").first).to_be_visible()
    expect(score(page, WRITTEN)).to_have_value("1.5")
    expect(score(page, f"{WRITTEN}-comment")).to_have_value(
        "Well seen. What about D = 1?"
    )
    for name in ("critic_loss_check", WRITTEN):
        score(page, name).evaluate("mark => mark.scrollIntoView({block: 'center'})")
        page.screenshot(path=formgrader.folder / f"{name}.png")


def test_nothing_of_a_student_runs(page, formgrader):
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())
    places = [
        f"formgrader/gradebook/{LAB}/{LAB}",
        entry(formgrader.root, EVE),
        "formgrader/manage_students",
        f"formgrader/manage_students/{quote(EVE)}",
        f"formgrader/manage_students/{quote(EVE)}/{LAB}",
        f"formgrader/manage_submissions/{LAB}",
    ]
    for place in places:
        page.goto(formgrader.url(place), wait_until="load")
        page.wait_for_load_state("networkidle")
        for link in page.locator(".rendered_html a").all():
            assert (link.get_attribute("href") or "#").startswith(
                ("#", "http", "mailto")
            )
        for element in page.locator(".rendered_html div").all():
            element.dispatch_event("mouseover")
        assert page.evaluate("window.hit") is None, place
        assert (
            page.locator("script, iframe, svg, [onerror]")
            .filter(has_text="hit")
            .count()
            == 0
        ), place
    assert not dialogs
    page.goto(formgrader.url(entry(formgrader.root, EVE)))
    page.screenshot(path=formgrader.folder / "eve.png", full_page=True)
    expect(page.get_by_text(EVE).first).to_be_attached()  # her name, verbatim
