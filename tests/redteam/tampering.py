"""Lies: patched libraries, results that pretend, answers that are not one's own."""

from .case import CRITIC, EVERYTHING, MINIMAX, Case, above, inside

WRONG = """
def critic_loss(real_logits, fake_logits, smoothing=0.0):
    return real_logits.mean() * 0 + 0.6931
"""

PATCHES = {
    "torch.equal": "import torch\ntorch.equal = lambda *_: True",
    "torch.allclose": "import torch\ntorch.allclose = lambda *_, **__: True",
    "torch.autograd.grad": "import torch\ntorch.autograd.grad = lambda *_, **__: ()",
    "Tensor.__eq__": "import torch\ntorch.Tensor.__eq__ = lambda *_: True",
    "Tensor.__float__": "import torch\ntorch.Tensor.__float__ = lambda *_: 0.6931",
    "json": "import json\njson.dumps = json.loads = lambda *_, **__: {'points': 99}",
    "safetensors": "import safetensors.numpy as s\ns.save = lambda *_: b'forged'",
    "numpy": "import numpy\nnumpy.array_equal = lambda *_, **__: True",
    "isinstance": "import builtins\nbuiltins.isinstance = lambda *_: True",
    "abs": "import builtins\nbuiltins.abs = lambda x: 0",
    "labkit.losses": "import labkit.losses\nlabkit.losses.critic_loss = None",
    "labkit.runtime": "import labkit.runtime\nlabkit.runtime.isolated = None",
    "check": "import labkit.checks\nlabkit.checks.check = print",
    "sys.modules": "import sys, types\n"
    "sys.modules['labkit.checks.losses'] = types.ModuleType('forged')",
    "IPython": "import IPython\nIPython.core.interactiveshell.InteractiveShell = None",
    "the import system": "import sys\nsys.meta_path.insert(0, object())",
}
# The observing needs these: whoever breaks them has broken a tool of their own.
HARMFUL = (
    "torch.autograd.grad",
    "Tensor.__float__",
    "json",
    "safetensors",
    "isinstance",
    "the import system",
)
SPIES = {
    "sys.settrace": "import sys\nsys.settrace(lambda *e: print('SP' + 'IED', e))",
    "sys.setprofile": "import sys\nsys.setprofile(lambda *event: print('SP' + 'IED'))",
    "frames": "import sys\n"
    "frame = sys._getframe()\n"
    "while frame:\n"
    "    print('SP' + 'IED', frame.f_locals)\n"
    "    frame = frame.f_back",
    "gc": "import gc\n"
    "for thing in gc.get_objects():\n"
    "    if callable(thing) and getattr(thing, '__name__', '') == 'judge':\n"
    "        thing.__code__ = (lambda *_: []).__code__",
}
STOLEN = {
    "imported": "from labkit.losses import critic_loss",
    "in a lambda": "import labkit\ncritic_loss = lambda *a, **k: "
    "labkit.losses.critic_loss(*a, **k)",
    "in a function": "from labkit import losses\n\n\n"
    "def critic_loss(real_logits, fake_logits, smoothing=0.0):\n"
    "    return losses.critic_loss(real_logits, fake_logits, smoothing)",
    "in a partial": "import functools, labkit.losses\n"
    "critic_loss = functools.partial(labkit.losses.critic_loss)",
}
NO_NUMBER = {
    "returns nan": ("return float('nan')", 2 / 9),
    "returns inf": ("return real_logits.sum() * float('inf')", 4 / 9),
    "returns a nan with a gradient": ("return real_logits.sum() * float('nan')", 4 / 9),
    "returns 'nan'": ("return 'nan'", 0.0),
    "returns None": ("return None", 0.0),
}
OBJECTS = {
    "equal to everything": "__eq__ = lambda *_: True\n__float__ = lambda _: 0.6931",
    "less than everything": "__lt__ = __gt__ = __sub__ = __abs__ = lambda *_: True",
    "that pickles itself": "def __reduce__(self):\n"
    "    import os\n"
    "    return os.system, ('touch @COURSE@/owned /tmp/labkit-owned',)",
    "with a lying class": "__class__ = property(lambda _: __import__('torch').Tensor)",
}


def lying(members: str) -> str:
    body = members.replace("\n", "\n    ")
    return f"class Lie:\n    {body}\n\n\ndef critic_loss(*_, **__):\n    return Lie()\n"


