"""Findings about a network's weights: known, used, well begun."""

from typing import Any

from labkit.checks.network.errors import network_error
from labkit.checks.spec import Finding
from labkit.checks.words import number, told


def wiring_findings(
    obs: dict[str, Any], what: str, layers: float = 1.0
) -> list[Finding]:
    """All weights are known to .parameters(), and all of these are used.

    Args:
        obs: holds "wiring", as `network_probes.wiring` returns it.
        what: the network, "critic" say.
        layers: weight of the first finding; the second has half of it.
    """
    wiring = obs.get("wiring")
    if wiring is None:
        told_error = network_error(obs["errors"].get("wiring"), "in train mode")
        return [
            Finding("all layers registered", False, told_error, layers),
            Finding("all layers used", False, told_error, layers / 2),
        ]
    known = wiring["weights"] > 0 and wiring["strangers"] == 0
    idle = wiring["unused"] + wiring["frozen"]
    used = wiring["weights"] > 0 and not wiring["cut"] and not idle
    return [
        Finding("all layers registered", known, _strangers(wiring, what), layers),
        Finding("all layers used", used, _idle(wiring, what), layers / 2),
    ]


def _strangers(wiring: dict[str, Any], what: str) -> str:
    count, known = wiring["strangers"], wiring["weights"]
    if count == 0:
        return told(
            f"your {what} has nothing that can learn",
            ".parameters() is empty, so an optimiser has nothing to change.",
            "Try: where are layers with weights made, and who keeps them?",
        )
    if wiring["fresh"]:
        return told(
            "forward() makes new layers at every call",
            f"{count} weight tensors in use are new ones; .parameters() lists {known}.",
            "What is learnt in one step is thrown away before the next.",
            "Try: which method runs once only, when the network is made?",
        )
    return told(
        f"{count} weight tensors work in forward() but are not in .parameters()",
        f".parameters() lists {known}. The optimiser, .to() and .eval() see only these,",
        f"so a part of your {what} stays at its random start for ever.",
        "Try: where do you keep the layers? A Python list hides them from nn.Module.",
    )


def _idle(wiring: dict[str, Any], what: str) -> str:
    if wiring["frozen"] and not wiring["unused"]:
        return told(
            f"{len(wiring['frozen'])} parameters have requires_grad off",
            f"The first is {wiring['frozen'][0]}. It keeps its random start for ever.",
            "Try: who switched it off?",
        )
    if wiring["cut"]:
        return told(
            f"the output of your {what} has lost its graph",
            "No gradient comes back from it to any weight, so nothing can learn.",
            "Try: is there a detach, .data, .item, numpy or no_grad in forward()?",
        )
    names = ", ".join(wiring["unused"][:2])
    return told(
        f"{len(wiring['unused'])} parameters are never used: {names[:50]}",
        "They get no gradient: made in __init__, but the output does not need them.",
        "Try: which layers of __init__ are missing in forward()?",
    )


def advice(obs: dict[str, Any]) -> list[Finding]:
    """What is worth knowing and costs no points."""
    idle = (obs.get("wiring") or {}).get("idle_biases", 0)
    eps = (obs.get("batchnorm") or {}).get("eps", 0.0)
    return [
        Finding(
            "biases that can learn",
            idle == 0,
            told(
                f"{idle} bias numbers can never learn here",
                "The normalisation right behind subtracts the mean, and them with it.",
                "Which argument of a layer leaves the bias out?",
            ),
            weight=0,
        ),
        Finding(
            "BatchNorm's eps",
            eps <= 1e-2,
            told(
                f"a BatchNorm divides with eps = {number(eps)}",
                "The second argument is eps, which only guards against division by 0.",
                "Did you mean the momentum?",
            ),
            weight=0,
        ),
    ]


def batchnorm_finding(obs: dict[str, Any], weight: float = 0.5) -> Finding:
    """BatchNorm weights are not drawn around 0."""
    found = obs.get("batchnorm")
    around = (found or {}).get("around_zero", [])
    return Finding(
        "BatchNorm weights around 1",
        found is not None and not around,
        told(
            "BatchNorm weights are drawn around 0",
            f"In {len(around)} layers their mean is 0, their spread "
            f"{number(max(around, default=0.0), 3)}; expected a mean of 1.",
            "They multiply every channel: around 0 each layer is all but switched off.",
            "Try: around which number does the DCGAN paper draw them?",
        ),
        weight,
    )
