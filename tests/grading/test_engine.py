"""`labkit grade`: what is run, what is kept, and that nothing is ever lost."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook

from labkit.errors import LabkitError
from labkit.grading import asking, derived, engine, grader
from labkit.grading.books import gradebook
from labkit.grading.records import Records
from labkit.grading.sandbox.outcome import Death, Observed
from tests.grading.classroom import Member, make_class, make_course, right, slip, submit
from tests.grading.fakes import InProcess

LAB = "04_losses"
FULL = {"critic_loss": 4, "generator_loss": 3, "minimax_generator_loss": 3}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return make_course(tmp_path / "course", [LAB])


@pytest.fixture(scope="module", autouse=True)
def fake() -> Iterator[None]:
    """No sandbox."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "Worker", InProcess)
        yield


@pytest.fixture
def sandboxed(worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real worker; one for all slots and tests, for its start takes long."""
    alone = threading.Lock()

    def run(request):
        with alone:
            return worker.run(request)

    shared = SimpleNamespace(run=run, layers=worker.layers, close=lambda: None)
    monkeypatch.setattr(asking, "Worker", lambda *_: shared)


@pytest.fixture
def only_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what is made from the records, which takes most of the time."""
    monkeypatch.setattr(engine, "derive", lambda *_: {})


@pytest.fixture(autouse=True)
def no_requests() -> None:
    InProcess.requests.clear()


def run_grade(course: Path, **options):
    return engine.grade(LAB, course=course, jobs=2, **options)


def records(course: Path) -> dict[str, dict]:
    with Records(course / "records" / f"{LAB}.jsonl", writable=False) as found:
        return {record["student"]: record for record in found}


def points(course: Path) -> dict[str, dict[str, float]]:
    return {
        student: {name: e["points"] for name, e in record["exercises"].items()}
        for student, record in records(course).items()
    }


def kinds(record: dict) -> list[str]:
    return [flag["kind"] for flag in record["flags"]]


def tree(course: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(course)): path.read_bytes()
        for path in course.rglob("*")
        if path.is_file()
    }


