"""Lab 07: `interpolate`, judged, and the messages about it."""

from typing import Any

import numpy as np

from labkit.checks.latent import formulas
from labkit.checks.latent.probes import told_left
from labkit.checks.spec import Finding
from labkit.checks.words import a, error_message, number, told

Call = dict[str, Any]
KNOWN = (
    (
        "expected 2D or 3D input (got 1D input)",
        "the generator is given a single z, and it takes rows",
        "Try: what turns one z of shape (D,) into a batch of one?",
    ),
    (
        "Expected more than 1 value per channel",
        "the generator draws in training mode, and BatchNorm cannot count to one",
        "Try: which mode is for drawing, and who puts the old one back?",
    ),
    (
        "must be Tensor, not list",
        "a list stands where a tensor is needed",
        "Try: what makes one tensor of a list of z (stack, cat)?",
    ),
    (
        "Boolean value of Tensor",
        "an if asks a whole tensor for one truth value",
        "Try: which of your names holds a tensor there?",
    ),
)


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Findings: images, as many as asked, ends, path, mode, gradient, traces."""
    single, rows = obs["(D,)"], obs["(1, D)"]
    alone = any(map(_shape, single)) and not any(map(_shape, rows))
    calls = rows if alone else single
    errors = [obs["errors"].get(call["part"]) for call in calls]
    stopped = next((error_message(e, KNOWN) for e in errors if e), "")
    kind = stopped or next(filter(None, map(_kind, calls)), "")
    shape = kind or next(filter(None, map(_shape, calls)), "")
    ends = shape or next(filter(None, map(_ends, calls)), "")
    path = ends or next(filter(None, map(_path, calls)), "")
    graph = kind or next(filter(None, map(_graph, calls)), "")
    graded = [
        ("images of the generator", 1, kind),
        ("steps images", 1, shape),
        ("both ends", 1.5, ends),
        ("the way between", 2.5, path),
        ("no gradient", 1, graph),
        ("leaves all as it was", 1, stopped or _left(calls)),
    ]
    advice = told(
        "works for z of shape (1, D), not for a single z of shape (D,)",
        "Could it take both? The lab hands over single z.",
    )
    return [
        *(Finding(name, not text, text, weight) for name, weight, text in graded),
        Finding("single z", not alone, advice if alone else "", 0.0),
    ]


def _called(call: Call) -> str:
    return f"interpolate(generator, z0, z1, {call['steps']})"


def _kind(call: Call) -> str:
    if call.get("type") == "NoneType":
        return told("it returns nothing (None)", "Try: does it end with return?")
    if "got" not in call:
        return told(
            f"it returns {a(call.get('type', 'object'))}, not a tensor",
            f"expected one tensor of shape {_expected(call)}",
            "Try: what makes one tensor of several images (stack, cat)?",
        )
    if not call["modes"]:
        return told(
            "the generator is never called",
            "What comes back is drawn from nothing.",
            "Try: who turns a z into an image?",
        )
    if call["dtype"] != "torch.float32":
        return told(
            f"the images are {call['dtype'].removeprefix('torch.')}, not float32",
            "They are to be the generator's own, in [-1, 1].",
            "Try: what happens to them between the generator and return?",
        )
    return ""


def _expected(call: Call) -> tuple[int, ...]:
    return (call["steps"], *call["image_shape"])


def _shape(call: Call) -> str:
    got, wanted = call.get("got"), list(_expected(call))
    if got == wanted:
        return ""
    if got is None:
        return told("there are no images to look at")
    lines = f"{_called(call)} gave shape {tuple(got)}, expected {tuple(wanted)}"
    if got[1:] == wanted[1:]:
        more = "more" if got[0] > wanted[0] else "fewer"
        return told(
            f"{more} images than steps",
            lines,
            "steps counts the images, the two ends among them.",
            "Try: with 5 images, how many gaps lie between them?",
        )
    return told(
        "the images have the wrong shape",
        lines,
        "A film needs one image for each step, all of the generator's shape.",
        "Try: is it stack or cat that joins (C, H, W), and which joins (1, C, H, W)?",
    )


def _ends(call: Call) -> str:
    z, steps = call["z"], call["steps"]
    place = f"{_called(call)}: the"
    if call["mode"] == "train" and any(call["modes"]):
        return told(
            "the images are drawn in training mode",
            "the generator came in train mode, and drew in it",
            "BatchNorm then makes every image depend on its neighbours in the batch.",
            "Try: which call switches it, and how do you put the old mode back?",
        )
    first, last = call["z0"], call["z1"]
    if max(call["miss"]) > 1e-3 and not call["blend"]:
        return told(
            "these are not the generator's images",
            "no z gives these pixels: something is done to the images afterwards",
            "A tanh generator draws in [-1, 1], and everything else counts on that.",
            "Try: what happens to them between the generator and return?",
        )
    if _near(z[0], last, first) and _near(z[-1], first, last):
        return told(
            "the way runs backwards",
            f"{place} first image is drawn from z1, the last from z0",
            "Try: what is t for the first image?",
        )
    for index, end, name in ((0, first, "z0"), (-1, last, "z1")):
        if not _near(z[index], end, last):
            which = "first" if index == 0 else "last"
            return told(
                f"the {which} image is not that of {name}",
                f"t of your {steps} images: {_times(call)}",
                f"expected {_even(steps)}",
                "Both ends belong to the way: a film goes on from where it stopped.",
                "Try: which t has the first image, and which the last?",
            )
    return ""


def _near(z: np.ndarray, end: np.ndarray, other: np.ndarray) -> bool:
    return formulas.close(z, end, end, other, 2e-3)


def _path(call: Call) -> str:
    z0, z1, steps = call["z0"].astype(float), call["z1"].astype(float), call["steps"]
    wrong = [
        k for k in range(steps) if not _on_path(call["z"][k], z0, z1, k / (steps - 1))
    ]
    if not wrong:
        return ""
    if call["blend"]:
        return told(
            "the images are mixed, pixel by pixel, instead of the z",
            "between the ends you show two pictures on top of each other",
            "A generator can do better: every z on the way gives a picture of its own.",
            "Try: mix first, draw then.",
        )
    shown = _times(call)
    return told(
        "the ends are right, the way between them is not",
        f"t of your {steps} images, as far as they lie on a path: {shown}",
        f"expected {_even(steps)}",
        "Neither lerp nor slerp of z0 and z1 in even steps passes these images.",
        "Try: print t in your loop. Then print the length of each z.",
    )


def _on_path(z: np.ndarray, z0: np.ndarray, z1: np.ndarray, t: float) -> bool:
    return formulas.close(z, formulas.lerp(z0, z1, t), z0, z1, 3e-3) or formulas.on_arc(
        z, z0, z1, t
    )


def _times(call: Call) -> str:
    """Read t off the images, in words: where on the line or on the arc they lie."""
    z0, z1 = call["z0"].astype(float), call["z1"].astype(float)
    grid = np.linspace(-0.5, 1.5, 401)
    shown = []
    for z in call["z"][:6]:
        paths = (formulas.lerp, formulas.slerp)
        miss = [min(np.abs(path(z0, z1, t) - z).max() for path in paths) for t in grid]
        best = int(np.argmin(miss))
        shown.append(number(grid[best]) if miss[best] < 0.03 else "?")
    return ", ".join(shown) + (" …" if len(call["z"]) > 6 else "")


def _even(steps: int) -> str:
    shown = [number(k / (steps - 1)) for k in range(min(6, steps))]
    return ", ".join(shown) + (" …" if steps > 6 else "")


def _graph(call: Call) -> str:
    if not call.get("graph"):
        return ""
    return told(
        "the images still carry their graph (requires_grad is True)",
        "Every image keeps all of the generator's features in memory, for a backward",
        "pass that never comes; a long film does not fit.",
        "Try: under which context does torch keep no graph?",
    )


def _left(calls: list[Call]) -> str:
    for call in calls:
        found = told_left(call["left"], ("mode", "off", "frozen", "moved"))
        if found is None and call.get("kept") is False:
            found = (
                "it changes the ends that it is given",
                "after the call z0 or z1 holds other numbers",
            )
        if found is not None:
            return told(
                *found,
                "Whoever called it goes on: with training, or with the next film.",
                "Try: note how things are at the start, and put them back at the end.",
            )
    return ""
