"""`labkit reset`: a fresh notebook, and the student's own beside it."""

import gzip
import shutil
from pathlib import Path

import pytest

from labkit import lab
from labkit import reset as module
from labkit.errors import LabkitError
from labkit.reset import FRESH, reset

REPO = Path(__file__).parents[1]
LAB = "00_warmup"


@pytest.fixture
def kit(tmp_path) -> Path:
    """A kit of one lab whose notebook has been worked in."""
    fresh = tmp_path / "data" / FRESH / f"{LAB}.ipynb.gz"
    fresh.parent.mkdir(parents=True)
    fresh.write_bytes(gzip.compress(b"fresh"))
    (tmp_path / "notebooks" / LAB).mkdir(parents=True)
    (tmp_path / "notebooks" / LAB / f"{LAB}.ipynb").write_bytes(b"first try")
    return tmp_path


def texts(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in (folder / "notebooks" / LAB).iterdir()
    }


def test_the_former_notebook_stays_beside_the_fresh_one(kit):
    assert [path.name for path in reset(LAB, kit)] == [
        "00_warmup.ipynb",
        "00_warmup-mine.ipynb",
    ]
    (kit / "notebooks" / LAB / f"{LAB}.ipynb").write_bytes(b"second try")
    reset(LAB, kit)
    assert texts(kit) == {
        "00_warmup.ipynb": b"fresh",
        "00_warmup-mine.ipynb": b"first try",
        "00_warmup-mine-2.ipynb": b"second try",
    }


def test_a_fresh_notebook_is_left_alone_and_a_lost_one_comes_back(kit):
    reset(LAB, kit)
    assert reset(LAB, kit) == []
    path = kit / "notebooks" / LAB / f"{LAB}.ipynb"
    shutil.copy(path, kit / "notebooks" / LAB / "copy.ipynb")
    (kit / "notebooks" / LAB / f"{LAB}-mine.ipynb").unlink()
    path.write_bytes(b"")
    reset(LAB, kit)
    assert path.read_bytes() == b"fresh"


def test_when_the_new_one_cannot_be_written_the_former_one_stays(kit, monkeypatch):
    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(module, "atomic_write", full)
    with pytest.raises(OSError, match="no space"):
        reset(LAB, kit)
    assert texts(kit)[f"{LAB}.ipynb"] == b"first try"


@pytest.mark.parametrize("name", ["00_warmap", "../../etc/passwd", "04_losses", ""])
def test_an_unknown_lab_is_refused_with_what_there_is(kit, name):
    with pytest.raises(LabkitError, match="The labs are 00_warmup"):
        reset(name, kit)
    assert texts(kit) == {"00_warmup.ipynb": b"first try"}


def test_a_notebook_that_was_moved_away_comes_back(kit, command, monkeypatch):
    shutil.rmtree(kit / "notebooks" / LAB)
    (kit / "data" / "kit.json").write_text("{}")
    monkeypatch.chdir(kit)
    code, out, _ = command("reset", LAB)
    assert code == 0
    assert str(kit / "notebooks" / LAB / f"{LAB}.ipynb") in out
    assert texts(kit) == {f"{LAB}.ipynb": b"fresh"}


def test_outside_a_kit_the_one_that_labkit_lies_in_is_left_alone(
    kit, tmp_path_factory, monkeypatch
):
    monkeypatch.setattr(lab, "__file__", str(kit / "labkit" / "lab.py"))
    with pytest.raises(LabkitError, match="expected a folder with notebooks/"):
        reset(LAB, tmp_path_factory.mktemp("elsewhere"))
    assert texts(kit) == {f"{LAB}.ipynb": b"first try"}


def test_where_nothing_fresh_is_the_folder_is_named(kit):
    shutil.rmtree(kit / "data")
    with pytest.raises(LabkitError, match=f"{kit}: expected data/fresh"):
        reset(LAB, kit)


def test_in_the_course_it_is_the_one_that_build_writes(tmp_path):
    shutil.copy(REPO / "nbgrader_config.py", tmp_path)
    for folder in ("solutions", "notebooks"):
        (tmp_path / folder / LAB).mkdir(parents=True)
    shutil.copy(REPO / "solutions" / LAB / f"{LAB}.py", tmp_path / "solutions" / LAB)
    path = tmp_path / "notebooks" / LAB / f"{LAB}.ipynb"
    path.write_bytes(b"worked in")
    assert len(reset(LAB, tmp_path)) == 2
    assert path.read_bytes() == (REPO / "notebooks" / LAB / path.name).read_bytes()
