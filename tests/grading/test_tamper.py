"""Tampering: what is reported, and that honest students never are."""

import ast
import contextlib
import sys
import types

import pytest
import torch

from labkit.checks.cells import Cell, code_cells, parse
from labkit.checks.notebook import Raw
from labkit.course.folder import course_folder
from labkit.grading.reading import glance, tamper
from tests.grading.classroom import grade_id, notebook, right

ROOT = course_folder()
LABS = sorted(path.name for path in (ROOT / "solutions").glob("[0-9]*"))


@pytest.fixture(scope="module", params=["at a glance", "one by one"])
def before(request):
    import safetensors.numpy

    import labkit.losses
    import labkit.show  # noqa: F401

    assert safetensors.numpy
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "one by one":  # as where memory tells nothing
            patch.setattr(glance, "_numbers_changes", lambda: False)
            patch.setattr(glance, "_parts_of_functions", list)
        return tamper.snapshot()


def run(code: str) -> None:
    code = compile(code, "<lab, cell 1>", "exec")
    exec(code, {"__name__": "__main__"})  # noqa: S102


def cells_of(*sources: str) -> list[Cell]:
    return code_cells([Raw(n, "code", s) for n, s in enumerate(sources, 1)], "lab")


ATTACKS = {
    "torch.equal": "import torch\ntorch.equal = lambda *_: True",
    "torch.allclose": "import torch\ntorch.allclose = torch.is_tensor",
    "torch.autograd.grad": "import torch\ntorch.autograd.grad = lambda *_, **__: ()",
    "torch.Tensor.__eq__": "import torch\ntorch.Tensor.__eq__ = lambda *_: True",
    "torch.nn.modules.module.Module.__call__": "from torch import nn\n"
    "nn.Module.__call__ = lambda self, x: x",
    "torch.nn.functional.softplus": "from torch.nn import functional as F\n"
    "F.softplus = abs",
    "json.dumps": "import json\njson.dumps = lambda *_, **__: '{}'",
    "safetensors.numpy.save": "import safetensors.numpy as s\ns.save = bytes",
    "numpy.array_equal": "import numpy\nnumpy.array_equal = lambda *_, **__: True",
    "builtins.isinstance": "import builtins\nbuiltins.isinstance = lambda *_: True",
    "labkit.losses.critic_loss": "import labkit.losses as l\nl.critic_loss = None",
    "torch.nn.functional.linear": "import torch\n"
    "setattr(torch.nn.functional, 'linear', None)",
}


@contextlib.contextmanager
def undone(name: str):
    """Put an attribute back, whatever happened to it."""
    module, _, attribute = name.rpartition(".")
    owner = eval(module, {n: __import__(n) for n in (module.split(".")[0],)})
    kept, there = getattr(owner, attribute), attribute in vars(owner)
    try:
        yield
    finally:
        setattr(owner, attribute, kept) if there else delattr(owner, attribute)


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_replaced_is_reported_by_its_name(name, before):
    with undone(name):
        run(ATTACKS[name])
        found = tamper.changes(before)
    assert len(found) == 1
    assert found[0].split()[0].rpartition(".")[2] == name.rpartition(".")[2]
    assert tamper.changes(before) == []
    assert len(tamper.signs(cells_of("x = 1", ATTACKS[name]))) == 1


def test_the_code_of_a_function_and_hooks_of_python_are_reported(before):
    linear = torch.nn.Linear.forward
    kept = linear.__code__
    try:
        linear.__code__ = (lambda self, x: x).__code__
        assert tamper.changes(before) == [
            "The code of torch.nn.Linear.forward was changed."
        ]
    finally:
        linear.__code__ = kept
    sys.meta_path.insert(0, object())
    try:
        assert len(tamper.changes(before)) == 1
    finally:
        del sys.meta_path[0]
    sys.setprofile(lambda *_: None)
    try:
        assert len(tamper.left_on()) == 1
    finally:
        sys.setprofile(None)
    assert tamper.left_on() == tamper.changes(before) == []


SIGNS = {
    "frames": "import sys\nframe = sys._getframe()",
    "f_back": "def f(frame):\n    return frame.f_back",
    "memory": "import gc\ngc.get_objects()",
    "referrers": "from gc import get_referrers",
    "trace": "import sys\nsys.settrace(print)",
    "globals": "def f(g):\n    return g.__globals__",
    "code": "def f(g):\n    g.__code__ = None",
    "ctypes": "import ctypes",
    "proc": "open('/proc/1/environ')",
    "proc, formatted": "open(f'/proc/{1}/mem')",
    "insides of checks": "from labkit.checks.losses import calls",
    "own version": "import labkit.checks.spec",
    "by name": "import importlib\nimportlib.import_module('labkit.checks.spec')",
    "the grader": "import labkit.grading",
    "sys.modules": "import sys\nsys.modules['labkit.losses'] = None",
    "meta_path": "import sys\nsys.meta_path.insert(0, None)",
    "vars": "import torch\nvars(torch)['equal'] = None",
    "dict": "import torch\ntorch.__dict__.update(equal=None)",
    "delete": "import torch\ndel torch.equal",
    "in a loop": "import torch\nfor torch.equal in (abs,):\n    pass",
    "transformers": "get_ipython().ast_transformers.append(None)",
    "input": "get_ipython().input_transformers_cleanup.append(None)",
    "events": "get_ipython().events.register('pre_run_cell', print)",
    "traceback": "get_ipython().showtraceback = print",
    "IPython": "from IPython.core.interactiveshell import InteractiveShell as S\n"
    "S.showtraceback = print",
    "in a function": "def f():\n    import torch as t\n    t.equal = None",
}


