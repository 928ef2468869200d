"""nbgrader's Collect on a hub: a submission stops nobody else's, and loses nothing.

The submissions belong to one user. Where the tests run as root, who may read all,
collecting is done as another user, so that what has no rights cannot be read.
"""

import contextlib
import logging
import os
import pwd
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if os.name != "posix":
    pytest.skip("nbgrader's exchange is for Unix", allow_module_level=True)

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from labkit.grading.collecting.exchange import Collect

LAB = "04_losses"
BOOK = f"{LAB}.ipynb"
OLD, NEW = "2026-11-20 10:00:00.000000 UTC", "2026-11-21 10:00:00.000000 UTC"
NOBODY = 65534
ROOT = os.geteuid() == 0


class Hub:
    """An exchange, a teacher's course, and a student who hands in."""

    def __init__(self, folder: Path) -> None:
        self.student = next(
            user
            for user in pwd.getpwall()
            if user.pw_uid == os.geteuid() or (ROOT and 0 < user.pw_uid != NOBODY)
            if not (ROOT and user.pw_uid == 0)
        )
        self.exchange, self.course = folder / "exchange", folder / "course"
        self.inbound = self.exchange / "dcgan" / "inbound"
        self.inbound.mkdir(parents=True)
        self.course.mkdir()
        self.said: list[str] = []
        for path in (folder, self.exchange, self.inbound, self.course):
            path.chmod(0o777)

    def hand_in(self, content: bytes, when: str = OLD, name: str = "") -> Path:
        """Put a submission into the exchange, as nbgrader's submit does."""
        name = name or f"{self.student.pw_name}+{LAB}+{when}+abc"
        made = self.inbound / name
        made.mkdir()
        (made / BOOK).write_bytes(content)
        (made / "timestamp.txt").write_text(when)
        self.give(made, made / BOOK, made / "timestamp.txt")
        return made

    def give(self, *paths: Path) -> None:
        """Make files the student's."""
        for path in paths:
            os.chown(path, self.student.pw_uid, -1, follow_symlinks=False)

    def collect(self, **settings: int) -> bytes | None:
        """Collect as formgrader does; gives the notebook that then lies there."""
        config = Config()
        config.Exchange.root = str(self.exchange)
        config.CourseDirectory.root = str(self.course)
        config.CourseDirectory.course_id = "dcgan"
        config.CourseDirectory.assignment_id = LAB
        config.CourseDirectory.update(settings)
        coursedir = CourseDirectory(config=config)
        app = Collect(coursedir=coursedir, config=config, update=True)
        app.log = logging.getLogger("test of collect")
        app.log.setLevel(logging.INFO)
        handler = logging.Handler()
        handler.emit = lambda record: self.said.append(record.getMessage())
        app.log.handlers = [handler]
        with _another_user():
            app.start()
        book = self.course / "submitted" / self.student.pw_name / LAB / BOOK
        return book.read_bytes() if book.exists() else None


