"""What the check of init_weights says."""

from typing import Any

from labkit.checks.words import error_message, number, told

KNOWN = (
    (
        "has no attribute 'weight'",
        "it expects a weight in every module",
        "apply() visits all modules, containers too. Try: which ones have a weight?",
    ),
    (
        "has no attribute 'bias'",
        "it expects a bias in every module",
        "apply() visits all modules, containers too. Try: which ones have a bias?",
    ),
    (
        "NoneType",
        "it stumbles over a layer without a bias or a weight: there it is None",
        "Try: what is layer.bias after bias=False, layer.weight after affine=False?",
    ),
    (
        "a leaf Variable that requires grad",
        "a weight that learns is changed as if it were part of a computation",
        "Try: how do torch.nn.init's functions keep their work out of the graph?",
    ),
    (
        "cannot assign",
        "a weight is replaced by something that is no Parameter",
        "Try: which functions fill the tensor that is there already?",
    ),
)


def stopped(obs: dict[str, Any], part: str, where: str) -> str:
    """Put the error of one part into words."""
    error = obs["errors"].get(part)
    return error_message(error, KNOWN, where) if error else ""


def weights_told(weight: dict[str, Any], name: str, mean: float) -> str:
    if weight["lost"]:
        return told(f"{name}: the weights are gone, or have another shape")
    center, spread = weight["mean"], weight["std"]
    seen = (
        f"yours: mean {number(center, 3)}, std {number(spread, 3)}; "
        f"expected: mean {number(mean)}, std 0.02"
    )
    if weight["same"]:
        return told(
            f"{name}: weights left as they were",
            f"They are still what the check had set: mean {number(center, 1)}, "
            f"std {number(spread, 1)}.",
            f"Expected: mean {number(mean)}, std 0.02.",
            "Try: does your test for the kind of layer let them pass?",
        )
    if weight["dtype"] != "float32" or not weight["learns"]:
        return told(
            f"{name}: the weights are no float32 parameters any more",
            f"dtype {weight['dtype']}, learns: {weight['learns']}",
            "Try: which functions fill the tensor that is there already?",
        )
    if abs(spread - 1) < 0.1 and abs(center - 0.02) < 0.1 + 0.02 * mean:
        return told(
            f"{name}: weights drawn with a spread of 1",
            seen,
            "With weights 50 times too large, tanh and sigmoid saturate at once.",
            "Try: in which order does normal_ take mean and std?",
        )
    if mean == 1 and abs(center) < 0.5:
        return told(
            f"{name}: weights drawn around {number(center)}, not around 1",
            seen,
            "They multiply every channel: around 0 each layer is all but switched off.",
            "Try: what does BatchNorm do to its input if its weight is 0?",
        )
    if spread < 1e-6:
        return told(
            f"{name}: weights all the same number",
            seen,
            "Weights that start alike get the same gradients, and stay alike."
            if mean == 0
            else "DCGAN lets the channels start a little different from each other.",
            "Try: which function of nn.init draws from a normal distribution?",
        )
    if abs(center - mean) < 0.003 and abs(spread - 0.02) < 0.002:
        return told(
            f"{name}: weights not from a normal distribution",
            seen,
            "These two are right, but the distribution is flat or has long tails.",
            "Try: which function of nn.init draws from a normal distribution?",
        )
    return told(
        f"{name}: weights of another mean or spread than DCGAN's",
        seen,
        "Too large and tanh saturates, too small and hardly any signal comes through."
        if mean == 0
        else "They multiply every channel; DCGAN starts them all close to 1.",
        "Try: which mean and which std do you hand over? (std² is the variance.)",
    )


def biases_told(bias: dict[str, Any], name: str) -> str:
    if bias["lost"]:
        return told(f"{name}: the biases are gone, or have another shape")
    if not bias["learns"]:
        seen = "They are no parameters that learn any more."
    elif bias["same"]:
        seen = "They are still what the check had set; expected: all 0."
    else:
        seen = f"The largest is {number(bias['largest'], 3)}; expected: all 0."
    return told(
        f"{name}: biases are not 0",
        seen,
        "A layer should favour nothing before it has seen anything.",
        "Try: which attribute of the layer have you not set, or set to what?",
    )