def in_a_fork(action: Callable[[], object]) -> int:
    """Do something, silently, in a process that may be killed; its number."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
            action()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            os._exit(code)
    return child


def exit_code(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# ------------------------------------------------------------------------ grades


@pytest.mark.needs("bwrap")
@pytest.mark.usefixtures("sandboxed")
def test_a_class_gets_its_grades(course: Path) -> None:
    members = make_class(course, LAB, 8)
    report = run_grade(course)
    assert (report.graded, report.kept, report.faults) == (8, 0, {})
    found = points(course)
    for member in members:
        _check(member, found[member.student])
    for member in members:
        assert (course / "feedback" / member.student / LAB / f"{LAB}.html").exists()
        assert (course / "autograded" / member.student / LAB / f"{LAB}.ipynb").exists()
    assert (course / "gradebook.db").exists()
    assert len((course / "grades.csv").read_text().splitlines()) == 9
    assert {path.name for path in (course / "records").iterdir()} <= {
        f"{LAB}.jsonl",
        f"{LAB}.lock",
        f".{LAB}-marks.json",
        ".derived.lock",
    }


def _check(member: Member, got: dict[str, float]) -> None:
    for name, most in FULL.items():
        if name not in member.wrong:
            assert got[name] == most, (member, name)
        else:
            assert got[name] < most, (member, name)


@pytest.mark.usefixtures("only_records")
def test_a_record_tells_all(course: Path) -> None:
    submit(course, "ada", LAB, right(LAB))
    run_grade(course, seed=5)
    record = records(course)["ada"]
    assert record["lab"] == LAB
    assert record["attempt"] == 1
    assert record["submission"]["file"] == f"{LAB}.ipynb"
    assert len(record["submission"]["sha256"]) == 64
    entry = record["exercises"]["critic_loss"]
    assert entry["points"] == entry["max_points"] == 4
    assert entry["message"].startswith("✓ critic_loss")
    assert {"name", "passed", "weight", "message"} == entry["findings"][0].keys()
    assert 0 <= entry["seed"] < 2**31
    assert {"python", "torch", "numpy", "labkit", "isa", "threads", "sha256"} <= record[
        "environment"
    ].keys()
    run_grade(course, seed=5, force=True)
    assert records(course)["ada"]["exercises"]["critic_loss"]["seed"] == entry["seed"]
    run_grade(course, force=True)
    assert records(course)["ada"]["exercises"]["critic_loss"]["seed"] != entry["seed"]


@pytest.mark.needs("bwrap")
@pytest.mark.usefixtures("sandboxed", "only_records")
def test_whoever_has_no_answer_gets_0_and_a_flag(course: Path) -> None:
    submit(course, "ada", LAB, right(LAB))
    submit(course, "bob", LAB, content=b"")
    submit(course, "cem", LAB, content=b"{")
    (course / "submitted" / "dan").mkdir()
    submit(course, "eve", LAB).unlink()
    submit(course, "fay", LAB).unlink()
    os.mkfifo(course / "submitted" / "fay" / LAB / f"{LAB}.ipynb")
    report = run_grade(course)
    assert report.faults == {}
    found = records(course)
    assert len(found) == 6
    for student in ("bob", "cem", "dan", "eve", "fay"):
        assert sum(e["points"] for e in found[student]["exercises"].values()) == 0
    assert kinds(found["bob"]) == ["empty"]
    assert kinds(found["cem"]) in (["truncated"], ["not a notebook"])
    assert kinds(found["dan"]) == kinds(found["eve"]) == ["no notebook"]
    assert kinds(found["fay"]) == ["refused file"]
    shutil.rmtree(course / "submitted" / "eve" / LAB)  # another reason than before
    submit(course, "dan", LAB, right(LAB))
    run_grade(course)
    found = records(course)
    assert "no folder" in found["eve"]["exercises"]["critic_loss"]["message"]
    assert found["dan"]["attempt"] == 2
    assert points(course)["dan"] == FULL


@pytest.mark.needs("bwrap")
@pytest.mark.usefixtures("sandboxed", "only_records")
def test_a_damage_costs_its_own_exercise(course: Path) -> None:
    damages = {
        "loop": ("while True: pass", "it ran for more than 3 seconds", "time limit"),
        "exit": ("import os; os._exit(0)", "it ended its process", "died"),
        "hog": ("x = bytearray(30 << 30)", "it asks for more memory", "memory limit"),
        "error": ("1 / 0", "it stops with an error in its own cell", None),
        "missing": ("", "it is not in this file", None),
    }
    for student, (source, _, _) in damages.items():
        submit(course, student, LAB, right(LAB) | {"critic_loss": source})
    assert run_grade(course).faults == {}
    for student, record in records(course).items():
        _, message, kind = damages[student]
        assert points(course)[student] == FULL | {"critic_loss": 0}, student
        assert message in record["exercises"]["critic_loss"]["message"]
        assert kinds(record) == [kind] * (kind is not None)


@pytest.mark.usefixtures("only_records")
def test_a_killed_worker_is_asked_again(course: Path, monkeypatch) -> None:
    make_class(course, LAB, 3)
    run, lost = InProcess.run, []

    def killed(self: InProcess, request):
        outcome = run(self, request)
        if len(lost) < 2:
            lost.append(request)
            death = Death("signal", None, "The process that ran it was lost.")
            left = {"minimax_generator_loss": Observed(deaths=[death])}
            return replace(outcome, observed=outcome.observed | left)
        return outcome

    run_grade(course, seed=1)
    expected = points(course)
    monkeypatch.setattr(InProcess, "run", killed)
    run_grade(course, seed=1, force=True)
    assert points(course) == expected
    assert len(lost) == 2


@pytest.mark.usefixtures("only_records")
def test_one_student_alone(course: Path) -> None:
    make_class(course, LAB, 3)
    run_grade(course, student="student-0002")
    assert list(records(course)) == ["student-0002"]
    with pytest.raises(LabkitError, match="Did you mean 'student-0003'"):
        run_grade(course, student="student-003")


@pytest.mark.needs("bwrap")
@pytest.mark.usefixtures("sandboxed", "only_records")
def test_other_seeds_give_the_same_grades(course: Path) -> None:
    make_class(course, LAB, 3, seed=3)
    found = []
    for _ in range(3):
        run_grade(course, force=True)
        found.append(points(course))
    assert found[0] == found[1] == found[2]


@pytest.mark.usefixtures("only_records")
def test_a_fault_of_ours_stops_nobody_else(course, monkeypatch, command) -> None:
    make_class(course, LAB, 4)
    run = InProcess.run

    def broken(self: InProcess, request):
        if b"student-0003" in request.notebook or b"(3)" in request.notebook:
            raise RuntimeError("a bug of ours")
        return run(self, request)

    monkeypatch.setattr(InProcess, "run", broken)
    submit(course, "student-0003", LAB, right(LAB) | {"critic_loss": "# student-0003"})
    monkeypatch.chdir(course)
    code, out, err = command("grade", LAB)
    assert code == 1
    assert "'student-0003' could not be graded: RuntimeError: a bug of ours" in err
    assert "3 graded" in out
    assert len(records(course)) == 3
    monkeypatch.setattr(InProcess, "run", run)
    code, out, err = command("grade", LAB)
    assert (code, err) == (0, "")
    assert len(records(course)) == 4


def test_wrong_use_is_told(course: Path, monkeypatch, command) -> None:
    submit(course, "ada", LAB)
    monkeypatch.chdir(course)
    for arguments, told in (
        (["04_loses"], "Did you mean 04_losses?"),
        ([LAB, "--jobs", "0"], "--jobs is 1 or more"),
        ([LAB, "--cell-seconds", "nan"], "--cell-seconds is a number above 0"),
        ([LAB, "--submitted", "nowhere"], "nowhere cannot be read"),
    ):
        code, _, err = command("grade", *arguments)
        assert code == 2
        assert told in err
    assert not (course / "records").exists()
    with Records(course / "records" / f"{LAB}.jsonl"):
        code, _, err = command("grade", LAB)
    assert code == 2
    assert "being graded by another labkit" in err


# -------------------------------------------------------------------- regrading


def test_what_is_unchanged_is_not_run_again(course: Path) -> None:
    make_class(course, LAB, 4)
    run_grade(course)
    before = tree(course)
    InProcess.requests.clear()
    report = run_grade(course)
    assert (report.graded, report.kept) == (0, 4)
    assert InProcess.requests == []
    assert tree(course) == before


def test_a_lost_derived_file_comes_back_without_running(course: Path) -> None:
    make_class(course, LAB, 3)
    run_grade(course)
    page = course / "feedback" / "student-0002" / LAB / f"{LAB}.html"
    text = page.read_text()
    page.unlink()
    (course / "grades.csv").unlink()
    InProcess.requests.clear()
    run_grade(course)
    assert page.read_text() == text
    assert (course / "grades.csv").exists()
    assert [request.exercises for request in InProcess.requests] == [[]]


@pytest.mark.usefixtures("only_records")
def test_a_changed_check_reruns_its_exercise_alone(course, monkeypatch) -> None:
    make_class(course, LAB, 3)
    run_grade(course)
    before = records(course)
    key = grader.spec_key

    def changed(exercise):
        return key(exercise) + "x" * (exercise.name == "critic_loss")

    for module in ("grader", "verdict"):
        monkeypatch.setattr(f"labkit.grading.{module}.spec_key", changed)
    InProcess.requests.clear()
    report = run_grade(course)
    assert report.graded == 3
    assert {tuple(r.exercises) for r in InProcess.requests} == {("critic_loss",)}
    after = records(course)
    for student, record in after.items():
        old = before[student]["exercises"]
        assert record["attempt"] == 1
        assert list(record["exercises"]) == list(FULL)
        assert record["exercises"]["generator_loss"] == old["generator_loss"]
        assert record["exercises"]["critic_loss"]["spec"].endswith("x")
    assert len((course / "records" / f"{LAB}.jsonl").read_text().splitlines()) == 3


@pytest.mark.usefixtures("only_records")
def test_other_surroundings_and_force_rerun_all(course: Path, monkeypatch) -> None:
    make_class(course, LAB, 2)
    run_grade(course)
    assert run_grade(course, force=True).graded == 2
    assert run_grade(course, cell_seconds=3).graded == 2
    assert run_grade(course, cell_seconds=3).kept == 2
    monkeypatch.setattr("torch.backends.cpu.get_cpu_capability", lambda: "DEFAULT")
    assert run_grade(course, cell_seconds=3).graded == 2


@pytest.mark.usefixtures("only_records")
def test_attempts_are_kept_and_a_new_name_is_no_new_one(course: Path) -> None:
    path = submit(course, "ada", LAB)
    run_grade(course)
    first = path.read_bytes()
    submit(course, "ada", LAB, right(LAB))
    run_grade(course)
    record = records(course)["ada"]
    assert record["attempt"] == 2
    path.rename(path.with_name("mine.ipynb"))
    report = run_grade(course)
    assert (report.graded, report.kept) == (0, 1)
    record = records(course)["ada"]
    assert record["attempt"] == 2
    assert kinds(record) == ["renamed"]
    path.with_name("mine.ipynb").rename(path)
    path.write_bytes(first)
    InProcess.requests.clear()
    run_grade(course)
    assert all(request.exercises == [] for request in InProcess.requests)
    assert records(course)["ada"]["attempt"] == 1
    assert kinds(records(course)["ada"]) == []
    lines = (course / "records" / f"{LAB}.jsonl").read_text().splitlines()
    assert [json.loads(line)["attempt"] for line in lines] == [2, 1]


@pytest.mark.usefixtures("only_records")
def test_diff_shows_changes_and_writes_nothing(course, monkeypatch, command) -> None:
    make_class(course, LAB, 3)
    monkeypatch.chdir(course)
    before = tree(course)
    code, out, _ = command("grade", LAB, "--diff")
    assert code == 0
    assert tree(course) == before
    assert "The marks of 3 would change; nothing written" in " ".join(out.split())
    submit(course, "student-0002", LAB, right(LAB))
    submit(course, "x\nbob", LAB, right(LAB))
    run_grade(course)
    submit(
        course, "x\nbob", LAB, right(LAB) | {"critic_loss": slip(LAB, "critic_loss")}
    )
    before = tree(course)
    report = run_grade(course, diff=True)
    (change,) = report.changes
    assert (change.student, change.exercise, change.before) == (
        "x\nbob",
        "critic_loss",
        4,
    )
    assert change.after < 4
    assert change.finding.startswith("✗ values · ")
    assert tree(course) == before
    assert report.graded == 1


# -------------------------------------------------------- what is not made again


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The labs whose grade book has been made, in order."""
    made, export = [], gradebook.export

    def noted(out: Path, course: Path, lab: str, *more) -> str | None:
        made.append(lab)
        return export(out, course, lab, *more)

    monkeypatch.setattr(gradebook, "export", noted)
    return made


