"""What the check of Generator says."""

import math
from typing import Any

from labkit.checks.network.plan import Plan
from labkit.checks.network.words import many, not_a_tensor, shape_text
from labkit.checks.words import number, told


def image_shape_told(got: dict[str, Any], given: list[int], expected: list[int]) -> str:
    """Say what is wrong with the shape or dtype of the images; "" if nothing is."""
    if got["kind"] != "Tensor":
        pair = f"z {shape_text(given)} → images {shape_text(expected)}"
        return not_a_tensor(got["kind"], pair)
    shape = got["shape"]
    seen = (
        f"z {shape_text(given)} → yours {shape_text(shape)}, "
        f"expected {shape_text(expected)}"
    )
    if shape == expected:
        if got["dtype"] == "float32":
            return ""
        return told(
            f"the images are {got['dtype']}, expected float32",
            "The critic takes float32; and whole numbers let no gradient come back.",
            "Try: which line rounds or converts the pixels?",
        )
    if len(shape) != 4:
        return told(
            "what comes out is not a batch of pictures",
            seen,
            "The critic expects (B, C, H, W), as it gets real images.",
            "Try: where do the numbers get channels, a height and a width?",
        )
    if shape[0] != expected[0]:
        return told(
            f"{expected[0]} rows of z give {shape[0]} images",
            seen,
            "Each row of z is to become one image.",
            "Try: which number in your view, reshape or Unflatten is the batch?",
        )
    if shape[1] != expected[1]:
        return told(
            f"images of {many(shape[1], 'channel')} instead of {expected[1]}",
            seen,
            "image_shape is (C, H, W): 1 channel is grey, 3 are red, green and blue.",
            "Try: how many channels does your last layer give?",
        )
    return told(
        f"images of {shape[2]}×{shape[3]} pixels, expected {expected[2]}×{expected[3]}",
        seen,
        "The size of an image would give the fakes away. Doubling: 4 → 8 → 16 → 32,",
        "7 → 14 → 28.",
        "Try: how large is your first picture, and how often is it doubled?",
    )


def range_told(down: dict[str, float], up: dict[str, float], wild: list[float]) -> str:
    """Say what is wrong with the range of the pixels; "" if nothing is."""
    if any(map(math.isnan, (*down.values(), *up.values(), *wild))):
        return told(
            "some pixels are not numbers (nan)",
            "They appeared in training, or for z of large numbers.",
            "Try: where can something be divided by 0, or become too large?",
        )
    lowest, highest = min(down["low"], up["low"]), max(down["high"], up["high"])
    steps = int(max(down["steps"], up["steps"]))
    for low, high, when in (
        (lowest, highest, f"in {steps} training steps"),
        (*wild, "for z 100 times as large as usual"),
    ):
        if max(-low, high) > 1 + 1e-4:
            return told(
                f"a pixel of {number(low if -low > high else high)} came out; "
                "images lie in [-1, 1]",
                f"Smallest and largest pixel {when}: {number(low)} and {number(high)}.",
                "Real pixels never pass ±1: the critic would know fakes by that alone.",
                "Try: which activation at the end keeps every number between −1 and 1?",
            )
    if lowest < -0.6 and highest > 0.6:
        return ""
    pushed = (
        f"{steps} training steps push the mean pixel down to {number(down['mean'])}, "
        f"up to {number(up['mean'])}."
    )
    if steps == 0 or abs(up["mean"] - down["mean"]) < 1e-3:
        return told(
            "training cannot make your images darker or brighter",
            pushed,
            "The generator has to follow what the critic says.",
            "Try: what happens after the last convolution? Is it cut off, rounded, fixed?",
        )
    if lowest >= -1e-6:
        return told(
            f"no pixel of your images is darker than {number(max(lowest, 0))}",
            pushed,
            "Real images use all of [-1, 1], and black is −1: yours begin at grey.",
            "Try: which activation comes last, or right before it? Can it go below 0?",
        )
    if highest <= 1e-6:
        return told(
            "no pixel of your images is brighter than 0",
            pushed,
            "Real images use all of [-1, 1], and white is 1: yours end at grey.",
            "Try: which activation comes last, or right before it? Can it go above 0?",
        )
    return told(
        "your images cannot use the whole range [-1, 1]",
        pushed,
        "Real images go from black, −1, to white, 1.",
        "Try: which activation comes last, and is its result scaled afterwards?",
    )


def ignored_told(share: float, still: bool) -> str:
    """Say that z has no influence, or not all of it."""
    if still:
        return told(
            "different z give the same image",
            "Over 16 rows of z no pixel changed.",
            "z is where the variety of the images comes from.",
            "Try: where does forward() use its argument?",
        )
    if share == 0:
        return told(
            "no gradient comes from the image back to z",
            "The images differ, but the gradient on every number of z is exactly 0.",
            "z is where the variety of the images comes from.",
            "Try: where does forward() use its argument, is it rounded, detached, saturated?",
        )
    if share > 0.95:
        return told(
            "z counts as if it were one number",
            "All pixels depend on the numbers of z by one and the same sum.",
            "The images lie on a line then, whatever latent_dim is.",
            "Try: where does forward() take a sum or a mean of z?",
        )
    return told(
        f"only {share:.0%} of the numbers in z have an influence on the image",
        "The gradient on all the others is exactly 0.",
        "z is where the variety of the images comes from.",
        "Try: where does forward() use its argument, and all of it?",
    )


def still_told(pixels: dict[str, Any]) -> str:
    """Say that some pixels never change."""
    if pixels["frame"] and pixels["still"] < 1:
        wide = many(pixels["frame"], "pixel")
        headline = f"the outer frame, {wide} wide, never changes"
    else:
        headline = f"{pixels['still']:.0%} of the pixels never change"
    return told(
        headline,
        f"Over 16 different z, {pixels['still']:.0%} of the pixels stayed the same.",
        "Pixels that are always the same are what a critic notices first.",
        "Try: are the images made smaller and then padded, or is a part filled in?",
    )


def grey_told() -> str:
    """Say that colour images have equal channels."""
    return told(
        "images of 3 channels are grey: red and green are always equal",
        "In all pixels of 4 images.",
        "Real pictures have colours: the critic needs only look for them.",
        "Try: does your last layer give all the channels, or is one repeated?",
    )


def tiles_told() -> str:
    """Say that the images have half of their resolution."""
    return told(
        "the four pixels of each 2×2 square are always equal",
        "The images are pictures of half the size, enlarged.",
        "Real images have finer strokes: the critic needs only look for squares.",
        "Try: what follows after the last upsampling?",
    )


def width_told(plan: Plan, mine: int, promised: int) -> str:
    """Say that base_channels has another default than promised; "" if not so."""
    if mine == promised:
        return ""
    return told(
        f"base_channels is not {plan.default} by default",
        f"{plan.call()} has {mine} weights, base_channels={plan.default} gives "
        f"{promised}.",
        "Try: what does the signature in the lab say?",
    )
