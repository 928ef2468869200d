"""Findings about dropout: it acts while training, as much as asked for."""

from typing import Any

from labkit.checks.network.errors import network_error
from labkit.checks.spec import Finding
from labkit.checks.words import number, told


def dropout_findings(obs: dict[str, Any], weight: float = 1.0) -> list[Finding]:
    """Dropout acts in train mode, by the argument, and not at all for 0."""
    found = obs.get("dropout")
    if found is None:
        text = network_error(obs["errors"].get("dropout"), "in train mode")
        return [
            Finding("dropout=0.0 drops nothing", False, text, weight / 2),
            Finding("dropout acts while training", False, text, weight),
        ]
    none, little, much = found["none"], found["little"], found["much"]
    all_gone = none["spread"] == 0 and max(little["spread"], much["spread"]) > 0
    still = not all_gone and none["noise"] <= 0.25 * none["spread"] + 1e-30
    acts = much["noise"] > max(1.1 * little["noise"], 4 * none["noise"], 1e-30)
    return [
        Finding(
            "dropout=0.0 drops nothing", still, _no_zero(none, all_gone), weight / 2
        ),
        Finding("dropout acts while training", acts, _acts(little, much), weight),
    ]


def _no_zero(none: dict[str, float], all_gone: bool) -> str:
    if all_gone:
        return told(
            "with dropout=0.0 everything is dropped",
            "Whatever goes in, the same comes out; with dropout=0.8 that is not so.",
            "dropout is the share that is dropped: 0.0 leaves all as it is.",
            "Try: is your number the share to keep instead?",
        )
    return told(
        "with dropout=0.0 something is still dropped",
        f"In train mode two passes over one batch differ by {number(none['noise'])}; "
        "expected: 0.",
        "Without that switch nobody can find out what dropout does to the training.",
        "Try: which number does your dropout layer get? Is anything else random?",
    )


def _acts(little: dict[str, float], much: dict[str, float]) -> str:
    seen = (
        f"Two passes over one batch differ by {number(little['noise'])} with "
        f"dropout=0.1, by {number(much['noise'])} with 0.8."
    )
    if much["noise"] <= 1e-30:
        return told(
            "dropout does nothing in train mode",
            "With dropout=0.8 two passes over one batch give exactly the same.",
            "Dropout keeps a critic from learning the training images by heart.",
            "Try: is the argument handed to a layer, and is that layer called?",
        )
    if much["noise"] > 0.9 * little["noise"]:
        return told(
            "the argument dropout makes no difference",
            seen,
            "The more is dropped, the more two passes differ.",
            "Try: which number does your dropout layer get?",
        )
    return told(
        "dropout works the wrong way round",
        seen,
        "dropout is the share that is dropped: more of it, more difference.",
        "Try: is your number the share to keep instead?",
    )
