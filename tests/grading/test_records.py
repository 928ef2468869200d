"""The journal: torn lines, a full disk, kills, superseded lines, the lock."""

import itertools
import json
import os
import resource
import signal
import time
from pathlib import Path

import pytest

from labkit.errors import LabkitError
from labkit.grading.records import Records, RecordsError


def record(student: str = "ada", attempt: int = 1, sha: str = "a", **more) -> dict:
    return {
        "student": student,
        "attempt": attempt,
        "submission": {"sha256": sha},
    } | more


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records" / "04_losses.jsonl"


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_records_come_back(path: Path) -> None:
    odd = b"\xe9 \xe2\x80\xa8 \n =".decode("utf-8", "surrogateescape")
    with Records(path) as records:
        records.append(record("bob", points=0.1))
        records.append(record(odd))
    with Records(path) as records:
        assert len(records) == 2
        assert records.current("bob") == record("bob", points=0.1)
        assert records.current(odd) == record(odd)
        assert records.current("nobody") is None
        assert [r["student"] for r in records] == sorted(["bob", odd])
        assert records[-1] == list(records)[-1]
        assert records[:1] == list(records)[:1]
    assert path.read_bytes().count(b"\n") == 2


def test_an_attempt_is_a_new_submission(path: Path) -> None:
    with Records(path) as records:
        assert records.attempt("ada", "a") == (1, None)
        records.append(record(sha="a"))
        assert records.attempt("ada", "a") == (1, record(sha="a"))
        assert records.attempt("ada", "b") == (2, None)
        records.append(record(attempt=2, sha="b"))
        assert records.current("ada")["attempt"] == 2
        records.append(record(sha="a"))  # handed in again as it was at first
        assert records.current("ada")["attempt"] == 1
        records.compact()
        assert [r["attempt"] for r in lines(path)] == [2, 1]
        assert records.current("ada")["attempt"] == 1


def test_superseded_lines_are_left_out_at_the_end(path: Path) -> None:
    with Records(path) as records:
        for points in range(3):
            records.append(record("ada", points=points))
            records.append(record("bob", points=points))
        assert len(lines(path)) == 6
        records.compact()
        assert [r["points"] for r in lines(path)] == [2, 2]
        records.append(record("cem"))
        assert [r["student"] for r in records] == ["ada", "bob", "cem"]
    assert [r["student"] for r in lines(path)] == ["ada", "bob", "cem"]


@pytest.mark.parametrize("torn", [b"{", b'{"student": "eve"', b"\0\0\0", b"null"])
def test_a_torn_last_line_is_cut_off(path: Path, torn: bytes) -> None:
    with Records(path) as records:
        records.append(record())
    with path.open("ab") as file:
        file.write(torn)
    with Records(path, writable=False) as records:
        assert len(records) == 1
    assert path.read_bytes().endswith(torn)  # looking changes nothing
    with Records(path) as records:
        records.append(record("bob"))
    assert lines(path) == [record(), record("bob")]


def test_a_line_that_is_no_record_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps(record()) + "\nhello\n" + json.dumps(record("b")) + "\n")
    with pytest.raises(RecordsError, match="line 2 of .*04_losses.jsonl"):
        Records(path)


def test_looking_writes_nothing(path: Path) -> None:
    with Records(path, writable=False) as records:
        assert len(records) == 0
        assert records.attempt("ada", "a") == (1, None)
    assert not path.parent.exists()


def test_two_programs_are_one_too_many(path: Path) -> None:
    with Records(path) as records:
        with pytest.raises(LabkitError, match="being graded by another labkit"):
            Records(path)
        records.append(record())
        with Records(path, writable=False) as other:
            assert len(other) == 1
    with Records(path):
        pass


def test_nan_is_never_written(path: Path) -> None:
    with Records(path) as records, pytest.raises(ValueError, match="JSON"):
        records.append(record(points=float("nan")))
    assert path.read_bytes() == b""


def test_a_full_disk_loses_nothing(path: Path) -> None:
    """The limit of a file's size hits in the middle of a line, as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Records(path) as records:
        records.append(record())
        full = path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (full + 10, limits[1]))
        try:
            with pytest.raises(RecordsError, match="make room"):
                records.append(record("bob"))
            with pytest.raises(RecordsError, match="make room"):
                records.append(record())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, before)
        assert path.stat().st_size == full
        records.append(record("cem"))
    assert lines(path) == [record(), record("cem")]


def test_a_full_disk_during_compaction_keeps_the_old_file(path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Records(path) as records:
        for points in range(9):
            records.append(record(points=points, text="x" * 100))
        records.append(record("bob"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (50, limits[1]))
        try:
            with pytest.raises(RecordsError):
                records.compact()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, before)
    assert len(lines(path)) == 10
    assert [file.name for file in path.parent.glob("*.jsonl")] == [path.name]
    with Records(path) as records:
        records.compact()
        assert records.current("ada")["points"] == 8
    assert len(lines(path)) == 2


def write_for_ever(path: Path) -> None:
    """Write records of seven students in turn, and compact now and then."""
    with Records(path) as records:
        for number in itertools.count():
            text = "x" * (number % 5000)
            more = {"number": number, "text": text}
            records.append(record(f"student-{number % 7}", **more))
            if number % 50 == 49:
                records.compact()


@pytest.mark.parametrize("seconds", [0.001, 0.03, 0.1, 0.3])
def test_a_kill_at_any_moment_loses_no_record(path: Path, seconds: float) -> None:
    for _ in range(4):
        writer = os.fork()
        if writer == 0:
            try:
                write_for_ever(path)
            finally:
                os._exit(1)
        while not path.exists():
            time.sleep(0.001)
        time.sleep(seconds)
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        with Records(path) as records:
            found = list(records)
            records.compact()
        assert all(len(one["text"]) == one["number"] % 5000 for one in found)
        numbers = [one["number"] for one in found]
        if len(found) == 7:  # the last of each student, none lost or doubled
            assert max(numbers) - min(numbers) == 6
        else:
            assert sorted(numbers) == list(range(len(found)))
        assert len(lines(path)) == len(found)
        left = {file.name for file in path.parent.iterdir()}
        assert left <= {path.name, "04_losses.lock"}
        path.unlink()
