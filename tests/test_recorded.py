"""Cells of a lecture in a kit: live where they can be, recorded where a stub stops them."""

import ast
import json
from pathlib import Path

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from labkit import losses, recorded
from labkit.checks.refusal import LEFT_OUT

STUB = LEFT_OUT.format(name="critic_loss")
CELLS = {
    "lecture-1": "guess = '?'\nx = 20\ny = losses.critic_loss(x, x)\nz = 3\ny + 1",
    "lecture-2": "y * 2",
    "lecture-3": "def helper(f):\n    return f(1)\n\n\nhelper(answer)",
    "lecture-4": "x + z",
    "lecture-5": "import asyncio\nawait asyncio.sleep(0, 'waited')",
    "lecture-6": "raise NotImplementedError('your turn: replace this line')",
}


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """IPython with recordings of `CELLS`: each showed its own name."""
    folder = tmp_path / recorded.FOLDER
    folder.mkdir()
    cells = [
        {
            "id": name,
            "key": recorded.key(ast.parse(text)),
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": f"as in {name}\n"},
                {
                    "output_type": "display_data",
                    "data": {"text/plain": f"picture of {name}"},
                    "metadata": {},
                },
            ],
        }
        for name, text in CELLS.items()
    ]
    (folder / "04_losses.json").write_text(json.dumps(cells), "utf-8")
    monkeypatch.setattr(recorded, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(recorded, "_active", None)
    shell = InteractiveShell()
    recorded.load_ipython_extension(shell)
    shell.user_ns["losses"] = losses
    return shell


@pytest.fixture
def stub(monkeypatch):
    """As in a kit: `losses.critic_loss` is left out, by a function of labkit's."""
    space = {"__name__": "labkit.losses"}
    exec(f"def stub(*_):\n    raise NotImplementedError({STUB!r})", space)  # noqa: S102
    monkeypatch.setattr(losses, "critic_loss", space["stub"])


def run(shell, text, cell_id=None):
    shell.display_pub = CapturingDisplayPublisher()
    with capture_output() as seen:
        result = shell.run_cell(text, cell_id=cell_id)
    return (
        result,
        seen.stdout,
        [each["data"]["text/plain"] for each in shell.display_pub.outputs],
    )


def test_a_cell_that_a_stub_stops_shows_its_recording_and_is_no_error(shell, stub):
    result, text, pictures = run(shell, CELLS["lecture-1"])
    assert result.success
    assert "Recorded: this needs labkit's critic_loss" in text
    assert "exercise of lab 04.\nIt runs live in the kit of a later lab." in text
    assert "as in lecture-1" in text
    assert pictures == ["picture of lecture-1"]


def test_what_does_not_need_the_answer_is_there_and_the_rest_is_recorded_too(
    shell, stub
):
    run(shell, CELLS["lecture-1"])
    assert run(shell, CELLS["lecture-4"])[0].result == 23
    result, text, _ = run(shell, CELLS["lecture-2"])
    assert result.success
    assert "as in lecture-2" in text


def test_with_the_answer_it_runs_live(shell, monkeypatch):
    monkeypatch.setattr(losses, "critic_loss", lambda a, b: a + b)
    result, text, pictures = run(shell, CELLS["lecture-1"])
    assert result.result == 41
    assert "Recorded" not in text
    assert pictures == []
    assert run(shell, CELLS["lecture-2"])[0].result == 80


def test_a_recorded_cell_runs_live_when_the_answer_has_come(shell, stub, monkeypatch):
    run(shell, CELLS["lecture-1"])
    monkeypatch.setattr(losses, "critic_loss", lambda a, b: a + b)
    assert run(shell, CELLS["lecture-1"])[0].result == 41


def test_predictions_and_layout_do_not_matter(shell, stub):
    text = CELLS["lecture-1"].replace("'?'", "'brighter'  # I think")
    assert "Recorded: " in run(shell, text)[1]


def test_a_changed_cell_is_found_by_its_id_and_says_so(shell, stub):
    text = CELLS["lecture-1"].replace("20", "30")
    assert not run(shell, text)[0].success
    assert (
        "Recorded, from this cell as it was handed out: "
        in (run(shell, text, "lecture-1")[1])
    )


def test_awaiting_and_showing_the_last_value_work_as_ever(shell):
    assert run(shell, CELLS["lecture-5"])[0].result == "waited"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("answer = lambda _: losses.critic_loss(0, 0)", NotImplementedError),
        (
            "def answer(_):\n    raise NotImplementedError('your turn')",
            NotImplementedError,
        ),
        ("def answer(_):\n    return nobody_knows", NameError),
        ("def answer(x):\n    return x / 0", ZeroDivisionError),
    ],
)
def test_the_students_own_mistakes_are_shown(shell, stub, text, error):
    run(shell, text)
    result, said, _ = run(shell, CELLS["lecture-3"])
    assert isinstance(result.error_in_exec, error)
    assert "Recorded" not in said


def test_other_cells_and_open_holes_have_no_recording(shell, stub):
    assert not run(shell, "losses.critic_loss(1, 2)")[0].success
    assert not run(shell, CELLS["lecture-6"])[0].success


def test_networks_that_a_stopped_statement_would_have_trained_are_not_shown(
    shell, stub
):
    from torch import nn

    shell.user_ns |= {"trained": nn.Linear(1, 1), "fixed": nn.Linear(1, 1).eval()}
    recorded._active.by_key[recorded.key(ast.parse("losses.critic_loss(trained, fixed)"))] = {
        "id": "more", "key": "", "outputs": [],
    }  # fmt: skip
    run(shell, "losses.critic_loss(trained, fixed)")
    assert "trained" not in shell.user_ns
    assert "fixed" in shell.user_ns


def test_in_the_whole_course_it_does_nothing(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(recorded, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(recorded, "_active", None)
    shell = InteractiveShell()
    recorded.load_ipython_extension(shell)
    assert shell.ast_transformers == []
