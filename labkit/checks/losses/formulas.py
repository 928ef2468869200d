"""From the formula that was found in a loss to the sentence about it."""

import math

from labkit.checks.losses.fit import Fit, Part
from labkit.checks.losses.scores import say_scores
from labkit.checks.words import number

Said = tuple[str, str, str]  # headline, why it matters for a GAN, a question

FAMILIES: dict[str, Said] = {
    "sigmoid twice": (
        "the sigmoid is applied twice",
        "Squeezed twice, the loss can neither come near 0 nor grow where it should.",
        "Try: which of your functions already has a sigmoid inside?",
    ),
    "squares": (
        "these are squared errors, not cross-entropies",
        "That is another GAN (least squares); here the game is played in logarithms.",
        "Try: what does log sigmoid(x) give at this logit?",
    ),
    "squared probabilities": (
        "these are squared errors, not cross-entropies",
        "A squared error of probabilities is flat where the critic is sure.",
        "Try: what does log sigmoid(x) give at this logit?",
    ),
    "probabilities": (
        "these are probabilities: the logarithm is missing",
        "Without it the gradient fades wherever the critic is sure.",
        "Try: what does log sigmoid(x) give at this logit?",
    ),
    "hinge": (
        "this is the hinge loss, not a cross-entropy",
        "It ignores all images that are right by a margin of 1.",
        "Try: what does log sigmoid(x) give at this logit?",
    ),
}
AVERAGINGS: dict[str, Said] = {
    "sum": (
        "the images are added up, not averaged",
        "The loss, and each step, would grow with the size of the batch.",
        "Try: what should a batch twice as large do to the loss?",
    ),
    "pooled": (
        "real images and fakes are thrown into one average",
        "With more fakes than real images, the fakes would decide alone.",
        "Try: what are the mean of the real half and the mean of the fake half?",
    ),
    "by the first": (
        "both halves are divided by the number of real images",
        "With more fakes than real images, the fakes would decide alone.",
        "Try: over how many images does the fake half average?",
    ),
    "scores first": (
        "the scores are averaged before the loss, not after",
        "Good and bad fakes cancel; the worst ones no longer teach anything.",
        "Try: in which order do mean and log stand in the formula?",
    ),
    "probabilities first": (
        "the probabilities are averaged before the logarithm",
        "Good and bad fakes cancel; the worst ones no longer teach anything.",
        "Try: in which order do mean and log stand in the formula?",
    ),
}
RAW: Said = (
    "these are raw scores (a Wasserstein loss): no logarithm",
    "Raw scores have no end: the players only make them larger and larger.",
    "Try: which formula of the lab has log sigmoid(x) in it? What is it at x = 4?",
)
ZERO: Said = (
    "the loss is 0 whatever the critic says",
    "A constant has no slope: nobody learns.",
    "Try: which images does your formula use?",
)


def say(name: str, found: Fit) -> Said | None:
    """Say what kind of loss this is; None if the formula is the right one."""
    if all(part.absent for part in found.parts):
        return ZERO
    if name.startswith("wasserstein"):
        return say_scores(found) or AVERAGINGS.get(found.averaging)
    if found.family != "cross-entropy":
        return FAMILIES[found.family]
    if any(part.linear for part in found.parts):
        return RAW
    said = {
        "critic_loss": _critic,
        "generator_loss": _generator,
        "minimax_generator_loss": _minimax,
    }[name](found.parts)
    averaged = AVERAGINGS.get(found.averaging)
    if averaged and (said is None or said[0].startswith("a factor")):
        return averaged
    return said


def _critic(parts: list[Part]) -> Said | None:
    real, fake = parts
    pleased = "The critic should be pleased when it is right;"
    if real.absent or fake.absent:
        missing, there = ("real images", "fake") if real.absent else ("fakes", "real")
        return (
            f"the {missing} do not count",
            f"Trained without them, a critic soon calls everything {there}.",
            "Try: how many terms has the critic's loss, and how many has yours?",
        )
    if real.weight < 0 and fake.weight < 0:
        return (
            "the sign is turned",
            f"{pleased} minimising yours makes it wrong.",
            "Try: is the formula to be maximised or minimised?",
        )
    if real.weight < 0 or fake.weight < 0:
        which = "real" if real.weight < 0 else "fake"
        return (
            f"the {which} half has the wrong sign",
            f"Minimising yours makes the critic wrong about {which} images.",
            "Try: should a critic that is more right make this half smaller?",
        )
    return _labels(real, fake) or _weights(real, fake)


