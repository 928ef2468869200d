"""Lab 02, exercise conv_size: how large a picture leaves a convolution."""

import math
import numbers
from collections.abc import Callable
from typing import Any

import torch

from labkit.checks.spec import Exercise, Finding, Observation
from labkit.checks.words import error_message, number, told

# (size, kernel, stride, padding): the ones of the lab, ones that do not come out
# even, and ones where stride, kernel and padding all matter.
FIXED = (
    (28, 3, 2, 1),
    (14, 3, 2, 1),
    (7, 3, 2, 1),
    (7, 4, 2, 1),
    (64, 4, 2, 1),
    (28, 5, 1, 2),
    (5, 1, 1, 0),
    (28, 3, 1, 0),
    (28, 5, 3, 2),
    (4, 4, 1, 0),
    (11, 2, 3, 0),
    (30, 7, 4, 3),
)
Formula = Callable[[int, int, int, int], float]
ASK_PADDING = "Try: how wide is a 28-pixel picture with padding=1 around it?"
ASK_PLACES = (
    "Try: slide a kernel of 3 over 3 pixels by hand. How many places are there?"
)
ASK_LAST = "Try: what does a convolution do when the last stride does not fit?"
ASK_BY_HAND = "Try: what do you get for stride 1, kernel 3 and no padding, by hand?"
ASK_ORDER = "Try: in which order does the first line name the four arguments?"
ASK_UNUSED = "Try: which of the four arguments does your formula never use?"
UP = "it rounds up, and the kernel hangs over the edge"
NEAREST = "it rounds to the nearest, and the kernel may hang over the edge"
# Mistakes that students make with (n + 2p - k) // s + 1: what they are, a question.
MISTAKES: tuple[tuple[Formula, str, str], ...] = (
    (
        lambda n, k, s, p: (n + p - k) // s + 1,
        "the padding is counted on one side only",
        ASK_PADDING,
    ),
    (lambda n, k, s, p: (n - k) // s + 1, "the padding is left out", ASK_PADDING),
    (
        lambda n, k, s, p: (n - 2 * p - k) // s + 1,
        "the padding makes the picture smaller",
        ASK_PADDING,
    ),
    (
        lambda n, k, s, p: (n + 2 * p - k) // s,
        "one position is missing: the first",
        ASK_PLACES,
    ),
    (
        lambda n, k, s, p: (n + 2 * p - k + 1) // s,
        "the 1 for the first position is divided by the stride as well",
        ASK_PLACES,
    ),
    (
        lambda n, k, s, p: (n + 2 * p - k) // s + 2,
        "one position is one too many",
        ASK_PLACES,
    ),
    (lambda n, k, s, p: math.ceil((n + 2 * p - k) / s) + 1, UP, ASK_LAST),
    (lambda n, k, s, p: round((n + 2 * p - k) / s) + 1, NEAREST, ASK_LAST),
    (lambda n, k, s, p: round((n + 2 * p - k) / s + 1), NEAREST, ASK_LAST),
    (lambda n, k, s, p: int((n + 2 * p - k) / s + 0.5) + 1, NEAREST, ASK_LAST),
    (
        lambda n, k, s, p: n + 2 * p - k + 1,
        "the stride is left out",
        "Try: with stride 2 the kernel stands on every second place only. So?",
    ),
    (
        lambda n, k, s, p: n + 2 * p - k // s + 1,
        "brackets are missing: only the kernel is divided by the stride",
        "Try: which comes first in Python, − or // ?",
    ),
    (
        lambda n, k, s, p: (n + 2 * p) // s - k + 1,
        "the kernel is taken off after dividing, it belongs before",
        "Try: in which order come: pad, place the kernel, stride?",
    ),
    (
        lambda n, k, s, p: (n + 2 * p + k) // s + 1,
        "the kernel is added where it takes room away",
        ASK_PLACES,
    ),
    (
        lambda n, k, s, p: (n - 1) * s - 2 * p + k,
        "this is the size after a transposed convolution",
        "Try: does a stride of 2 make the picture larger or smaller here?",
    ),
    (lambda n, k, s, p: n // s, "the kernel and the padding are left out", ASK_BY_HAND),
    (
        lambda n, k, s, p: -(-n // s),
        "the kernel and the padding are left out",
        ASK_BY_HAND,
    ),
    (
        lambda n, k, s, p: (n + 2 * s - k) // p + 1 if p else math.nan,
        "stride and padding have changed places",
        ASK_ORDER,
    ),
    (
        lambda n, k, s, p: (n + 2 * p - s) // k + 1,
        "kernel and stride have changed places",
        ASK_ORDER,
    ),
    (
        lambda n, k, s, p: (n + 2 * p - 3) // s + 1,
        "it counts with a kernel of 3, whatever the kernel is",
        ASK_UNUSED,
    ),
    (
        lambda n, k, s, p: (n + 2 * p - k) // 2 + 1,
        "it counts with a stride of 2, whatever the stride is",
        ASK_UNUSED,
    ),
    (
        lambda n, k, s, p: (n + 2 - k) // s + 1,
        "it counts with a padding of 1, whatever the padding is",
        ASK_UNUSED,
    ),
)


def right(size: int, kernel: int, stride: int, padding: int) -> int:
    """The size after a convolution."""
    return 1 + (size + 2 * padding - kernel) // stride


def observe(impl: Any, rng: torch.Generator) -> dict[str, Any]:
    """Call it for fixed and drawn arguments, and keep value and type."""
    obs = Observation()
    obs["cases"], obs["values"], obs["kinds"] = [], [], []
    with obs.part("call"):
        for case in (*FIXED, *_drawn(rng)):
            value = impl(*case)
            obs["kinds"].append(_kind(value))
            obs["values"].append(_value(value))
            obs["cases"].append(list(case))
    return obs


def _drawn(rng: torch.Generator, count: int = 40) -> list[tuple[int, ...]]:
    """Draw arguments for which there is a result of at least one pixel."""

    def whole(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=rng))

    cases = []
    for _ in range(count):
        kernel = whole(1, 7)
        case = whole(kernel, 64), kernel, whole(1, 4), whole(0, kernel // 2)
        cases.append(case)
    return cases


def _kind(value: Any) -> str:
    """Name the type; whole numbers of Python and numpy are "int"."""
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        return "int"
    return type(value).__name__


def _value(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return math.nan


def judge(obs: dict[str, Any]) -> list[Finding]:
    """An int, and the right one for fitting strides, other strides, and paddings."""
    if obs["errors"].get("call"):
        text = error_message(obs["errors"]["call"])
        return [Finding("runs", False, text, 4)]
    rows = list(zip(obs["cases"], obs["values"], obs["kinds"], strict=True))
    wrong = [(case, value) for case, value, _ in rows if value != right(*case)]
    told_wrong = _diagnosis(rows, wrong) if wrong else ""
    findings = [Finding("an int", *_is_int(rows), 1)]
    groups = {
        "no padding, stride 1": lambda n, k, s, p: s == 1 and p == 0,
        "padding": lambda n, k, s, p: s == 1 and p > 0,
        "strides": lambda n, k, s, p: s > 1 and (n + 2 * p - k) % s == 0,
        "strides that do not fit": lambda n, k, s, p: (n + 2 * p - k) % s > 0,
    }
    for name, belongs in groups.items():
        fine = not any(belongs(*case) for case, _ in wrong)
        findings.append(Finding(name, fine and bool(rows), told_wrong, 0.75))
    return findings


def _is_int(rows: list[tuple[list[int], float, str]]) -> tuple[bool, str]:
    odd = next(((case, v, kind) for case, v, kind in rows if kind != "int"), None)
    if odd is None:
        return bool(rows), ""
    case, value, kind = odd
    call = f"conv_size({', '.join(map(str, case))})"
    if kind == "NoneType":
        return False, told(
            "nothing comes back (None)",
            f"{call} should be {right(*case)}.",
            "Try: how does a function hand over its result? Printing is not enough.",
        )
    shown = "" if math.isnan(value) else f" ({number(value)})"
    return False, told(
        f"a {kind} comes back, an int is asked for",
        f"{call} gave a {kind}{shown}; expected the int {right(*case)}.",
        "A picture has a whole number of columns, and nn.Linear takes only ints.",
        "Try: look at type() of each part of your formula. Which one is no int?",
    )


def _diagnosis(
    rows: list[tuple[list[int], float, str]], wrong: list[tuple[list[int], float]]
) -> str:
    case, value = wrong[0]
    call = f"conv_size({', '.join(map(str, case))})"
    given = f"{call} gave {number(value)}, a convolution gives {right(*case)}"
    share = f"({len(wrong)} of {len(rows)} calls differ)."
    why = "One pixel wrong, and the critic's last layer does not fit its input."
    for formula, reason, question in MISTAKES:
        theirs = [(formula(*case), value) for case, value, _ in rows]
        if all(math.isnan(guess) or guess == value for guess, value in theirs):
            return told(reason, given, share, why, question)
    return told(
        "not the size that a convolution gives",
        given,
        share,
        why,
        "Try: pad, place the kernel, stride: draw this case on squared paper.",
    )


EXERCISE = Exercise(
    name="conv_size",
    lab="02_critic",
    points=2,
    observe=observe,
    judge=judge,
    promise="an int, right for 52 sizes, kernels, strides and paddings",
    own="labkit.models:conv_size",
)
