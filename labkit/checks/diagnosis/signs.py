"""What each bug of the clinic would show, and what a run shows instead.

A guess is answered with the first thing that it foretells and the run does not show, in
the run's own numbers. That says why the guess is wrong, never what is right.
"""

import functools
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from labkit import clinic
from labkit.checks.words import WIDTH

END = 50  # steps over which "at the end" is averaged


@dataclass(frozen=True)
class Signs:
    """A run in a few numbers; grey levels count from 0 to 255.

    Attributes:
        d_real, d_fake: D(x) and D(G(z)) over the last 50 steps.
        lowest, highest: of all D.
        real_lowest, real_highest: of D(x) alone.
        changed: how far a pixel of the last frame is from the first frame's.
        apart_first, apart_last: how far the pictures of a frame differ.
        median: of the last frame's pixels.
    """

    d_real: float
    d_fake: float
    lowest: float
    highest: float
    real_lowest: float
    real_highest: float
    changed: float
    apart_first: float
    apart_last: float
    median: float


@functools.cache
def signs(run: str) -> Signs:
    """Read the signs off a recorded run."""
    record = clinic.load(run)
    history = {name: np.array(values) for name, values in record.history.items()}
    first, last = (record.film[at].numpy().astype(float) for at in (0, -1))
    said = np.concatenate([history["d_real"], history["d_fake"]])
    return Signs(
        d_real=float(history["d_real"][-END:].mean()),
        d_fake=float(history["d_fake"][-END:].mean()),
        lowest=float(said.min()),
        highest=float(said.max()),
        real_lowest=float(history["d_real"].min()),
        real_highest=float(history["d_real"].max()),
        changed=float(abs(last - first).mean()),
        apart_first=float(first.std(axis=0).mean()),
        apart_last=float(last.std(axis=0).mean()),
        median=float(np.median(last)),
    )


class Sign(NamedTuple):
    """One thing that a bug foretells.

    Attributes:
        holds: whether a run shows it.
        foretold: what the bug would do, a sentence.
        seen: what the run does instead, with its numbers in braces.
        question: where to look.
    """

    holds: Callable[[Signs], bool]
    foretold: str
    seen: str
    question: str


BOTH = (
    "In run {run} the last {END} steps have D(x) {d_real:.2f} and D(G(z)) {d_fake:.2f}."
)
STILL = Sign(
    lambda s: s.changed > 1,
    "The generator would still move, and its pictures with it.",
    "In run {run} the last frame is the first one, pixel by pixel.",
    "Try: what has to happen for a picture to stay exactly as it is?",
)

FORETOLD: dict[str, list[Sign]] = {
    "nothing is wrong": [
        Sign(
            lambda s: 0.5 < s.d_real < 0.85 and 0.15 < s.d_fake < 0.5,
            "In the healthy run the critic is ahead, by a little: D(x) {healthy.d_real:.2f},"
            " D(G(z)) {healthy.d_fake:.2f}.",
            BOTH,
            "Try: put the healthy chart beside this one. Which curve differs most?",
        ),
        Sign(
            lambda s: s.apart_first > 3,
            "A healthy run begins with noise: its first pictures differ by"
            " {healthy.apart_first:.0f} grey levels.",
            "In run {run} they differ by {apart_first:.1f}: one flat grey.",
            "Try: what can make a network forget its input, before any training?",
        ),
    ],
    "labels swapped": [
        Sign(
            lambda s: s.d_real < 0.2,
            "Such a critic learns to call real images fake: D(x) would sink to 0.",
            "In run {run} D(x) is {d_real:.2f} over the last {END} steps.",
            "Try: where would D(G(z)) end if the labels were swapped?",
        )
    ],
    "real images out of range": [
        Sign(
            lambda s: s.d_real > 0.85 and s.d_fake < 0.15,
            "Real pixels up to 2.82 are easy to tell from a tanh: the critic would win.",
            BOTH,
            "Try: who is winning here, and by how much?",
        ),
        STILL,
        Sign(
            lambda s: s.median > 20,
            "The real ground would lie at -0.42, and the fakes' ground would not be black.",
            "In run {run} half of the last frame's pixels are at {median:.0f} of 255.",
            "Try: look at the ground of the pictures, not at the strokes.",
        ),
    ],
    "generator never stepped": [
        Sign(
            lambda s: s.changed < 0.5,
            "Such a generator would draw the same pictures for ever.",
            "In run {run} a pixel of the last frame is {changed:.0f} grey levels from the"
            " first.",
            "Try: compare two neighbouring frames, picture by picture.",
        )
    ],
    "critic never stepped": [
        Sign(
            lambda s: s.real_highest - s.real_lowest < 0.1,
            "A critic that never learns judges real images alike all the time: D(x) is"
            " flat.",
            "In run {run} D(x) goes from {real_lowest:.2f} to {real_highest:.2f}.",
            "Try: which loss would fall then, and with which pictures?",
        )
    ],
    "batchnorm weights around 0": [
        Sign(
            lambda s: s.apart_first < 3,
            "Weights around 0 switch every layer off: the first pictures would be one grey.",
            "In run {run} the pictures of step 0 differ by {apart_first:.0f} grey levels.",
            "Try: look at the first frame of every run. Which one stands out?",
        )
    ],
    "critic too strong": [
        Sign(
            lambda s: s.d_real > 0.85 and s.d_fake < 0.15,
            "A critic that is too strong wins: D(x) near 1, D(G(z)) near 0.",
            BOTH,
            "Try: which of the six critics are sure of everything, at the end?",
        ),
        STILL,
        Sign(
            lambda s: s.apart_last < 35,
            "It would drive the generator into a corner: its pictures become alike.",
            "In run {run} the last ones differ by {apart_last:.0f} grey levels"
            " ({healthy.apart_last:.0f} in the healthy run).",
            "Try: in which film do 36 different z end in one and the same picture?",
        ),
    ],
    "gradients mixed": [
        Sign(
            lambda s: s.d_real > 0.5 and s.d_fake > 0.55,
            "The generator's wish would leak into the critic's step: fakes count as real"
            " too.",
            BOTH,
            "Try: what does D(G(z)) look like for a critic that wants it high?",
        )
    ],
    "sigmoid twice": [
        Sign(
            lambda s: s.highest < 0.74,
            "The sigmoid of a number between 0 and 1 lies between 0.50 and 0.73.",
            "In run {run} D goes from {lowest:.2f} to {highest:.2f}.",
            "Try: what would that band do to the critic's loss, at best?",
        )
    ],
}


def contradiction(run: str, name: str) -> list[str]:
    """Say what speaks against a bug: what it foretells, what is seen, a question.

    Returns:
        A few lines; empty if nothing speaks against it.
    """
    found = signs(run)
    for sign in FORETOLD[name]:
        if not sign.holds(found):
            numbers = {**vars(found), "run": run, "END": END}
            numbers["healthy"] = signs(clinic.HEALTHY)
            texts = sign.foretold, sign.seen, sign.question
            filled = [text.format(**numbers) for text in texts]
            return [line for text in filled for line in textwrap.wrap(text, WIDTH)]
    return []
