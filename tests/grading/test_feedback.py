"""Feedback pages: what a student reads, and that nothing in them can do harm."""

import base64
import copy
import hashlib
import io
import os
import re
import time
from html.parser import HTMLParser
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from labkit.checks import REGISTRY
from labkit.checks.run import Result, judge, observe
from labkit.errors import LabkitError
from labkit.grading.feedback.page import is_current, page, write
from labkit.grading.feedback.visible import visible
from tests.browser.conftest import FLAGS
from tests.conftest import find_tool

HOSTILE = (
    "<script>alert(1)</script></pre></style></title>\"'><img src=x onerror=alert(2)>"
    "<svg onload=alert(3)>[go](javascript:alert(4))![p](http://127.0.0.1:9/p.png)"
    "<http://127.0.0.1:9/> {{ 7*7 }} {% raw %} <!-- & &lt; --> ]]> \0\x08\x1b[31m"
    "\u202egnitirw\u2066 \ud800 \ufeff\u200b"
)
CODE = (
    "def critic_loss(real_logits, fake_logits, smoothing=0.0):\n    return 1  # mine\n"
)


def png() -> str:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "#008837").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def finding(name: str, passed: bool, weight: float, message: str = "") -> dict:
    return {"name": name, "passed": passed, "weight": weight, "message": message}


def result(points: float, most: float, message: str, *findings: dict) -> dict:
    return {
        "points": points,
        "max_points": most,
        "message": message,
        "findings": list(findings),
        "spec": "spec-hash",
        "seed": 4711,
        "seconds": 0.1,
        "peak_mb": 400.0,
    }


@pytest.fixture
def parts() -> tuple[dict, dict, dict]:
    """Record, document and marks: one right, one partly, one not begun, two written."""
    record = {
        "student": "Amélie",
        "lab": "04_losses",
        "attempt": 2,
        "submission": {"timestamp": "2026-11-20T21:14:09+00:00", "sha256": "ab"},
        "graded": "2026-11-22T07:10:00+00:00",
        "exercises": {
            "critic_loss": result(
                4, 4, "✓ critic_loss · values, signs", finding("values", True, 3),
                finding("gradient", True, 1),
            ),
            "minimax_generator_loss": result(
                1.5, 3, "✗ minimax_generator_loss · -inf when very sure\n  Try: what?",
                finding("values", True, 1),
                finding("±200 logits", False, 1, "-inf when very sure\n  Try: what?"),
                finding("a bias", False, 0, "a bias does nothing here"),
            ),
            "generator_loss": result(
                0, 3, "✗ generator_loss · still the stub\n  Nothing is wrong",
                finding("can be checked", False, 1, "still the stub"),
            ),
        },
        "flags": [
            {"kind": "time limit", "text": "Cell 9 was stopped after 10 seconds."},
            {"kind": "tampering", "text": "torch.equal was replaced"},
            {"kind": "trusted", "text": "graded without a sandbox"},
        ],
    }  # fmt: skip
    outputs = [{"kind": "text", "text": "0 %\r100 % of it\r\n"}]
    cells = [
        cell(1, "critic_loss", CODE, outputs + [{"kind": "image", "png": png()}]),
        cell(2, "critic_loss_check", "check()", [{"kind": "text", "text": "stale"}]),
        cell(3, "", "draw()", [{"kind": "text", "text": "drawn below"}]),
    ]
    document = {
        "cells": cells,
        "answers": {"critic_loss": 1, "minimax_generator_loss": None},
        "written": {
            "04_why": {"cell": 8, "text": "**Why?**\n\nBecause *it* is steep."},
            "04_then": {"cell": None, "text": ""},
        },
        "flags": [],
    }
    marks = {
        "manual": {
            "04_why": {"points": 2.0, "max_points": 2.0},
            "04_then": {"points": None, "max_points": 1.0},
        },
        "comments": {"04_why": "Well put.", "critic_loss": "Short and clear."},
        "late": 0.5,
        "score": 7.0,
        "max": 13.0,
    }
    return record, document, marks


def cell(number: int, grade_id: str, source: str, outputs: list) -> dict:
    return {
        "number": number,
        "type": "code",
        "grade_id": grade_id,
        "source": source,
        "outputs": outputs,
    }