def type_mark(course: Path, points: float) -> None:
    """A teacher's mark, as formgrader saves it."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "dcgan") as book:
        grade = book.find_grade("04_below_zero", LAB, LAB, "student-0001")
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def set_due_date(course: Path) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "dcgan") as book:
        book.update_or_create_assignment(LAB, duedate="2020-01-01 00:00:00 UTC")


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def grade_another_lab(course: Path) -> None:
    record = records(course)["student-0001"] | {"lab": "00_warmup", "student": "zoe"}
    (course / "records" / "00_warmup.jsonl").write_text(json.dumps(record) + "\n")


def page(course: Path) -> Path:
    return course / "autograded" / "student-0002" / LAB / f"{LAB}.ipynb"


DISTURBANCES = {
    "a mark": lambda course: type_mark(course, 1.5),
    "a due date": set_due_date,
    "no page": lambda course: page(course).unlink(),
    "another page": lambda course: page(course).write_text("{}"),
    "no table": lambda course: (course / "grades.csv").unlink(),
    "another table": lambda course: append(course / "grades.csv", "x"),
    "another source": lambda course: append(
        course / f"solutions/{LAB}/{LAB}.py", "\n# %% [markdown]\n# More.\n"
    ),
    "other settings": lambda course: append(
        course / "nbgrader_config.py",
        '\nc.LateSubmissionPlugin.penalty_method = "zero"\n',
    ),
    "another lab": grade_another_lab,
    "no note": lambda course: (course / f"records/.{LAB}-marks.json").unlink(),
    "no whole note": lambda course: (course / f"records/.{LAB}-marks.json").write_text(
        '{"read'
    ),
    "no book": lambda course: (course / "gradebook.db").unlink(),
    "no database": lambda course: (course / "gradebook.db").write_bytes(b""),
}


def test_what_has_changed_is_made_again_and_nothing_else(course, exports) -> None:
    make_class(course, LAB, 2)
    stamp = course / "submitted/student-0001" / LAB / "timestamp.txt"
    stamp.write_text("2026-11-20 17:00:00 UTC")
    run_grade(course, seed=1)
    for name, disturb in DISTURBANCES.items():
        exports.clear()
        disturb(course)
        run_grade(course, seed=1)
        assert exports == [LAB], name
        found = tree(course)
        run_grade(course, seed=1)
        assert exports == [LAB], name
        assert tree(course) == found, name


def test_a_mark_typed_at_any_moment_reaches_the_table_and_the_page(
    course, exports, monkeypatch
) -> None:
    make_class(course, LAB, 2)
    run_grade(course)
    write_csv = derived.tables.write_csv

    def and_a_mark(path: Path, labs: dict) -> None:
        write_csv(path, labs)
        type_mark(course, 1.25)  # after the marks have been read

    with monkeypatch.context() as patch:
        patch.setattr(derived.tables, "write_csv", and_a_mark)
        run_grade(course, force=True)
    assert ",1.25," not in (course / "grades.csv").read_text()
    run_grade(course)
    assert exports == [LAB] * 3
    for points in (1.25, 0.75):
        type_mark(course, points)
        run_grade(course)
        assert f",{points}," in (course / "grades.csv").read_text()
        feedback = (course / "feedback/student-0001" / LAB / f"{LAB}.html").read_text()
        assert f"{points} of 2" in " ".join(feedback.split())


HEAVY = ["matplotlib", "jupytext", "nbgrader", "nbformat", "jsonschema", "sqlalchemy"]
LOOK = """
import sys

