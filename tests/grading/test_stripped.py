"""A worker's labkit: the answers are gone, and everything that observes still works."""

import ast
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from labkit.checks import REGISTRY
from labkit.checks.spec import answers
from labkit.course.lint import TRIVIAL, _normal
from labkit.course.stripped import MARKING, PACKAGE, without_bodies, write_stripped
from labkit.errors import LabkitError

REPO = Path(__file__).parents[2]
LABS = sorted({exercise.lab for exercise in REGISTRY.values()})

# Lines that any program may hold: they give no answer away.
IDIOMS = {
    "with torch.no_grad():",
    "if images.dtype != torch.uint8:",
    "nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)",
    "nn.BatchNorm2d(out_channels)",
    "weights = list(network.parameters())",
    "for weight in critic.parameters():",
}

# Run with a stripped labkit on the path: hides the checks, then looks at an answer of
# the reference, at one that calls labkit's, and at what a cell sees of the checks.
INSIDE = """
import json, sys
import labkit
from labkit.checks.run import judge, observe
from labkit.checks.spec import REGISTRY, own_version
from labkit.grading.reading.hiding import hide_checks

exercises = [each for each in REGISTRY.values() if each.lab == sys.argv[1]]
answers = json.load(sys.stdin)
hide_checks()
names = {"__name__": "__main__"}
exec(answers.pop("cells"), names)
seen = {"labkit": labkit.__file__, "data": len(labkit.data.present())}
for each in exercises:
    own = own_version(each)
    result = judge(each, observe(each, names[each.name], 0))
    wrapped = judge(each, observe(each, lambda *a, **k: own(*a, **k), 0))
    alias = judge(each, observe(each, own, 0))
    seen[each.name] = [result.points, str(wrapped), str(alias), wrapped.points]
for name, code in answers.items():
    try:
        exec(code, names)
        seen[name] = "it ran"
    except Exception as error:
        seen[name] = f"{type(error).__name__}: {error}"
print(json.dumps(seen))
"""
CELLS = {
    "check": 'from labkit.checks import CheckFailed, check; check("any", 1)',
    "formulas": "from labkit.checks.latent import formulas",
    "registry": 'import labkit; labkit.checks.REGISTRY["lerp"]',
    "grading": "import labkit.grading.reading.runner",
    "own": "import labkit, torch; labkit.lerp(torch.ones(2), torch.ones(2), 0.5)",
    "memory": "import gc; [f for f in gc.get_objects() if getattr(f, '__name__', '') "
    "== 'on_arc'][0]",
}


def bodies(lab):
    """The lines of all answers to a lab and those after it, as `lint` compares them."""
    found = {}
    for place in answers(lab) | MARKING:
        module, _, name = place.partition(":")
        source = (PACKAGE.parent / module.replace(".", "/")).with_suffix(".py")
        lines = source.read_text("utf-8").splitlines()
        for node in ast.parse("\n".join(lines)).body:
            if getattr(node, "name", None) == name:
                parts = node.body if isinstance(node, ast.ClassDef) else [node]
                for part in parts:
                    if isinstance(part, ast.FunctionDef):
                        body = part.body[bool(ast.get_docstring(part)) :]
                        for line in lines[body[0].lineno - 1 : part.end_lineno]:
                            found[_normal(line)] = place
    return {line: place for line, place in found.items() if len(line) >= TRIVIAL}


@pytest.mark.parametrize("lab", LABS[::5])  # all take too long
def test_no_line_of_an_answer_is_left(tmp_path, lab):
    write_stripped(tmp_path, lab)
    allowed = bodies(LABS[0]).keys() - bodies(lab).keys() | IDIOMS
    allowed |= _earlier(lab)
    gone = {line: place for line, place in bodies(lab).items() if line not in allowed}
    assert gone or lab == LABS[-1]
    found = [
        f"{path.relative_to(tmp_path)}: {line} (of {gone[_normal(line)]})"
        for path in tmp_path.glob("labkit/**/*.py")
        for line in path.read_text("utf-8").splitlines()
        if _normal(line) in gone
    ]
    assert found == []


def _earlier(lab):
    """What answers of labs before this one have in common with later ones."""
    before = {e.own.partition(":")[2] for e in REGISTRY.values() if e.lab < lab}
    source = (PACKAGE / "models.py").read_text("utf-8")
    lines = source.splitlines()
    return {
        _normal(line)
        for node in ast.parse(source).body
        if getattr(node, "name", None) in before
        for line in lines[node.lineno - 1 : node.end_lineno]
    }


