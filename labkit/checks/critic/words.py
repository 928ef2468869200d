"""What the check of Critic says."""

import math
from typing import Any

from labkit.checks.network.plan import Plan
from labkit.checks.network.words import not_a_tensor, shape_text
from labkit.checks.words import number, told


def no_score(got: dict[str, Any], given: str, batch: int) -> str:
    """What came back is no tensor of floats; "" if it is one."""
    if got["kind"] != "Tensor":
        return not_a_tensor(got["kind"], f"images {given} → scores ({batch},)")
    if got["dtype"].startswith(("float", "bfloat")) and got["dtype"] != "float32":
        return told(
            f"the scores are {got['dtype']}, expected float32",
            "Images and labels are float32; other kinds do not mix with them.",
            "Try: which line changes the dtype?",
        )
    if got["dtype"] != "float32":
        return told(
            f"the scores are {got['dtype']}, expected float32",
            "A yes or no has no slope, so nothing could be learnt from it.",
            "Try: which line turns scores into answers?",
        )
    return ""


def shape_told(got: list[int], given: str, batch: int) -> str:
    """Name what is wrong with the shape of the scores."""
    numbers = f"images {given} → your scores {shape_text(got)}, expected ({batch},)"
    if not got and batch == 1:
        return told(
            "for a batch of ONE image the batch axis vanishes",
            numbers,
            "The last batch of an epoch can have one image, and a loss expects (B,).",
            "Try: which axes does squeeze() remove when B is 1?",
        )
    if not got:
        return told(
            "one score for the whole batch",
            numbers,
            "The critic has to say of each image whether it is real.",
            "Try: over which axes do you take the mean or the sum?",
        )
    if len(got) == 2 and got[0] == batch:
        return told(
            f"{got[1]} scores per image, one is asked for",
            numbers,
            "One logit says it all: above 0 means real, below 0 means fake.",
            "Try: how many numbers does your last layer give?",
        )
    if len(got) == 1 and got[0] > batch and got[0] % batch == 0:
        return told(
            f"{got[0] // batch} scores per image, one is asked for",
            numbers,
            "They stand in one row, so nobody can tell which image they belong to.",
            "Try: how large is the last map, right before you flatten it?",
        )
    if len(got) > 2 and got[0] == batch:
        return told(
            "a picture of scores instead of one score per image",
            numbers,
            "The loss compares one number per image with one label.",
            "Try: what becomes of the axes after the first, and where?",
        )
    return told(
        f"{batch} images went in, but not {batch} scores came out",
        numbers,
        "Each image is to get its own score.",
        "Try: from which axis on does flatten, view or reshape merge?",
    )


def wall(down: dict[str, float], up: dict[str, float]) -> str:
    """The scores cannot be pushed as far as logits go: name the wall."""
    steps = int(max(down["steps"], up["steps"]))
    pushed = (
        f"{steps} training steps push the mean score down to {number(down['mean'])}, "
        f"up to {number(up['mean'])}."
    )
    if math.isnan(down["mean"] + up["mean"]):
        return told(
            "some scores are not numbers (nan)",
            pushed,
            "Try: where can something be divided by 0, or is a log or a root taken?",
        )
    lowest, highest = min(down["low"], up["low"]), max(down["high"], up["high"])
    if abs(up["mean"] - down["mean"]) < 1e-3:
        return told(
            "training cannot move the mean of your scores",
            pushed,
            "Scores have to rise for real images and to fall for fakes.",
            "Try: what happens after the last layer? Is it cut off, fixed, made relative?",
        )
    if lowest >= -1e-6 and highest <= 1 + 1e-6:
        return told(
            "your scores stay between 0 and 1, like probabilities",
            pushed,
            "The loss applies the sigmoid itself and needs raw scores of any size.",
            "Try: what stands after your last layer?",
        )
    if lowest >= -1e-6:
        return told(
            "none of your scores is ever below 0",
            pushed,
            "A raw score below 0 is how a critic says fake; yours can never say it.",
            "Try: what stands after the last layer, and what does it do to −3?",
        )
    if highest <= 0.05:
        return told(
            "none of your scores is ever above 0",
            pushed,
            "A raw score above 0 is how a critic says real; yours can never say it.",
            "Try: what stands after the last layer? The loss takes the log itself.",
        )
    return told(
        "your scores are held in a narrow range; raw scores are asked for",
        pushed,
        "To be sure, a critic needs scores such as −5 or 5: the loss squashes them.",
        "Try: what stands after your last layer, and does it limit its output?",
    )


def unlearnt(lesson: dict[str, float]) -> str:
    """It did not learn to tell the stripes apart."""
    if math.isnan(lesson["loss"]):
        return told(
            "after a few training steps the scores are not numbers (nan)",
            f"It happened in step {int(lesson['steps']) + 1}.",
            "Try: where can something be divided by 0, or is a log or a root taken?",
        )
    return told(
        "your critic does not learn to tell lying from standing stripes",
        f"After {int(lesson['steps']) + 1} steps its loss is {number(lesson['loss'])}; "
        "guessing gives 0.69,",
        "other critics get below 0.35 within 80 steps of Adam.",
        "Try: do all images get nearly the same score? After which layer are they alike?",
    )


def anchored_told() -> str:
    """Say that a batch's mean score is fixed, as by BatchNorm on the scores."""
    return told(
        "in train mode all batches get the same mean score",
        "A batch of noise, a bright and a striped one: the same mean to six digits.",
        "Real images and fakes come in batches of their own: neither could score higher.",
        "Try: is there a normalisation over the batch after the last layer?",
    )


def default_told(plan: Plan, mine: int, promised: int) -> str:
    """Say that another default stands in the signature."""
    if mine != promised:
        return told(
            f"base_channels is not {plan.default} by default",
            f"{plan.call()} has {mine} weights, base_channels={plan.default} gives "
            f"{promised}.",
            "Try: what does the signature in the lab say?",
        )
    return told(
        "dropout is switched off by default",
        f"Two passes of {plan.call()} in train mode are equal; expected: 0.3.",
        "Try: what does the signature in the lab say?",
    )
