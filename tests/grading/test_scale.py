"""`labkit grade --scheduler`: workers come, go and die, and each is graded once."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labkit.errors import LabkitError
from labkit.grading import asking, engine
from labkit.grading.cluster import head, schedulers, shards
from labkit.grading.records import Records
from labkit.grading.report import Report
from tests.grading.classroom import REPO, make_class, make_course, right, submit
from tests.grading.conftest import LAB, descendants
from tests.grading.fakes import InProcess
from tests.grading.test_engine import exit_code, in_a_fork

PRELOAD = str(Path(__file__).with_name("fake_worker.py"))
WAIT = 400.0  # seconds; a busy machine
COUNT = 8


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sandboxes; nothing is made from the records."""
    monkeypatch.setattr(asking, "Worker", InProcess)
    monkeypatch.setattr(engine, "derive", lambda *_: {})
    monkeypatch.setattr(engine, "_load_books", lambda: None)
    paths = [str(REPO), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    monkeypatch.setenv("DASK_DISTRIBUTED__WORKER__PRELOAD", PRELOAD)
    monkeypatch.setenv("FAKE_LOG", str(tmp_path / "log"))


@pytest.fixture
def course(tmp_path: Path) -> Path:
    made = make_course(tmp_path / "course", [LAB])
    make_class(made, LAB, COUNT)
    return made


@pytest.fixture
def logged(tmp_path: Path) -> Callable[[], Counter[str]]:
    """Student -> how often it was graded by a worker."""
    log = tmp_path / "log"
    return lambda: Counter(log.read_text().split() if log.exists() else ())


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head, "BATCH", 1)


