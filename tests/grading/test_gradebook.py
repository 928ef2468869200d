"""The grade book: what formgrader will find in it, and what no export may touch."""

import contextlib
import os
import resource
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Comment, Grade, Gradebook, SubmittedNotebook
from nbgrader.preprocessors import SaveCells
from sqlalchemy import Engine, event

from labkit.grading.books import book, gradebook, pages, unchanged
from tests.grading.classroom import grade_id, make_course, released, right

LAB = "04_losses"
POINTS = {"critic_loss": 4, "minimax_generator_loss": 3, "generator_loss": 3}
WRITTEN = ["04_why_not_minimax", "04_below_zero"]
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)

Export = Callable[..., str | None]


def record(
    student: str, share: float = 1, sha256: str | None = "a" * 64, **more: Any
) -> dict[str, Any]:
    """A grade, as the engine writes it down."""
    sign = "✓" if share == 1 else "✗"
    return {
        "student": student,
        "lab": LAB,
        "submission": {"sha256": sha256, "timestamp": "2026-11-22T10:00:00+00:00"},
        "exercises": {
            name: {
                "points": points * share,
                "max_points": points,
                "message": f"{sign} {name} · what was seen",
            }
            for name, points in POINTS.items()
        },
        "flags": [],
    } | more


def document(words: str = "because", **outputs: list[dict]) -> dict[str, Any]:
    """What was read of a notebook in which everything is answered."""
    cells, answers, written = [], {}, {}
    for number, cell in enumerate(released(LAB).cells, start=1):
        name, source = grade_id(cell), cell.source
        if name in POINTS:
            answers[name], source = number, right(LAB)[name]
        if name in WRITTEN:
            source = f"{source}\n\n{words}" if words else source
            written[name] = {"cell": number, "text": source}
        shown = outputs.get(name, [])
        place = {"number": number, "type": cell.cell_type, "grade_id": name}
        cells.append(place | {"source": source, "outputs": shown})
    slices = {name: [number] for name, number in answers.items()}
    return {"cells": cells, "answers": answers, "slices": slices, "written": written}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_course(tmp_path_factory.mktemp("course"), [LAB])


@pytest.fixture(scope="module")
def empty_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A grade book with nothing in it."""
    path = tmp_path_factory.mktemp("book") / "gradebook.db"
    with book.opened(path, "dcgan"):
        pass
    return path


@pytest.fixture
def out(tmp_path: Path, empty_book: Path) -> Path:
    shutil.copy(empty_book, tmp_path)
    return tmp_path


@pytest.fixture
def export(out: Path, course: Path) -> Export:
    def run(records: Iterable[dict], read: Any = document) -> str | None:
        read = read or (lambda: None)
        return gradebook.export(out, course, LAB, list(records), lambda _: read())

    return run


@contextlib.contextmanager
def at_the_book(out: Path) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}", "dcgan") as opened:
        yield opened


def entry_of(opened: Gradebook, student: str) -> SubmittedNotebook:
    return opened.find_submission_notebook(LAB, LAB, student)


def grades_of(opened: Gradebook, student: str) -> dict[str, Grade]:
    return {grade.name: grade for grade in entry_of(opened, student).grades}


def comments_of(opened: Gradebook, student: str) -> dict[str, Comment]:
    return {comment.name: comment for comment in entry_of(opened, student).comments}


def mark(out: Path, student: str, name: str, points: float, extra: float | None = None):
    """Type a mark, as formgrader's handler saves it."""
    with at_the_book(out) as opened:
        grade = grades_of(opened, student)[name]
        grade.manual_score, grade.extra_credit = points, extra
        grade.needs_manual_grade = False
        opened.db.commit()


def page(out: Path, student: str) -> nbformat.NotebookNode:
    path = out / "autograded" / student / LAB / f"{LAB}.ipynb"
    made = nbformat.read(path, as_version=4)
    nbformat.validate(made)
    return made