@pytest.mark.parametrize("name", SIGNS)
def test_signs_in_the_source(name):
    found = tamper.signs(cells_of("x = 1", SIGNS[name]))
    assert found
    assert all(text.startswith("Cell 2 ") for text in found)


HONEST = """
import torch, warnings, sys, os, random, json, logging
import numpy as np
import matplotlib.pyplot as plt
from torch import nn
from torch.nn import functional as F
from tqdm.auto import tqdm
import labkit
from labkit import show
from labkit.checks import check, CheckFailed

IN_COLAB = "google.colab" in sys.modules
torch.manual_seed(0); np.random.seed(0); random.seed(0)
torch.set_default_dtype(torch.float64); torch.set_default_dtype(torch.float32)
torch.set_printoptions(precision=3); np.set_printoptions(precision=3)
torch.set_num_threads(torch.get_num_threads())
torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = False
warnings.filterwarnings("ignore")
os.environ["PYTORCH_ENABLE_MPS_FALLBACK"] = "1"
plt.rcParams["figure.figsize"] = (4, 3)
logging.basicConfig()

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)
        self.__class__.count = 1

    def forward(self, x):
        return self.layer(x)

Net.forward_twice = lambda self, x: self(self(x))
Net.__call__ = nn.Module.__call__
net = Net()
net.layer.weight.data[:] = 0
net.layer.bias.requires_grad = False
net.training = True
net.layer.register_forward_hook(lambda *_: None)
optimizer = torch.optim.Adam(net.parameters())
optimizer.zero_grad(); net(torch.ones(1, 2)).sum().backward(); optimizer.step()
for _ in tqdm(range(2), disable=True):
    pass
torch.func.vmap(lambda x: x * 2)(torch.ones(3))
with torch.autograd.set_detect_anomaly(True):
    pass
import torch.nn.utils.parametrizations
torch.nn.utils.parametrizations.spectral_norm(nn.Linear(2, 2))
fig, ax = plt.subplots(); plt.close(fig)
np.random.default_rng(0)
json.loads(json.dumps({"a": 1}))
sys.stdout.flush()
def warn(*args, **kwargs):
    pass
warnings.warn = warn
"""


def test_honest_code_is_not_reported(before, monkeypatch):
    import warnings

    monkeypatch.setattr(warnings, "warn", warnings.warn)  # put back afterwards
    with warnings.catch_warnings():
        assert tamper.signs(cells_of("%matplotlib inline", HONEST)) == []
        run(HONEST)
        assert tamper.changes(before) == []


def test_nothing_of_the_course_has_signs():
    for lab in LABS:
        raw = [
            Raw(number, cell.cell_type, cell.source, grade_id(cell))
            for number, cell in enumerate(notebook(lab, right(lab)).cells, start=1)
        ]
        assert tamper.signs(code_cells(raw, lab)) == [], lab
    for path in (ROOT / "tests/exercises/gallery").glob("*.py"):
        tree, _ = parse(path.read_text(encoding="utf-8"))
        assert isinstance(tree, ast.Module)
        assert tamper.signs([Cell(1, "", path.name, "", tree)]) == [], path.name


def test_cells_as_released_are_not_looked_at():
    source = SIGNS["frames"]
    assert tamper.signs(cells_of(source), given={source}) == []


TOLD = sys.implementation.name == "cpython" and sys.version_info < (3, 14)


@pytest.mark.skipif(not TOLD, reason="this Python's memory does not tell")
def test_a_glance_tells_what_to_look_at():
    class Kind:
        x = 1

    def function(a=(), *, b=None):
        return a, b

    def other(): ...

    module = types.ModuleType("module")
    module.x, contents = 1, [vars(module), vars(Kind), {}]
    seen = glance.Glance(contents, [function, other])
    assert module.x == Kind.x == 1
    assert function() == ((), None)
    assert list(seen.contents()) == []
    assert not seen.functions()
    module.x = 2
    assert list(seen.contents()) == [0]
    module.x = 1  # put back: it tells all the same
    Kind.y = 2
    assert list(seen.contents()) == [0, 1]
    module.__dict__.update({str(n): n for n in range(99)})
    contents[2]["x"] = None
    assert list(seen.contents()) == [0, 1, 2]
    kept = function.__code__, function.__defaults__, function.__kwdefaults__
    for name, value, old in zip(
        ("__code__", "__defaults__", "__kwdefaults__"),
        (other.__code__, None, {"b": 1}),
        kept,
        strict=True,
    ):
        setattr(function, name, value)
        assert seen.functions()
        setattr(function, name, old)
        assert not seen.functions()


@pytest.mark.skipif(not TOLD, reason="this Python's memory does not tell")
def test_hardly_anything_is_looked_at_one_by_one():
    before = tamper.snapshot()
    torch.ones(2).sum()
    assert len(list(before.glance.contents())) < 10
    assert not before.glance.functions()
