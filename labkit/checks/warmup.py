"""Lab 00, the way of working: `rescale`.

`rescale` sees one picture that holds all 256 grey levels, so its whole curve is known,
and then dim, bright and flat pictures: there, whatever depends on the other pixels of a
picture or of a batch gives itself away.
"""

from typing import Any

import numpy as np
import torch

from labkit.checks.spec import Exercise, Finding, Observation, register
from labkit.checks.words import a, error_message, number, told

SHAPES = ((4, 1, 28, 28), (1, 1, 28, 28), (2, 3, 9, 6))
TOLERANCE = 1e-5
LEVELS = np.arange(256)
RIGHT = LEVELS / 127.5 - 1

# Curves that students get: the curve, what it is, and a question.
ZERO_TO_ONE = "Try: a tanh generator paints black as -1. Where does your black lie?"
MISTAKES = (
    (LEVELS, "nothing is scaled", "Try: which two steps take 0..255 to -1..1?"),
    (LEVELS / 255, "the range is 0 to 1, not -1 to 1", ZERO_TO_ONE),
    (LEVELS / 256, "the range is 0 to 1, not -1 to 1", ZERO_TO_ONE),
    (LEVELS / 127.5, "the range is 0 to 2", "Try: what is left to do with the middle?"),
    (
        LEVELS - 127.5,
        "centred, but not scaled",
        "Try: how far is white from the middle?",
    ),
    (
        LEVELS / 255 - 0.5,
        "the range is -0.5 to 0.5",
        "Try: how wide is -1..1, and how wide is yours?",
    ),
    (LEVELS / 255 - 1, "the range is -1 to 0", "Try: what should the middle grey be?"),
    (
        -RIGHT,
        "black and white are swapped",
        "Try: what should levels 0 and 255 become?",
    ),
    (
        (LEVELS / 255 - 0.1307) / 0.3081,
        "these are MNIST's mean and deviation (0.1307, 0.3081)",
        "Try: could a critic tell real from fake by the largest value alone?",
    ),
    (LEVELS / 128 - 1, "white is not quite 1", "Try: what is half of 255?"),
    (LEVELS / 127 - 1, "white is a little above 1", "Try: what is half of 255?"),
    ((LEVELS - 128) / 127.5, "black is a little below -1", "Try: what is half of 255?"),
    (np.clip(LEVELS, -1, 1), "clipped, not scaled", "Try: where did 254 greys go?"),
    (
        np.tanh(RIGHT),
        "bent by a tanh",
        "Try: whose job is the tanh, and whose is this?",
    ),
)


def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Call `impl` on random pictures, on all grey levels, and on dim and flat ones."""
    obs = Observation()
    obs["calls"] = [_call(obs, impl, _bytes(rng, shape)) for shape in SHAPES]
    shuffled = torch.randperm(256, generator=rng)
    images = shuffled.to(torch.uint8).view(1, 1, 16, 16)
    with obs.part("levels"):
        result = impl(images.clone()).detach()
        obs["curve"] = result.flatten()[shuffled.argsort()].double()
    ranges = ((10, 90), (120, 200), (77, 78))  # dim, bright, flat
    images = torch.cat([_bytes(rng, (1, 1, 8, 8), *pair) for pair in ranges])
    with obs.part("dim"):
        obs["dim"] = [images, impl(images.clone()).double(), impl(images.clone())]
    return obs


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Findings: a float32 image, range, values, one rule for all, input kept."""
    problem = _kind_problem(obs)
    curve = None if problem else obs["curve"]
    kept = all(call.get("kept") for call in obs["calls"])
    return [
        Finding("float32 of the same shape", not problem, problem or "", 0.5),
        Finding("the same every time", *_luck(obs), weight=0.25),
        Finding("one rule for all pictures", *_same_rule(obs, curve), weight=0.5),
        Finding("range", *_range(curve)),
        Finding("values", *_values(curve), weight=2),
        Finding(
            "input kept",
            kept,
            told(
                "it changes the pictures that it is given",
                "After the call, the uint8 tensor that went in holds other numbers.",
                "In the second epoch the data set would be ruined.",
                "Try: which of your operations works in place (x += …, x.sub_(…))?",
            ),
            weight=0.25,
        ),
    ]


register(
    Exercise(
        name="rescale",
        lab="00_warmup",
        points=2,
        observe=observe,
        judge=judge,
        promise="float32, all 256 grey levels, dim, bright and flat pictures",
        own="labkit.data:normalise",
        shortcuts=("labkit.kit:looked_up",),
    )
)


def _bytes(rng: torch.Generator, shape: tuple, low: int = 0, high: int = 256) -> Any:
    return torch.randint(low, high, shape, generator=rng, dtype=torch.uint8)


def _call(obs: Observation, impl: Any, images: torch.Tensor) -> dict[str, Any]:
    given, call = images.clone(), {"shape": list(images.shape)}
    with obs.part(f"shape {tuple(images.shape)}"):
        result = impl(given)
        call["kept"] = torch.equal(given, images)
        call["type"] = type(result).__name__
        if isinstance(result, torch.Tensor):
            call |= {"dtype": str(result.dtype), "got": list(result.shape)}
    return call