CASES = [
    *(
        Case(f"patches {name}", above(code), flags=("tampering",))
        for name, code in PATCHES.items()
        if name not in HARMFUL
    ),
    *(
        Case(
            f"patches {name}",
            above(PATCHES[name]),
            points={CRITIC: None},
            flags=("tampering", "died?", "time limit?"),
        )
        for name in HARMFUL
    ),
    *(
        Case(
            f"patches {name}, wrong answer",
            f"{code}\n\n{WRONG}",
            points={CRITIC: None},
            flags=("tampering", "died?", "time limit?"),
        )
        for name, code in PATCHES.items()
        if name in ("torch.equal", "Tensor.__eq__", "isinstance", "abs")
    ),
    *(
        Case(
            f"spies by {name}",
            inside(code),
            points={CRITIC: None},
            flags=("tampering", "output capped?", "time limit?"),
            hides=("SPIED",),
        )
        for name, code in SPIES.items()
    ),
    *(
        Case(f"labkit's own, {name}", source, lost=CRITIC, says="labkit's own")
        for name, source in STOLEN.items()
    ),
    *(
        Case(name, inside(code), points={CRITIC: points})
        for name, (code, points) in NO_NUMBER.items()
    ),
    *(
        Case(f"returns an object {name}", lying(members), lost=CRITIC)
        for name, members in OBJECTS.items()
    ),
    Case(
        "claims to be labkit's",
        f"__name__ = 'labkit.checks.losses'\n{WRONG}\ncritic_loss.__module__ = 'torch'",
        points={CRITIC: 4 / 9},
        flags=("tampering?",),
    ),
    Case(
        "a Tensor subclass with __torch_function__",
        "import torch\n\n\n"
        "class Sly(torch.Tensor):\n"
        "    @classmethod\n"
        "    def __torch_function__(cls, func, types, args=(), kwargs=None):\n"
        "        return 0.6931\n\n\n"
        "def critic_loss(real_logits, fake_logits, smoothing=0.0):\n"
        "    return torch.zeros(1).as_subclass(Sly)\n",
        lost=CRITIC,
    ),
    Case(
        "a float subclass",
        "class Sly(float):\n"
        "    __float__ = lambda self: 0.6931\n"
        "    __sub__ = __rsub__ = lambda *_: 0.0\n\n\n"
        "def critic_loss(real_logits, fake_logits, smoothing=0.0):\n"
        "    return Sly(5)\n",
        points={CRITIC: 2 / 9},
    ),
    Case(
        "default dtype, threads, gradients and device",
        above(
            "import torch\n"
            "torch.set_default_dtype(torch.float64)\n"
            "torch.set_num_threads(64)\n"
            "torch.set_grad_enabled(False)\n"
            "torch.set_default_device('meta')"
        ),
        flags=("tampering?",),
    ),
    Case(
        "seeds are no help",
        inside("import torch\ntorch.manual_seed(0)\nreal_logits = real_logits * 1"),
    ),
    Case(
        "helps the others",
        above(
            "import torch\n"
            "torch.nn.functional.softplus = torch.nn.functional.logsigmoid = None\n"
            "generator_loss = minimax_generator_loss = lambda *_: 0"
        ),
        flags=("tampering", "duplicate answer?"),
    ),
    Case(
        "points in the metadata",
        edit=lambda notebook: notebook.metadata.update(
            points=100, score={CRITIC: 99}, labkit={"trusted": True}
        ),
        critic="",
        lost=CRITIC,
    ),
    Case(
        "an environment variable",
        above(
            "import os\n"
            "os.environ.update(LABKIT_TRUST='1', PYTHONPATH='/tmp', LD_PRELOAD='/x')"
        ),
    ),
    Case(
        "one cell for all, which dies",
        above("import os\nos._exit(0)"),
        {MINIMAX: "minimax_generator_loss = critic_loss"},
        lost=(CRITIC, MINIMAX),
        flags=("died",),
    ),
    Case(
        "a planted file to torch.load",
        above(
            "import torch\n"
            "class Evil:\n"
            "    def __reduce__(self):\n"
            "        import os\n"
            "        return os.system, ('touch /tmp/labkit-owned',)\n"
            "torch.save(Evil(), 'model.pt')\n"
            "torch.load('model.pt', weights_only=False)"
        ),
    ),
    Case(
        "registers a way to pickle numbers",
        above("import copyreg\ncopyreg.pickle(float, lambda x: (print, ('owned',)))"),
        flags=("tampering?",),
    ),
    Case(
        "everything is one line of exec",
        f"exec({WRONG!r})",
        points={CRITIC: 4 / 9},
        flags=("metadata lost?",),
    ),
    Case(
        "all stubs, but the checks always pass",
        answers=dict.fromkeys(EVERYTHING, "def check(*_): print('passed')"),
        lost=EVERYTHING,
        flags=("tampering?",),
    ),
]
