"""Lab 07: `seed_pair`, judged: a digit at both ends, and another one between them."""

from typing import Any

import numpy as np

from labkit.checks.latent.seed_pair import PATHS, is_seed, sound
from labkit.checks.shares import NOT_KEPT, unread
from labkit.checks.spec import Finding
from labkit.checks.words import error_message, number, told

SURE = 0.9  # the classifier's share from which a picture is clearly a digit
EXAMPLE = "explorer?seeds=[1,2]&t=0.5"


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Findings: two seeds, clear ends, the same digit, another one at t."""
    text = _unread(obs)
    if text:
        return [Finding("two seeds", False, text)]
    unclear, others = _unclear(obs), _others(obs)
    waits = "not yet: the ends come first" if unclear or others else ""
    still = waits or _still(obs)
    if unclear:
        others = waits
    return [
        Finding("two seeds", True, weight=0.1),
        Finding("clear ends", not unclear, unclear, 0.1),
        Finding("the same digit", not others, others, 0.1),
        Finding("another digit between", not still, still, 0.7),
        Finding("text that is kept", not obs["widget"], NOT_KEPT, 0),
    ]


def _unread(obs: dict[str, Any]) -> str:
    """Say why there are no two seeds with a way between them; "" if there are."""
    if obs["errors"].get("call"):
        return error_message(obs["errors"]["call"])
    said = obs.get("said")
    if said is None:
        state = {key: obs[key] for key in ("kind", "problem") if key in obs}
        return unread(state, "explorer", EXAMPLE)
    if sound(said):
        return ""
    seeds = said["seeds"]
    if said["generator"] != "digits":
        return told(
            f"this is the generator “{str(said['generator'])[:40]}”, not the digits'",
            'Expected: seeds of labkit.zoo.load("digits"), generator=digits in the text.',
        )
    if said["view"] != "path":
        return told(
            f"this is the explorer's view “{str(said['view'])[:40]}”, not its path",
            "The path has two ends and a place t between them.",
        )
    if said["path"] not in PATHS:
        return told(
            f"there is no path “{str(said['path'])[:40]}”", "Expected: slerp or lerp."
        )
    if not isinstance(seeds, list) or len(seeds) != 2:
        count = len(seeds) if isinstance(seeds, list) else 0
        return told(
            f"{('no seed', 'one seed')[count] if count < 2 else f'{count} seeds'}, not two",
            f"Expected: the two ends of one way, {EXAMPLE} say.",
            "Try: which two of them does your way run between?",
        )
    odd = [seed for seed in seeds if not is_seed(seed)]
    if odd:
        return told(
            f"{str(odd[0])[:40]} is not a seed",
            "Expected: two whole numbers, 0 or more. They start the random numbers of z;",
            "they are not the digits that you see.",
        )
    return told(
        f"t = {str(said['t'])[:40]} is not on the way",
        "Expected: a number between 0, the first seed, and 1, the second.",
    )


def _unclear(obs: dict[str, Any]) -> str:
    seeds = obs["said"]["seeds"]
    for seed, opinion in zip(seeds, obs["ends"], strict=True):
        if opinion.max() < SURE:
            return told(
                f"the picture of seed {seed} is not clearly a digit",
                f"The classifier says {_opinion(opinion)}; "
                f"clear is {100 * SURE:.0f} % or more.",
                "Ends that can be read in two ways leave open what the way has left.",
                "Try: which ends would you and a neighbour name alike, at first sight?",
            )
    return ""


def _others(obs: dict[str, Any]) -> str:
    if len({int(opinion.argmax()) for opinion in obs["ends"]}) == 1:
        return ""
    return told(
        "the two ends are different digits",
        _ends(obs),
        "From one digit to another the pictures must change: G is continuous. Here it",
        "is about two pictures of one kind, and what lies between those.",
        "Try: what do you meet on the way between two pictures of the same digit?",
    )


def _still(obs: dict[str, Any]) -> str:
    """Say what is wrong at t, where the ends are right."""
    digit, there = int(obs["ends"][0].argmax()), obs["there"]
    seeds, t = obs["said"]["seeds"], number(obs["said"]["t"])
    if seeds[0] == seeds[1]:
        return told(
            f"both ends are seed {seeds[0]}: the way does not leave it",
            "The same seed draws the same z, and between equal z there is nothing.",
        )
    if _another(there, digit):
        return ""
    headline = f"at t = {t} the picture is still a {digit}"
    if there.argmax() != digit or there.max() < SURE:
        headline = f"at t = {t} the picture is no clear digit"
    elsewhere = any(_another(opinion, digit) for opinion in obs["way"])
    lines = (
        (
            "Your two ends are good ones: another digit does lie on this way.",
            "Try: what do you see when you move t slowly from one end to the other?",
        )
        if elsewhere
        else (
            "Many kinds lie in one piece in latent space; the way from one to the next",
            "stays inside. A kind in several pieces has another kind between them.",
            "Try: which digits lie in more than one place in figure 1?",
        )
    )
    return told(headline, f"{_ends(obs)}; there: {_opinion(there)}", *lines)


def _another(opinion: np.ndarray, digit: int) -> bool:
    return bool(opinion.argmax() != digit and opinion.max() >= SURE)


def _ends(obs: dict[str, Any]) -> str:
    seeds = obs["said"]["seeds"]
    pairs = zip(seeds, obs["ends"], strict=True)
    return ", ".join(
        f"seed {seed}: {opinion.argmax()} ({_percent(opinion.max())})"
        for seed, opinion in pairs
    )


def _opinion(opinion: np.ndarray) -> str:
    """The likeliest digits with their shares: "5 (62 %) and 3 (37 %)"."""
    first, second = opinion.argsort()[::-1][:2]
    text = f"{first} ({_percent(opinion[first])})"
    if opinion[second] >= 0.05:
        text += f" and {second} ({_percent(opinion[second])})"
    return text


def _percent(share: float) -> str:
    return f"{int(100 * share)} %"  # down: 89.7 is not yet 90