@contextlib.contextmanager
def _another_user() -> Iterator[None]:
    if ROOT:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if ROOT:
            os.seteuid(0)


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty grade book: making one takes seconds."""
    path = tmp_path_factory.mktemp("book") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch:
        programs = Path(sys.executable).parent  # nbgrader runs alembic from there
        patch.setenv("PATH", str(programs), prepend=os.pathsep)
        Gradebook(f"sqlite:///{path}", "dcgan").close()
    path.chmod(0o666)
    return path


@pytest.fixture
def hub(gradebook: Path) -> Iterator[Hub]:
    # Not below tmp_path, which other users cannot enter.
    folder = Path(tempfile.mkdtemp(prefix="labkit-exchange-"))
    made = Hub(folder)
    shutil.copy(gradebook, made.course)
    yield made
    for inside in ("*", "*/data"):  # what nobody may enter cannot be taken away
        for path in folder.glob(f"exchange/*/inbound/{inside}"):
            path.chmod(0o755)
    shutil.rmtree(folder)


def test_the_newest_is_collected_and_later_replaced(hub):
    assert hub.collect() is None
    hub.hand_in(b"old")
    assert hub.collect() == b"old"
    assert hub.collect() == b"old"
    assert any("Already collected" in text for text in hub.said)
    hub.hand_in(b"new", NEW)
    assert hub.collect() == b"new"
    folder = hub.course / "submitted" / hub.student.pw_name
    assert [path.name for path in folder.iterdir()] == [LAB]


def _locked_notebook(hub: Hub, made: Path) -> None:
    (made / BOOK).chmod(0)


def _locked_folder(hub: Hub, made: Path) -> None:
    made.chmod(0)


def _no_entry(hub: Hub, made: Path) -> None:
    made.chmod(0o444)


def _locked_inside(hub: Hub, made: Path) -> None:
    (made / "data").mkdir(mode=0)
    hub.give(made / "data")


def _link(hub: Hub, made: Path) -> None:
    (made / BOOK).unlink()
    (made / BOOK).symlink_to(hub.course / "gradebook.db")
    hub.give(made / BOOK)


def _file(hub: Hub, made: Path) -> None:
    shutil.rmtree(made)
    made.write_bytes(b"no folder")
    hub.give(made)


def _large(hub: Hub, made: Path) -> None:
    (made / BOOK).write_bytes(bytes(30_000))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_locked_notebook, "cannot be read: Permission denied"),
        (_locked_folder, "cannot be read: Permission denied"),
        (_no_entry, "cannot be read: Permission denied"),
        (_locked_inside, "cannot be read: Permission denied"),
        (_link, "is a symbolic link"),
        (_file, "a folder was expected"),
        (_large, "larger than 20 kB"),
    ],
)
@pytest.mark.parametrize("collected", [True, False])
def test_a_refused_submission_hides_and_deletes_no_earlier_one(
    hub: Hub, spoil: Callable[[Hub, Path], None], said: str, collected: bool
):
    hub.hand_in(b"old")
    if collected:
        assert hub.collect() == b"old"
    spoil(hub, hub.hand_in(b"new", NEW))
    assert hub.collect(max_dir_size=20) == b"old"
    assert any("Not collected" in text and said in text for text in hub.said), hub.said


@pytest.mark.parametrize(
    "name",
    [
        "{}+04_losses+garbage+x",
        "{}+04_losses+",
        "{}+04_losses+2026-11-21 10:00:00 9999999999+x",
        "{}+04_losses+0001-01-01 00:00:00 86399+x",
        "nobody of that name+04_losses+2026-11-21 10:00:00 UTC+x",
    ],
)
def test_a_name_that_nobody_can_read_stops_nobody(hub, name):
    hub.hand_in(b"good")
    hub.hand_in(b"odd", name=name.format(hub.student.pw_name))
    assert hub.collect() == b"good"
    assert any("Not collected" in text for text in hub.said)


@pytest.mark.parametrize("text", [b"soon", b"\xff", b"2026-11-20 10:00:00 99999999999"])
def test_a_students_own_timestamp_stops_nobody(hub, text):
    made = hub.hand_in(b"old")
    (made / "timestamp.txt").write_bytes(text)
    assert hub.collect() == b"old"
    hub.hand_in(b"new", NEW)
    assert hub.collect() == b"new"


def test_a_disk_that_is_full_leaves_what_was_there(hub, monkeypatch):
    hub.hand_in(b"old")
    assert hub.collect() == b"old"
    hub.hand_in(b"new", NEW)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    assert hub.collect() == b"old"
    assert any("No space left" in text for text in hub.said)
    monkeypatch.undo()
    assert hub.collect() == b"new"


@pytest.mark.skipif(not ROOT, reason="only root can give files to somebody else")
def test_a_folder_in_somebody_elses_name_is_refused(hub):
    hub.hand_in(b"mine")
    forged = hub.hand_in(b"forged", NEW)
    os.chown(forged, NOBODY, -1)
    assert hub.collect() == b"mine"
