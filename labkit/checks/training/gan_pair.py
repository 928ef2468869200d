"""Lab 05: the pairs (logits, images) that a `GAN` returns, judged."""

from typing import Any

import numpy as np

from labkit.checks.words import error_message, numbers, told

Data = dict[str, Any]

KNOWN_ERRORS = (
    (
        "before Module.__init__() call",
        "the players are stored before nn.Module is ready for them",
        "Try: what is the first line of every __init__ of a module?",
    ),
    (
        "Boolean value of Tensor",
        "a whole batch is asked for one truth value",
        "Try: how can you ask whether `images` was given at all?",
    ),
    (
        'missing the required "forward"',
        "a method called forward is missing",
        "Try: is it spelled right, and indented as a part of the class?",
    ),
    (
        "must have the same dtype",
        "z has another dtype than the generator's weights",
        "Try: what is the dtype of the z that you draw? The networks are float32.",
    ),
    (
        "object is not callable",
        "something is called that is no function and no network",
        "Try: which of your names is it, and what does it hold?",
    ),
)


def wrong_images(obs: Data) -> str:
    """Say what is wrong with gan(images); "" if nothing is."""
    if "images" in obs["errors"]:
        return error_message(obs["errors"]["images"], KNOWN_ERRORS, "in gan(images)")
    for found in obs["images"]:
        call = f"gan(images) with a batch of {found['count']}"
        message = _no_pair(found, call)
        if message:
            return message
        if found["changed"]:
            return told(
                "gan(images) does not return the images that it was given",
                f"{call} returned other pixels than it got",
                "The images come back so that real and fake batches are used alike.",
                "Try: which images should the second of the pair be here?",
            )
        message = _wrong_logits(found, call)
        if message:
            return message
    return ""


def wrong_fakes(obs: Data) -> str:
    """Say what is wrong with gan(batch_size=n); "" if nothing is."""
    if "fakes" in obs["errors"]:
        return _fakes_error(obs)
    for found in obs["fakes"]:
        call = f"gan(batch_size={found['count']})"
        message = _no_pair(found, call)
        if message:
            return message
        if not found["called"]:
            return told(
                "gan(batch_size=n) does not use the generator that it was given",
                f"during {call} that generator was called 0 times",
                "Only the one handed in is trained; a copy stays as it is.",
                "Try: where do the images come from?",
            )
        if not found["drawn"]:
            return told(
                "gan(batch_size=n) does not return the generator's images",
                f"what {call} returned is not what the generator drew in that call",
                "The critic must judge, and you must see, what the generator has made.",
                "Try: what happens to the images between the generator and return?",
            )
        message = _wrong_logits(found, call)
        if message:
            return message
    return ""


def _fakes_error(obs: Data) -> str:
    """Explain an error in gan(batch_size=n), with the z that led to it if there is."""
    error, latent_dim = obs["errors"]["fakes"], obs["latent_dim"]
    shapes = [tuple(shape) for shape in obs.get("z_shapes", [])]
    if shapes and shapes[-1][1:] != (latent_dim,):
        return told(
            "the generator is given a z of the wrong shape",
            f"your z has shape {shapes[-1]}; expected (n, {latent_dim}), since",
            f"this generator's latent_dim is {latent_dim}",
            "Each generator carries its own latent_dim, and takes one row an image.",
            "Try: where does your GAN learn how long z must be?",
        )
    return error_message(error, KNOWN_ERRORS, "in gan(batch_size=n)")


def _no_pair(found: Data, call: str) -> str:
    """Say why what was returned is no pair (logits, images)."""
    expected = "expected (logits, images)"
    if found["type"] == "NoneType":
        ask = "Try: does every branch of forward end with return?"
        return told("it returns None", f"{call} gave None; {expected}", ask)
    if found["type"] not in ("tuple", "list") or len(found["types"]) != 2:
        size = f" of {len(found['types'])}" if found["types"] else ""
        ask = "Try: which two things does the docstring promise?"
        found_ = f"{call} gave a {found['type']}{size}; {expected}"
        return told("it does not return a pair", found_, ask)
    if "logits" not in found:
        found_ = f"{call} gave a {' and a '.join(found['types'])}; {expected}"
        return told("the pair does not hold two tensors", found_)
    count = found["count"]
    first, second = (tuple(shape) for shape in found["shapes"])
    if len(first) == 4 and len(second) <= 2:
        return told(
            "the pair comes in the wrong order",
            f"{call} gave shapes {first} and {second}",
            expected,
            "Try: in which order does the docstring name them?",
        )
    if "expected" not in found or second[0] != count:
        found_ = f"{call} gave the shape {second}, expected ({count}, 1, 5, 4)"
        ask = "Try: how many images were asked for, and what does the generator return?"
        return told("the images have the wrong shape", found_, ask)
    if first not in ((count,), (count, 1)):
        return told(
            "the logits have the wrong shape",
            f"{call} gave logits of shape {first}, expected ({count},)",
            "Each image has one score, also when it is alone in its batch.",
            "Try: what happens to the scores between the critic and return?",
        )
    return ""


def _wrong_logits(found: Data, call: str) -> str:
    """Say how the logits differ from what the critic says of the images."""
    yours, expected = np.ravel(found["logits"]), found["expected"]
    if np.allclose(yours, expected, atol=1e-4):
        return ""
    shown = f"{call}: {numbers(yours)}", f"the critic says {numbers(expected)}"
    if np.allclose(yours, 1 / (1 + np.exp(-expected)), atol=1e-4):
        return told(
            "it returns probabilities, not logits",
            *shown,
            "The loss applies the sigmoid itself; twice is once too often.",
            "Try: what happens to the scores between the critic and return?",
        )
    return told(
        "the logits are not the critic's scores of the images returned",
        *shown,
        "The pair belongs together: a loss reads the first, you look at the second.",
        "Try: which images does the critic see, and what happens to its scores?",
    )