def cell(made: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(c for c in made.cells if grade_id(c) == name)


# --------------------------------------------------------------------- what it holds


def test_marks_are_where_nbgrader_looks_for_them(out, export):
    export([record("ada"), record("bob", 0.5)])
    with at_the_book(out) as opened:
        ada = entry_of(opened, "ada")
        assert ada.assignment.timestamp == datetime(2026, 11, 22, 10)
        assert (ada.score, ada.max_score, ada.written_score) == (10, 14, 0)
        assert ada.needs_manual_grade and not ada.failed_tests and not ada.flagged
        assert comments_of(opened, "ada")["critic_loss"].comment is None
        bob = grades_of(opened, "bob")
        assert bob["critic_loss_check"].auto_score == 2
        assert bob["critic_loss_check"].failed_tests
        assert not bob["critic_loss_check"].needs_manual_grade
        assert bob["04_below_zero"].auto_score is None
        assert bob["04_below_zero"].needs_manual_grade
        said = comments_of(opened, "bob")["critic_loss"].auto_comment
        assert said == "✗ critic_loss · what was seen"
        assert opened.find_notebook(LAB, LAB).kernelspec


def test_the_lab_is_described_as_nbgrader_does(out, export):
    """nbgrader's own SaveCells refuses when a single cell is missing or too many."""
    export([record("ada")])
    where = {
        "notebook": LAB,
        "assignment": LAB,
        "db_url": f"sqlite:///{out}/gradebook.db",
    }
    SaveCells().preprocess(released(LAB), {"nbgrader": where})
    with at_the_book(out) as opened:
        notebook = opened.find_notebook(LAB, LAB)
        sources = {source.name: source for source in notebook.source_cells}
        assert all("BEGIN SOLUTION" not in source.source for source in sources.values())
        assert {g.name: g.max_score for g in notebook.grade_cells} == {
            **{f"{name}_check": points for name, points in POINTS.items()},
            **dict.fromkeys(WRITTEN, 2),
        }


def test_an_untouched_answer_in_words_needs_nobody(out, export):
    export([record("ada", 0)], lambda: document(words=""))
    with at_the_book(out) as opened:
        grade = grades_of(opened, "ada")["04_below_zero"]
        assert (grade.auto_score, grade.needs_manual_grade) == (0, False)
        assert comments_of(opened, "ada")["04_below_zero"].comment == "No response."


def test_a_notebook_nobody_can_read_is_shown_with_its_flag(out, export):
    flags = [{"kind": "truncated", "text": "The file ends in the middle."}]
    export([record("ada", 0, flags=flags)], None)
    with at_the_book(out) as opened:
        ada = entry_of(opened, "ada")
        assert (ada.score, ada.needs_manual_grade, ada.flagged) == (0, False, False)
    assert "The file ends in the middle." in page(out, "ada").cells[0].source


def test_tampering_raises_the_flag_and_is_not_in_the_notebook(out, export):
    flags = [{"kind": "tampering", "text": "torch.equal was replaced"}]
    export([record("eve", flags=flags)])
    assert "torch.equal" not in nbformat.writes(page(out, "eve"))
    with at_the_book(out) as opened:
        entry_of(opened, "eve").flagged = False  # the teacher has looked
        assert opened.db.commit() is None
    export([record("eve", 0.5, flags=flags)])
    with at_the_book(out) as opened:
        assert not entry_of(opened, "eve").flagged
    export([record("eve", sha256="b" * 64, flags=flags)])
    with at_the_book(out) as opened:
        assert entry_of(opened, "eve").flagged


NAMES = [
    "Smith, Jr",
    'the "quick"',
    "=1+1",
    "\u202eada",
    "аda",
    "O'Brien",
    "علی",
    "a b",
]


def test_students_are_called_as_their_folders_are(out, export):
    export([record(name) for name in [*NAMES, "caf\udce9"]])
    with at_the_book(out) as opened:
        assert {s.id for s in opened.students} == {*NAMES, r"caf\xe9"}
    assert gradebook.marks(out, LAB).keys() == {*NAMES, r"caf\xe9"}
    assert {p.name for p in (out / "autograded").iterdir()} == {*NAMES, r"caf\xe9"}


# ------------------------------------------------------------------ what people wrote


def test_what_a_person_wrote_outlives_every_export(out, export):
    export([record("ada")])
    mark(out, "ada", "04_below_zero", 1.5, extra=0.25)
    mark(out, "ada", "critic_loss_check", 3)
    with at_the_book(out) as opened:
        comments_of(opened, "ada")["04_below_zero"].manual_comment = "well seen"
        opened.db.commit()

    def look() -> list[tuple]:
        with at_the_book(out) as opened:
            assert (
                comments_of(opened, "ada")["04_below_zero"].manual_comment
                == "well seen"
            )
            grades = grades_of(opened, "ada")
            return [
                (grade.manual_score, grade.extra_credit, grade.needs_manual_grade)
                for grade in (grades["04_below_zero"], grades["critic_loss_check"])
            ]

    export([record("ada")])  # nothing is new: nobody has to look again
    assert look() == [(1.5, 0.25, False), (3, None, False)]
    export([record("ada", 0.5)])  # a check has changed
    assert look() == [(1.5, 0.25, False), (3, None, True)]
    export([record("ada", 0.5, sha256="b" * 64)])  # another submission
    assert look() == [(1.5, 0.25, True), (3, None, True)]
    export([record("ada", 0, sha256="c" * 64)], None)  # an unreadable one
    assert look() == [(1.5, 0.25, True), (3, None, True)]


def test_marks_tell_what_people_made_of_them(out, export):
    export([record("ada", 0.5)])
    before = gradebook.marks(out, LAB)["ada"]
    assert before["manual"] == {
        name: {"points": None, "max_points": 2} for name in WRITTEN
    }
    mark(out, "ada", "04_below_zero", 1.5, extra=0.5)
    mark(out, "ada", "critic_loss_check", 3)
    marks = gradebook.marks(out, LAB)["ada"]
    assert marks["manual"]["critic_loss"] == {"points": 3, "max_points": 4}
    assert marks["manual"]["04_below_zero"] == {"points": 2, "max_points": 2}
    assert (marks["score"], marks["late"], marks["max"]) == (8, 0, 14)
    assert gradebook.marks(out, "05_training") == {}
    assert gradebook.marks(out / "elsewhere", LAB) == {}


def test_who_is_gone_from_the_submissions_stays_in_the_book(out, export):
    export([record("ada"), record("bob")])
    export([record("bob")])
    assert gradebook.marks(out, LAB).keys() == {"ada", "bob"}


def test_a_notebook_taken_away_keeps_its_page_and_its_marks(out, export, monkeypatch):
    export([record("ada")])
    before = page(out, "ada")
    monkeypatch.setattr("labkit.grading.books.autograded.VERSION", "another")
    export([record("ada")], None)
    assert page(out, "ada") == before
    with at_the_book(out) as opened:
        assert grades_of(opened, "ada")["04_below_zero"].needs_manual_grade


def test_a_lost_grade_book_is_made_again(out, export, empty_book):
    export([record("ada")])
    shutil.copy(empty_book, out)
    export([record("ada")])
    with at_the_book(out) as opened:
        assert entry_of(opened, "ada").score == 10


def test_pages_are_read_again_only_when_something_is_new(out, export, course):
    export([record("ada"), record("bob")])
    asked = []
    records = [record("ada"), record("bob", 0.5)]
    gradebook.export(out, course, LAB, records, lambda s: asked.append(s) or document())
    assert asked == ["bob"]


def test_an_export_tells_what_it_leaves_and_the_next_one_changes_nothing(
    out, export, monkeypatch
):
    monkeypatch.setattr(gradebook, "BATCH", 2)
    flags = [{"kind": "tampering", "text": "torch.equal was replaced"}]
    records = [record("ada"), record("bob", 0.5, flags=flags), record("cem")]
    seen = []
    for change in (
        lambda: None,
        lambda: mark(out, "ada", "04_below_zero", 1.5, extra=0.5),
        lambda: mark(out, "cem", "critic_loss_check", 3),
        lambda: records.append(record("dan", 0)),
        lambda: records.__setitem__(0, record("ada", 0.5, sha256="b" * 64)),
    ):
        change()
        left = export(records)
        assert left == unchanged.contents_of(out / "gradebook.db") == export(records)
        seen.append(left)
    assert len(set(seen)) == 5 and all(seen)


def test_an_export_that_is_not_complete_tells_nothing(out, export, monkeypatch):
    export([record("ada"), record("bob")])
    monkeypatch.setattr(gradebook, "BATCH", 1)
    put = pages.Page.put

    def marked(self: pages.Page) -> None:  # a mark comes in between two batches
        put(self)
        mark(out, "ada", "critic_loss_check", 3)

    with monkeypatch.context() as patch:
        patch.setattr(pages.Page, "put", marked)
        assert export([record("ada"), record("bob")]) is None
    assert export([record("ada"), record("bob")])
    monkeypatch.setattr("labkit.grading.books.autograded.VERSION", "another")
    assert export([record("ada")], None) is None  # its notebook is gone: an old page


def test_cells_that_the_lab_lost_go_unless_somebody_marked_them(out, export):
    export([record("ada"), record("bob")])
    with at_the_book(out) as opened:
        for name in ("old", "older"):
            opened.add_grade_cell(name, LAB, LAB, max_score=5, cell_type="markdown")
            opened.add_solution_cell(name, LAB, LAB)
        assert opened.find_assignment(LAB).max_score == 24
        cell = opened.find_grade_cell("old", LAB, LAB)
        opened.db.add(
            Grade(cell=cell, notebook=entry_of(opened, "ada"), manual_score=1)
        )
        opened.db.commit()
    export([record("ada"), record("bob")])
    marks = gradebook.marks(out, LAB)
    assert (marks["ada"]["max"], marks["ada"]["score"]) == (19, 11)
    with at_the_book(out) as opened:
        assert opened.find_assignment(LAB).max_score == 19


def test_cells_that_are_new_get_a_place_in_every_entry(out, export):
    export([record("ada")])
    with at_the_book(out) as opened:  # an older version of the lab
        for entry in (
            grades_of(opened, "ada")["04_below_zero"],
            comments_of(opened, "ada")["04_below_zero"],
        ):
            opened.db.delete(entry)
        opened.db.delete(opened.find_grade_cell("04_below_zero", LAB, LAB))
        opened.db.delete(opened.find_solution_cell("04_below_zero", LAB, LAB))
        opened.db.commit()
    assert gradebook.marks(out, LAB)["ada"]["max"] == 12
    export([record("ada")])
    assert gradebook.marks(out, LAB)["ada"]["max"] == 14
    with at_the_book(out) as opened:
        assert grades_of(opened, "ada")["04_below_zero"].needs_manual_grade
        assert "04_below_zero" in comments_of(opened, "ada")


# ------------------------------------------------------------------------------- late


def test_the_penalty_follows_the_due_date(out, course, tmp_path_factory):
    late = tmp_path_factory.mktemp("late") / "course"
    shutil.copytree(course, late)
    with (late / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write('\nc.LateSubmissionPlugin.penalty_method = "10% a day"\n')

    def penalty() -> float:
        gradebook.export(out, late, LAB, [record("ada")], lambda _: document())
        marks = gradebook.marks(out, LAB)["ada"]
        assert marks["score"] + marks["late"] == pytest.approx(10)
        with at_the_book(out) as opened:
            stored = entry_of(opened, "ada").late_submission_penalty
        assert (stored or 0) == marks["late"]
        return marks["late"]

    def due(date: str | None, **extension: int) -> None:
        with at_the_book(out) as opened:
            opened.update_or_create_assignment(LAB, duedate=date)
            opened.grant_extension(LAB, "ada", **extension)

    assert penalty() == 0  # no due date yet
    due("2026-11-20 12:00:00 UTC")
    assert penalty() == pytest.approx(2)
    due("2026-11-20 12:00:00 UTC", days=1)
    assert penalty() == pytest.approx(1)
    due("2026-11-22 19:00:00 +0900")
    assert penalty() == 0
    due("2020-01-01 00:00:00 UTC")
    assert penalty() == pytest.approx(10)
    due(None, days=1)
    assert penalty() == 0


# ------------------------------------------------------------------------ when it ends


def is_whole(out: Path) -> bool:
    with contextlib.closing(sqlite3.connect(out / "gradebook.db")) as database:
        return database.execute("pragma integrity_check").fetchall() == [("ok",)]


def in_a_child(work: Callable[[], None]) -> int:
    """Run something in a forked process; its id."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except book.GradebookError:
            os._exit(3)
        finally:
            os._exit(0)
    return child


@pytest.mark.parametrize("step", ["_penalty", "Page.put"])
def test_killed_at_any_moment_it_is_whole_and_the_next_export_completes(
    out, export, monkeypatch, step
):
    """In the middle of a transaction, and just after its end."""
    monkeypatch.setattr(gradebook, "BATCH", 5)
    records = [record(f"student-{number:02d}") for number in range(15)]
    whole = {"_penalty": [0, 5, 10], "Page.put": [5, 10, 15]}[step]

    def killed_at(count: int) -> None:
        left = iter(range(count - 1))
        owner = gradebook if step == "_penalty" else pages.Page
        name = step.split(".")[-1]
        usual = getattr(owner, name)

        def step_or_end(*arguments: Any) -> Any:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return usual(*arguments)

        setattr(owner, name, step_or_end)

        # nothing kept in memory, so that the file is half-written when it happens
        @event.listens_for(Engine, "connect")
        def _(database: sqlite3.Connection, _: Any) -> None:
            database.execute("pragma cache_size=1")

        export(records)

    for count, there in zip((3, 8, 13), whole, strict=True):
        _, status = os.waitpid(in_a_child(lambda n=count: killed_at(n)), 0)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        assert (out / "gradebook.db-journal").exists() == (step == "_penalty")
        assert is_whole(out)
        assert len(gradebook.marks(out, LAB)) == there
    mark(out, "student-00", "critic_loss_check", 1)
    export(records)
    marks = gradebook.marks(out, LAB)
    assert len(marks) == 15
    assert marks["student-00"]["manual"]["critic_loss"]["points"] == 1
    assert not list(out.rglob("*.new"))


def test_a_full_disk_changes_nothing(out, export, monkeypatch):
    export([record("ada")])
    size = (out / "gradebook.db").stat().st_size

    def on_a_small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        export([record("ada", 0.5)] + [record(f"student-{n}") for n in range(25)])

    _, status = os.waitpid(in_a_child(on_a_small_disk), 0)
    assert os.waitstatus_to_exitcode(status) == 3  # it was told as a GradebookError
    assert is_whole(out)
    assert gradebook.marks(out, LAB)["ada"]["score"] == 10
    assert gradebook.marks(out, LAB).keys() == {"ada"}
    export([record("ada", 0.5), record("bob")])
    assert gradebook.marks(out, LAB)["ada"]["score"] == 5


def test_a_book_in_use_is_told(out, export, monkeypatch):
    export([record("ada")])
    monkeypatch.setattr(book, "WAIT_SECONDS", 0.1)
    with contextlib.closing(sqlite3.connect(out / "gradebook.db")) as other:
        other.execute("begin immediate")
        with pytest.raises(book.GradebookError, match="locked.*Another program"):
            export([record("ada", 0.5)])
    (out / "gradebook.db").write_bytes(b"not a database" * 100)
    with pytest.raises(book.GradebookError, match="not a database.*Move the file away"):
        export([record("ada")])


# ------------------------------------------------------------------------------- pages


def test_a_page_is_the_course_with_the_students_answers(out, export):
    shown = [{"kind": "text", "text": "\x1b[31mhello"}, {"kind": "image", "png": PNG}]
    export([record("ada", 0.5)], lambda: document("*why*", critic_loss=shown))
    made = page(out, "ada")
    assert [grade_id(c) for c in made.cells] == [
        grade_id(c) for c in released(LAB).cells
    ]
    answer = cell(made, "critic_loss")
    assert answer.source.strip() == right(LAB)["critic_loss"].strip()
    assert answer.outputs[0].text == "hello\n"
    assert answer.outputs[1].data == {"image/png": PNG}
    check = cell(made, "critic_loss_check")
    assert check.source == cell(released(LAB), "critic_loss_check").source
    assert check.metadata == cell(released(LAB), "critic_loss_check").metadata
    assert "✗ critic_loss · what was seen\n\n2 of 4 points" in check.outputs[0].text
    assert "<em>why</em>" in cell(made, "04_below_zero").source


def test_cells_an_answer_needs_are_shown_before_it(out, export):
    def with_helper() -> dict:
        read = document()
        helper = {"number": 99, "type": "code", "grade_id": "", "outputs": []}
        read["cells"].append(helper | {"source": "def helper(): ..."})
        read["slices"] = {name: [99, *cells] for name, cells in read["slices"].items()}
        return read

    export([record("ada")], with_helper)
    cells = page(out, "ada").cells
    (place,) = [n for n, c in enumerate(cells) if c.source == "def helper(): ..."]
    assert grade_id(cells[place + 1]) == "critic_loss"


def test_a_missing_answer_leaves_the_stub_and_never_the_solution(out, export):
    export([record("ada", 0)], lambda: document() | {"answers": {"critic_loss": None}})
    made = page(out, "ada")
    for name in POINTS:
        assert cell(made, name).source == cell(released(LAB), name).source


def test_a_forged_picture_is_no_picture(out, export):
    forged = [
        {"kind": "image", "png": '"><script>'},
        {"kind": "image", "png": "PHN2Zy8+"},
        *[{"kind": "text", "text": "again"}] * 30,
    ]
    export([record("eve")], lambda: document(critic_loss=forged))
    outputs = cell(page(out, "eve"), "critic_loss").outputs
    assert {output.output_type for output in outputs} == {"stream"}
    assert outputs[-1].text == "… 12 more outputs\n"
