"""Words about shapes that come out of students' networks."""

from typing import Any

from labkit.checks.network.errors import network_error
from labkit.checks.words import told


def shape_text(shape: list[int]) -> str:
    """Write a shape as Python does: (7,), (7, 1)."""
    return str(tuple(shape))


def many(count: int, noun: str) -> str:
    """Write "1 pixel", "2 pixels"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def not_a_tensor(kind: str, what: str) -> str:
    """Say that forward() returned something else than a tensor."""
    if kind == "NoneType":
        return told(
            "forward() returns nothing (None)",
            f"Expected: {what}.",
            "Try: how does the last line of forward() hand its result over?",
        )
    return told(
        f"forward() returns a {kind}, not a tensor",
        f"Expected: {what}, and nothing beside it.",
        "Try: what does your return line put together?",
    )


def no_module(obs: dict[str, Any], call: str) -> str:
    """Say that a block is no nn.Module."""
    error = obs["errors"].get("kind")
    if error is not None:
        return network_error(error, f"for {call}")
    if obs["kind"] == "NoneType":
        return told(
            "nothing comes back (None)",
            f"{call} should give a module.",
            "Try: does your function end with return?",
        )
    return told(
        f"a {obs['kind']} comes back, a module is asked for",
        "Only inside an nn.Module are the weights found: by the optimiser, by eval(),",
        "and by the network that your block will be a part of.",
        "Try: which nn container runs layers one after the other?",
    )


def picture_shape(
    got: dict[str, Any], given: list[int], expected: list[int], rule: str
) -> str:
    """Say what is wrong with the shape of a block's output; "" if nothing is.

    Args:
        got: as `network_probes.described` gives it.
        given, expected: shape of the input, and the one asked for.
        rule: the sizes in one sentence.
    """
    pair = f"{shape_text(given)} → {shape_text(expected)}"
    if got["kind"] != "Tensor":
        return not_a_tensor(got["kind"], pair)
    shape = got["shape"]
    if shape == expected:
        return ""
    seen = (
        f"input {shape_text(given)} → yours {shape_text(shape)}, "
        f"expected {shape_text(expected)}"
    )
    if len(shape) != 4:
        return told(
            "what comes out is not a batch of pictures",
            seen,
            "The next block needs channels, height and width.",
            "Try: which layer makes the number of axes change?",
        )
    if shape[1] != expected[1]:
        return told(
            f"{many(shape[1], 'channel')} instead of {expected[1]}",
            seen,
            "The next block is built for the channels that were promised.",
            "Try: which layer decides how many channels come out?",
        )
    if shape[0] != expected[0]:
        return told(
            "the number of pictures changes", seen, "Try: which line touches axis 0?"
        )
    return told(
        f"the picture becomes {shape[2]}×{shape[3]}, "
        f"expected {expected[2]}×{expected[3]}",
        seen,
        rule,
        "Try: what do your kernel, stride and padding make of 7 pixels, by hand?",
    )


def same_size_told(weights: list[int], base: int, what: str) -> str:
    """Say that base_channels changes nothing."""
    return told(
        "base_channels makes no difference",
        f"base_channels={base} gives {weights[0]} weights, {2 * base} gives "
        f"{weights[1]}; expected more.",
        f"One number should make the whole {what} wider, to trade time for quality.",
        "Try: which layers have their width written in as a number?",
    )
