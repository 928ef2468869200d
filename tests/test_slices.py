"""Which cells an answer needs, seen from outside: what is in a slice, what is not."""

import pytest

from labkit.checks.cells import code_cells
from labkit.checks.notebook import Raw
from labkit.checks.slices import Slice, Slicer
from labkit.course.folder import course_folder
from tests.grading.classroom import notebook, right

LABS = sorted(path.name for path in (course_folder() / "solutions").glob("[0-9]*"))


def slice_of(*cells: str | tuple[str, str], name: str = "answer") -> Slice:
    """The slice for `name`; a cell is its source, or (source, grade_id)."""
    raw = [
        Raw(number, "code", *((cell,) if isinstance(cell, str) else cell))
        for number, cell in enumerate(cells, start=1)
    ]
    return Slicer(code_cells(raw, "lab.ipynb")).slice(name)


def ran(*cells: str | tuple[str, str]) -> list[tuple[int, int | None]]:
    return [(step.cell, step.statement) for step in slice_of(*cells).steps]


USES = "def answer(x):\n    return helper(x)"


def test_an_answer_alone():
    assert slice_of("x = train()", "def answer(): return 1", "train()").whole == [2]


def test_a_helper_in_a_cell_of_its_own_and_what_it_uses():
    cells = ("scale = 2", "train()", "def helper(x): return x * scale", "y = 1", USES)
    assert slice_of(*cells).whole == [1, 3, 5]


def test_the_nearest_definition_above_counts_else_the_first_below():
    first, second = "def helper(x): return 1", "def helper(x): return 2"
    assert slice_of(first, second, USES, first).whole == [2, 3]
    assert slice_of(USES, first, second).whole == [1, 2]
    assert slice_of(first, USES + "\n" + second).whole == [2]


def test_of_a_lecture_cell_only_the_needed_import_runs():
    lecture = "import torch, os\nfrom torch import nn\ntrain()"
    assert ran(lecture, "answer = lambda x: nn.Linear(x, torch.e)") == [
        (1, 0),
        (1, 2),
        (2, None),
    ]


def test_imports_that_add_to_a_name_run_all():
    cells = ("import torch.fft\ntrain()", "import torch", "answer = lambda: torch.fft")
    assert ran(*cells) == [(1, 0), (2, 0), (3, None)]


def test_an_import_below_does_not_take_the_place_of_a_helper():
    cells = ("def helper(x): return 1", USES, "from labkit import helper\ntrain()")
    assert ran(*cells) == [(1, None), (2, None)]


def test_star_imports_run_when_they_are_above_or_needed():
    assert ran("from a import *", "def answer(): return 1") == [(1, 0), (2, None)]
    assert ran(USES, "from a import *\ntrain()") == [(1, None), (2, 0)]
    assert ran("def helper(x): pass", USES, "from a import *") == [(1, None), (2, None)]


DEFINITIONS = {
    "if": "if torch:\n    helper = abs\nelse:\n    helper = round",
    "try": "try:\n    from fast import helper\nexcept ImportError:\n    helper = abs",
    "with": "with torch.no_grad():\n    helper = abs",
    "for": "for helper in (abs, round):\n    pass",
    "while": "while True:\n    helper = abs\n    break",
    "match": "match abs:\n    case helper:\n        pass",
    "walrus": "print(helper := abs)",
    "tuple": "helper, other = abs, round",
    "star": "first, *helper = abs, round",
    "annotated": "helper: object = abs",
    "class": "class helper:\n    pass",
    "async": "async def helper(x):\n    return x",
    "decorated": "@torch.no_grad()\ndef helper(x):\n    return x",
    "%time": "%time helper = abs",
    "%%time": "%%time\nhelper = abs",
    "%%capture": "%%capture out\n%matplotlib inline\nhelper = abs",
    "await": "helper = await something()",
}


@pytest.mark.parametrize("how", DEFINITIONS)
def test_a_helper_is_found_however_it_is_defined(how):
    assert slice_of("other()", DEFINITIONS[how], "x = 1", USES).whole == [2, 4]


def test_where_a_function_that_sets_a_global_is_called():
    set_up = "def set_up():\n    global helper\n    helper = abs"
    cells = (set_up, "train()", "set_up()", USES)
    assert slice_of(*cells).whole == [1, 3, 4]


def test_a_branch_and_what_stands_before_it():
    cells = ("helper = abs", "x = 1", "if cuda:\n    helper = round", USES)
    assert slice_of(*cells).whole == [1, 3, 4]


