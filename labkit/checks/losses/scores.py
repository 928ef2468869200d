"""Sentences about the losses of lab 08, which take the scores as they are."""

from labkit.checks.losses.fit import Fit, Part
from labkit.checks.words import number

Said = tuple[str, str, str]  # headline, why it matters for a GAN, a question

NO_ENDS = "Here a score is no logit: no sigmoid, no logarithm, no ends."
FAMILIES: dict[str, str] = {
    "cross-entropy": "this is a cross-entropy, not the scores themselves",
    "probabilities": "a sigmoid squeezes the scores",
    "sigmoid twice": "a sigmoid squeezes the scores",
    "squares": "the scores are squared",
    "squared probabilities": "the scores are squeezed and squared",
    "hinge": "this is the hinge loss, not the scores themselves",
}


def say_scores(found: Fit) -> Said | None:
    """Say what is wrong with a formula; None if it is the right one, up to averaging."""
    parts = [part for part in found.parts if not part.absent]
    if found.family != "cross-entropy" or not all(part.linear for part in parts):
        return (
            FAMILIES[found.family],
            NO_ENDS,
            "Try: what is the mean score of the fakes in this case?",
        )
    return _critic(*found.parts) if len(found.parts) == 2 else _generator(*found.parts)


def _critic(real: Part, fake: Part) -> Said | None:
    if real.absent or fake.absent:
        return (
            f"the {'real images' if real.absent else 'fakes'} do not count",
            "The critic pulls two crowds apart; with one alone there is no distance.",
            "Try: how many means has the formula, and how many has yours?",
        )
    if real.zero > 0 and fake.zero < 0:
        return (
            "the sign is turned: mean real minus mean fake",
            "Optimisers minimise. Minimising yours makes the critic prefer the fakes.",
            "Try: is your number small when the critic is right?",
        )
    if real.zero * fake.zero > 0:
        return (
            "real and fake scores pull in the same direction",
            "One has to go up and the other down; yours moves both together.",
            "Try: which sign does the formula give to each of the two means?",
        )
    return _factor(fake.zero if abs(real.zero + fake.zero) < 0.01 else 0.0)


def _generator(fake: Part) -> Said | None:
    if fake.zero > 0:
        return (
            "the sign is turned",
            "Optimisers minimise. Minimising yours drives the scores of fakes down.",
            "Try: does the generator want high scores or low ones?",
        )
    return _factor(-fake.zero)


def _factor(times: float) -> Said | None:
    if abs(times - 1) < 0.01:
        return None
    if times == 0.0:
        return (
            "real images and fakes do not count the same",
            "Then the critic gains by shifting all its scores, and learns nothing.",
            "Try: add 5 to all scores. Does your loss change?",
        )
    return (
        f"a factor: your loss is always {number(times)} times the right one",
        "The distance between the crowds could no longer be read off the loss.",
        "Try: what should scores of 1 for real images and 0 for fakes cost?",
    )