class Reader(HTMLParser):
    """The text of a page, and every element and attribute in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.found, self.links = "", set(), set()
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        self.links |= {value for name, value in attrs if name in ("href", "src")}


def planted(value: Any, text: str) -> Any:
    """A copy with a text put before every text that a student or teacher can write."""
    free = {"student", "text", "source", "message", "name", "timestamp"}
    if isinstance(value, (list, tuple)):
        return [planted(item, text) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: text + item
        if isinstance(item, str) and (key in free or key.startswith("04_"))
        else planted(item, text)
        for key, item in value.items()
    }


def test_a_page_tells_marks_messages_and_what_was_handed_in(parts) -> None:
    text = " ".join(Reader(page(*parts)).text.split())
    for said in (
        "04 · losses", "student Amélie", "attempt 2", "20 November 2026, 21:14 UTC",
        "7 of 13 points", "exercises 5.5 of 10", "written answers 2 of 3, 1 not marked",
        "handed in late −0.5", "A cell took too long", "Cell 9 was stopped",
        "critic_loss ✓ right values, signs 4 of 4",
        "minimax_generator_loss ◐ partly right -inf when very sure 1.5 of 3",
        "generator_loss ○ not begun still the stub 0 of 3", "✗ ±200 logits 1.5 points",
        "a bias does nothing here", "✓ values 3 points", "return 1 # mine",
        "100 % of it", "drawn below", "why ✎ marked by your teacher",
        "Because it is steep.", "Well put.", "Short and clear.",
        "then … not marked yet", "– of 1", "This answer was not found",
    ):  # fmt: skip
        assert said in text
    for kept_back in ("torch.equal", "sandbox", "4711", "spec-hash", "stale", "0 %\r"):
        assert kept_back not in text
    assert text.count("Try: what?") == 1  # the finding does not repeat the message


def test_a_changed_mark_and_a_notebook_that_cannot_be_read(parts) -> None:
    record, _, marks = parts
    marks["manual"]["generator_loss"] = {"points": 2.5, "max_points": 3}
    record["flags"] = [{"kind": "truncated", "text": ""}]
    text = Reader(page(record, None, marks)).text
    assert "2.5 of 3" in text
    assert "the check alone gave 0" in text
    assert "The end of your notebook file is missing" in text
    record["exercises"] = {}
    assert "0 of 0 points" in Reader(page(record, None, {})).text


def test_whatever_is_typed_stays_text(parts) -> None:
    honest, attacked = Reader(page(*parts)), Reader(page(*planted(parts, HOSTILE)))
    assert attacked.found <= honest.found | {("p", ""), ("br", "")}
    assert not {tag for tag, _ in honest.found} & {"script", "iframe", "form", "base"}
    assert all(link.startswith(("#part-", "data:")) for link in attacked.links)
    assert attacked.text.count("<script>alert(1)</script>") > 20
    assert "[go](javascript:alert(4))" in attacked.text
    assert "⟨U+0000⟩" in attacked.text
    assert "⟨U+202E⟩gnitirw⟨U+2066⟩ ⟨U+D800⟩ ⟨U+FEFF⟩⟨U+200B⟩" in attacked.text
    assert not re.search("[\0-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", attacked.text)


def test_the_policy_allows_this_style_and_no_scripts(parts) -> None:
    html = page(*parts)
    style = re.search("<style>(.*)</style>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search('Security-Policy" content="([^"]*)"', html)[1]
    assert policy.split("; ")[:3] == [
        "default-src 'none'",
        "img-src data:",
        f"style-src 'sha256-{digest}'",
    ]
    assert " style=" not in html
    assert html.index("Security-Policy") < html.index("<style>")


def test_long_texts_are_cut_and_floods_bounded(parts) -> None:
    began = time.perf_counter()
    record, document, marks = planted(parts, "long " * 2_000_000)
    document["cells"][0]["outputs"] *= 1000
    document["cells"][0]["outputs"].append({"kind": "image", "png": "A" * 10**7})
    record["flags"] = [{"kind": "died", "text": f"{n}"} for n in range(10_000)]
    record["exercises"]["generator_loss"]["message"] = "\t\n" * 10**6
    html = page(record, document, marks)
    assert len(html) < 1_000_000
    assert "more characters" in html
    assert time.perf_counter() - began < 20


@pytest.mark.parametrize("source", ["\t\n" * 2000, "(" * 10**6, "f'{" * 1300])
def test_code_that_is_hard_to_colour_delays_nobody(parts, source: str) -> None:
    record, document, marks = parts
    document["cells"][0]["source"] = source
    began = time.perf_counter()
    assert page(record, document, marks)
    assert time.perf_counter() - began < 8


@pytest.mark.parametrize(
    "picture", ["no base64 ü", "AAAA", base64.b64encode(b"GIF89a").decode(), '"><b>']
)
def test_a_picture_is_a_png_or_left_out(parts, picture: str) -> None:
    record, document, marks = parts
    document["cells"][0]["outputs"] = [{"kind": "image", "png": picture}]
    assert "<img" not in page(record, document, marks)


def test_no_page_holds_a_canary(parts) -> None:
    """Planted where a page has no business: beside the data that it does show."""
    exercise, canary = REGISTRY["minimax_generator_loss"], "CANARY-7f3a"
    observation = observe(exercise, lambda fake_logits: fake_logits.mean(), seed=1)
    observation = {**observation, canary: canary, "errors": {canary: canary}}
    judged: Result = judge(exercise, observation)
    record, document, marks = copy.deepcopy(parts)
    shown = record["exercises"]["minimax_generator_loss"]
    shown |= {"points": judged.points, "message": str(judged)}
    shown["findings"] = [
        finding(f.name, f.passed, f.weight, f.message) for f in judged.findings
    ]
    for place in (record, document, marks, *record["exercises"].values()):
        place |= {key: canary for key in ("seed", "observation", "solution", canary)}
    record["environment"] = {"sha256": canary}
    record["sandbox"] = [canary]
    record["flags"] += [{"kind": kind, "text": canary} for kind in ("tampering", "new")]
    document["slices"] = {canary: [1]}
    document["answers"][canary] = 4
    document["cells"] += [
        cell(4, "critic_loss", canary, []),
        {**cell(5, "", canary, [{"kind": "text", "text": canary}]), "type": "raw"},
    ]
    html = page(record, document, marks)
    assert str(judged).splitlines()[0][2:20] in html
    assert canary not in html


def test_a_page_is_written_when_it_changes_and_only_then(tmp_path, parts) -> None:
    record, document, marks = parts
    assert not is_current(tmp_path, record, marks)
    path = write(tmp_path, record, document, marks)
    assert path == tmp_path / "feedback" / "Amélie" / "04_losses" / "04_losses.html"
    before = path.stat()
    assert write(tmp_path, record, document, marks) == path
    assert path.stat().st_ino == before.st_ino
    assert is_current(tmp_path, record, marks)
    assert is_current(tmp_path, {**record, "seconds": 3.0}, marks)
    for changed in ({**record, "attempt": 3}, {**record, "graded": "later"}):
        assert not is_current(tmp_path, changed, marks)
    marks["comments"]["04_why"] = "Read again: well put."
    assert not is_current(tmp_path, record, marks)
    write(tmp_path, record, document, marks)
    assert "Read again" in path.read_text(encoding="utf-8")
    assert os.listdir(path.parent) == ["04_losses.html"]


@pytest.mark.parametrize(
    "student", ["=1+1", 'Smith, "Jr"', "\u202exyz", "b\udce4h", "a'b<i>", "π\u200d"]
)
def test_a_folder_is_called_as_the_student_is(tmp_path, parts, student: str) -> None:
    record, document, marks = parts
    path = write(tmp_path, {**record, "student": student}, document, marks)
    assert os.listdir(tmp_path / "feedback") == [student]
    assert visible(student) in Reader(path.read_text(encoding="utf-8")).text


@pytest.mark.parametrize("student", ["", ".", "..", "../x", "/etc", "a\0b"])
def test_no_page_leaves_its_folder(tmp_path, parts, student: str) -> None:
    record, document, marks = parts
    with pytest.raises(LabkitError, match="feedback folder"):
        write(tmp_path, {**record, "student": student}, document, marks)
    assert not list(tmp_path.iterdir())


def test_visible_leaves_honest_text_alone() -> None:
    honest = "naïve → ∇ 中文 שלום می‌خواهم 👩‍🔬\n\ttab"
    assert visible(honest) == honest
    assert visible("a\r\nb\rc") == "a\nb\nc"
    assert visible("abcdef", limit=4) == "abcd\n… 2 more characters"


@pytest.mark.needs("chromium")
def test_in_a_browser_nothing_runs_and_nothing_is_fetched(tmp_path, parts) -> None:
    hostile = planted(parts, HOSTILE)
    hostile[0]["student"] = "hostile"
    seen: list[str] = []
    pages = [write(tmp_path, *parts), write(tmp_path, *hostile)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_tool("chromium"), args=FLAGS
        )
        for scheme, width in (("light", 1000), ("dark", 360)):
            context = browser.new_context(
                color_scheme=scheme, viewport={"width": width, "height": 800}
            )
            tab = context.new_page()
            tab.on("request", lambda request: seen.append(request.url))
            tab.on("dialog", lambda dialog: seen.append(dialog.message))
            tab.on("console", lambda message: seen.append(message.text))
            for path in pages:
                seen.clear()
                tab.goto(path.as_uri())
                assert [url for url in seen if not url.startswith("data:")] == [
                    path.as_uri()
                ]
                assert tab.evaluate("document.documentElement.scrollWidth") <= width
                assert tab.locator("img").first.evaluate("i => i.naturalWidth") == 40
                background = tab.evaluate("getComputedStyle(document.body).background")
                assert ("rgb(251, 250, 248)" in background) == (scheme == "light")
        browser.close()
