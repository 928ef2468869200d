"""Cells of a lecture in a kit: live where they can be, recorded where a stub stops them."""

import ast
import json
import shutil
import subprocess
import sys
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


# What versions of Python write as different trees, and what they all agree on.
VARIED = """guess, wide = "?", 9
class A:
    def f(self, *a, b: int = 1, **c) -> str:
        return f"{self:{wide}}" + f"{a!r:>{b}.2f} {c=}" + "".join(x for x in a if x)
"""
ITS_KEY = "f6703c8424181300089c2297d03eb2ce"


def test_a_cells_key_is_written_down():
    """Kits that are out there have recordings under such keys."""
    assert recorded.key(ast.parse(VARIED)) == ITS_KEY
    mine = VARIED.replace('"?"', "'brighter'") + "# a comment\n"
    assert recorded.key(ast.parse(mine)) == ITS_KEY
    for old, new in (("9", "8"), ("int", "str"), ("wide}", "b}"), ('"".', '" ".')):
        assert recorded.key(ast.parse(VARIED.replace(old, new))) != ITS_KEY


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_other_versions_of_python_know_the_same_key(version):
    found = shutil.which(f"python{version}")
    beside = Path(sys.base_prefix).parent.glob(f"*{version}.*/bin/python{version}")
    program = (
        "import ast, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
        "from labkit.recorded_keys import key\n"
        f"print(key(ast.parse({VARIED!r})))\n"
    )
    for python in filter(None, [*beside, found]):
        ran = subprocess.run(
            [python, "-BISc", program], capture_output=True, text=True, check=False
        )
        if ran.returncode != 127:  # a version manager's name for one it does not have
            assert ran.stdout.strip() == ITS_KEY, ran.stderr
            return
    pytest.skip(f"Python {version} is not on this machine")


@pytest.mark.parametrize(
    "cell",
    [
        "def helper(x):\n    return losses.critic_loss(x, x)\n\n\nhelper({})",
        "row = [losses.critic_loss(x, x) for x in range({})]",
        "list(map(lambda x: losses.critic_loss(x, x), range({})))",
    ],
    ids=["function", "comprehension", "lambda"],
)
def test_a_changed_cell_with_a_function_of_its_own_is_recorded_too(shell, stub, cell):
    recorded._active.by_id["mine"] = recorded._active.by_id["lecture-1"]
    result, said, _ = run(shell, cell.format(3), "mine")
    assert result.success
    assert "from this cell as it was handed out" in said


def test_a_long_sum_does_not_end_the_recordings(shell, stub):
    for terms in (400, 2500):
        recorded._active.by_id["long"] = recorded._active.by_id["lecture-1"]
        run(shell, "+".join("1" * terms), "long")
    assert shell.ast_transformers == [recorded._active]
    assert "Recorded: " in run(shell, CELLS["lecture-1"])[1]