def look():
    print(*[name for name in {heavy} if name in sys.modules], sep=",", end=";")

import labkit.checks, labkit.loop, labkit.training
look()
from labkit.grading import engine
look()
report = engine.grade({lab!r}, course={course!r}, jobs=2)
look()
print(report.kept)
"""


def test_only_what_is_needed_is_loaded(course: Path) -> None:
    """Together they take longer than torch; when nothing is new none is needed."""
    make_class(course, LAB, 2)
    run_grade(course)
    code = LOOK.format(heavy=HEAVY, lab=LAB, course=str(course))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == ";;;2\n"


# ---------------------------------------------------------- kills and full disks


def made(course: Path) -> dict[str, object]:
    """Everything that grading has made, without times and paths."""
    lines = (course / "records" / f"{LAB}.jsonl").read_text().splitlines()
    return {
        "points": points(course),
        "attempts": sorted((json.loads(x)["student"]) for x in lines),
        "csv": (course / "grades.csv").read_text(),
        "files": sorted(
            str(path.relative_to(course))
            for name in ("feedback", "autograded")
            for path in (course / name).rglob("*")
        ),
        "scores": {
            student: (mark["score"], mark["max"])
            for student, mark in gradebook.marks(course, LAB).items()
        },
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What an undisturbed run makes of a class of four."""
    course = make_course(tmp_path_factory.mktemp("undisturbed"), [LAB])
    make_class(course, LAB, 4, seed=1)
    run_grade(course, seed=1)
    return made(course)


