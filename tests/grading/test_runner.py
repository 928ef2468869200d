"""What runs for an answer, and what comes of it: in a process of its own, as always."""

import multiprocessing
import os
import random
import sys

import numpy as np
import pytest
import torch

from labkit.checks.run import judge, observe
from labkit.checks.spec import find, plain
from labkit.grading.reading import document, runner, tamper, warm
from tests.grading.test_document import cells

IMPORTS = "import torch\nfrom torch.nn import functional as F"
ANSWER = """
def generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()
"""
EXERCISE = "generator_loss"


@pytest.fixture(scope="module")
def before():
    return tamper.snapshot()


@pytest.fixture
def run(before):
    """Run an answer's slice of a notebook with these cells, in a fork."""

    def run(*sources, skip=(), exercise=EXERCISE):
        read = document.read(cells(*sources), "lab.ipynb", [exercise], [], [])
        here, there = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(
            target=_run, args=(there, here, read, exercise, set(skip), before)
        )
        process.start()
        there.close()
        told = []
        try:
            while True:
                told.append(here.recv())
        except EOFError:
            process.join()
        result = told.pop() if told and "observation" in told[-1] else None
        return result, told

    return run


def _run(there, here, read, exercise, skip, before):
    here.close()
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)
    try:
        there.send(runner.run(read, exercise, lambda: 7, there.send, skip, before))
    finally:
        os._exit(0)


def points(result, exercise=EXERCISE) -> float:
    return judge(find(exercise), result["observation"]).points


def test_a_right_answer_and_what_is_told(run):
    result, told = run(IMPORTS + "\ntrain()", "train()", ANSWER, "train()")
    assert points(result) == 3
    assert result["failure"] is None
    assert result["tampering"] == result["notes"] == []
    assert told == [{"begin": 1}, {"end": 1}, {"begin": 3}, {"end": 3}] + [
        {"begin": "check"}
    ]


