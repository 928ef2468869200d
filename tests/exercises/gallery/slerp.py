"""slerp: right ways to write it, and mistakes with the reason to be named."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def length(z):
    return z.norm(dim=-1, keepdim=True)


def unit(z):
    return z / length(z)


def cosine(z0, z1):
    return (unit(z0) * unit(z1)).sum(-1, keepdim=True)


def on_a_line(z0, z1, t):
    return (1 - t) * z0 + t * z1


def textbook(z0, z1, t):
    omega = torch.acos(cosine(z0, z1).clamp(-1, 1))
    sine = torch.sin(omega)
    arc = (torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1) / sine
    return torch.where(sine.abs() < 1e-5, on_a_line(z0, z1, t), arc)


def pulled_in(z0, z1, t):
    omega = torch.acos(cosine(z0, z1).clamp(-1 + 1e-6, 1 - 1e-6))
    a, b = torch.sin((1 - t) * omega), torch.sin(t * omega)
    return (a * z0 + b * z1) / torch.sin(omega)


def threshold(z0, z1, t):
    dot = cosine(z0, z1)
    theta = torch.acos(dot.clamp(-1, 1))
    sin = torch.sin(theta)
    s0 = torch.where(dot.abs() > 0.9995, 1 - t, torch.sin(theta - theta * t) / sin)
    s1 = torch.where(dot.abs() > 0.9995, torch.tensor(t), torch.sin(theta * t) / sin)
    return s0 * z0 + s1 * z1


def direction_and_length(z0, z1, t):
    arc = pulled_in(unit(z0), unit(z1), t)
    return arc * ((1 - t) * length(z0) + t * length(z1))


def geometric_length(z0, z1, t):
    arc = pulled_in(unit(z0), unit(z1), t)
    arc = arc / length(arc).clamp_min(1e-6)
    return arc * length(z0) ** (1 - t) * length(z1) ** t


def row_by_row(z0, z1, t):
    if z0.dim() == 2:
        return torch.stack([row_by_row(a, b, t) for a, b in zip(z0, z1)])
    omega = math.acos(max(-1.0, min(1.0, float(F.cosine_similarity(z0, z1, dim=0)))))
    if math.sin(omega) < 1e-4:
        return on_a_line(z0, z1, t)
    a, b = math.sin((1 - t) * omega), math.sin(t * omega)
    return (a * z0 + b * z1) / math.sin(omega)


def with_numpy(z0, z1, t):
    a, b = z0.double().numpy(), z1.double().numpy()
    norms = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    omega = np.arccos(np.clip((a * b).sum(-1) / norms, -1, 1))[..., None]
    omega = np.clip(omega, 1e-6, np.pi - 1e-6)
    arc = (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)
    return torch.from_numpy(arc).float()


def gram_schmidt(z0, z1, t):
    u = unit(z0)
    rest = unit(z1) - cosine(z0, z1) * u
    omega = torch.atan2(length(rest), cosine(z0, z1))
    side = rest / length(rest).clamp_min(1e-8)
    around = torch.cos(t * omega) * u + torch.sin(t * omega) * side
    return around * torch.lerp(length(z0), length(z1), t)


def guarded_by_if(z0, z1, t):
    omega = torch.acos(cosine(z0, z1).clamp(-1, 1))
    sine = torch.sin(omega)
    sine = torch.where(sine < 1e-6, torch.ones_like(sine), sine)
    near = omega.sin() < 1e-6
    a = torch.where(near, torch.full_like(omega, 1 - t), ((1 - t) * omega).sin() / sine)
    b = torch.where(near, torch.full_like(omega, t), (t * omega).sin() / sine)
    return a * z0 + b * z1


def nan_to_line(z0, z1, t):
    omega = torch.acos(F.cosine_similarity(z0, z1, dim=-1).clamp(-1, 1)).unsqueeze(-1)
    arc = torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1
    arc = arc / torch.sin(omega)
    return torch.where(torch.isfinite(arc), arc, on_a_line(z0, z1, t))


def half_angles(z0, z1, t):
    u0, u1 = unit(z0), unit(z1)
    omega = 2 * torch.asin((length(u1 - u0) / 2).clamp(max=1))
    omega = omega.clamp(1e-4, math.pi - 1e-4)
    return (torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1) / torch.sin(
        omega
    )


class Arc(nn.Module):
    """A path as a module; its instance is what is passed."""

    def forward(self, z0, z1, t):
        return threshold(z0, z1, t)


RIGHT = {
    "textbook": textbook,
    "pulled in": pulled_in,
    "threshold": threshold,
    "direction and length": direction_and_length,
    "geometric length": geometric_length,
    "row by row": row_by_row,
    "numpy": with_numpy,
    "Gram-Schmidt": gram_schmidt,
    "guarded": guarded_by_if,
    "nan to line": nan_to_line,
    "half angles": half_angles,
    "module": Arc(),
}


def made_of(weigh, angle=None):
    """Make a slerp of weights; `weigh` gets the angle and t, and guards nothing."""

    def path(z0, z1, t):
        omega = torch.acos(cosine(z0, z1).clamp(-1 + 1e-6, 1 - 1e-6))
        if angle is not None:
            omega = angle(z0, z1, omega)
        a, b = weigh(omega, t)
        return a * z0 + b * z1

    return path


def right_weights(omega, t):
    return torch.sin((1 - t) * omega) / omega.sin(), torch.sin(t * omega) / omega.sin()


def nlerp(z0, z1, t):
    z = on_a_line(z0, z1, t)
    return z / length(z).clamp_min(1e-6) * torch.lerp(length(z0), length(z1), t)


def nlerp_unit(z0, z1, t):
    return F.normalize(on_a_line(z0, z1, t), dim=-1)


def unguarded(z0, z1, t):
    omega = torch.acos(cosine(z0, z1).clamp(-1, 1))
    return (torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1) / torch.sin(
        omega
    )


def unclamped(z0, z1, t):
    omega = torch.acos(cosine(z0, z1))
    sine = omega.sin()
    arc = ((1 - t) * omega).sin() * z0 + (t * omega).sin() * z1
    return torch.where(sine.abs() < 1e-6, on_a_line(z0, z1, t), arc / sine)


def epsilon(z0, z1, t):
    omega = torch.acos(cosine(z0, z1).clamp(-1, 1))
    arc = torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1
    return arc / (torch.sin(omega) + 1e-6)


def if_equal(z0, z1, t):
    if torch.equal(z0, z1):
        return z0
    return unguarded(z0, z1, t)


def whole_batch(z0, z1, t):
    cos = (z0 * z1).sum() / (z0.norm() * z1.norm())
    omega = torch.acos(cos.clamp(-1 + 1e-6, 1 - 1e-6))
    a, b = right_weights(omega, t)
    return a * z0 + b * z1


def mean_angle(z0, z1, t):
    omega = torch.acos(cosine(z0, z1).clamp(-1 + 1e-6, 1 - 1e-6)).mean()
    a, b = right_weights(omega, t)
    return a * z0 + b * z1


def first_angle(z0, z1, t):
    a, b = z0.reshape(-1, z0.shape[-1])[0], z1.reshape(-1, z1.shape[-1])[0]
    omega = torch.acos((unit(a) @ unit(b)).clamp(-1 + 1e-6, 1 - 1e-6))
    a, b = right_weights(omega, t)
    return a * z0 + b * z1


def with_dot(z0, z1, t):
    dot = torch.dot(z0, z1) / (z0.norm() * z1.norm())
    a, b = right_weights(torch.acos(dot.clamp(-1 + 1e-6, 1 - 1e-6)), t)
    return a * z0 + b * z1


def with_matmul(z0, z1, t):
    dot = z0 @ z1 / (z0.norm() * z1.norm())
    a, b = right_weights(torch.acos(dot.clamp(-1 + 1e-6, 1 - 1e-6)), t)
    return a * z0 + b * z1


def no_keepdim(z0, z1, t):
    cos = (z0 * z1).sum(-1) / (z0.norm(dim=-1) * z1.norm(dim=-1))
    a, b = right_weights(torch.acos(cos.clamp(-1 + 1e-6, 1 - 1e-6)), t)
    return a * z0 + b * z1


def second_axis(z0, z1, t):
    cos = F.cosine_similarity(z0, z1, dim=1)[:, None]
    a, b = right_weights(torch.acos(cos.clamp(-1 + 1e-6, 1 - 1e-6)), t)
    return a * z0 + b * z1


def first_axis(z0, z1, t):
    cos = F.cosine_similarity(z0, z1, dim=0)
    a, b = right_weights(torch.acos(cos.clamp(-1 + 1e-6, 1 - 1e-6)), t)
    return a * z0 + b * z1


def truth_value(z0, z1, t):
    omega = torch.acos(cosine(z0, z1).clamp(-1, 1))
    if omega < 1e-4:
        return on_a_line(z0, z1, t)
    if omega > math.pi - 1e-3:
        return on_a_line(z0, z1, t)
    a, b = right_weights(omega, t)
    return a * z0 + b * z1


def unit_result(z0, z1, t):
    return unit(pulled_in(unit(z0), unit(z1), t))


def length_of_z0(z0, z1, t):
    return unit(pulled_in(unit(z0), unit(z1), t)) * length(z0)


def shell(z0, z1, t):
    return unit(pulled_in(unit(z0), unit(z1), t)) * math.sqrt(z0.shape[-1])


def in_place(z0, z1, t):
    z0 /= length(z0)
    z1 /= length(z1)
    return pulled_in(z0, z1, t)


def in_place_but_right(z0, z1, t):
    result = pulled_in(z0, z1, t)
    z1.div_(length(z1))
    return result


def no_return(z0, z1, t):
    pulled_in(z0, z1, t)


def torch_sin_of_t(z0, z1, t):
    return torch.sin(1 - t) * z0 + torch.sin(t) * z1


def squared_cosine(z0, z1, omega):
    cos = (z0 * z1).sum(-1, keepdim=True) / length(z0) ** 2
    return torch.acos(cos.clamp(-1 + 1e-6, 1 - 1e-6))


def plain_dot(z0, z1, omega):
    dot = (z0 * z1).sum(-1, keepdim=True)
    return torch.acos(dot.clamp(-1, 1)).clamp(1e-3, math.pi - 1e-3)


def clamped_dot(z0, z1, t):
    omega = torch.acos((z0 * z1).sum(-1, keepdim=True).clamp(-1, 1))
    sine = torch.sin(omega)
    arc = (torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1) / sine
    return torch.where(sine.abs() < 1e-5, on_a_line(z0, z1, t), arc)


def zero_weight(omega, t):
    return torch.sin((1 - t) * omega), torch.sin(t * omega)


def unfinished(z0, z1, t):
    raise NotImplementedError("slerp: your turn")


VALUES = r"values are not right|yours is|no mix"
RIGHT_ANGLE = r"as if at a right angle"
EQUAL = r"nan or inf where the two ends are equal"
WRONG = {
    "lerp": (on_a_line, r"straight line \(lerp\)(.*\n)+.*length"),
    "torch.lerp": (torch.lerp, r"straight line \(lerp\)"),
    "nlerp": (nlerp, "speed is not even"),
    "nlerp, unit": (nlerp_unit, "speed is not even|length"),
    "backwards": (lambda z0, z1, t: pulled_in(z0, z1, 1 - t), "t runs backwards"),
    "ends swapped": (lambda z0, z1, t: textbook(z1, z0, t), "t runs backwards"),
    "degrees": (made_of(right_weights, lambda a, b, o: torch.rad2deg(o)), "degrees"),
    "no division": (made_of(zero_weight), "not divided by sin"),
    "dot for cosine": (clamped_dot, "taken for the cosine, whatever the lengths"),
    "dot, nearly clamped": (made_of(right_weights, plain_dot), VALUES),
    "norm of z0 twice": (made_of(right_weights, squared_cosine), VALUES + "|nan"),
    "cosine for angle": (
        made_of(right_weights, lambda a, b, o: torch.cos(o)),
        "cosine is taken for the angle",
    ),
    "half the angle": (made_of(right_weights, lambda a, b, o: o / 2), VALUES),
    "twice the angle": (made_of(right_weights, lambda a, b, o: 2 * o), VALUES),
    "asin": (made_of(right_weights, lambda a, b, o: torch.asin(o.cos())), VALUES),
    "right angle": (
        lambda z0, z1, t: (
            math.cos(t * math.pi / 2) * z0 + math.sin(t * math.pi / 2) * z1
        ),
        RIGHT_ANGLE,
    ),
    "square roots": (
        lambda z0, z1, t: math.sqrt(1 - t) * z0 + math.sqrt(t) * z1,
        RIGHT_ANGLE,
    ),
    "minus": (
        made_of(lambda o, t: (((1 - t) * o).sin() / o.sin(), -(t * o).sin() / o.sin())),
        "a sign is turned",
    ),
    "cosines": (
        made_of(lambda o, t: (((1 - t) * o).cos() / o.cos(), (t * o).cos() / o.cos())),
        "cosines stand where the sines",
    ),
    "same weight twice": (
        made_of(lambda o, t: ((t * o).sin() / o.sin(), (t * o).sin() / o.sin())),
        VALUES,
    ),
    "t outside the sine": (
        made_of(lambda o, t: ((1 - t) * o.sin() / o.sin(), t * o.sin() / o.sin())),
        "straight line",
    ),
    "tan": (
        made_of(lambda o, t: (((1 - t) * o).tan() / o.tan(), (t * o).tan() / o.tan())),
        VALUES,
    ),
    "divided by omega": (
        made_of(lambda o, t: (((1 - t) * o).sin() / o, (t * o).sin() / o)),
        VALUES,
    ),
    "one half divided": (
        made_of(lambda o, t: (((1 - t) * o).sin(), (t * o).sin() / o.sin())),
        VALUES,
    ),
    "half way": (lambda z0, z1, t: pulled_in(z0, z1, 0.5), VALUES),
    "z0": (lambda z0, z1, t: z0, VALUES),
    "unit length": (unit_result, "the length is not"),
    "length of z0": (length_of_z0, "the length is not"),
    "length of the shell": (shell, "the length is not"),
    "unit ends": (
        lambda z0, z1, t: pulled_in(unit(z0), unit(z1), t),
        "the length is not",
    ),
    "unguarded": (unguarded, EQUAL),
    "unclamped": (unclamped, "nan or inf where the two ends are"),
    "epsilon": (epsilon, "ends are equal, it leaves them"),
    "if equal": (if_equal, "nan or inf where the two ends are equal"),
    "whole batch": (whole_batch, "one angle for the whole batch"),
    "mean angle": (mean_angle, "wrong for a batch"),
    "first angle": (first_angle, "wrong for a batch"),
    "dot": (with_dot, "torch.dot takes single vectors"),
    "matmul": (with_matmul, "for z of shape|wrong for a batch"),
    "no keepdim": (no_keepdim, "do not fit together"),
    "dim=1": (second_axis, "an axis is asked for"),
    "dim=0": (first_axis, "wrong for a batch"),
    "truth value": (truth_value, "a whole batch for one truth value"),
    "sin of a float": (torch_sin_of_t, "given a plain number"),
    "in place": (in_place, "length is not|changes the ends"),
    "in place, right": (in_place_but_right, "changes the ends"),
    "no return": (no_return, "returns nothing"),
    "tuple": (lambda z0, z1, t: (pulled_in(z0, z1, t), t), "a tuple, not a tensor"),
    "float64": (lambda z0, z1, t: pulled_in(z0, z1, t).double(), "float64, not"),
    "numpy": (lambda z0, z1, t: pulled_in(z0, z1, t).numpy(), "an ndarray"),
    "squeezed": (lambda z0, z1, t: pulled_in(z0, z1, t).squeeze(), "wrong for a batch"),
    "noise": (
        lambda z0, z1, t: pulled_in(z0, z1, t) + 0.05 * torch.randn_like(z0),
        "at a second call",
    ),
    "single z only": (
        lambda z0, z1, t: pulled_in(z0[None], z1[None], t),
        "another shape",
    ),
    "two arguments": (lambda z0, z1: pulled_in(z0, z1, 0.5), "arguments are not those"),
    "still the stub": (unfinished, "still the stub"),
}
