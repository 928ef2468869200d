"""The gate before a release: what passes it, and what it says of what does not."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from labkit.errors import LabkitError
from labkit.grading.lint import gallery
from labkit.grading.lint import gate as lint_lab
from labkit.grading.lint.gate import lint
from tests.grading.classroom import REPO, make_course, notebook, right
from tests.grading.fakes import InProcess

LAB = "00_warmup"
GALLERY = """\
def broken(images):
    return images / 0


RIGHT = {
    "one": lambda images: images / 127.5 - 1,
    "halved": lambda images: images / 255 - 0.5,
}
WRONG = {
    "of 255": (lambda images: images / 255, "range"),
    "not wrong at all": (lambda images: images / 127.5 - 1, "range"),
    "for another reason": (broken, "elephants"),
}
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with one lab; its submissions run in this process."""
    monkeypatch.setattr(lint_lab, "Worker", InProcess)
    InProcess.requests.clear()
    return make_course(tmp_path, [LAB])


def shown(report):
    text = io.StringIO()
    Console(file=text, width=120).print(report)
    return text.getvalue()


def test_a_sound_lab_is_fit_for_release(course):
    report = lint(LAB, course, times=4, jobs=2)
    assert report.fit
    assert (report.failures, report.untouched, report.cases) == ([], {}, [])
    assert len(report.seconds) == 4
    assert report.mutants["rescale"] == 11
    (survivor,) = report.survivors  # bytes divided by a float are floats
    assert survivor.label.endswith("dropped: .float()")
    assert survivor.line == "return images_uint8 / 127.5 - 1"
    text = shown(report)
    assert "✓ the reference got full marks, 4 times of 4" in text
    assert "✓ the untouched notebook got 0" in text
    assert "no gallery in this course" in text
    assert survivor.line in text
    assert "a class of 200: about" in text
    seeds = {
        request.seeds["rescale"] for request in InProcess.requests if request.exercises
    }
    assert len(seeds) >= 16  # each time another


def test_a_class_takes_its_share_of_the_time():
    report = lint_lab.Report(LAB, {"rescale": 2}, jobs=2, seconds=[0.1, 0.2, 0.9])
    assert report.class_seconds == pytest.approx(20)
    assert "about 20 s with 2 at a time, 0.20 s a submission" in shown(report)


def test_what_stands_against_a_release_is_told(course):
    source = course / f"solutions/{LAB}/{LAB}.py"
    source.write_text(source.read_text("utf-8").replace("127.5", "255"), "utf-8")
    released = course / f"notebooks/{LAB}/{LAB}.ipynb"
    released.write_bytes(lint_lab._bytes(notebook(LAB, right(LAB))))
    report = lint(LAB, course, times=2, jobs=1)
    assert not report.fit
    assert report.untouched == {"rescale": 2}
    text = shown(report)
    assert "✗ the reference did not get full marks every time (2 runs):" in text
    assert "✗ rescale ·" in text
    assert "✗ the untouched notebook got points: rescale 2" in text


def test_slips_of_a_gallery_are_told(course):
    path = course / gallery.FOLDER / "rescale.py"
    path.parent.mkdir(parents=True)
    path.write_text(GALLERY, "utf-8")
    report = lint(LAB, course, times=1, jobs=1)
    assert not report.fit
    assert [case.slip for case in report.cases] == [
        "",
        "refused",
        "",
        "accepted",
        "other reason",
    ]
    text = shown(report)
    assert "✗ gallery: refused: rescale: halved" in text
    assert "✗ gallery: accepted: rescale: not wrong at all" in text
    assert "· gallery: other reason: rescale: for another reason" in text
    assert "1 of 2" in text
    assert "2 of 3" in text
    path.write_text("RIGHT = {", "utf-8")
    with pytest.raises(LabkitError, match=r"rescale\.py cannot be read: SyntaxError"):
        lint(LAB, course, times=1, jobs=1)


def test_unknown_labs_are_named(command, course, monkeypatch):
    monkeypatch.chdir(course)
    code, _, error = command("lint-lab", "00_warm")
    assert code == 2
    assert "there is no lab called '00_warm'" in error
    assert "Did you mean 00_warmup?" in error


def test_the_command_says_whether_it_is_fit(command, course, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setattr(lint_lab, "TIMES", 1)
    code, text, _ = command("lint-lab", LAB)
    assert code == 0
    assert "✓ the untouched notebook got 0" in text
    Path(course, f"notebooks/{LAB}/{LAB}.ipynb").write_bytes(
        lint_lab._bytes(notebook(LAB, right(LAB)))
    )
    code, text, _ = command("lint-lab", LAB)
    assert code == 1


@pytest.mark.slow
@pytest.mark.needs("bwrap")
def test_with_a_worker_and_the_gallery_of_this_course():
    report = lint(LAB, REPO, times=2, jobs=1)
    assert report.fit, shown(report)
    assert report.mutants["rescale"] - len(report.survivors) == 10
    assert not any(case.slip for case in report.cases)
    assert len(report.cases) > 50
