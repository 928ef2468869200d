"""What a course says about a lab: read from the released notebook alone."""

import nbformat
import pytest

from labkit.course.source import read_lab
from labkit.errors import LabkitError
from labkit.grading import given
from tests.grading.classroom import REPO, grade_id, make_course, released

LABS = sorted(path.name for path in (REPO / "solutions").glob("[0-9][0-9]_*"))


@pytest.mark.parametrize("lab", LABS)
def test_the_released_notebook_tells_what_the_source_does(lab: str) -> None:
    known = given.read(lab, REPO)
    source = read_lab(known.source.parent, REPO)
    assert known.written == [cell.name for cell in source.having("written")]
    assert {each.name for each in known.exercises} == {
        cell.name for cell in source.having("exercise")
    }
    assert known.released == [
        {"grade_id": grade_id(cell), "type": cell.cell_type, "source": cell.source}
        for cell in released(lab).cells
    ]


BROKEN = {
    "missing": None,
    "empty": b"",
    "text": b"\xff\xfe",
    "a list": b"[]",
    "no cells": b"{}",
    "cells of nothing": b'{"cells": [null]}',
    "cells without a type": b'{"cells": [{"metadata": {}, "source": ""}]}',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_notebook_is_told(tmp_path, content: bytes | None) -> None:
    course = make_course(tmp_path, ["04_losses"])
    path = course / "notebooks" / "04_losses" / "04_losses.ipynb"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LabkitError, match=r"no notebook.*labkit build 04_losses"):
        given.read("04_losses", course)


def test_a_notebook_saved_elsewhere_is_read_the_same(tmp_path) -> None:
    course = make_course(tmp_path, ["04_losses"])
    before = given.read("04_losses", course)
    made = released("04_losses")
    made.nbformat_minor = 4
    for cell in made.cells:
        del cell["id"]
    text = nbformat.v4.writes_json(made, split_lines=False)
    (course / "notebooks" / "04_losses" / "04_losses.ipynb").write_text(text)
    assert given.read("04_losses", course) == before