@pytest.fixture
def four(course: Path, undisturbed: dict) -> tuple[Path, dict[str, object]]:
    """The same class, not graded yet, and what should come of it."""
    make_class(course, LAB, 4, seed=1)
    return course, undisturbed


def wait_until(true: Callable[[], object], child: int) -> None:
    while not true():
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        time.sleep(0.002)


MOMENTS = {
    "after 1 record": lambda course: _lines(course) >= 1,
    "after all records": lambda course: _lines(course) >= 4,
    "at the grade book": lambda course: (course / "gradebook.db").exists(),
    "at the feedback": lambda course: (course / "feedback").exists(),
}


def _lines(course: Path) -> int:
    path = course / "records" / f"{LAB}.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_kill_the_next_run_completes(four, monkeypatch, moment: str) -> None:
    course, expected = four
    monkeypatch.setattr(InProcess, "seconds", 0.02)
    child = in_a_fork(lambda: run_grade(course, seed=1))
    wait_until(lambda: MOMENTS[moment](course), child)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    there = _lines(course)
    report = run_grade(course, seed=1)
    assert report.graded == 4 - there
    assert report.kept == there
    assert made(course) == expected


def test_after_ctrl_c_the_next_run_completes(four, monkeypatch) -> None:
    course, expected = four
    monkeypatch.setattr(InProcess, "seconds", 0.1)
    monkeypatch.chdir(course)
    monkeypatch.setattr("sys.argv", ["labkit", "grade", LAB, "--seed", "1"])
    child = in_a_fork(engine_main)
    wait_until(lambda: _lines(course) >= 1, child)
    os.kill(child, signal.SIGINT)
    assert exit_code(child) == 130
    assert 1 <= _lines(course) < 4
    run_grade(course, seed=1)
    assert made(course) == expected


def engine_main() -> None:
    from labkit.cli import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


@pytest.mark.parametrize("kilobytes", [0, 7, 100])
def test_after_a_full_disk_the_next_run_completes(four, monkeypatch, kilobytes) -> None:
    """No file may grow beyond a size: the journal, the grade book or a page hits it."""
    course, expected = four
    monkeypatch.chdir(course)
    monkeypatch.setattr("sys.argv", ["labkit", "grade", LAB, "--seed", "1"])

    def graded() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1000, -1))
        engine_main()

    assert exit_code(in_a_fork(graded)) == 1
    run_grade(course, seed=1)
    assert made(course) == expected