RIGHT = {
    "top-level await": "import asyncio\nawait asyncio.sleep(0)\n"
    "async def numbers():\n    yield 1\n"
    "async for n in numbers():\n    pass\n"
    "assert [n async for n in numbers()] == [1]",
    "magics": "%matplotlib inline\n!rm -rf no-such-thing\n%pip install nothing\n"
    "files = !ls\ndisplay(files)\nF.softplus?\n%timeit 1 / 0\n%time n = 1\nassert n == 1",
    "__main__": "if __name__ == '__main__':\n    n = 1\nn",
    "dataclass": "from __future__ import annotations\n"
    "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\n"
    "import inspect, pickle\npickle.loads(pickle.dumps(A()))\n"
    "def f():\n    pass\nassert 'pass' in inspect.getsource(f)",
    "its folder": "import os\nassert os.listdir() == []\nopen('x', 'w').write('x')",
    "threads": "import threading\n"
    "threading.Thread(target=lambda: 1 / 0).start()\n"
    "import atexit, os\natexit.register(os._exit, 3)",
    "alarm": "import signal, time\nsignal.signal(signal.SIGALRM, lambda *_: 1 / 0)\n"
    "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
    "try:\n    time.sleep(1)\nexcept ZeroDivisionError:\n    pass",
    "closed streams": "import sys\nsys.stdout = sys.stderr = None",
    "interrupt later": "import _thread\n"
    "import threading\nthreading.Timer(0.01, _thread.interrupt_main).start()\n"
    "import time\ntry:\n    time.sleep(1)\nexcept KeyboardInterrupt:\n    pass",
    "a figure": "import matplotlib.pyplot as plt\nplt.figure()",
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_a_cell_may_do_above_its_answer(run, name):
    result, _ = run(IMPORTS, f"{RIGHT[name]}\n{ANSWER}")
    assert result["failure"] is None
    assert points(result) == 3
    assert result["tampering"] == []


def test_a_timed_cell(run):
    result, _ = run(IMPORTS, "%%time\n" + ANSWER)
    assert points(result) == 3


def test_an_unknown_magic_is_noted(run):
    result, _ = run(IMPORTS, "%nonsense 3\n" + ANSWER)
    assert result["notes"] == ["The magic %nonsense was left out."]
    assert points(result) == 3


FAILING = {
    "1 / 0": ("ZeroDivisionError", "1 / 0"),
    "import sys\nsys.exit('bye')": ("SystemExit", "sys.exit('bye')"),
    "raise KeyboardInterrupt": ("KeyboardInterrupt", "raise KeyboardInterrupt"),
    "name = input('name? ')": ("EOFError", "name = input('name? ')"),
    "import no_such_module": ("ModuleNotFoundError", "import no_such_module"),
    "x = [0] * 10**13": ("MemoryError", "x = [0] * 10**13"),
    "def broken(:": ("SyntaxError", "def broken(:"),
    "x = '\0'": ("SyntaxError", ""),
}


@pytest.mark.parametrize("code", FAILING, ids=lambda code: code[:12])
def test_a_cell_that_stops_before_its_definition_is_the_failure(run, code):
    result, told = run(IMPORTS, f"{code}\n{ANSWER}")
    assert result["observation"] is None
    assert {"begin": "check"} not in told
    kind, line = FAILING[code]
    assert result["failure"]["type"] == kind
    assert result["failure"]["line"] == line


def test_a_cell_that_fails_stops_neither_the_answer_nor_the_next_cell(run):
    result, _ = run(IMPORTS, ANSWER + "\n1 / 0")
    assert points(result) == 3
    helper = "scale = 1\n1 / 0"
    result, _ = run(IMPORTS, helper, ANSWER.replace(".mean()", ".mean() * scale"))
    assert points(result) == 3


def test_no_such_answer(run):
    result, told = run(IMPORTS, "x = 1")
    assert (result["observation"], result["failure"], told) == (None, None, [])


def test_skipped_cells_are_left_out(run):
    cells = (IMPORTS, "scale = 1", ANSWER.replace(".mean()", ".mean() * scale"))
    result, told = run(*cells, skip={2})
    assert {"begin": 2} not in told
    assert points(result) < 3
    result, _ = run(*cells, skip={3})
    assert (result["observation"], result["failure"]) == (None, None)


def test_a_child_that_a_cell_has_forked_says_nothing(run):
    result, told = run(IMPORTS, "import os\nchild = os.fork()\n" + ANSWER)
    assert points(result) == 3
    assert told.count({"end": 2}) == told.count({"begin": "check"}) == 1


def test_an_exit_ends_the_process_in_its_cell(run):
    result, told = run(IMPORTS, "import os\nos._exit(3)\n" + ANSWER)
    assert result is None
    assert told[-1] == {"begin": 2}


def test_tampering_is_reported_and_does_not_reach_the_marks(run):
    result, _ = run(IMPORTS, "torch.equal = lambda *_: True\n" + ANSWER)
    assert result["tampering"] == ["torch.equal was replaced."]
    late = ANSWER.replace("    return", "    torch.equal = print\n    return")
    assert run(IMPORTS, late)[0]["tampering"] == ["torch.equal was replaced."]
    watching = "import sys\nsys.settrace(lambda *_: None)"
    result, _ = run(IMPORTS, f"{watching}\n{ANSWER}")
    assert points(result) == 3
    assert result["tampering"] == ["A trace or profile function was left on."]


def test_nothing_of_a_subclass_survives():
    class Tensor(torch.Tensor):
        @classmethod
        def __torch_function__(cls, *_, **__):
            return 0.0

    class Float(float):
        __float__ = __sub__ = __rsub__ = lambda *_: 0.0

    class Text(str):
        __slots__ = ()
        __eq__ = lambda *_: True
        __str__ = lambda _: "forged"
        __hash__ = str.__hash__

    class Table(dict):
        def items(self):
            return [("forged", 1)]

    class Items(list):
        def __iter__(self):
            return iter(["forged"])

    class Array(np.ndarray):
        dtype = None

    class Lie:
        __class__ = property(lambda _: torch.Tensor)

    tensor = torch.ones(2)
    tensor.detach = lambda: torch.zeros(2)
    seen = plain(
        Table(
            tensor=tensor,
            sly=torch.ones(2).as_subclass(Tensor),
            number=Float(5),
            words=Items([Text("abc")]),
            array=np.ones(2).view(Array),
        )
    )
    assert {name: type(value) for name, value in seen.items()} == {
        "tensor": np.ndarray,
        "sly": np.ndarray,
        "number": float,
        "words": list,
        "array": np.ndarray,
    }
    assert [list(seen[name]) for name in ("tensor", "sly", "array")] == [[1, 1]] * 3
    assert (seen["number"], seen["words"]) == (5.0, ["abc"])
    assert type(seen["words"][0]) is str
    for thing in (Lie(), object(), np.array([object()]), 1j):
        with pytest.raises(TypeError):
            plain(thing)


@pytest.mark.parametrize("value", [True, False, 2, 0.5, -0.0, "abc", None])
def test_plain_data_stays_what_it_is(value):
    seen = plain({value: [value, np.asarray(value)[()], (value,)]})
    assert repr(seen) == repr({str(value): [value, value, [value]]})


def test_warming_up_leaves_nothing_behind(before, monkeypatch):
    def state():
        threads = len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 1
        mains = (sys.modules["__main__"], warm.NAME in sys.modules, sys.getprofile())
        return threads, mains, random.getstate(), torch.get_rng_state().tolist()

    seen = []
    monkeypatch.setattr(warm, "observe", lambda *args: seen.append(observe(*args)))
    warm.warm_up()  # what is imported for it stays, so do the pools of other tests
    earlier = state()
    warm.warm_up()
    assert state() == earlier
    assert tamper.changes(before) == []
    assert len(seen) == 2 * warm.ROUNDS
    assert all(list(each["errors"]) == ["error"] for each in seen)
