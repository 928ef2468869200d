"""Lab 07: `lerp` and `slerp`, observed.

Each is called with single z and with batches, with ends of equal and of unequal length,
at the ends themselves, and where both ends are the same or opposite.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from labkit.checks.latent.formulas import Row, close, lerp, on_arc
from labkit.checks.spec import Observation

Call = dict[str, Any]
SHELL = 8.0  # length of a typical z of 64 numbers
END = 1e-4  # how near the ends have to be met, as a share of their length


def observe(impl: Callable[..., Any], rng: torch.Generator) -> dict[str, Any]:
    """Call a path on pairs of all the kinds above; t is always a float."""
    obs = Observation()
    calls = obs["calls"] = []

    def call(group: str, z0: Tensor, z1: Tensor, *ts: float) -> None:
        for t in ts:
            calls.append(_call(obs, f"{group} {len(calls)}", impl, z0, z1, t))
            calls[-1]["group"] = group

    e, up = torch.tensor([SHELL, 0.0]), torch.tensor([0.0, SHELL])
    call("corner", e, up, 1 / 3)
    call("shell", *_shell(_pair(rng, (64,))), 0.5, 0.25)
    for size in (6, 16, 3):
        call("vector", *_pair(rng, (size,)), 0.25, 0.6, 0.8)
    call("vector", *(0.3 * z / z.norm() for z in _pair(rng, (6,))), 0.35)
    call("again", *(torch.tensor(calls[1][end]) for end in ("z0", "z1")), 0.5, 0.5)
    for shape in ((5, 6), (6, 6), (1, 8), (3, 16)):
        call("batch", *_pair(rng, shape), 0.3, 0.7)
    for shape in ((16,), (4, 6)):
        call("ends", *_pair(rng, shape), 0.0, 1.0)
    row, rows = torch.randn(16, generator=rng), torch.randn(4, 6, generator=rng)
    rows[1] = SHELL * torch.eye(6)[0]  # its cosine with itself is 1 without rounding
    mixed = rows.clone()
    mixed[::2] = torch.randn(2, 6, generator=rng)
    many = torch.randn(
        60, 64, generator=rng
    )  # in some, rounding lifts the cosine above 1
    for ends in ((e, e), (row, row), (rows, rows), (mixed, rows), (many, many)):
        call("same", *ends, 0.0, 0.3, 0.5)
    mixed = torch.where(torch.arange(4)[:, None] % 2 == 1, -rows, mixed)
    for ends in ((e, -e), (row, -row), (rows, -rows), (mixed, rows), (many, -many)):
        call("opposite", *ends, 0.3, 0.5)
    return obs


def _pair(rng: torch.Generator, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Draw two z whose rows have lengths of their own, neither parallel nor opposite."""
    while True:
        z0, z1 = (torch.randn(shape, generator=rng) for _ in range(2))
        cosine = torch.cosine_similarity(z0, z1, dim=-1).abs()
        if cosine.max() < 0.9 and cosine.min() > 0.02:
            break
    stretch = 0.7 + 1.6 * torch.rand(*shape[:-1], 1, generator=rng)
    return z0, stretch * z1


def _shell(pair: tuple[Tensor, Tensor]) -> tuple[Tensor, ...]:
    return tuple(SHELL * z / z.norm() for z in pair)


def _call(
    obs: Observation, part: str, impl: Any, z0: Tensor, z1: Tensor, t: float
) -> Call:
    """Call `impl` once and take down what it returned and what became of the ends."""
    given = z0.clone(), z1.clone()
    call: Call = {"part": part, "z0": z0.tolist(), "z1": z1.tolist(), "t": t}
    call["shape"] = list(z0.shape)
    with obs.part(part):
        result = impl(*given, t)
        call["type"] = type(result).__name__
        call["kept"] = torch.equal(given[0], z0) and torch.equal(given[1], z1)
        if isinstance(result, Tensor):
            call |= {"got": list(result.shape), "dtype": str(result.dtype)}
            call["value"] = result.detach().double()
    return call


class Calls:
    """What was seen of one path, with the ends as arrays."""

    def __init__(self, name: str, obs: dict[str, Any]) -> None:
        self.name, self.errors, self.all = name, obs["errors"], obs["calls"]
        for call in self.all:
            call["ends"] = [np.atleast_2d(call[end]) for end in ("z0", "z1")]
            sound = call.get("got") == call["shape"]
            call["rows"] = np.atleast_2d(call["value"]) if sound else None

    def of(self, *groups: str) -> list[Call]:
        return [call for call in self.all if call["group"] in groups]

    def wrong(self, *groups: str) -> list[Call]:
        """Calls of these groups that gave nothing usable, or not the right z."""
        return [call for call in self.of(*groups) if not self.right(call)]

    def right(self, call: Call) -> bool:
        if call["rows"] is None or not np.isfinite(call["rows"]).all():
            return False
        if call["group"] == "ends":
            return all(map(meets, call["rows"], call["ends"][int(call["t"])]))
        rows = zip(call["rows"], *call["ends"], strict=True)
        return all(self.right_row(call, *row) for row in rows)

    def right_row(self, call: Call, got: Row, z0: Row, z1: Row) -> bool:
        if self.name == "slerp" and np.allclose(z0, -z1):
            return True  # any way round is right, and it is finite
        if self.name == "lerp" or np.allclose(z0, z1):
            return close(got, lerp(z0, z1, call["t"]), z0, z1)
        return on_arc(got, z0, z1, call["t"])


def meets(got: Row, end: Row) -> bool:
    """Tell whether a path is at its end, to rounding."""
    return close(got, end, end, end, END)
