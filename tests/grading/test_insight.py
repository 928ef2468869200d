"""`labkit report`: what a teacher reads about a graded class, and that it is harmless."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from labkit.checks.run import examine
from labkit.checks.spec import REGISTRY
from labkit.errors import LabkitError
from labkit.grading import asking, engine, given
from labkit.grading.insight import diagnosed, mistakes, points, questions
from labkit.grading.insight.members import Member, members
from labkit.grading.insight.page import page, write
from labkit.grading.insight.roster import marks_and_roster
from tests.browser.conftest import FLAGS
from tests.conftest import Command, find_tool
from tests.grading.classroom import make_course, right, slip, submit
from tests.grading.fakes import InProcess
from tests.grading.test_feedback import HOSTILE
from tests.grading.test_insight_alike import COPY, OWN

LAB = "04_losses"
HARMLESS = "".join(sign for sign in HOSTILE if sign not in "/\0\ud800\n")
EVIL_NAMES = ('"><img src=x onerror=alert(9)>\u202e{{ 7*7 }}', "<b>o'neil & co")
EVIL_CODE = (
    "def generator_loss(fake_logits):\n"
    f"    # {HARMLESS}\n"
    "    raise ValueError('</code></pre><script>alert(1)</script>\u202e')\n"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A class of a dozen, graded by the engine; not to be changed.

    Three are right, four turned a sign, two forgot to halve, two have written the same;
    one has not begun, two are hostile, and one has handed in nothing.
    """
    course = make_course(tmp_path_factory.mktemp("insight") / "course", [LAB])
    whole = right(LAB)
    for name in ("ada", "bob", "cem"):
        submit(
            course, name, LAB, whole | {"04_why_not_minimax": f"It is steep. {name}"}
        )
    turned = slip(LAB, "generator_loss")
    for count, name in enumerate(("dan", "eve", "fay", "gus")):
        answer = turned + "# a longer one, much longer\n" * count
        submit(course, name, LAB, whole | {"generator_loss": answer})
    for name in ("hal", "ian"):
        submit(
            course, name, LAB, whole | {"critic_loss": slip(LAB, "critic_loss") + "\n#" + name}
        )  # fmt: skip
    submit(course, "jan", LAB, whole | OWN)
    submit(course, "kim", LAB, whole | COPY)
    submit(course, "leo", LAB)
    for name in EVIL_NAMES:
        submit(course, name, LAB, whole | {"generator_loss": EVIL_CODE})
    (course / "submitted" / "zoe").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "Worker", InProcess)
        engine.grade(LAB, course=course, jobs=1, seed=1)
        yield course


@pytest.fixture(scope="module")
def found(course: Path) -> list[Member]:
    marks, _ = marks_and_roster(course, LAB)
    return members(course, given.read(LAB, course), marks)


@pytest.fixture(scope="module")
def written(course: Path) -> Path:
    return write(course, given.read(LAB, course), *marks_and_roster(course, LAB))