def _kind_problem(obs: dict[str, Any]) -> str | None:
    """The first thing that is wrong with type, shape or dtype, as a message."""
    for call in obs["calls"]:
        shape = tuple(call["shape"])
        error = obs["errors"].get(f"shape {shape}")
        if error:
            return error_message(error, KNOWN, f"for pictures of shape {shape}")
        if call["type"] == "NoneType":
            return told("it returns nothing (None)", "Try: does it end with return?")
        if "got" not in call:
            return told(
                f"it returns {a(call['type'])}, not a tensor",
                "The critic is a torch network: it takes tensors only.",
                "Try: which step leaves torch?",
            )
        if tuple(call["got"]) != shape:
            return told(
                "the shape changes",
                f"in: {shape}, out: {tuple(call['got'])}, expected: {shape}",
                "Each pixel gets a new value; its place stays.",
                "Try: which of your steps moves or drops an axis?",
            )
        if call["dtype"] != "torch.float32":
            return told(
                f"the result is {call['dtype'].removeprefix('torch.')}, not float32",
                "Networks compute in float32; other types stop them or slow them down.",
                "Try: where in your formula could x.float() stand?",
            )
    error = next(iter(obs["errors"].values()), None)
    return error and error_message(error, KNOWN)


KNOWN = (
    (
        "result type Float can't be cast",
        "an operation in place cannot turn bytes into floats",
        "Try: what is the difference between x /= 2 and x = x / 2?",
    ),
)


def _luck(obs: dict[str, Any]) -> tuple[bool, str]:
    passed = "dim" in obs and np.array_equal(*obs["dim"][1:], equal_nan=True)
    return passed, told(
        "the same pictures give different values at a second call",
        "Data must not change from epoch to epoch by chance.",
        "Try: which of your steps draws random numbers?",
    )


def _range(curve: Any) -> tuple[bool, str]:
    if curve is None:
        return False, told(
            "the range is unknown: there is no float32 tensor to look at"
        )
    low, high = float(curve.min()), float(curve.max())
    passed = abs(low + 1) < TOLERANCE and abs(high - 1) < TOLERANCE
    return passed, _curve_message(curve)


def _values(curve: Any) -> tuple[bool, str]:
    if curve is None:
        return False, told(
            "the values are unknown: there is no float32 tensor to look at"
        )
    return bool(np.abs(curve - RIGHT).max() < TOLERANCE), _curve_message(curve)


def _curve_message(curve: np.ndarray) -> str:
    ends = (
        f"levels 0, 128, 255 become {number(curve[0], 4)}, {number(curve[128], 4)},"
        f" {number(curve[255], 4)}; expected -1, 0.0039, 1"
    )
    why = "Real and generated pictures must share one range, -1 to 1 (tanh)."
    for wrong, headline, question in MISTAKES:
        if np.allclose(curve, wrong, atol=TOLERANCE):
            return told(headline, ends, why, question)
    if not np.isfinite(curve).all():
        return told("some values are nan or inf", ends, "Try: what do you divide by?")
    if np.allclose(np.sort(curve), RIGHT, atol=TOLERANCE):
        return told(
            "the values are right, but the pixels change places",
            "A mirrored 7 is no 7: the generator would learn to draw mirrored digits.",
            "Try: which of your steps moves pixels (flip, transpose, sort, view)?",
        )
    steps = np.diff(curve)
    jump = int(np.abs(steps - np.median(steps)).argmax())
    if abs(steps[jump]) > 0.5 and steps[jump] * np.median(steps) < 0:
        return told(
            "the values jump: the bytes wrap around",
            f"level {jump} becomes {number(curve[jump])}, level {jump + 1} becomes"
            f" {number(curve[jump + 1])}: one step of grey",
            "A uint8 cannot hold more than 255 or less than 0; it starts over.",
            "Try: which of your steps still computes in uint8?",
        )
    if len(np.unique(curve.round(6))) < 200:
        return told(
            f"only {len(np.unique(curve.round(6)))} of the 256 greys are left",
            ends,
            "Soft edges become steps; the critic would spot the difference.",
            "Try: which of your steps rounds, clips or divides whole numbers?",
        )
    return told(
        "the values are not right",
        ends,
        why,
        "Try: what becomes of 0, of 255, and half way?",
    )


def _same_rule(obs: dict[str, Any], curve: Any) -> tuple[bool, str]:
    if curve is None or "dim" not in obs:
        return False, told(
            "it cannot be seen yet whether one rule holds for all pictures"
        )
    images, values, _ = obs["dim"]
    if values.shape != images.shape:
        return False, told("dim, bright or flat pictures change their shape")
    expected = curve[images]
    wrong = ~(np.abs(values - expected) < TOLERANCE)
    both = (np.sort(levels.ravel()) for levels in (values, RIGHT[images]))
    moved = np.allclose(*both, atol=TOLERANCE)
    if moved or not wrong.any():  # where the pixels go is another finding's matter
        return True, ""
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    level, got = int(images[place]), values[place]
    return False, told(
        "the same grey gets different values in different pictures",
        f"level {level} becomes {number(curve[level], 4)} in one picture and"
        f" {number(got, 4)} in another",
        "A dim digit must stay dim: else brightness says nothing any more.",
        "Try: does your formula use min, max, mean or std of the pixels?",
    )