class Cluster:
    """A scheduler of Dask's that runs, and workers that are started and killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[subprocess.Popen] = []
        self.address = ""

    def start(self) -> None:
        said = self._folder / "scheduler.json"
        self._run("dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                  "--no-dashboard", "--scheduler-file", str(said))  # fmt: skip
        wait_for(lambda: said.exists() and said.read_text().endswith("}"))
        self.address = json.loads(said.read_text())["address"]

    def worker(self, *options: str, before: tuple[str, ...] = ()) -> subprocess.Popen:
        options = ("--nthreads", "1", "--no-dashboard", *options)
        return self._run("dask_worker", self.address, *options, before=before)

    @contextlib.contextmanager
    def kept_up(self) -> Iterator[None]:
        """One worker, and another one whenever it has died.

        As a nanny does, which gives up when one dies at the moment of its start.
        """
        over, latest = threading.Event(), [self.worker("--no-nanny")]

        def look_after() -> None:
            while latest[0].wait() and not over.is_set():
                latest[0] = self.worker("--no-nanny")

        keeper = threading.Thread(target=look_after, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            while keeper.is_alive():
                latest[0].kill()
                keeper.join(0.1)

    def _run(self, module: str, *arguments: str, before: tuple[str, ...] = ()):
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
        process = subprocess.Popen(
            [*before, *command],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._started.append(process)
        return process

    def stop(self) -> None:
        family = [n for one in self._started for n in descendants(one.pid)]
        for process in reversed(self._started):
            process.kill()
            process.wait()
        for number in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
    made = Cluster(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def wait_for(what: Callable[[], object], run: "Run | None" = None) -> None:
    end = time.monotonic() + WAIT
    while not what():
        assert time.monotonic() < end
        assert run is None or run.is_alive(), run.result()
        time.sleep(0.02)


def path_of(out: Path) -> Path:
    return out / "records" / f"{LAB}.jsonl"


def lines(out: Path) -> list[dict]:
    text = path_of(out).read_text() if path_of(out).exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if "\n" in line]


def marks(out: Path) -> list[tuple]:
    """What is told of each student, in order; twice where there are two lines."""
    parts = ("points", "seed", "findings", "message")
    return sorted(
        (r["student"], r["attempt"], name, *(str(e[part]) for part in parts))
        for r in lines(out)
        for name, e in r["exercises"].items()
    )


def plain(course: Path, folder: Path) -> Path:
    """The same class, graded as always: by threads of this process."""
    engine.grade(LAB, course=course, out=folder / "plain", jobs=1, seed=5)
    return folder / "plain"


class Run(threading.Thread):
    """A command beside the test."""

    def __init__(self, **options: object) -> None:
        super().__init__(daemon=True)
        self._options, self._report, self._error = options, None, None
        self.start()

    def run(self) -> None:
        try:
            self._report = engine.grade(LAB, **self._options)
        except BaseException as error:  # noqa: BLE001 (raised in the test)
            self._error = error

    def result(self) -> Report:
        self.join(WAIT)
        if self._error is not None:
            raise self._error
        assert self._report is not None, "it hangs"
        return self._report


def graders() -> dict[int, int]:
    """Process that grades -> its worker, of all that this test has started."""
    found = {}
    for process in descendants(os.getpid()):
        with contextlib.suppress(OSError):
            if (
                b"tests.grading.fake_bench"
                in Path(f"/proc/{process}/cmdline").read_bytes()
            ):
                status = Path(f"/proc/{process}/status").read_text()
                found[process] = int(re.search(r"PPid:\s+(\d+)", status)[1])
    return found


# --------------------------------------------------------------------- workers die


@pytest.mark.slow
@pytest.mark.usefixtures("one_by_one")
def test_local_workers_are_killed_and_all_are_graded_once(
    course: Path, tmp_path: Path, logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_SECONDS", "0.3")
    out = tmp_path / "out"
    run = Run(course=course, out=out, jobs=2, seed=5, scheduler="local")
    wait_for(lambda: lines(out) and graders(), run)
    bench, victim = next(iter(graders().items()))
    os.kill(victim, signal.SIGKILL)
    report = run.result()
    assert (report.graded, report.kept, report.faults) == (COUNT, 0, {})
    assert marks(out) == marks(plain(course, tmp_path))
    assert set(logged().values()) <= {1, 2}
    assert logged().total() <= COUNT + report.again
    wait_for(lambda: not Path(f"/proc/{bench}").exists() and not graders())
    assert [p.name for p in (out / "records").iterdir() if "shards" in p.name] == []


@pytest.mark.slow
def test_what_kills_each_worker_it_meets_is_told_and_the_others_are_graded(
    course: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head, "RETRIES", 0)
    for student in ("kills-bench", "kills-worker"):
        submit(course, student, LAB, right(LAB))
    with cluster.kept_up():
        report = engine.grade(LAB, course=course, seed=5, scheduler=cluster.address)
    assert set(report.faults) == {"kills-bench", "kills-worker"}
    assert "every worker that had it died" in report.faults["kills-worker"]
    assert report.graded == COUNT
    assert len(lines(course)) == COUNT


# -------------------------------------------------------------- workers come and go


@pytest.mark.slow
@pytest.mark.usefixtures("one_by_one")
def test_workers_that_come_late_and_a_head_that_is_killed(
    course: Path, tmp_path: Path, cluster: Cluster, logged, monkeypatch
) -> None:
    monkeypatch.setenv("FAKE_SECONDS", "0.2")
    options = {"course": course, "seed": 5, "scheduler": cluster.address}
    first = in_a_fork(lambda: engine.grade(LAB, **options))
    wait_for(lambda: any(path_of(course).parent.glob(".*-shards/*")))
    worker = cluster.worker("--no-nanny")  # late: the work waits for it
    wait_for(lambda: lines(course))
    os.kill(first, signal.SIGKILL)
    assert exit_code(first) == -signal.SIGKILL
    kept = lines(course)
    assert len(kept) < COUNT
    # The worker does what it has been given; nobody is there to hear of it.
    wait_for(lambda: logged().total() == COUNT or idle(cluster))
    worker.kill()

    run = Run(**options)
    cluster.worker("--no-nanny")
    report = run.result()
    assert report.faults == {}
    assert lines(course)[: len(kept)] == kept
    assert set(logged().values()) == {1}, "something was graded again"
    assert marks(course) == marks(plain(course, tmp_path))


def idle(cluster: Cluster) -> bool:
    from distributed import Client

    with Client(cluster.address, set_as_default=False) as client:
        return not any(client.processing().values())


def test_lines_of_a_killed_run_count_unless_there_is_a_newer_one(
    course: Path, tmp_path: Path
) -> None:
    out = plain(course, tmp_path)
    done = lines(out)
    folder = shards.folder_of(path_of(out)) / "run"
    folder.mkdir(parents=True)
    older = {**done[0], "graded": "2000-01-01T00:00:00+00:00", "flags": ["older"]}
    newer = {**done[1], "graded": "2100-01-01T00:00:00+00:00", "flags": ["newer"]}
    other = {**done[2], "student": "only-in-a-shard"}
    with shards.Shard(folder, 3) as shard:
        for record in (older, newer, other):
            shard.write({"student": record["student"], "record": record})
    with (folder / shard.name).open("a") as file:
        file.write('{"student": "torn", "rec')
    with Records(path_of(out)) as records:
        assert shards.merge_left(records) == 2
        assert records.current(done[0]["student"]) == done[0]
        assert records.current(done[1]["student"]) == newer
        assert records.current("only-in-a-shard") == other
        assert len(records) == COUNT + 1
    assert not folder.exists()


# ------------------------------------------------------------------------- refusals


@pytest.mark.slow
@pytest.mark.needs("bwrap")
@pytest.mark.parametrize(
    ("hidden", "told"),
    [
        ("notebooks", "another one of: the course"),
        ("submitted", "does not see"),
        ("records", "does not see the folder"),
    ],
)
def test_a_worker_that_sees_other_files_is_refused(
    course: Path, tmp_path: Path, cluster: Cluster, hidden: str, told: str
) -> None:
    other = make_course(tmp_path / "other", [LAB])
    notebook = other / "notebooks" / LAB / f"{LAB}.ipynb"
    notebook.write_text(notebook.read_text().replace("real", "true"))
    for folder in (other / hidden, course / hidden):
        folder.mkdir(exist_ok=True)
    bind = ("--bind", str(other / hidden), str(course / hidden))
    cluster.worker("--no-nanny", before=("bwrap", "--dev-bind", "/", "/", *bind, "--"))
    with pytest.raises(LabkitError, match=told) as refusal:
        engine.grade(LAB, course=course, scheduler=cluster.address)
    assert socket.gethostname() in str(refusal.value)
    assert lines(course) == []


@pytest.mark.parametrize("silent", [False, True])
def test_a_scheduler_that_does_not_answer_is_told_in_seconds(
    course: Path, silent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedulers, "SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as there:
        address = f"tcp://127.0.0.1:{there.getsockname()[1]}"
        if not silent:
            there.close()
        begun = time.monotonic()
        with pytest.raises(
            LabkitError, match=f"no Dask scheduler answers at {address}"
        ):
            engine.grade(LAB, course=course, scheduler=address)
        assert time.monotonic() - begun < 20
    assert lines(course) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"scheduler": "tcp://somewhere"}, r"tcp://HOST:PORT"),
        ({"scheduler": "lokal"}, "it is local"),
        ({"scheduler": "slurm"}, "needs --jobs"),
        ({"scheduler": "tcp://h:1", "jobs": 3}, "--jobs says nothing"),
        ({"scheduler": "local", "diff": True}, "--diff writes nothing"),
    ],
)
def test_wrong_use_is_told(course: Path, options: dict, told: str) -> None:
    with pytest.raises(LabkitError, match=told):
        engine.grade(LAB, course=course, **options)


def test_without_dask_the_command_to_install_it_is_told(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(LabkitError, match=r"pip install .*scale"):
        engine.grade(LAB, course=course, scheduler="local")