def _labels(real: Part, fake: Part) -> Said | None:
    pleased = "The critic should be pleased when it is right;"
    one, zero = abs(real.label - 1) < 0.01, abs(fake.label) < 0.01
    if one and zero:
        return None
    if abs(real.label) < 0.01 and abs(fake.label - 1) < 0.01:
        return (
            "the labels are swapped",
            f"{pleased} your loss punishes it.",
            "Try: which label, 0 or 1, belongs to real images?",
        )
    if one and abs(fake.label - 1) < 0.01:
        return (
            "right for real images, wrong for fakes",
            "The critic should be pleased when it spots a fake; your loss punishes it.",
            "Try: which label, 0 or 1, does your fake term use?",
        )
    if zero and abs(real.label) < 0.01:
        return (
            "right for fakes, wrong for real images",
            "The critic should be pleased to see a real image; your loss punishes it.",
            "Try: which label, 0 or 1, does your real term use?",
        )
    outside = max(real.label, fake.label) > 1.01 or min(real.label, fake.label) < -0.01
    why = (
        "A label outside [0, 1] is no probability: the loss can fall below 0."
        if outside
        else "Unasked, labels are hard; smoothing is for whoever asks for it."
    )
    return (
        f"your labels are {number(round(real.label, 3))} (real) and {number(round(fake.label, 3))} (fakes)",
        why,
        "Try: which labels belong to real images and to fakes when smoothing is 0?",
    )


def _weights(real: Part, fake: Part) -> Said | None:
    if abs(real.weight - fake.weight) > 0.01:
        shares = f"{number(real.weight)} and {number(fake.weight)}"
        return (
            "real images and fakes do not count the same",
            f"Real and fake count {shares}; expected 0.50 and 0.50.",
            "Try: where does the mean of the two halves stand in your formula?",
        )
    if abs(real.weight - 1) < 0.01:
        return (
            "a factor 2: the sum of the two means, not their mean",
            "It would double every step, as if the learning rate had been doubled.",
            "Try: what should guessing (all logits 0) cost?",
        )
    return _factor(2 * real.weight)


def _generator(parts: list[Part]) -> Said | None:
    (fake,) = parts
    fooled = "Fooling the critic should make the loss small;"
    if fake.near(0, -1):
        return (
            "this one saturates: it is mean log(1 - D)",
            "At first the critic is sure. At logit -12 your gradient is 0.000006, not 1.",
            "Try: which of log D and log(1 - D) is steep where D is near 0?",
        )
    if fake.weight < 0 < fake.label:
        return (
            "the sign is turned",
            f"{fooled} yours is largest then.",
            "Try: is log D to be made large or small? What does an optimiser do?",
        )
    if fake.weight > 0 and abs(fake.label) < 0.01:
        return (
            "it wants the fakes to be called fake",
            f"{fooled} yours is large then.",
            "Try: which label does the generator wish its fakes to get?",
        )
    if fake.weight > 0 and abs(fake.label - 1) > 0.01:
        return (
            f"your label for the fakes is {number(round(fake.label, 3))}, not 1",
            "It wants its fakes called real, label 1; smoothing is the critic's alone.",
            "Try: what does the generator want the critic to say?",
        )
    return _factor(fake.weight)


def _minimax(parts: list[Part]) -> Said | None:
    (fake,) = parts
    if fake.near(1, 0):
        return (
            "this is the non-saturating loss, generator_loss again",
            "Here the point is to see the old one saturate: mean log(1 - D), below 0.",
            "Try: which of log D and log(1 - D) does your formula contain?",
        )
    if fake.weight > 0 and abs(fake.label) < 0.01:
        return (
            "the sign is turned: mean log(1 - D) is negative",
            "The generator minimises it; minimising yours makes it easy to spot.",
            "Try: D is below 1. What sign has log(1 - D)?",
        )
    if fake.weight < 0 and abs(fake.label - 1) < 0.01:
        return (
            "this is mean log D, not mean log(1 - D)",
            "Minimising log D teaches the generator to be spotted.",
            "Try: which probability, D or 1 - D, should become small?",
        )
    if abs(fake.label) > 0.01:
        return (
            f"the label of the fakes is {number(round(fake.label, 3))}, not 0",
            "Minimax is the critic's own fake term, with nothing smoothed.",
            "Try: which of log D and log(1 - D) does your formula contain?",
        )
    return _factor(-fake.weight)


def _factor(times: float) -> Said | None:
    if abs(times - 1) < 0.01:
        return None
    if abs(times * math.log(2) - 1) < 0.01:
        question = "Try: which logarithm is meant, to base 2 or to base e?"
    else:
        question = "Try: what should guessing (all logits 0) cost?"
    return (
        f"a factor: your loss is always {number(times)} times the right one",
        "Each gradient is scaled with it, as if the learning rate were another.",
        question,
    )