NEEDS = {
    "argument's default": "def answer(x=helper): pass",
    "decorator": "@helper\ndef answer(): pass",
    "base class": "class answer(helper): pass",
    "class body": "class answer:\n    x = helper",
    "method": "class answer:\n    def f(self):\n        return [helper for _ in self]",
    "nested": "def answer():\n    def inner():\n        return lambda: helper\n    return inner",
    "comprehension": "answer = [helper(x) for x in range(3)]",
    "f-string": "def answer(): return f'{helper}'",
    "augmented": "helper += 1\nanswer = 3",
    "annotation": "def answer(x: helper): pass",
    "global": "def answer():\n    global helper\n    helper += 1",
    "above it": "helper()\ndef answer(): pass",
    "call above": "def go(): helper()\ngo()\ndef answer(): pass",
}


@pytest.mark.parametrize("how", NEEDS)
def test_every_way_to_need_a_helper(how):
    assert slice_of("helper = abs", "train()", NEEDS[how]).whole == [1, 3]


NO_NEEDS = {
    "argument": "def answer(helper): return helper",
    "local": "def answer():\n    helper = 1\n    return helper",
    "variable of a comprehension": "answer = [helper for helper in range(3)]",
    "attribute": "def answer(x): return x.helper",
    "bound above it": "helper = 1\nanswer = helper",
    "loop": "for helper in range(3):\n    print(helper)\ndef answer(): pass",
    "exception": "try:\n    pass\nexcept OSError as helper:\n    print(helper)\nanswer = 1",
    "text": "def answer():\n    '''Use helper.'''",
    "below it": "def answer(): pass\nprint(helper)",
    "function beside it": "def demo():\n    helper()\ndef answer(): pass",
}


@pytest.mark.parametrize("how", NO_NEEDS)
def test_names_that_only_look_like_it(how):
    assert slice_of("helper = train()", NO_NEEDS[how]).whole == [2]


CHANGES = {
    "item": "table['b'] = 2",
    "attribute": "table.extra = 2",
    "method": "table.update(b=2)",
    "delete": "del table['a']",
    "setattr": "setattr(table, 'extra', 2)",
    "loop": "for key in 'abc':\n    table[key] = key",
}


@pytest.mark.parametrize("how", CHANGES)
def test_cells_that_change_what_is_needed(how):
    cells = ("table = {}", "train()", CHANGES[how], "def answer(): return table")
    assert slice_of(*cells).whole == [1, 3, 4]
    assert slice_of(cells[0], cells[3], "train()", cells[2]).whole == [1, 2, 4]


def test_setting_something_in_a_library_is_no_change_of_a_helper():
    cells = ("import torch", "torch.backends.x = 1\ntrain()", "answer = torch.e")
    assert slice_of(*cells).whole == [3]


def test_the_marked_cell_counts_and_of_several_the_last():
    right_one, other = ("answer = 1", "answer"), "answer = 2"
    found = slice_of(other, right_one, other)
    assert (found.answer, found.marked, found.others) == (2, True, [])
    found = slice_of(right_one, right_one, other)
    assert (found.answer, found.marked, found.others) == (2, True, [1])


def test_without_a_mark_the_last_sure_definition_counts():
    found = slice_of("answer = 1", "answer = 2", "if torch:\n    answer = 3")
    assert (found.answer, found.marked, found.others) == (2, False, [1])
    assert slice_of("if torch:\n    answer = 3").answer == 1
    assert slice_of(("# below", "answer"), "answer = 2").answer == 2
    assert slice_of("from labkit.losses import answer", "x = 1").answer is None


def test_a_marked_cell_may_import_its_answer():
    found = slice_of("my = 1", ("from helpers import answer", "answer"))
    assert (found.answer, found.whole) == (2, [2])
    assert slice_of("my = 1", ("answer = my", "answer")).whole == [1, 2]


def test_a_cell_that_is_not_python_is_an_answer_all_the_same():
    broken = ("def answer(x:\n    return x", "answer")
    assert slice_of("answer = 1", broken).answer == 2
    assert slice_of("answer = 1", broken[0]).answer == 2
    assert slice_of("x = 1", ("answer = = 1", "answer")).answer == 2


@pytest.mark.parametrize("lab", LABS)
def test_slices_of_the_labs_are_small_and_without_training(lab):
    exercises = right(lab)
    made = notebook(lab, exercises)
    raw = [
        Raw(
            number,
            cell.cell_type,
            cell.source,
            cell.metadata.get("nbgrader", {}).get("grade_id", ""),
        )
        for number, cell in enumerate(made.cells, start=1)
    ]
    cells = code_cells(raw, lab)
    slicer, sources = Slicer(cells), {cell.number: cell for cell in cells}
    for exercise in exercises:
        found = slicer.slice(exercise)
        assert found.marked
        assert not found.others
        assert len(found.whole) <= 3
        ids = {sources[number].grade_id for number in found.whole}
        assert ids <= exercises.keys(), "a lecture cell is run"
        print(f"{lab} {exercise}: {len(found.whole)} of {len(cells)} code cells")
