"""`labkit check PATH`: what is read, what is run, and what is told."""

import json
import subprocess
import sys

import nbformat
import numpy as np
import pytest
import torch

from labkit.checks.report import report
from labkit.checks.submission import SubmissionError, load, scan
from labkit.cli import main
from labkit.errors import LabkitError

IMPORTS = "import torch\nfrom torch.nn import functional as F\n"
CRITIC = """\
def critic_loss(real_logits, fake_logits, smoothing=0.0):
    real = F.softplus(-real_logits).mean() + smoothing * real_logits.mean()
    return (real + F.softplus(fake_logits).mean()) / 2
"""
GENERATOR = """\
def generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()
"""
MINIMAX = """\
def minimax_generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()
"""
STUB = """\
def generator_loss(fake_logits):
    raise NotImplementedError("generator_loss: your turn")
"""
LAB = ["critic_loss", "generator_loss", "minimax_generator_loss"]


@pytest.fixture
def notebook(tmp_path):
    """Writes a notebook; a cell is its source, or (source, grade_id)."""

    def write(*cells):
        nodes = [nbformat.v4.new_markdown_cell("# Losses")]
        for cell in cells:
            source, grade_id = cell if isinstance(cell, tuple) else (cell, None)
            nodes.append(nbformat.v4.new_code_cell(source))
            if grade_id:
                nodes[-1].metadata["nbgrader"] = {"grade_id": grade_id}
        path = tmp_path / "lab.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=nodes), path)
        return path

    return write


