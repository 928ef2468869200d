"""Answers that are data, found with a widget, through the sandbox and elsewhere."""

from collections.abc import Iterator

import nbformat
import pytest

from labkit import widgets
from labkit.checks.report import result_of
from labkit.checks.run import examine, judge
from labkit.checks.spec import find
from labkit.checks.submission import load
from labkit.grading.sandbox.outcome import Request
from labkit.grading.sandbox.worker import Worker
from tests.grading.classroom import notebook, right
from tests.grading.conftest import SMALL

LAB, NAME = "07_latent_space", "seed_pair"
TEXT = "explorer?generator=digits&view=path&seeds=[6,99]&t=0.5&path=slerp"
MAKES_A_WIDGET = f"""
from labkit import widgets
explorer = widgets.Explorer.shared("{TEXT}")
explorer
"""
ANSWERS = {
    "the lab's own": None,
    "a text": f'seed_pair = "{TEXT}"',
    "a pair": "seed_pair = (6, 99)",
    "a widget": f"{MAKES_A_WIDGET}\nseed_pair = explorer",
    "what a widget shares": f"{MAKES_A_WIDGET}\nseed_pair = explorer.share()",
    "a widget that is made in vain": f"{MAKES_A_WIDGET}\n"
    f'def seed_pair():\n    return "{TEXT}"',
}
NO_WIDGETS = """
import sys
sys.modules["anywidget"] = sys.modules["ipywidgets"] = None  # cannot be imported
"""


def content(source: str | None) -> bytes:
    answer = right(LAB)[NAME] if source is None else source
    made = notebook(LAB, {NAME: answer})
    return nbformat.v4.writes_json(made).encode()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A worker of the lab's own: that of the other tests has none of its exercises."""
    with Worker(LAB, SMALL, tmp_path_factory.mktemp("course")) as made:
        yield made


def observed(worker: Worker, source: str | None):
    request = Request(LAB, [NAME], content(source), "x", [], [], {NAME: 7})
    return worker.run(request).observed[NAME]


@pytest.mark.parametrize("kind", ANSWERS)
def test_data_goes_through_the_sandbox(found: Worker, kind: str) -> None:
    """Nobody has to live in there: no kernel, no page, no display."""
    seen = observed(found, ANSWERS[kind])
    assert seen.observation is not None, seen
    assert seen.tampering == []
    result = judge(find(NAME), seen.observation)
    assert result.passed, str(result)
    assert ("is not saved" in str(result)) == (kind == "a widget")


def test_a_text_needs_no_widgets(found: Worker) -> None:
    """The lecture's own widget is in the notebook; nothing of it is run."""
    seen = observed(found, f"{NO_WIDGETS}\nseed_pair = '{TEXT}'")
    assert judge(find(NAME), seen.observation).points == 1


@pytest.mark.parametrize("kind", ["a text", "a pair", "what a widget shares"])
def test_data_in_a_file_and_in_a_notebook(tmp_path, kind: str) -> None:
    """What `labkit check` and `pytest --submission` read."""
    path = tmp_path / "latent_space.py"
    path.write_text(ANSWERS[kind])
    (tmp_path / "lab.ipynb").write_bytes(content(ANSWERS[kind]))
    for file in (path, tmp_path / "lab.ipynb"):
        result = result_of(load(file), NAME)
        assert result.passed, str(result)


def test_the_explorer_as_it_opens_is_no_answer() -> None:
    explorer = widgets.Explorer("digits")
    first, second = explorer.state["seeds"]
    told = str(examine(find(NAME), explorer))
    assert told.startswith("✗") and (
        f"seed {first}" in told or f"seed {second}" in told
    )


def test_the_widgets_class_is_no_answer() -> None:
    assert "nothing has been chosen" in str(examine(find(NAME), widgets.Explorer))


def test_what_a_playground_shares_is_an_answer() -> None:
    """The grader replays what the widget's text says, and counts the same modes."""
    played = widgets.Playground(k=3, lr_critic=0.002, hidden=32, seed=1, steps=425)
    exercise = find("all_modes")
    assert examine(exercise, (played.share(), 8)).points == 1
    assert "you say 7 modes" in str(examine(exercise, (played.share(), 7)))
    assert "no iteration yet" in str(examine(exercise, widgets.Playground()))
