"""`labkit doctor` says what is there, what is wrong, and how to mend it."""

import io
import shutil
import sys
from pathlib import Path

import pytest
from rich.console import Console

from labkit import doctor
from labkit.cli import main
from labkit.data import data_folder


def states(lines) -> dict[str, str]:
    return {line.name: line.state for line in lines}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the embedded data."""
    return Path(shutil.copytree(data_folder(), tmp_path / "data"))


@pytest.fixture(scope="module")
def diagnosis() -> list[doctor.Line]:
    return list(doctor.diagnose())


def test_all_that_learning_needs_is_here(diagnosis: list[doctor.Line]) -> None:
    found = states(diagnosis)
    for name in ("Python", "torch", "torchvision", "JupyterLab", "ipywidgets"):
        assert found[name] == "ok"
    assert found["anywidget"] == found["nbgrader"] == "ok"
    assert found["data/digits.npz"] == found["data/fashion.npz"] == "ok"
    assert all(line.state == "ok" or line.fix for line in diagnosis)


def test_the_torch_line_names_version_device_and_precision(
    diagnosis: list[doctor.Line],
) -> None:
    import torch

    line = next(line for line in diagnosis if line.name == "torch")
    assert torch.__version__ in line.found
    assert "bf16" in line.found
    if not torch.cuda.is_available():
        assert f"CPU with {torch.get_num_threads()} threads" in line.found


def test_untouched_data_are_ok(data: Path) -> None:
    assert set(states(doctor.embedded_data(data)).values()) == {"ok"}


def test_one_changed_byte_is_seen(data: Path) -> None:
    path = data / "digits.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = states(doctor.embedded_data(data))
    assert found.pop("data/digits.npz") == "fail"
    assert set(found.values()) == {"ok"}
    line = next(iter(doctor.embedded_data(data)))
    assert "damaged" in line.found
    assert str(path) in line.found
    assert "git checkout" in line.fix


@pytest.mark.parametrize("name", ["digits.npz", "fashion.npz", doctor.HASHES])
def test_a_missing_file_is_named(data: Path, name: str) -> None:
    (data / name).unlink()
    assert states(doctor.embedded_data(data))[f"data/{name}"] == "fail"


@pytest.mark.parametrize("content", ["", "| digits.npz | `abc` |\n"])
def test_hashes_that_are_none_are_not_taken_for_good(data: Path, content: str) -> None:
    (data / doctor.HASHES).write_text(content)
    assert states(doctor.embedded_data(data)) == {f"data/{doctor.HASHES}": "fail"}


def test_a_library_that_does_not_import_becomes_a_line_with_the_fix() -> None:
    line = doctor.attempt("it", lambda: doctor.package("no_such_library"), "fail")
    assert (line.name, line.state) == ("it", "fail")
    assert "no_such_library" in line.found
    assert "make venv" in line.fix


def test_torchvision_of_another_torch_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torchvision

    def nms(*_: object) -> None:  # what such a pair says
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(torchvision.ops, "nms", nms)
    line = doctor.attempt("torchvision", doctor.torchvision, "fail")
    assert line.state == "fail"
    assert "torchvision::nms" in line.found


@pytest.mark.needs("bwrap")
def test_bubblewrap_is_run_and_not_only_found() -> None:
    assert doctor.bubblewrap().state == "ok"


@pytest.mark.needs("bwrap")
def test_the_layers_of_the_sandbox_are_those_that_a_jail_in_it_sees() -> None:
    line = doctor.layers()
    assert line.state == "ok"
    assert line.found.startswith("namespaces, capabilities dropped, seccomp, limits")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in")
def test_a_bubblewrap_that_may_not_make_namespaces_is_a_warning(tmp_path: Path) -> None:
    closed = tmp_path / "bwrap"
    closed.write_text(
        "#!/bin/sh\necho 'No permissions to create namespace' >&2\nexit 1"
    )
    closed.chmod(0o755)
    line = doctor.bubblewrap(str(closed))
    assert (line.state, line.found) == ("warn", "No permissions to create namespace")
    assert line.fix.startswith("only to grade: allow user namespaces")
    absent = doctor.bubblewrap(str(tmp_path / "absent"))
    assert (absent.state, absent.found) == ("warn", "not installed")


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_than_on_linux_the_sandbox_is_one_warning(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    (line,) = doctor.sandbox()
    assert line.state == "warn"
    assert "only to grade" in line.fix


@pytest.mark.parametrize(
    ("state", "verdict", "says"),
    [
        ("ok", True, "Everything needed"),
        ("warn", True, "Everything needed"),
        ("fail", False, "Needed and not right: thing"),
    ],
)
def test_the_report_ends_in_a_verdict(
    state: str, verdict: bool, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = doctor.Line("thing", state, "found [bold]this[/bold]", "mend it")
    monkeypatch.setattr(doctor, "diagnose", lambda: iter([line]))
    written = io.StringIO()
    assert doctor.report(Console(file=written, soft_wrap=True)) is verdict
    assert "found [bold]this[/bold]" in written.getvalue()
    assert "fix: mend it" in written.getvalue()
    assert says in written.getvalue()
    assert "\x1b[" not in written.getvalue()  # no colours into a file


def test_colours_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    line = doctor.Line("thing", "fail", "broken", "mend it")
    monkeypatch.setattr(doctor, "diagnose", lambda: iter([line]))
    written = io.StringIO()
    doctor.report(Console(file=written, force_terminal=True, color_system="standard"))
    assert "\x1b[1;31mfail" in written.getvalue()


def test_the_command_on_a_console_that_knows_no_check_marks(
    diagnosis: list[doctor.Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    marked = doctor.Line("thing", "ok", "found ✓")
    monkeypatch.setattr(doctor, "diagnose", lambda: iter([*diagnosis, marked]))
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", console)
    monkeypatch.setattr(sys, "argv", ["labkit", "doctor"])
    with pytest.raises(SystemExit) as end:
        main()
    console.flush()
    written = console.buffer.getvalue()
    assert not end.value.code, written
    assert b"found ?" in written
    assert b"Everything needed for the labs is here." in written
    assert b"\x1b[" not in written
