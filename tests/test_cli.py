"""The `labkit` command: quick help, clear refusals, exit codes, JupyterLab's start."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from labkit import lab
from labkit.checks.refusal import LEFT_OUT
from labkit.cli import app
from labkit.errors import LabkitError

COMMANDS = [
    *("lab", "train", "generate", "interpolate", "film", "evaluate", "export", "zoo"),
    *(
        "summary",
        "check",
        "build",
        "collect",
        "kit",
        "reset",
        "grade",
        "lint-lab",
        "doctor",
    ),
]


def labkit(
    *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "labkit", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


# ------------------------------------------------------------------------------- help


def test_help_lists_the_commands_and_loads_nothing_heavy() -> None:
    program = (
        "import sys, labkit.cli\n"
        "sys.argv = ['labkit', '--help']\n"
        "try: labkit.cli.main()\n"
        "except SystemExit as end: assert not end.code\n"
        "heavy = {'torch', 'numpy', 'matplotlib', 'jupyterlab'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    for name in COMMANDS:
        assert re.search(rf"^\W*{name} ", ran.stdout, re.MULTILINE), name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained(command, name: str) -> None:
    code, out, _ = command(name, "--help")
    assert code == 0
    assert "Usage: labkit" in out
    function = next(
        c.callback
        for c in app.registered_commands
        if c.callback.__name__ == name.replace("-", "_")
    )
    assert function.__doc__.splitlines()[0].rstrip(".")[:40] in out
    # an option's row that ends right after its type would have no explanation
    assert not re.search(r"--[a-z-]+ +(<[a-z ]+>)? +│$", out, re.MULTILINE)


def test_help_on_a_console_without_box_characters() -> None:
    ran = labkit("--help", PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert ran.returncode == 0, ran.stderr
    assert "doctor" in ran.stdout


def test_no_command_shows_the_help(command) -> None:
    _, out, err = command()
    assert "Usage: labkit" in out + err


# ------------------------------------------------------------------------ clear refusals


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "no-such-set"], "no-such-set"),
        (["train", "--resume", "nowhere", "--seed", "3"], "leave out --seed"),
        (["train", "--resume", "nowhere"], "nowhere"),
        (["train", "--preset", "huge"], "huge"),
        (["generate", "nowhere"], "nowhere"),
        (["summary", "--preset", "huge"], "huge"),
        (["summary", "--image-size", "30"], "30"),
        (["check", "nowhere.ipynb"], "nowhere.ipynb"),
        (["build"], "nbgrader_config.py"),
    ],
)
def test_what_the_user_can_mend_is_one_message(
    command, arguments, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = command(*arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("labkit: ")
    assert says in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "number"), [("critic_step", "05"), ("DCGANGenerator", "10")]
)
def test_what_a_kit_leaves_out_is_no_traceback(
    command, monkeypatch: pytest.MonkeyPatch, name: str, number: str
) -> None:
    from labkit import training

    def stub(*_: object, **__: object) -> None:
        raise NotImplementedError(LEFT_OUT.format(name=name))

    monkeypatch.setattr(training, "train", stub)
    code, _, err = command("train", "--preset", "dcgan")
    assert code == 2
    assert err.startswith(f"labkit: this needs labkit's {name}, which is the answer to")
    assert f"exercise of lab {number}." in err
    assert "leave that out" in err


def test_other_missing_implementations_are_errors(
    command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labkit import training

    def stub(*_: object, **__: object) -> None:
        raise NotImplementedError("no such kernel on this device")

    monkeypatch.setattr(training, "train", stub)
    with pytest.raises(NotImplementedError, match="no such kernel"):
        command("train")


def test_an_unknown_option_is_named(command) -> None:
    code, _, err = command("train", "--lerning-rate", "1")
    assert code == 2
    assert "--lerning-rate" in err


# ------------------------------------------------------------------- train and generate


@pytest.mark.slow
def test_train_generate_and_resume(
    command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        code, out, _ = command("train", "--images", "128", "--base-channels", "8")
        assert code == 0
        assert f"digits-{number}" in out
        run = tmp_path / "runs" / f"digits-{number}"
        for file in ("samples.png", "film.gif", "generator.safetensors", "config.json"):
            assert (run / file).stat().st_size > 0, file
    for picture in ("a.png", "b.png"):
        code, _, _ = command("generate", run, "--count", "4", "--out", picture)
        assert code == 0
    same = (tmp_path / "a.png").read_bytes()
    assert same == (tmp_path / "b.png").read_bytes()
    command("generate", run, "--count", "4", "--seed", "5", "--out", "c.png")
    assert (tmp_path / "c.png").read_bytes() != same
    code, out, _ = command("train", "--resume", run)
    assert code == 0


def test_summary_prints_both_networks(command) -> None:
    code, out, _ = command("summary", "--image-size", "64", "--channels", "3")
    assert code == 0
    assert "Critic" in out
    assert "Generator" in out
    assert "[1, 3, 64, 64]" in out
    assert out.count("Total params") == 2


# ------------------------------------------------------------------------------- check


RIGHT = "def rescale(images_uint8):\n    return images_uint8.float() / 127.5 - 1\n"
WRONG = "def rescale(images_uint8):\n    return images_uint8.float() / 255\n"


@pytest.mark.parametrize(("text", "expected"), [(RIGHT, 0), (WRONG, 1), ("def (", 2)])
def test_the_exit_code_of_check(
    command, text: str, expected: int, tmp_path: Path
) -> None:
    path = tmp_path / "mine.py"
    path.write_text(text)
    code, out, _ = command("check", path)
    assert code == expected
    assert ("rescale" in out) is (expected < 2)


def test_check_for_machines(command, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(WRONG)
    code, out, _ = command("check", path, "--json", "--exercise", "rescale")
    assert code == 1
    (result,) = json.loads(out)
    assert result["exercise"] == "rescale"
    assert result["passed"] is False


# --------------------------------------------------------------------------------- lab


FIRST = Path("notebooks", "00_warmup", "00_warmup.ipynb")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course folder with a first notebook."""
    path = tmp_path / "a course" / FIRST
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Warm-up")]), path)
    return tmp_path / "a course"


