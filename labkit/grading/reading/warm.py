"""What every submission makes a process do, done once before any of them forks.

The first time is the dear one: libraries look things up and fill their tables, Python
rewrites its own bytecode, and a fork that is the first to write to a page has to copy
it. Nothing here knows an answer; what is run stands in this file.
"""

import io
import json
import sys
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from labkit.checks.run import observe
from labkit.checks.session import Session
from labkit.checks.spec import Exercise, Observation
from labkit.grading.reading.document import cells_to_run, read

ROUNDS = 12  # Python rewrites its bytecode after some runs, not after the first
NAME = "warm_up"
DOT = (  # a picture of one dot
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgABSK+kcQAAAABJ"
    "RU5ErkJggg=="
)
CELLS = f"""\
%matplotlib inline
import torch
from torch import nn
from torch.nn import functional as F
size, names = 4, [str(n) for n in range(3)]
# %%
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(size, 1)

    def forward(self, x):
        return self.layer(x)
# %%
def {NAME}(x):
    return F.softplus(Net()(x)).mean()
# %%
check("{NAME}", {NAME})
""".split("# %%\n")


def warm_up() -> None:
    """Read, run and observe a notebook of no lab's, often enough to be quick at it.

    It leaves nothing behind but speed: no thread, no module's setting, no random state.
    """
    exercise = Exercise(
        name=NAME,
        lab="",
        points=0,
        observe=_observe,
        judge=lambda _: [],
        promise="",
        own=f"{__name__}:{warm_up.__name__}",
    )
    for number in range(ROUNDS):
        notebook, released = _notebook(number)
        document = read(notebook, f"{NAME}.ipynb", [NAME], [f"{NAME}_said"], released)
        session = Session(NAME, NAME, document["answers"][NAME])
        for cell in cells_to_run(document, NAME):
            session.run(cell)
        observe(exercise, session.answer, number, io.StringIO())
        del sys.modules[NAME]


def _notebook(number: int) -> tuple[bytes, list[dict[str, str]]]:
    """A notebook as it was handed in, and its cells as they were released."""
    sources = [f"{source}# round {number}" for source in CELLS]  # not read before
    names = ["", "", NAME, f"{NAME}_check"]
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "source": source.splitlines(keepends=True),
            "metadata": {"nbgrader": {"grade_id": name}} if name else {},
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["done\n"]},
                {"output_type": "display_data", "data": {"image/png": DOT}},
            ],
        }
        for source, name in zip(sources, names, strict=True)
    ]
    said = {"nbgrader": {"grade_id": f"{NAME}_said"}}
    cells.append({"cell_type": "markdown", "source": "Yes.", "metadata": said})
    released = [
        {"grade_id": name, "type": "code", "source": f"{source}\n"}
        for source, name in zip(sources, names, strict=True)
    ]
    released.append({"grade_id": f"{NAME}_said", "type": "markdown", "source": "?"})
    return json.dumps({"cells": cells}).encode(), released


def _observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Do a little of all that observing does: numbers, layers, gradients, errors."""
    seen = Observation()
    with seen.part("values"):
        x = torch.randn(4, generator=rng).requires_grad_()
        (slope,) = torch.autograd.grad(impl(x), x, create_graph=True)
        seen["values"] = [x, float(slope.detach().sum()), slope.isfinite().all().item()]
    with seen.part("layers"):
        net = nn.Sequential(
            nn.Conv2d(1, 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2),
            nn.LeakyReLU(0.2),
            nn.ConvTranspose2d(2, 1, 4, 2, 1),
            nn.Tanh(),
            nn.Flatten(),
            nn.Linear(16, 1),
        )
        logits = net(torch.randn(2, 1, 4, 4, generator=rng)).flatten()
        loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
        loss.backward()
        with torch.no_grad():
            same = torch.equal(net.eval()(torch.ones(1, 1, 4, 4)), logits)
        seen["layers"] = {"loss": loss, "same": same, "parts": len(net.state_dict())}
    with seen.part("error"):
        impl(None)
    return seen
