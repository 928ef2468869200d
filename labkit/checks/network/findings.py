"""Findings that all exercises with a network share: numbers in, findings out."""

from typing import Any

from labkit.checks.network.errors import network_error
from labkit.checks.spec import Finding
from labkit.checks.words import number, told


def mode_finding(obs: dict[str, Any], weight: float = 0.5) -> Finding:
    """forward() leaves the mode as it finds it."""
    modes = obs.get("modes")
    if modes is None:
        text = network_error(obs["errors"].get("modes"), "in train mode")
        return Finding("mode left alone", False, text, weight)
    changed = max(modes.values())
    text = told(
        "forward() switches the network between train and eval mode",
        f"{changed} modules were in another mode after the call than before.",
        "Who trains the network sets the mode; forward() has to leave it.",
        "Try: is there a self.eval() or self.train() inside forward()?",
    )
    return Finding("mode left alone", changed == 0, text, weight)


def steady_findings(
    obs: dict[str, Any], outputs: str, inputs: str, weight: float = 1.0
) -> list[Finding]:
    """In eval mode an input gives the same output twice, alone and among others.

    Args:
        obs: holds "steady", as `network_probes.steadiness` returns it.
        outputs, inputs: "scores" and "image", say.
        weight: of the first finding; the second has half of it.
    """
    steady = obs.get("steady")
    if steady is None:
        text = network_error(obs["errors"].get("steady"), "in eval mode")
        return [
            Finding("same twice in eval mode", False, text, weight),
            Finding("alone as in a batch", False, text, weight / 2),
        ]
    limit = 1e-4 * steady["scale"] + 1e-12
    largest = f"largest output {number(steady['scale'])}"
    twice = told(
        f"in eval mode the same {inputs} gives different {outputs}",
        f"Two calls differ by up to {number(steady['twice'])}; {largest}.",
        "After eval() nothing is left to chance, or results cannot be compared.",
        "Try: what is random in forward(), and does it look at self.training?",
    )
    alone = told(
        f"in eval mode the {outputs} of one {inputs} depend on the others",
        f"Alone and in a batch they differ by up to {number(steady['alone'])}; "
        f"{largest}.",
        f"After eval() each {inputs} is treated by itself.",
        "Try: which line mixes the items of a batch (axis 0)?",
    )
    same, apart = steady["twice"] <= limit, steady["alone"] <= limit
    return [
        Finding("same twice in eval mode", same, twice, weight),
        Finding(
            "alone as in a batch", same and apart, alone if same else twice, weight / 2
        ),
    ]


def kept_finding(obs: dict[str, Any], weight: float = 0.5) -> Finding:
    """The caller's tensor is the same after the call."""
    text = told(
        "it changes the tensor that it is given",
        "After the call, the caller's images were not the same as before.",
        "The same real images may be needed once more, unchanged.",
        "Try: which layer has inplace=True, or which line ends in an underscore?",
    )
    if "kept" not in obs:
        text = network_error(obs["errors"].get("kept"), "in eval mode")
    return Finding("input left alone", obs.get("kept") is True, text, weight)


def bend_finding(obs: dict[str, Any], headline: str, weight: float = 1.0) -> Finding:
    """The network is no linear function of its input."""
    found = obs.get("bend")
    if found is None:
        text = network_error(obs["errors"].get("bend"), "in eval mode")
        return Finding("a nonlinearity", False, text, weight)
    if found["scale"] == 0:
        text = told(
            "the output is the same, whatever goes in",
            "Two different batches give exactly equal outputs in eval mode.",
            "Try: after which layer is all the same? Print a few values there.",
        )
    else:
        text = told(
            headline,
            f"f(a) + f(b) − f(c) − f(a+b−c) comes out as {number(found['bend'])}: "
            "no bend.",
            "Linear layers, however many, are one linear layer together.",
            "Try: which activation stands between your layers, and is it called?",
        )
    bent = found["bend"] > 1e-3 * found["scale"] > 0
    return Finding("a nonlinearity", bent, text, weight)


def reach_finding(obs: dict[str, Any], what: str, weight: float = 1.0) -> Finding:
    """Nearly every pixel has an influence on the output."""
    share = obs.get("reach")
    if share is None:
        text = network_error(obs["errors"].get("reach"), "with gradients")
        return Finding("every pixel counts", False, text, weight)
    if share == 0:
        text = told(
            f"no gradient comes from {what} back to the pixels",
            "The generator learns through these gradients alone: it would stand still.",
            "Try: which line cuts the graph (detach, numpy) or has no slope (round)?",
        )
    else:
        text = told(
            f"only {share:.0%} of the pixels reach {what}",
            "The gradient on all the others is exactly 0.",
            "What the critic does not look at, the generator need not get right.",
            "Try: how far does a stride jump, how wide is the kernel, what is cut off?",
        )
    return Finding("every pixel counts", share > 0.95, text, weight)
