"""Messages of lab 08 about `gradient_penalty`."""

from typing import Any

import numpy as np

from labkit.checks.wasserstein import places
from labkit.checks.wasserstein.places import Call
from labkit.checks.words import a, error_message, number, numbers, told

KNOWN = (
    (
        "does not require grad",
        "no gradient with respect to these places can be asked for",
        "Try: which tensor has to be told that its gradient will be wanted?",
    ),
    (
        "not have been used in the graph",
        "the critic was not shown the tensor whose gradient is asked for",
        "Try: is it the same tensor, or a copy made later?",
    ),
    (
        "grad can be implicitly created only for scalar",
        "autograd.grad starts from one number, not from a batch of them",
        "Try: what makes one number of the scores, without mixing the images up?",
    ),
    (
        "must match the size of tensor",
        "the random shares do not fit the shape of the images",
        "Try: which shape multiplies every number of an image by the same share?",
    ),
    (
        "Mismatch in shape: grad_output",
        "grad_outputs has not the shape of the scores",
        "Try: which function makes ones like the scores? Or sum the scores first.",
    ),
    (
        "Dimension out of range",
        "a step counts on more axes than there are",
        "Try: points are (B, 2), images (B, C, H, W). What fits both (flatten)?",
    ),
    (
        "too many indices",
        "a step counts on more axes than there are",
        "Try: points are (B, 2), images (B, C, H, W). What fits both (flatten)?",
    ),
    (
        "not enough values to unpack",
        "a step counts on four axes",
        "Try: points are (B, 2), images (B, C, H, W). What fits both (flatten)?",
    ),
    (
        "'tuple' object",
        "autograd.grad returns a tuple, one gradient for each input",
        "Try: how do you take the first one out of it?",
    ),
)
FLAT = told(
    "nan where the critic is perfectly flat",
    "The square root has no slope at 0. norm() knows that, sqrt() does not.",
)
CONSTANT = told(
    "the penalty is a constant to the critic",
    "requires_grad is False: it will never change a weight.",
    "The gradient has been taken, and the way it was computed forgotten.",
    "Try: what does autograd.grad need, to keep its own graph?",
)
PLACES = "Try: for one pair, how many random numbers do you draw, and from what?"
FORMULAS = {
    "sum": ("the images are added up, not averaged",
            "The penalty would grow with the batch and drown the rest of the loss."),
    "not squared": ("the difference to 1 is not squared",
                    "Slopes below 1 would be rewarded: the critic would go flat."),
    "absolute": ("this is the size of the difference, not its square",
                 "It pulls as hard at 1.01 as at 10."),
    "squared length": ("the squared length is compared with 1: a root is missing",
                       "It pulls steep critics far too hard: slope 3 costs 64, not 4."),
    "zero centred": ("slopes are pulled to 0, not to 1",
                     "That is another penalty (R1): here the slope is to be 1."),
    "zero centred, length": ("slopes are pulled to 0, not to 1",
                             "The slope of the best critic is 1 between the crowds."),
    "one sided": ("only slopes above 1 are punished",
                  "Slopes below 1 count as well: (‖∇‖ − 1)², on both sides."),
    "other side": ("only slopes below 1 are punished",
                   "The steep ones are the danger; both sides count."),
    "whole batch": ("one length for the whole batch",
                    "Each image has a slope of its own; the batch has none."),
    "mean length first": ("the lengths are averaged before the 1 is subtracted",
                          "Slopes 0 and 2 would cancel, and both are wrong."),
    "mean gradient": ("the gradients are averaged before their length is taken",
                      "Opposite slopes would cancel, and both are steep."),
    "each number": ("every number of the gradient is compared with 1",
                    "A slope is the length of the whole gradient of an image."),
    "each number, size": ("every number of the gradient is compared with 1",
                          "A slope is the length of the whole gradient of an image."),
    "per channel": ("one length per pixel, over the channels alone",
                    "A slope is the length of the whole gradient of an image."),
    "per row": ("one length per row of pixels",
                "A slope is the length of the whole gradient of an image."),
    "over the batch": ("the length is taken over the batch, not over an image",
                       "Which axis counts images, and which ones belong to one image?"),
    "mean of scores": ("the gradient of the mean score, smaller by the batch size",
                       "An image's slope must not depend on how many others there are."),
    "sum of sizes": ("the sizes are added; a length is a root of squares",
                     "In 784 dimensions that is up to 28 times the length."),
    "largest size": ("the largest number of the gradient is not its length",
                     "A slope is the length of the whole gradient of an image."),
    "root mean square": ("a mean of squares under the root, where a sum belongs",
                         "Then 784 pixels make every slope 28 times smaller."),
    "root": ("a root is taken of the mean at the end",
             "The average of squares is the penalty."),
    "half": ("half of the right penalty", "The factor is chosen outside of it."),
    "ten times": ("ten times the right penalty",
                  "The weight of the penalty is chosen by whoever adds it to the loss."),
    "sign": ("the sign is turned", "Minimising it would drive slopes away from 1."),
}  # fmt: skip