def test_the_course_is_found_from_below(course: Path) -> None:
    assert lab.course_folder(course) == course
    assert lab.course_folder((course / FIRST).parent) == course


def test_a_kit_opens_on_its_newest_notebook(course: Path) -> None:
    for name in ("03_generator", "04_losses"):
        path = course / "notebooks" / name / f"{name}.ipynb"
        path.parent.mkdir()
        path.touch()
        path.with_name(f"{name}-mine.ipynb").touch()
    assert lab.notebook_to_open(course) == FIRST
    (course / "data").mkdir()
    (course / "data" / "kit.json").write_text('{"lab": "04_losses"}')
    newest = Path("notebooks/04_losses/04_losses.ipynb")
    assert lab.notebook_to_open(course) == newest


def test_without_its_first_notebook_a_course_is_still_found(course: Path) -> None:
    (course / FIRST).unlink()
    assert lab.course_folder(course / "notebooks") == course
    assert lab.notebook_to_open(course) == Path("notebooks")
    (course / FIRST).parent.rmdir()
    (course / "data").mkdir()
    (course / "data" / "kit.json").write_text('{"lab": "04_losses"}')
    assert lab.course_folder(course / "notebooks") == course


def test_no_notebooks_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "__file__", str(tmp_path / "site" / "labkit" / "lab.py"))
    with pytest.raises(LabkitError, match=r"no notebooks here.*\n.*course folder"):
        lab.course_folder(tmp_path)


@contextlib.contextmanager
def serving(course: Path, *arguments: str) -> Iterator[str]:
    """`labkit lab` in a course folder, with Jupyter's own folders; gives the address."""
    log = course / "server.log"
    jupyter = {
        f"JUPYTER_{name}_DIR": str(course / ".jupyter" / name)
        for name in ("CONFIG", "DATA", "RUNTIME")
    }
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "labkit", "lab", "--no-browser", *arguments],
            cwd=course,
            env=os.environ | jupyter,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + 90
        while not (found := re.search(r"http://localhost\S+", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)
        yield found[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.mark.slow
def test_lab_serves_the_first_notebook_though_the_port_is_taken(course: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving(course, f"--port={port}") as address:
            path, _, token = address.partition("?token=")
            assert path.endswith(f"/lab/tree/{FIRST.as_posix()}")
            base = path.partition("/lab/")[0].replace("localhost", "127.0.0.1")
            assert base.rpartition(":")[2] != str(port)
            api = f"{base}/api/contents/{FIRST.as_posix()}?token={token}"
            with urllib.request.urlopen(api, timeout=30) as answer:
                notebook = json.load(answer)
            assert notebook["content"]["cells"][0]["source"] == "# Warm-up"
            settings = f"{base}/lab/api/settings?token={token}"
            with urllib.request.urlopen(settings, timeout=30) as answer:
                notices = next(
                    s["settings"] | {"schema": s["schema"]}
                    for s in json.load(answer)["settings"]
                    if s["id"] == "@jupyterlab/apputils-extension:notification"
                )
            properties = notices["schema"]["properties"]
            assert properties["fetchNews"]["default"] == "false"
            assert properties["checkForUpdates"]["default"] is False
