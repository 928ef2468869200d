"""The leak scan: a clean kit has none, and every kind that is planted is found."""

import ast
import gzip
import html
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import nbformat
import pytest

from labkit.course import kit as module
from labkit.course import leaks, leaks_code, leaks_run, leaks_words, site_labs
from labkit.course.errors import BuildError

REPO = Path(__file__).parents[1]
LAB = "04_losses"
NOTEBOOK = Path("notebooks", LAB, f"{LAB}.ipynb")

# The answers to 08's penalty and 05's critic_step, with other names, in another layout.
RENAMED = '''
def slope_of(judge, photos, drawings):
    """Something else altogether."""
    if True:
        {body}
'''


def own(place):
    """The body of an answer of labkit's, with every variable renamed."""
    tree = ast.parse(leaks_code._source(place)).body[0]
    body = tree.body[1:]
    for node in ast.walk(ast.Module(body, [])):
        if isinstance(node, ast.Name):
            node.id = f"other_{node.id}"
        elif isinstance(node, ast.arg):
            node.arg = f"other_{node.arg}"
    return RENAMED.format(body="\n        ".join(ast.unparse(body).splitlines()))


@pytest.fixture(scope="module")
def kit(tmp_path_factory) -> Path:
    """A kit's folder, its lectures without outputs, as `labkit kit` writes it."""
    folder = tmp_path_factory.mktemp("kit")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site_labs, "run", lambda notebook, _: notebook)
        patch.setattr(module.leaks, "scan", lambda *_: [leaks.Row("nothing", "here")])
        made = module.make_kit(LAB, folder, REPO, say=lambda _: None)
    with zipfile.ZipFile(made) as zipped:
        zipped.extractall(folder)
    return folder / made.stem


def hole(lab, name):
    source = REPO / "solutions" / lab
    cells = leaks_words.read_lab(source, REPO).cells
    return next(cell for cell in cells if cell.name == name).holes()[0]


def plant(kit):
    """Put a leak of each kind into a kit; returns where each is."""
    helper = kit / "labkit" / "helpers.py"
    helper.write_text(own("labkit.penalties:gradient_penalty"), "utf-8")
    losses = kit / "labkit" / "losses.py"
    losses.write_text(losses.read_text("utf-8").replace(
        'raise NotImplementedError("labkit\'s own generator_loss is left out here: your turn")',
        "return -fake_logits.mean()"), "utf-8")  # fmt: skip
    path = kit / NOTEBOOK
    notebook = nbformat.read(path, 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[0].outputs = [
        nbformat.v4.new_output("stream", text=hole("05_training", "critic_step"))
    ]
    code[1].metadata["hint"] = hole("08_wasserstein", "gradient_penalty")
    code[2].source += "\n### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS\n"
    nbformat.write(notebook, path)
    written = next(
        cell
        for cell in leaks_words.read_lab(REPO / "solutions" / LAB, REPO).cells
        if cell.role == "written"
    )
    notes = kit / "data" / "notes.txt"
    notes.write_text("For markers:\n" + written.holes()[0].replace("\n", "  "), "utf-8")
    record = kit / "data" / "recorded" / f"{LAB}.json"
    cells = json.loads(record.read_text("utf-8"))
    cells[0]["outputs"] = [
        {"data": {"text/html": f"<pre>{hole(LAB, 'critic_loss')}</pre>"}}
    ]
    coloured = html.escape(hole("08_wasserstein", "gradient_penalty"))
    coloured = coloured.replace("real", '<span class="n">real</span>')
    coloured = coloured.replace("(", "&#40;")
    page = f"<h1>Notes</h1><pre id='x'><span></span>{coloured}</pre><p>Here.</p>"
    cells[1]["outputs"] = [{"data": {"text/html": page}}]
    record.write_text(json.dumps(cells), "utf-8")
    fresh = kit / "data" / "fresh" / "x.ipynb.gz"
    packed = {
        "cells": [{"id": "a", "source": hole("09_evaluation", "frechet_distance")}]
    }
    fresh.write_bytes(gzip.compress(json.dumps(packed).encode()))
    gallery = REPO / "tests" / "exercises" / "gallery" / "slerp.py"
    shutil.copy(gallery, kit / "labkit" / "show" / "more.py")
    (kit / "tests" / "exercises" / "gallery").mkdir(parents=True)
    shutil.copy(gallery, kit / "tests" / "exercises" / "gallery")
    (kit / "data" / "rubric_04.md").write_text("2 points", "utf-8")
    (kit / "gradebook.db").write_bytes(b"")
    check = kit / "labkit" / "checks" / "words.py"
    check.write_text(
        check.read_text("utf-8") + own("labkit.training:critic_step"), "utf-8"
    )


@pytest.fixture(scope="module")
def found(kit) -> dict[str, list[str]]:
    """What one scan finds, by kind, with a leak of every kind planted."""
    plant(kit)
    rows = leaks.scan(kit, LAB, REPO)
    kinds = ("called", "checked", "code", "words", "files", "markers")
    return dict(zip(kinds, [row.found for row in rows], strict=True))


def test_an_answer_that_works_is_found_by_calling_it(found):
    assert [place.partition(":")[0] for place in found["called"]] == [
        "labkit/losses.py"
    ]
    assert "generator_loss is no stub" in found["called"][0]
    assert found["checked"] == []  # labkit's own is refused, whatever it does


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("labkit/helpers.py:", "gradient_penalty"),  # other names, another function
        ("labkit/checks/words.py:", "critic_step"),  # no longer the course's file
        ("labkit/show/more.py:", "slerp"),  # a file of the tests' gallery
        (f"{NOTEBOOK.as_posix()}:cells:", "05_training.py, critic_step"),  # an output
        (f"{NOTEBOOK.as_posix()}:cells:", "gradient_penalty"),  # metadata
        ("data/fresh/x.ipynb.gz:cells:a:source", "frechet_distance"),  # compressed
        (f"data/recorded/{LAB}.json:", "gradient_penalty"),  # HTML
    ],
)
def test_code_is_found_wherever_it_is_and_whatever_its_names(found, place, source):
    assert any(each.startswith(place) and source in each for each in found["code"]), (
        found["code"]
    )