def kind(call: Call, error: dict[str, Any] | None) -> str:
    """What is wrong with the result of the plainest call; "" if nothing is."""
    if error:
        return error_message(error, KNOWN)
    if call["type"] == "NoneType":
        return told("it returns nothing (None)", "Try: does it end with return?")
    if "shape" not in call and "value" not in call:
        return told(
            f"it returns {a(call['type'])}, not a tensor",
            "The penalty is one number, added to the critic's loss.",
        )
    if "value" not in call:
        return told(
            "it returns one number per image, not one for the batch",
            f"your result has shape {tuple(call['shape'])}, expected ()",
            "Try: which average is in the formula?",
        )
    return ""


def where(calls: list[Call], errors: dict[str, Any]) -> str:
    """The places: on the line of each pair, a share of its own, from 0 to 1."""
    for call in calls:
        if call["name"] in errors:
            place = f"with real and fake of shape {tuple(call['real'].shape)}"
            return error_message(errors[call["name"]], KNOWN, place)
        if not places.has_places(call):
            return told(
                "the critic is not asked at one place for each pair",
                f"pairs {tuple(call['real'].shape)}, shown {tuple(call['seen'].shape)}",
                "Try: what do you hand to the critic?",
            )
    many, again = (call for call in calls if call["name"].startswith("many"))
    off = [call for call in calls if places.shares(call)[1].max() > places.ON_LINE]
    if off:
        return _off(max(off, key=lambda call: np.size(call["real"][0])))
    share, other = places.shares(many)[0], places.shares(again)[0]
    drawn = f"shares of the way from fake to real: {numbers(share[:4])}"
    if np.ptp(share) < places.ON_LINE and np.ptp(other) < places.ON_LINE:
        return _all_alike(share[0], other[0])
    if share.min() < -places.ON_LINE or share.max() > 1 + places.ON_LINE:
        return told(
            "places beyond the real images or beyond the fakes",
            f"shares run from {number(share.min())} to {number(share.max())},"
            " expected 0 to 1",
            "The slope counts between the two crowds; outside it is free.",
            PLACES,
        )
    if np.allclose(share, other, atol=1e-3):
        return told("the same places at every call", drawn,
                    "Over many steps the slope is to be 1 along the whole line.",
                    "Try: is a seed set inside, or the shares computed, not drawn?",
                    )  # fmt: skip
    middle = np.concatenate([share, other]).mean()
    if not 0.3 < middle < 0.7:
        side = "real images" if middle > 0.5 else "fakes"
        return told(f"nearly all places lie close to the {side}", drawn,
                    "Every place between the two is to be as likely as any other.",
                    PLACES)  # fmt: skip
    return ""


def _off(call: Call) -> str:
    """Places off the line: two weights, one share per number, or something else."""
    weights = places.mixture(call)
    if weights is not None:
        return told(
            "the two weights of the mixture do not add up to 1",
            f"first pair: {number(weights[0])} times real and {number(weights[1])} times"
            " fake",
            "Such a place lies beside the line between real image and fake.",
            "Try: is the second weight made from the first, or drawn anew?",
        )
    share = places.pixel_shares(call)
    if share.min() > -0.001 and share.max() < 1.001:
        return told(
            "every number of an image gets its own share",
            f"first pair, shares: {numbers(share[0])}; expected one for all of them",
            "Such a mixture lies in a box around the pair, not on the line between.",
            "Try: which shape has one random number for each image?",
        )
    return told(
        "the places do not lie between a real image and its fake",
        f"first pair, shares of the way: {numbers(share[0])}",
        "The slope counts on the straight line between real image and fake.",
        "Try: what do the two weights of your mixture add up to?",
    )