class Reader(HTMLParser):
    """The text of a page, its elements and attributes, links and levels of headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.found, self.links, self.levels = "", set(), [], []
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += " "
        self.found |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        self.links += [value for name, value in attrs if name in ("href", "src")]
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))


# ---------------------------------------------------------------------------- counts


def test_wrong_answers_are_grouped_by_what_they_were_told(found) -> None:
    here = [member for member in found if member.handed_in]
    groups = mistakes.mistakes(here)
    told = {
        (each.exercise, tuple(member.student for member in each.members)): each
        for each in groups
    }
    turned = told["generator_loss", ("dan", "eve", "fay", "gus")]
    assert turned is groups[0]
    assert turned.headline == "it wants the fakes to be called fake"
    assert turned.of == 13  # leo has not begun
    assert turned.question == "which label does the generator wish its fakes to get?"
    assert "# a longer one" not in turned.examples[0]  # the shortest is shown
    assert len(turned.examples) == 1  # the others differ in comments only
    assert ("critic_loss", ("hal", "ian")) in told
    assert ("generator_loss", EVIL_NAMES) in told
    assert len(told) == 3


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("fake [-4, 4.02]: your loss 4.02", "fake [3, -1, 0]: your loss 1e-05", True),
        ("a factor 2: the sum", "a factor 0.50: the sum", True),
        ("it stops\n  in your line  x = 1", "it stops\n  in your line  y()", True),
        ("shape (4, 1), not (4,)", "shape (6, 1), not (6,)", True),
        ("returns a tuple", "returns a list", False),
        ("it stops\n  TypeError: no", "it stops\n  NameError: no", False),
    ],
)
def test_numbers_and_quoted_lines_make_no_other_mistake(one, other, same) -> None:
    assert (mistakes.masked(one) == mistakes.masked(other)) is same


def test_findings_are_counted_among_those_who_began(found) -> None:
    here = [member for member in found if member.handed_in]
    counted = {
        (m.exercise, name): m for m in mistakes.missed(here) for name in m.findings
    }
    values = counted["generator_loss", "values"]
    assert (values.students, values.of) == (6, 13)  # the hostile ones stop there, too
    assert values.headline == "it wants the fakes to be called fake"
    assert counted["critic_loss", "values"].students == 2


def test_exercises_are_told_by_their_state(found) -> None:
    here = [member for member in found if member.handed_in]
    rows = {row.name: row for row in points.exercises(here)}
    assert rows["minimax_generator_loss"].counts == {
        "right": 13, "partly": 0, "wrong": 0, "open": 1,
    }  # fmt: skip
    assert sum(rows["generator_loss"].counts.values()) == 14
    assert rows["minimax_generator_loss"].mean == pytest.approx(13 / 14)


@pytest.mark.parametrize(
    ("scores", "most", "counts"),
    [
        ([0, 0.9, 1, 2.5, 3], 3, [2, 1, 1, 1]),
        ([-1, 4], 3, [1, 0, 0, 1]),
        ([], 0, [0] * 11),
        ([55, 100], 100, [0] * 5 + [1] + [0] * 4 + [1]),
        ([1.25, 2.5], 2.5, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
    ],
)
def test_points_fall_into_their_bars(scores, most, counts) -> None:
    assert [bar.count for bar in points.spread(scores, most)] == counts


# ------------------------------------------------------------------------------ page


def test_the_page_tells_what_there_is_to_know(written) -> None:
    html = written.read_text(encoding="utf-8")
    page_ = Reader(html)
    for said in (
        "handed in 14 of 15", "1 student has not handed in",
        "4 of 13 got this wrong in generator_loss: it wants the fakes to be called",
        "Which label does the generator wish its fakes to get?",
        "1 of 14 have not begun",
        "jan, kim", "uncommon lines in critic_loss", "This is not a verdict",
        "return real + fake", "6 of 13 it wants the fakes to be called fake",
    ):  # fmt: skip
        assert said in page_.text, said
    assert "14 students by points. " in html
    assert "critic_loss: 11 right, 2 partly right, 1 not begun." in html
    assert page_.levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(page_.levels, page_.levels[1:], strict=False))
    assert "../feedback/dan/04_losses/04_losses.html" in page_.links
    pages = [link for link in page_.links if link.startswith("../feedback/")]
    assert len(pages) > 13
    assert "CANARY" not in html


def test_the_same_records_give_the_same_bytes(course, written) -> None:
    before = written.read_bytes()
    again = write(course, given.read(LAB, course), *marks_and_roster(course, LAB))
    assert again.read_bytes() == before
    assert [path.name for path in written.parent.iterdir()] == ["04_losses.html"]


def test_whatever_is_typed_stays_text(written) -> None:
    html = written.read_text(encoding="utf-8")
    attacked = Reader(html)
    assert "<script>alert(1)</script>" in attacked.text
    assert "<img src=x onerror=alert(9)>⟨U+202E⟩{{ 7*7 }}" in attacked.text
    tags = {tag for tag, _ in attacked.found}
    assert not tags & {"script", "iframe", "form", "base", "img", "object", "embed"}
    assert not {name for _, name in attacked.found if name.startswith("on")}
    assert all(link.startswith(("../feedback/", "data:,")) for link in attacked.links)
    assert not re.search("[\0-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", html)
    assert " style=" not in html
    assert "default-src 'none'" in html


@pytest.mark.parametrize("taken", ["all", "notebooks"])
def test_a_class_without_anything_has_a_page_too(course, taken: str) -> None:
    lab = given.read(LAB, course)
    if taken == "all":
        text = Reader(page(lab, [])).text
        assert "handed in 0 of 0" in text
        assert "Nobody has handed in" in text
        assert "handed in 0 of 2 " in Reader(page(lab, [], ["x", "y"])).text
        return
    entry = {
        "points": 0,
        "max_points": 4,
        "message": "✗ critic_loss · no",
        "seconds": 0,
    }
    entry |= {"findings": [], "flags": [], "peak_mb": 0}
    record: dict[str, Any] = {
        "student": "ada",
        "lab": LAB,
        "graded": None,
        "submission": {"sha256": None},
        "exercises": {"critic_loss": entry},
        "flags": [{"kind": "no notebook", "text": "nothing was handed in"}],
    }
    assert "handed in 0 of 1" in Reader(page(lab, [Member("ada", record, 0, 4)])).text
    record["submission"] = {"sha256": "ab"}
    record["flags"] = [{"kind": "unreadable", "text": "It is no text."}]
    text = Reader(page(lab, [Member("ada", record, 0, 4, lost=True)])).text
    assert "unreadable · 1 student ada It is no text." in text
    assert "The code of 1 submission is not in autograded/" in text


def graded_for(student: str, *exercises: str) -> Member:
    """A member whose record has these exercises, all right."""
    entry = {"points": 4, "max_points": 4, "message": "", "findings": []}
    entry |= {"seconds": 1, "peak_mb": 10, "flags": []}
    record: dict[str, Any] = {
        "student": student,
        "lab": LAB,
        "graded": None,
        "submission": {"sha256": "ab"},
        "exercises": dict.fromkeys(exercises, entry),
        "flags": [],
    }
    return Member(student, record, 4, 4)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_class_graded_before_and_after_a_change_has_a_page(course, backwards) -> None:
    lab = given.read(LAB, course)
    names = [exercise.name for exercise in lab.exercises]
    class_ = [
        graded_for("ada", "old_name", *names[1:]),
        graded_for("bob", *names),
        graded_for("cem", *names[1:]),
    ]
    html = page(lab, class_[::-1] if backwards else class_)
    assert "old_name: 1 right." in html and f"{names[0]}: 1 right." in html
    assert f"{names[1]}: 3 right." in html
    told = "2 submissions were graded when the lab had other exercises; labkit grade"
    assert told in Reader(html).text
    assert "had other exercises" not in page(lab, class_[1:2])


def test_the_command_needs_grades_first(
    course, written, command: Command, monkeypatch, tmp_path
) -> None:
    monkeypatch.chdir(course)
    code, out, _ = command("report", LAB)
    assert (code, out.strip()) == (0, str(written))
    code, _, said = command("report", LAB, "--out", tmp_path)
    assert code == 2
    assert f"labkit grade {LAB}" in said
    assert not list(tmp_path.iterdir())
    assert command("report", "04_losse")[0] == 2
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / f"{LAB}.jsonl").write_text("no record\n")
    code, _, said = command("report", LAB, "--out", tmp_path)
    assert code == 1
    assert "is no record" in said


def test_an_answer_of_another_submission_is_not_shown(course, tmp_path) -> None:
    lab = given.read(LAB, course)
    (tmp_path / "records").mkdir()
    line = json.loads((course / f"records/{LAB}.jsonl").read_text().splitlines()[0])
    line["submission"]["sha256"] = "another"
    (tmp_path / f"records/{LAB}.jsonl").write_text(json.dumps(line) + "\n")
    (tmp_path / "autograded").symlink_to(course / "autograded")
    (member,) = members(tmp_path, lab, {})
    assert member.lost
    assert member.answers == {}
    with pytest.raises(LabkitError, match="has not been graded"):
        members(tmp_path / "nowhere", lab, {})


# ---------------------------------------------------------------------------- clinic


def diagnosed_by(student: str, source: str) -> Member:
    """A member whose code is judged by the real check."""
    space: dict[str, Any] = {}
    exec(source, space)  # noqa: S102 (ours)
    result = examine(REGISTRY["diagnosis"], space["diagnosis"], own_allowed=True)
    entry = {"findings": [asdict(finding) for finding in result.findings]}
    return Member(
        student,
        {"exercises": {"diagnosis": entry}},
        0,
        6,
        answers={"diagnosis": source},
    )


def test_names_of_the_clinic_are_read_and_never_run() -> None:
    names = diagnosed.clinic.NAMES
    source = (
        "def diagnosis():\n"
        f"    named = {{'A': '{names[1]}', 'run b': '{names[2]}', 'Z': 'x', 3: 4}}\n"
        f"    named['A'] = '{names[3]}'\n"
        f"    named.update(dict(C='{names[4]}', D=''))\n"
        "    named['E'] = input() or exit()\n"
        "    return named\n"
    )
    assert diagnosed.written(source) == {"A": names[3], "B": names[2], "C": names[4]}
    assert diagnosed.written("def (") == {}
    assert diagnosed.written("(" * 5000) == {}


def test_the_clinic_counts_which_run_was_taken_for_which_bug() -> None:
    truth = diagnosed.clinic.diagnosis()
    wrong = next(name for name in diagnosed.clinic.NAMES if name != truth["C"])
    said = [truth, truth | {"C": wrong}, truth | {"C": wrong}, truth | {"B": "magic"}]
    class_ = [
        diagnosed_by(f"s{n}", f"def diagnosis():\n    return {named!r}\n")
        for n, named in enumerate(said)
    ]
    class_.append(diagnosed_by("s4", "def diagnosis():\n    return None\n"))
    class_.append(graded_for("s5", "named_so_before"))
    table = diagnosed.table(class_)
    assert table["A"] == {truth["A"]: 4, diagnosed.NONE: 1}
    assert table["C"] == {truth["C"]: 2, wrong: 2, diagnosed.NONE: 1}
    assert table["B"] == {truth["B"]: 3, diagnosed.OTHER: 1, diagnosed.NONE: 1}
    assert diagnosed.confusions(table) == [("C", wrong, 2)]
    (asked,) = questions.of_the_clinic(5, diagnosed.confusions(table))
    assert asked.said == f"2 of 5 took run C for “{wrong}”"
    assert asked.ask.endswith("?")
    assert "run C" in asked.told
    assert truth["C"] not in asked.told


# --------------------------------------------------------------------------- browser


@pytest.mark.needs("chromium")
def test_in_a_browser_it_is_accessible_and_nothing_runs(written) -> None:
    seen: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_tool("chromium"), args=FLAGS
        )
        for scheme, width in (("light", 1000), ("dark", 360)):
            tab = browser.new_page(
                color_scheme=scheme, viewport={"width": width, "height": 800}
            )
            tab.on("request", lambda request: seen.append(request.url))
            tab.on("dialog", lambda dialog: seen.append(dialog.message))
            tab.on("console", lambda message: seen.append(message.text))
            tab.goto(written.as_uri())
            assert [url for url in seen if url != "data:,"] == [written.as_uri()]
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            tab.evaluate(
                "document.querySelectorAll('details').forEach(d => d.open = 1)"
            )
            result = Axe().run(tab, options={"resultTypes": ["violations"]}).response
            assert [
                (v["id"], v["nodes"][0]["html"]) for v in result["violations"]
            ] == []
            seen.clear()
        browser.close()