def test_a_worker_gets_nothing_of_the_teachers(tmp_path):
    write_stripped(tmp_path, "00_warmup")
    copied = {path.name for path in (tmp_path / "labkit").iterdir()}
    assert not copied & {"course", "commands", "exercises", "cli.py", "doctor.py"}
    assert {"checks", "clinic.py", "metrics", "grading"} <= copied
    there = {path.name for path in (tmp_path / "labkit/grading").rglob("*")}
    assert {"zygote.py", "hiding.py"} <= there
    assert not there & {"engine.py", "mutants.py", "verdict.py", "gradebook.py"}
    assert not list((tmp_path / "labkit").rglob("__pycache__"))
    assert "cd305a28" not in (tmp_path / "labkit/clinic.py").read_text()


def test_earlier_answers_stay(tmp_path):
    write_stripped(tmp_path, "05_training")
    losses = (tmp_path / "labkit/losses.py").read_text()
    assert losses.count("your turn") == 3  # two of lab 08, and a third that equals one
    assert "left out" in (tmp_path / "labkit/training.py").read_text()
    models = (tmp_path / "labkit/models.py").read_text()
    assert models.count("labkit's own") == 2  # __init__ and forward of GAN


def test_unknown_labs_are_refused(tmp_path):
    with pytest.raises(LabkitError, match=r"no lab '12_more'; the labs are 00_warmup,"):
        write_stripped(tmp_path, "12_more")


def test_a_stub_keeps_what_can_be_asked_of_it():
    source = textwrap.dedent('''\
        import functools

        LIMIT = 3  # stays

        @functools.cache
        def f(a: int, b: float = 0.5) -> float:
            """Says what it does."""
            # and how
            return a + b  # so


        class G(dict):
            size: int = 3

            def __init__(self):
                # the trick:
                self.secret = 1

            def ask(self):
                """Ask."""
                return 2

        TABLE = {
            "a": "b",
            "c": "d",
        }
        KEPT = {"a": "b"}
        ''')
    expected = textwrap.dedent('''\
        import functools

        LIMIT = 3  # stays

        @functools.cache
        def f(a: int, b: float = 0.5) -> float:
            """Says what it does."""
            raise NotImplementedError("labkit's own f is left out here: your turn")


        class G(dict):
            size: int = 3

            def __init__(self):
                raise NotImplementedError("labkit's own it is left out here: your turn")

            def ask(self):
                """Ask."""
                raise NotImplementedError("labkit's own it is left out here: your turn")

        TABLE = {'a': '', 'c': ''}
        KEPT = {"a": "b"}
        ''')
    assert without_bodies(source, {"f": "f", "G": "it", "TABLE": "it"}) == expected
    with pytest.raises(ValueError, match="nothing called h"):
        without_bodies(source, {"h": "h"})


def test_observing_works_without_answers_and_with_hidden_checks(tmp_path):
    """One lab here, for time; its answers, labkit's, and what cells may look at."""
    lab = "04_losses"
    write_stripped(tmp_path, lab)
    cells = ast.parse((REPO / f"solutions/{lab}/{lab}.py").read_text("utf-8"))
    wanted = {each.name: each for each in REGISTRY.values() if each.lab == lab}
    keep = (ast.Import, ast.ImportFrom)
    body = [
        node
        for node in cells.body
        if isinstance(node, keep) or getattr(node, "name", None) in wanted
    ]
    given = {"cells": ast.unparse(ast.Module(body, [])), **CELLS}
    done = subprocess.run(
        [sys.executable, "-c", INSIDE, lab],
        input=json.dumps(given),
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["labkit"].startswith(str(tmp_path))
    assert seen["data"] >= 3
    for name, exercise in wanted.items():
        points, wrapped, alias, wrapped_points = seen[name]
        assert points == exercise.points, name
        assert f"this calls labkit's own {name}; write yours" in wrapped
        assert f"this is labkit's own {name}; write yours" in alias
        assert wrapped_points == 0
    assert seen["check"] == "it ran"
    assert seen["formulas"].startswith("ModuleNotFoundError: No module named")
    assert seen["grading"].startswith("ModuleNotFoundError")
    assert seen["registry"] == "KeyError: 'lerp'"
    assert "labkit's own lerp is left out here" in seen["own"]
    assert seen["memory"].startswith("IndexError")