def _all_alike(share: float, other: float) -> str:
    """All places of a batch have one share."""
    for end, name in ((0, "fakes"), (1, "real images")):
        if abs(share - end) < 1e-3 and abs(other - end) < 1e-3:
            return told(
                f"the slope is looked at on the {name} only",
                f"all shares of the way from fake to real are {end}",
                "What the generator walks over on its way lies between the two crowds.",
                PLACES,
            )
    if abs(share - other) < 1e-3:
        return told(
            f"always the same share of the way: {number(share)}",
            "Over many steps the slope is to be 1 along the whole line.",
            PLACES,
        )
    return told(
        "one share for the whole batch",
        f"in one call all images have {number(share)}, in the next all {number(other)}",
        "Each pair gets its own place; otherwise a batch knows one place only.",
        PLACES,
    )


def _numbers(call: Call) -> str:
    slopes = numbers(places.lengths(call), at_most=3)
    return (
        f"slopes {slopes}: your penalty {number(call.get('value', np.nan), 3)},"
        f" expected {number(places.expected(call), 3)}"
    )


def values(calls: list[Call], errors: dict[str, Any]) -> str:
    """The value at these places is wrong: say which formula it is."""
    for call in calls:
        if call["name"] in errors:
            return error_message(errors[call["name"]], KNOWN)
    wrong = [call for call in calls if not places.right(call)]
    if not wrong:
        return ""
    name = places.named([call for call in calls if "value" in call])
    if name is None:
        text = (
            "the penalty is not right",
            "Try: one image, slope 3. What should it cost?",
        )
        return told(text[0], _numbers(wrong[0]), text[1])
    headline, why = FORMULAS[name]
    return told(headline, _numbers(wrong[0]), why,
                "Try: one image with slope 3 costs 4; two of slopes 0 and 2 cost 1.")  # fmt: skip


def shapes(calls: list[Call], errors: dict[str, Any]) -> str:
    """Wrong for scores (B, 1) or for a batch of one."""
    for call in calls:
        what = "one image" if call["name"] == "one image" else "scores (B, 1)"
        if call["name"] in errors:
            return error_message(errors[call["name"]], KNOWN, f"with {what}")
        if not places.has_places(call) or not places.right(call):
            return told(f"right for scores (B,), wrong for {what}", _numbers(call),
                        "Try: print the shape after each of your steps.")  # fmt: skip
    return ""


def graph(calls: list[Call]) -> str:
    """The critic cannot learn from it, or learns the wrong thing."""
    for call in calls:
        if not call["graph"]:
            return CONSTANT
        if call.get("slope") is None:
            return told(
                "the penalty does not depend on the critic's weights",
                "Its value is right, but the path back to the critic is cut.",
                "Try: is there a detach(), .data or a copy on the way?",
            )
        if not places.right_slope(call):
            wanted = places.expected_slope(call)
            return told(
                "the value is right, what the critic learns from it is not",
                f"gradient for its weight {number(call['slope'], 3)},"
                f" expected {number(wanted, 3)}",
                "Try: is a part of the formula cut off (detach, .data, item)?",
            )
    return ""


def side_effects(calls: list[Call]) -> str:
    """Something else has changed."""
    for call in calls:
        if not call["kept"]:
            return told(
                "it changes the images that it is given",
                "Try: which of your operations works in place (their names end in _)?",
            )
        if call["filled"]:
            return told(
                "it leaves gradients in the critic's .grad",
                "The penalty is only computed here; the step would count them twice.",
                "Try: which call returns gradients instead of storing them?",
            )
        if call["frozen"] or not call["training"]:
            return told(
                "the critic is left frozen, or in eval mode",
                "In its next step it would learn nothing, or something else.",
                "Try: what do you switch off, and do you switch it on again?",
            )
    return ""