@pytest.mark.parametrize(
    ("place", "source"),
    [
        (f"data/recorded/{LAB}.json:", "critic_loss"),  # a recording
        (f"data/recorded/{LAB}.json:", "gradient_penalty"),  # HTML, as it is coloured
        ("data/notes.txt:2:", "04_"),  # what markers of a written answer look for
    ],
)
def test_words_are_found_in_any_text(found, place, source):
    assert any(each.startswith(place) and source in each for each in found["words"]), (
        found["words"]
    )


def test_files_and_markers_are_found(found):
    assert [each.partition(": ")[0] for each in found["files"]] == [
        "data/fresh/x.ipynb.gz",
        "data/notes.txt",
        "data/rubric_04.md",
        "gradebook.db",
        "labkit/helpers.py",  # no file of the course
        "labkit/show/more.py",
        "tests/exercises/gallery/slerp.py",
    ]
    assert len(found["markers"]) == 1
    assert "BEGIN HIDDEN TESTS" in found["markers"][0]


def test_nothing_but_what_was_planted_is_found(found):
    planted = (
        *("labkit/helpers.py", "labkit/losses.py", "labkit/checks/words.py"),
        *(
            "labkit/show/more.py",
            NOTEBOOK.as_posix(),
            "data/",
            "tests/",
            "gradebook.db",
        ),
    )
    for places in found.values():
        assert all(place.startswith(planted) for place in places), places


def test_the_table_names_what_was_looked_for_and_each_place():
    rows = [
        leaks.Row("answers", "9 files", ["a.py:3: critic_loss"]),
        leaks.Row("x", "y"),
    ]
    assert leaks.table(rows).splitlines() == [
        "looked for  found  in",
        "answers         1  9 files",
        "x               0  y",
        "  a.py:3: critic_loss",
    ]


def test_a_labkit_that_does_not_end_is_named(tmp_path, monkeypatch):
    def slow(*_, **__):
        raise subprocess.TimeoutExpired("python", 1)

    monkeypatch.setattr(leaks_run.subprocess, "run", slow)
    with pytest.raises(BuildError, match="has not ended"):
        leaks_run.stubs(tmp_path, LAB)


def test_what_is_no_kit_is_refused(tmp_path):
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("a/b.txt", "c")
    with pytest.raises(BuildError, match="no kit"):
        leaks.scan(path, LAB, REPO)
