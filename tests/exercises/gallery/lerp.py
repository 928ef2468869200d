"""lerp: right ways to write it, and mistakes with the reason to be named."""

import numpy as np
import torch
from torch import nn


def by_axis(z0, z1, t):
    shares = torch.linspace(0, 1, 2) * 0 + torch.tensor([1 - t, t])
    return torch.tensordot(shares, torch.stack([z0, z1]), dims=1)


def through_numpy(z0, z1, t):
    line = np.float32(1 - t) * z0.numpy() + np.float32(t) * z1.numpy()
    return torch.from_numpy(line)


def in_place_on_a_copy(z0, z1, t):
    z = z0.clone()
    z += t * (z1 - z0)
    return z


def end_by_end(z0, z1, t):
    if t == 0:
        return z0
    if t == 1:
        return z1
    return z0 + (z1 - z0) * t


class Line(nn.Module):
    """A path as a module; its instance is what is passed."""

    def forward(self, z0, z1, t):
        return z1 * t - z0 * (t - 1)


RIGHT = {
    "two shares": lambda z0, z1, t: (1 - t) * z0 + t * z1,
    "step by step": lambda z0, z1, t: z0 + t * (z1 - z0),
    "torch.lerp": lambda z0, z1, t: torch.lerp(z0, z1, t),
    "method": lambda z0, z1, t: z0.lerp(z1, t),
    "addcmul": lambda z0, z1, t: torch.add(z0 * (1 - t), z1, alpha=t),
    "double": lambda z0, z1, t: (z0.double() * (1 - t) + z1.double() * t).float(),
    "from the end": lambda z0, z1, t: z1 - (1 - t) * (z1 - z0),
    "tensordot": by_axis,
    "numpy": through_numpy,
    "copy": in_place_on_a_copy,
    "ends apart": end_by_end,
    "module": Line(),
}


def no_return(z0, z1, t):
    z0 + t * (z1 - z0)


def in_place(z0, z1, t):
    z0 += t * (z1 - z0)
    return z0


def eats_the_end(z0, z1, t):
    return z0.mul_(1 - t) + t * z1


def arc(z0, z1, t):
    a = torch.acos(nn.functional.cosine_similarity(z0, z1, dim=-1)).unsqueeze(-1)
    return (torch.sin((1 - t) * a) * z0 + torch.sin(t * a) * z1) / torch.sin(a)


def normalised(z0, z1, t):
    z = (1 - t) * z0 + t * z1
    return z / z.norm(dim=-1, keepdim=True)


def length_kept(z0, z1, t):
    z = (1 - t) * z0 + t * z1
    return z / z.norm(dim=-1, keepdim=True) * z0.norm(dim=-1, keepdim=True)


def noisy(z0, z1, t):
    return torch.lerp(z0, z1, t) + 0.1 * torch.randn_like(z0)


def random_end(z0, z1, t):
    return (1 - t) * z0 + t * torch.randn_like(z1)


def unfinished(z0, z1, t):
    raise NotImplementedError("lerp: your turn")


def ten_steps(z0, z1, t):
    return z0 + round(t, 0) * (z1 - z0)


MIX = r"yours is|no mix of z0"
WRONG = {
    "backwards": (lambda z0, z1, t: t * z0 + (1 - t) * z1, "t runs backwards"),
    "torch.lerp, backwards": (lambda z0, z1, t: torch.lerp(z1, z0, t), "backwards"),
    "z0 stays": (lambda z0, z1, t: z0 + t * z1, "z0 never fades"),
    "z1 from the start": (
        lambda z0, z1, t: (1 - t) * z0 + z1,
        "in full from the start",
    ),
    "away": (lambda z0, z1, t: z0 + t * (z0 - z1), "a sign is turned"),
    "minus": (lambda z0, z1, t: (1 - t) * z0 - t * z1, MIX),
    "half way": (lambda z0, z1, t: (z0 + z1) / 2, "half way, whatever t says"),
    "difference only": (lambda z0, z1, t: t * (z1 - z0), MIX),
    "squared t": (lambda z0, z1, t: torch.lerp(z0, z1, t**2), MIX),
    "smoothstep": (lambda z0, z1, t: torch.lerp(z0, z1, t * t * (3 - 2 * t)), MIX),
    "halved": (lambda z0, z1, t: torch.lerp(z0, z1, t) / 2, MIX),
    "precedence": (lambda z0, z1, t: 1 - t * z0 + t * z1, MIX),
    "arc": (arc, r"this is the arc \(slerp\)"),
    "unit length": (normalised, "pushed out of the straight line"),
    "length kept": (length_kept, "pushed out of the straight line"),
    "z0": (lambda z0, z1, t: z0, MIX),
    "z1": (lambda z0, z1, t: z1, MIX),
    "rounded t": (ten_steps, MIX),
    "noise": (noisy, "at a second call"),
    "another end": (random_end, "at a second call"),
    "no return": (no_return, "returns nothing"),
    "in place": (in_place, "changes the ends"),
    "in place on z0": (eats_the_end, "changes the ends"),
    "tuple": (lambda z0, z1, t: ((1 - t) * z0, t * z1), "a tuple, not a tensor"),
    "list": (lambda z0, z1, t: torch.lerp(z0, z1, t).tolist(), "a list, not a tensor"),
    "numpy": (lambda z0, z1, t: torch.lerp(z0, z1, t).numpy(), "an ndarray"),
    "float64": (
        lambda z0, z1, t: torch.lerp(z0, z1, t).double(),
        "float64, not float32",
    ),
    "mean": (lambda z0, z1, t: torch.lerp(z0, z1, t).mean(), "another shape"),
    "batch added": (lambda z0, z1, t: torch.lerp(z0, z1, t)[None], "another shape"),
    "stacked": (lambda z0, z1, t: torch.stack([z0, z1]).lerp(z0, t), "another shape"),
    "first row only": (
        lambda z0, z1, t: (
            torch.lerp(z0, z1, t) if z0.dim() == 1 else z0.lerp(z1[:1], t)
        ),
        "wrong for a batch|0 of|rows are right",
    ),
    "squeezed": (
        lambda z0, z1, t: torch.lerp(z0, z1, t).squeeze(),
        "wrong for a batch",
    ),
    "flattened": (
        lambda z0, z1, t: torch.lerp(z0, z1, t).flatten(),
        "wrong for a batch",
    ),
    "dot": (
        lambda z0, z1, t: torch.dot(z0, z1) * 0 + torch.lerp(z0, z1, t),
        "torch.dot takes single",
    ),
    "two arguments": (lambda z0, z1: (z0 + z1) / 2, "arguments are not those"),
    "nan where equal": (
        lambda z0, z1, t: z0 + (z1 - z0) * t * (z1 - z0).norm() / (z1 - z0).norm(),
        "nan or inf where the two ends are equal",
    ),
    "still the stub": (unfinished, "still the stub"),
}