@pytest.fixture
def python(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_a_notebook_with_all_exercises_right(notebook, capsys):
    path = notebook(IMPORTS, CRITIC, GENERATOR, MINIMAX)
    assert report(path) == 0
    shown = capsys.readouterr().out
    assert shown.count("✓ ") == 6  # a line each, and a row each in the table
    assert shown.endswith("3 of 3 pass · 10 of 10 points\n")


def test_one_wrong_and_one_missing_exercise(notebook, capsys):
    path = notebook(IMPORTS, CRITIC.replace(") / 2", ")"), GENERATOR)
    assert report(path) == 1
    shown = capsys.readouterr().out
    assert "✗ critic_loss · a factor 2: the sum of the two means" in shown
    assert "✓ generator_loss · " in shown
    assert "✗ minimax_generator_loss · it is not in this file" in shown
    assert "1 of 3 pass" in shown


def test_a_stub_counts_as_failed(notebook, capsys):
    assert report(notebook(IMPORTS, STUB), ["generator_loss"]) == 1
    assert "still the stub" in capsys.readouterr().out


def test_json_for_machines(notebook, capsys):
    path = notebook(IMPORTS, CRITIC, STUB, "print('noise')")
    assert report(path, as_json=True) == 1
    found = {entry["exercise"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert list(found) == LAB
    assert found["critic_loss"]["passed"] is True
    assert found["critic_loss"]["points"] == found["critic_loss"]["max_points"] == 4
    assert all(finding["passed"] for finding in found["critic_loss"]["findings"])
    assert found["generator_loss"]["points"] == 0
    assert "still the stub" in found["generator_loss"]["message"]
    assert found["minimax_generator_loss"]["findings"][0]["name"] == "can be checked"


def test_the_cell_with_the_grade_id_counts(notebook):
    wrong = GENERATOR.replace("-fake", "fake")
    path = notebook(
        IMPORTS,
        wrong,  # a first try, above
        (GENERATOR, "generator_loss"),
        ("check('generator_loss', generator_loss)", "generator_loss_check"),
        wrong,  # an experiment, below
    )
    assert report(path, ["generator_loss"]) == 0


def test_without_grade_ids_the_last_definition_counts(notebook):
    wrong = GENERATOR.replace("-fake", "fake")
    assert report(notebook(IMPORTS, wrong, GENERATOR), ["generator_loss"]) == 0
    assert report(notebook(IMPORTS, GENERATOR, wrong), ["generator_loss"]) == 1


def test_an_answer_outside_its_own_cell_is_found(notebook):
    path = notebook(IMPORTS, ("# see below", "generator_loss"), GENERATOR)
    assert report(path, ["generator_loss"]) == 0


def test_an_imported_name_is_no_answer(notebook, capsys):
    path = notebook("from labkit.losses import critic_loss", IMPORTS, GENERATOR)
    assert report(path) == 1
    assert "✗ critic_loss · it is not in this file" in capsys.readouterr().out


def test_magics_prompts_and_failing_cells_do_not_stop_it(notebook):
    path = notebook(
        "%matplotlib inline\n!rm -rf no-such-thing\nfiles = !ls\nlen(files)",
        "1 / 0",
        "%%time\n" + IMPORTS,
        "import sys\nsys.exit(1)",
        "input('name? ')",
        "this is not Python",
        "%%bash\nexit 3",
        "display(3)",
        "F.softplus?",
        CRITIC + "critic_loss('demo')",  # fails after the definition
        "%%timeit\n" + GENERATOR,
        MINIMAX,
    )
    assert report(path, ["critic_loss", "minimax_generator_loss"]) == 0


def test_a_cell_that_stops_before_its_definition_is_told(notebook, capsys):
    path = notebook(IMPORTS, ("import no_such_module\n" + GENERATOR, "generator_loss"))
    assert report(path, ["generator_loss"]) == 1
    shown = capsys.readouterr().out
    assert "in its own cell, before any check" in shown
    assert "ModuleNotFoundError" in shown
    assert "import no_such_module" in shown


def test_a_syntax_error_is_told(notebook, capsys):
    path = notebook(IMPORTS, GENERATOR.replace("fake_logits):", "fake_logits)"))
    assert report(path, ["generator_loss"]) == 1
    shown = capsys.readouterr().out
    assert "SyntaxError" in shown
    assert "def generator_loss(fake_logits)" in shown


def test_what_comes_after_the_last_answer_is_not_run(notebook, tmp_path):
    path = notebook(IMPORTS, GENERATOR, "open('trained', 'w').close()")
    load(path)
    assert not (tmp_path / "trained").exists()


def test_cells_run_in_the_notebooks_folder(notebook, tmp_path):
    (tmp_path / "helper.py").write_text("scale = 1.0")
    (tmp_path / "scale.txt").write_text("1.0")
    path = notebook(
        IMPORTS + "import helper",
        "scale = float(open('scale.txt').read()) * helper.scale",
        GENERATOR.replace(".mean()", ".mean() * scale"),
    )
    assert report(path, ["generator_loss"]) == 0


def test_a_python_file(python):
    text = IMPORTS + "check('rescale', None)\n1 / 0\n" + CRITIC + MINIMAX
    assert (
        report(python(text + "generator_loss = lambda x: F.softplus(-x).mean()")) == 0
    )


def test_a_python_file_is_a_module_to_its_classes(python):
    text = (
        "from __future__ import annotations\n" + IMPORTS + "import inspect\n"
        "from dataclasses import dataclass, field\n"
        "@dataclass\nclass Scale:\n    by: float = 1.0\n"
        "assert 'by: float' in inspect.getsource(Scale)\n"
        "scale = Scale()\n"
        "def generator_loss(fake_logits: Unknown):\n    return helper(fake_logits)\n"
        "def helper(x):\n    return F.softplus(-x).mean() * scale.by\n"
        "if __name__ == '__main__':\n    generator_loss = None\n"
    )
    assert report(python(text), ["generator_loss"]) == 0


def test_percent_cells_with_roles(python):
    text = (
        f'# %%\n{IMPORTS}\n# %% exercise="generator_loss"\n{GENERATOR}\n'
        '# %% check="generator_loss"\ncheck("generator_loss", generator_loss)\n'
        "# %%\ngenerator_loss = None\nopen('trained', 'w').close()\n"
    )
    path = python(text)
    assert report(path, ["generator_loss"]) == 0
    assert not (path.parent / "trained").exists()


def test_expected_are_the_exercises_of_the_labs_found(notebook, python):
    assert scan(notebook(IMPORTS, GENERATOR)) == LAB
    assert scan(notebook((GENERATOR, "generator_loss"), "rescale = None")) == LAB
    assert scan(python(GENERATOR + "def rescale(x): ...")) == ["rescale", *LAB]
    assert scan(python("x = 1")) == []


def test_a_file_without_exercises_fails(python, capsys):
    assert report(python("x = 1")) == 1
    assert "no exercise of this course is in it" in capsys.readouterr().out


def test_running_a_file_leaves_no_trace(notebook, capfd):
    path = notebook(
        IMPORTS + "import numpy, sys\ntorch.manual_seed(1)\nnumpy.random.seed(1)",
        "print('loud')\nprint('louder', file=sys.stderr)",
        GENERATOR,
    )
    before = torch.get_rng_state(), np.random.get_state()[1], list(sys.path)
    load(path)
    assert torch.equal(before[0], torch.get_rng_state())
    assert np.array_equal(before[1], np.random.get_state()[1])
    assert sys.path == before[2]
    assert capfd.readouterr() == ("", "")


DAMAGED = {
    "missing.ipynb": (None, "does not exist"),
    "missing.py": (None, "does not exist"),
    "a.txt": (b"x = 1", "neither a notebook"),
    "binary.py": (b"\x7fELF\x00\xff\xfe", "not text in UTF-8"),
    "binary.ipynb": (b"\x89PNG\r\n\x1a\n\x00", "not text in UTF-8"),
    "null.py": (b"x = 1\x00", "not Python"),
    "broken.py": (b"def f(:\n", "not Python (line 1"),
    "deep.py": (b"(" * 5000, "not Python"),
    "empty.ipynb": (b"", "is empty"),
    "broken.ipynb": (b'{"cells": [', "not JSON"),
    "deep.ipynb": (b"[" * 100_000, "nested too deeply"),
    "list.ipynb": (b"[1, 2]", "no list of cells"),
    "other.ipynb": (b'{"a": 1}', "no list of cells"),
    "cells.ipynb": (b'{"cells": [1]}', "amaged"),
    "cell.ipynb": (b'{"cells": [{"cell_type": "code", "source": [1]}]}', "amaged"),
    "old.ipynb": (b'{"worksheets": []}', "old format"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_unreadable_files_say_why(name, tmp_path):
    content, said = DAMAGED[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SubmissionError) as caught:
        report(tmp_path / name)
    assert said in str(caught.value)
    assert name in str(caught.value)


def test_a_folder_and_an_unknown_exercise_are_errors(tmp_path, python):
    with pytest.raises(SubmissionError, match="is a folder"):
        report(tmp_path)
    with pytest.raises(LabkitError, match="Did you mean 'critic_loss'"):
        report(python(CRITIC), ["critic_los"])


def test_the_command_line(notebook, python, tmp_path, monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["labkit", "check", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        return stopped.value.code or 0, *capsys.readouterr()

    right = notebook(IMPORTS, CRITIC, GENERATOR, MINIMAX)
    code, out, err = run(right, "--json")
    assert (code, err) == (0, "")
    assert [entry["passed"] for entry in json.loads(out)] == [True] * 3
    code, out, err = run(python(IMPORTS + CRITIC))
    assert (code, err) == (1, "")
    code, out, err = run(python(IMPORTS + CRITIC), "--exercise", "critic_loss")
    assert (code, err) == (0, "")
    code, out, err = run(tmp_path / "nowhere.ipynb")
    assert (code, out) == (2, "")
    assert "nowhere.ipynb does not exist" in err


def test_the_command_line_of_a_new_process(notebook):
    """Nothing on stderr, not from anything that is imported on the way either."""
    command = [sys.executable, "-m", "labkit", "check", notebook(IMPORTS, GENERATOR)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "✓ generator_loss · " in done.stdout
