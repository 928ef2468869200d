"""`labkit grades export`: what a platform reads back is what was given."""

import codecs
import csv
import io
import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from labkit.errors import BadValue
from labkit.grading import asking, engine
from labkit.grading.exports import canvas, moodle
from labkit.grading.exports.export import Exported
from labkit.grading.exports.filling import Export
from labkit.grading.exports.grades import Grade, LabGrades, number, parsed
from labkit.grading.exports.own import safe
from labkit.grading.rosters.people import roster
from labkit.grading.rosters.sheet import Sheet
from tests.grading.classroom import cell_of, make_course, released, right, slip, submit
from tests.grading.fakes import InProcess
from tests.grading.platforms import GRADEBOOK, LAB, put, worksheet

FORMULA = "=HYPERLINK(1)"
TITLE = f"{LAB}=Lab 4: Losses, again"


def written_names() -> list[str]:
    cells = released(LAB).cells
    roles = (cell.metadata.get("nbgrader", {}) for cell in cells)
    return [
        role["grade_id"] for role in roles if role.get("solution") and role["grade"]
    ]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A class, graded, marked by hand and graded again; s002 is late by two hours."""
    course = make_course(tmp_path_factory.mktemp("class") / "course", [LAB])
    config = course / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    assert 'penalty_method = "none"' in text
    config.write_text(text.replace('"none"\n', '"10% a day"\n'), encoding="utf-8")
    words = {
        name: cell_of(released(LAB), name).source + "\n\nBecause."
        for name in written_names()
    }
    answers = right(LAB)
    submit(course, "s001", LAB, answers | words)
    submit(course, "s002", LAB, answers | {"critic_loss": slip(LAB, "critic_loss")})
    submit(course, "s003", LAB, answers | words)
    submit(course, "s004", LAB, answers)
    submit(course, "s005", LAB)
    submit(course, FORMULA, LAB, answers)
    (course / "submitted" / "s006").mkdir()
    (course / "submitted" / "s002" / LAB / "timestamp.txt").write_text(
        "2026-11-20 19:00:00.000000 UTC"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "Worker", InProcess)
        engine.grade(LAB, course=course, jobs=1, seed=1)
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "dcgan") as book:
            book.update_or_create_assignment(LAB, duedate=datetime(2026, 11, 20, 17))
            grades = book.find_submission_notebook(LAB, LAB, "s001").grades
            for points, grade in zip(
                (1.5, 2), (g for g in grades if g.name in words), strict=True
            ):
                grade.manual_score, grade.needs_manual_grade = points, False
            book.db.commit()
        engine.grade(LAB, course=course, jobs=1, seed=1)
    yield course


@pytest.fixture
def course(graded: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(graded)
    monkeypatch.setenv("COLUMNS", "200")
    return graded


@pytest.fixture
def export(command, course, tmp_path):
    """Run the command; gives what is in the file, and what was said."""

    def run(kind: str, roster: bytes | None = None, *options, code: int = 1):
        out = tmp_path / "out.csv"
        arguments = ["--format", kind, "--out", out, *options]
        if roster is not None:
            arguments += ["--roster", put(tmp_path / "roster.csv", roster)]
        got, told, error = command("grades", "export", *arguments)
        assert got == code, told + error
        return (out.read_bytes() if out.exists() else b""), told + error

    return run


@pytest.fixture
def scores(course: Path) -> dict[str, float]:
    """The truth: what grades.csv says."""
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: float(row["score"]) for row in csv.DictReader(file)}


def rows(content: bytes, delimiter: str = ",", encoding: str = "utf-8-sig"):
    text = content.decode(encoding)
    return list(csv.DictReader(io.StringIO(text, ""), delimiter=delimiter))


def graded_lab(lab: str = LAB) -> LabGrades:
    """Grades with nothing left to do: one student, s001, with 3.5 of 14."""
    return LabGrades(
        lab, 14, {"s001": Grade("s001", 3.5, 14, 0, {}, True, {}, {})}, False
    )


def filled(platform, content: bytes, *labs: LabGrades, **titles: str) -> Export:
    return platform.fill(roster(Sheet(content, "roster.csv")), list(labs), titles)


def changed(before: bytes, after: bytes) -> list[tuple[str, str]]:
    """(before, after) of all cells that differ."""
    tables = [
        list(csv.reader(io.StringIO(data.decode(), ""))) for data in (before, after)
    ]
    assert [len(row) for row in tables[0]] == [len(row) for row in tables[1]]
    pairs = zip(*tables, strict=True)
    return [
        cells
        for both in pairs
        for cells in zip(*both, strict=True)
        if cells[0] != cells[1]
    ]


def test_the_class_is_what_the_tests_take_it_for(scores):
    assert scores["s001"] == 13.5  # 10 for code, 3.5 by hand
    assert 0 < scores["s002"] < 9 and scores["s003"] == scores["s004"] == 10
    assert scores["s005"] == scores["s006"] == 0


def test_canvas_gets_its_own_grade_book_back(export, scores):
    before = GRADEBOOK.encode()
    after, said = export("canvas", before)
    column = "Lab 4: Losses, again (555)"
    read = {row["SIS Login ID"]: row for row in rows(after)}
    assert [row["Student"] for row in rows(after)] == [
        row["Student"] for row in rows(before)
    ]
    for student in ("s001", "s002", "s003", "s005", "s006"):
        assert float(read[student][column]) == pytest.approx(scores[student], abs=1e-4)
    assert read["s004"][column] == "EX"
    assert read["0123abc"][column] == ""
    assert len(changed(before, after)) == 5
    assert after.count(b"\r\n") == before.count(b"\r\n")
    assert "s004 · excused in Canvas" in said
    assert f"{FORMULA} · no line of the roster" in said
    # And once more, with what comes out: nothing is left to change.
    assert export("canvas", after)[0] == after


def test_moodle_gets_its_own_worksheet_back(export, scores):
    before = codecs.BOM_UTF8 + worksheet()
    after, said = export("moodle", before)
    assert after.startswith(codecs.BOM_UTF8)
    read = {row["ID number"]: row for row in rows(after)}
    for student in ("s001", "s002", "s003", "s004", "s006"):
        grade = read[student]["Grade"]
        assert float(grade) == pytest.approx(scores[student], abs=1e-4)
    assert read["s005"]["Grade"] == ""
    assert "s005 · locked in Moodle" in said
    assert [row["Full name"] for row in rows(after)] == [
        row["Full name"] for row in rows(before)
    ]
    assert read["s001"]["Feedback comments"] == 'she said "hi",\r\ntwice'
    cells = changed(before, after)
    assert len(cells) == 5 and {cell for cell, _ in cells} == {""}


@pytest.mark.parametrize("delimiter", [";", "\t", ":"])
def test_separators_and_the_decimal_comma_stay(export, scores, delimiter):
    before = worksheet(delimiter, ",")
    after, _ = export("moodle", before)
    read = {row["ID number"]: row for row in rows(after, delimiter)}
    assert read["s001"]["Grade"] == "13,5" and read["s001"]["Maximum grade"] == "14,00"
    assert float(read["s002"]["Grade"].replace(",", ".")) == pytest.approx(
        scores["s002"], abs=1e-4
    )


def test_an_old_encoding_stays(export):
    before = worksheet().decode().encode("cp1252")
    after, _ = export("moodle", before)
    assert [row["Full name"] for row in rows(after, encoding="cp1252")] == [
        row["Full name"] for row in rows(before, encoding="cp1252")
    ]


def test_other_full_marks_there_scale_the_grades(export, scores):
    after, said = export("moodle", worksheet(most="100.00"))
    read = {row["ID number"]: row["Grade"] for row in rows(after)}
    assert float(read["s001"]) == pytest.approx(scores["s001"] / 14 * 100, abs=1e-4)
    assert "every grade is multiplied by 100/14" in said


@pytest.mark.parametrize("most", ["-", "0.00", ""])
def test_full_marks_that_are_no_number_are_refused(export, most):
    content, said = export("moodle", worksheet(most=most), code=2)
    assert content == b"" and "not a number above 0" in said


def test_moodles_grade_book_gets_a_column(export, scores):
    book = (
        "First name;Surname;ID number;Email address;Assignment: Lab 04 losses (Real);"
        "Assignment: Lab 04 losses (Percentage);Course total (Real)\n"
        "Ada;Lovelace;s001;ada@example.org;-;-;55,50\n"
        "Zoë;Müller;s003;zoe@example.org;3,00;21,43 %;55,50\n"
    )
    after, _ = export("moodle", book.encode())
    column = "Assignment: Lab 04 losses (Real)"
    assert [row[column] for row in rows(after, ";")] == ["13,5", "10"]
    after, said = export("moodle", book.replace("losses", "costs").encode())
    assert [row[LAB] for row in rows(after, ";")] == ["13,5", "10"]
    assert "no column for 04_losses" in said
    chosen = ("--column", f"{LAB}=Lab 04 costs")
    after, _ = export("moodle", book.replace("losses", "costs").encode(), *chosen)
    assert rows(after, ";")[0]["Assignment: Lab 04 costs (Real)"] == "13,5"


def test_canvas_makes_a_new_assignment_where_there_is_none(export):
    before = GRADEBOOK.replace("Losses, again", "Essay").encode()
    after, said = export("canvas", before)
    read = rows(after)
    assert read[1][LAB] == "14" and read[2][LAB] == "13.5" and read[0][LAB] == ""
    assert "Canvas will make a new one" in said
    assert after.splitlines()[3].startswith(before.splitlines()[3])


def test_columns_that_may_both_be_the_lab_are_asked_for(export):
    before = GRADEBOOK.replace("Old essay", "04 losses bonus").encode()
    content, said = export("canvas", before, code=2)
    assert content == b""
    assert "'Lab 4: Losses, again', '04 losses bonus'" in said and "--column" in said
    after, _ = export("canvas", before, "--column", TITLE)
    assert rows(after)[2]["Lab 4: Losses, again (555)"] == "13.5"


@pytest.mark.parametrize(
    ("title", "chosen"),
    [
        ("4 losses and 5 training (555)", {}),
        ("Homework (555)", {LAB: "Homework", "05_training": "Homework"}),
        ("4 losses (555)", {"05_training": "4 losses"}),
    ],
)
def test_a_column_takes_one_lab(title, chosen):
    before = GRADEBOOK.replace("Lab 4: Losses, again (555)", title).encode()
    labs = graded_lab(), graded_lab("05_training")
    assert filled(canvas, before, labs[0]).written == 1
    with pytest.raises(
        BadValue, match=f"grades of {LAB} and of 05_training"
    ) as refused:
        filled(canvas, before, *labs, **chosen)
    assert title in str(refused.value) and "--column '05_training=" in str(
        refused.value
    )


@pytest.mark.parametrize(
    ("platform", "content", "doubt"),
    [
        (moodle, worksheet(), ""),
        (moodle, codecs.BOM_UTF8 + worksheet(), ""),
        (moodle, worksheet(";"), "the separator ';'"),
        (moodle, worksheet().decode().encode("cp1252"), "not UTF-8"),
        (canvas, GRADEBOOK.encode(), ""),
        (canvas, GRADEBOOK.replace(",", ";").encode(), ""),
        (canvas, GRADEBOOK.encode("utf-16"), "not UTF-8"),
    ],
)
def test_a_form_that_the_import_may_not_read_is_told(platform, content, doubt):
    made = filled(platform, content, graded_lab())
    assert made.written == 1 and (doubt in " ".join(made.doubts))
    assert bool(made.doubts) == bool(doubt)
    assert Exported(Path("out.csv"), made, [graded_lab()]).complete == (not doubt)


def test_what_is_doubted_is_said_with_what_to_do(export):
    assert "spreadsheet" not in export("moodle", worksheet())[1]
    _, said = export("moodle", worksheet(";"))
    assert "roster.csv has the separator ';'" in said
    assert "Download the worksheet from Moodle again" in said


@pytest.mark.parametrize("kind", ["canvas", "moodle"])
def test_without_a_roster_students_go_by_their_ids(export, scores, kind):
    content, said = export(kind)
    read = rows(content)
    who = {"canvas": "SIS Login ID", "moodle": "Username"}[kind]
    given = {row[who]: float(row[LAB]) for row in read if row[who]}
    assert given == pytest.approx(scores, abs=1e-4)
    if kind == "canvas":
        assert list(read[0]) == ["Student", "ID", "SIS User ID", who, "Section", LAB]
        assert read[0]["Student"].strip() == "Points Possible" and read[0][LAB] == "14"
    assert "Without --roster" in said


def test_what_is_not_marked_is_told_loudly(export):
    _, said = export("json")
    assert f"PARTIAL: {LAB} · 2 written answers of 1 student" in said
    assert "of the full 14: s003" in said
    assert "Nothing handed in, so 0: s006" in said
    assert "late penalty taken off for 1" in said


def test_a_table_for_spreadsheets_runs_no_formula(export, scores):
    content, _ = export("csv", worksheet())
    read = {row["student"]: row for row in rows(content)}
    assert set(read) == {*(f"s00{number}" for number in range(1, 7)), f"'{FORMULA}"}
    assert read[f"'{FORMULA}"][f"{LAB} score"] == "10"
    assert read["s002"]["name"] == "Seán O'Brien, Jr"
    assert float(read["s002"][f"{LAB} score"]) == pytest.approx(
        scores["s002"], abs=1e-4
    )
    assert float(read["s002"][f"{LAB} late penalty"]) > 0
    assert read["s003"][f"{LAB} not marked"] == ", ".join(written_names())
    for row in read.values():
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\r=1", " =1"])
def test_cells_that_a_spreadsheet_would_run_get_an_apostrophe(text):
    assert safe(text) == f"'{text}"


def test_json_has_all_that_is_known(export, scores):
    content, _ = export("json", worksheet())
    made = json.loads(content)
    assert (made["format"], made["version"]) == ("labkit-grades", 1)
    (lab,) = made["labs"]
    students = {one["student"]: one for one in lab["students"]}
    assert {name: one["score"] for name, one in students.items()} == pytest.approx(
        scores, abs=1e-4
    )
    late = students["s002"]
    assert late["name"] == "Seán O'Brien, Jr" and late["submitted"].startswith(
        "2026-11-20"
    )
    assert late["score"] + late["late_penalty"] == pytest.approx(
        late["score"] / 0.9, abs=1e-3
    )
    failed = late["exercises"]["critic_loss"]["findings"]
    assert not all(finding["passed"] for finding in failed)
    assert students["s001"]["complete"] and not students["s003"]["complete"]
    answer = students["s001"]["written"][written_names()[0]]
    assert answer == {"points": 1.5, "max": 2, "comment": ""}
    assert students[FORMULA]["name"] is None
    assert not students["s006"]["handed_in"]


def test_marks_given_since_are_noticed(export, course, tmp_path):
    kept = shutil.copy(course / "gradebook.db", tmp_path)
    try:
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "dcgan") as book:
            grades = book.find_submission_notebook(LAB, LAB, "s003").grades
            for grade in grades:
                if grade.name in written_names():
                    grade.manual_score = 1
            book.db.commit()
        content, said = export("json")
    finally:
        shutil.copy(kept, course / "gradebook.db")
    students = {s["student"]: s for s in json.loads(content)["labs"][0]["students"]}
    assert students["s003"]["score"] == 12 and students["s003"]["complete"]
    assert "late penalties may be out of date" in said and "PARTIAL" not in said


def test_without_the_grade_book_full_marks_are_not_guessed(export, course, tmp_path):
    kept = shutil.move(course / "gradebook.db", tmp_path)
    try:
        content, said = export("json", code=2)
    finally:
        shutil.move(kept, course / "gradebook.db")
    assert content == b"" and "gradebook.db knows no student of 04_losses" in said
    assert written_names()[0] in said and f"labkit grade {LAB}" in said


@pytest.mark.parametrize(
    ("options", "roster", "said"),
    [
        (("--format", "excel"), None, "one of canvas, moodle, csv, json, not 'excel'"),
        (("--labs", "04_loses"), None, f"has not been graded.*Did you mean {LAB}"),
        (("--column", TITLE), None, "--column names a column of the --roster"),
        (("--column", LAB), GRADEBOOK, "--column is LAB=TITLE"),
        (("--column", f"{LAB}=Nothing"), GRADEBOOK, "no column is called so"),
        (("--column", f"00_warmup={TITLE}"), GRADEBOOK, "not among the labs exported"),
        ((), "id,name\nx,Ada\n", "is no grade book of Canvas"),
        ((), GRADEBOOK.replace(",s00", ",t00"), "none of the 7 grades has a place"),
        (
            ("--format", "moodle"),
            "Identifier,Full name\nParticipant 1,Ada\n",
            "no grading",
        ),
    ],
)
def test_wrong_use_is_one_message_and_writes_nothing(export, options, roster, said):
    import re

    data = roster if roster is None else roster.encode()
    content, told = export("canvas", data, *options, code=2)
    assert content == b"" and re.search(said, told), told


def test_the_roster_itself_is_not_written_over(command, course, tmp_path):
    roster = put(tmp_path / "Grades.csv", worksheet())
    arguments = ("--format", "moodle", "--roster", roster, "--out", roster)
    code, _, said = command("grades", "export", *arguments)
    assert code == 2 and "the roster itself" in said
    assert roster.read_bytes() == worksheet()


def test_a_roster_that_is_not_there_is_one_message(command, course, tmp_path):
    out = put(tmp_path / "out.csv", b"of last time")
    arguments = ("--format", "moodle", "--roster", tmp_path / "x.csv", "--out", out)
    code, _, said = command("grades", "export", *arguments)
    assert code == 2 and "x.csv cannot be read: No such file" in said
    assert out.read_bytes() == b"of last time"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14.00", 14),
        ("14,5", 14.5),
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("-", None),
    ],
)
def test_numbers_of_both_kinds_are_read(text, value):
    assert parsed(text) == value


@pytest.mark.parametrize(
    ("value", "text"), [(14.0, "14"), (7 / 9, "0.7778"), (-1e-9, "0"), (0.5, "0.5")]
)
def test_a_grade_is_written_plainly(value, text):
    assert number(value) == text
    assert number(value, ",") == text.replace(".", ",")


def test_help_explains_each_option(command):
    code, out, _ = command("grades", "export", "--help")
    assert code == 0 and "Usage: labkit grades export" in out
    for option in ("--format", "--roster", "--labs", "--column", "--out"):
        assert option in out
