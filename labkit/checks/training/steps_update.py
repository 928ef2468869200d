"""Lab 05: putting into words what is wrong with the update that a step makes."""

from typing import Any

import numpy as np

from labkit.checks.training.steps_use import wrong_inputs, wrong_stepping
from labkit.checks.words import number, told

Round = dict[str, Any]
CLOSE = 5e-4  # relative; float32 leaves about 1e-6
FITS = 1e-2


def is_right(round_: Round) -> bool:
    """Tell whether the update is the gradient, up to rounding in float32."""
    update, right = round_["update"], round_["gradient"]
    distance = np.linalg.norm(update - right)
    return bool(distance < CLOSE * np.linalg.norm(right) + round_["rounding"])


def moved(round_: Round) -> bool:
    return bool(np.any(round_["update"]))


def wrong_update(round_: Round, learner: str) -> str:
    """Say what is wrong with the update of a round that began without gradients."""
    if is_right(round_):
        return ""
    if not np.isfinite(round_["update"]).all():
        return told(
            f"the {learner}'s weights are no numbers any more (inf or nan)",
            "One such gradient is enough: every later image is nan too.",
            "Try: where does your formula divide, or take the log of 0?",
        )
    for explain in (_not_moved, wrong_stepping, wrong_inputs, _mixed, _scaled):
        message = explain(round_, learner)
        if message:
            return message
    return told(
        f"the update is not the gradient of the {learner}'s loss",
        f"it points {_angle(round_):.0f}° away from it and is {_length(round_)} times "
        "as long",
        f"Expected is one step of opt_{learner} along the gradient of the mean loss.",
        "Try: between zero_grad() and step(), what is computed from what?",
    )


def wrong_repeat(rounds: list[Round], learner: str) -> str:
    """Say what is wrong with later updates, when the first was right; "" if nothing."""
    later = next((index for index, r in enumerate(rounds) if not is_right(r)), None)
    if not later:
        return ""
    round_ = rounds[later]
    update, left = round_["update"], round_["left"]
    extra = float(left @ (update - round_["gradient"]) / max(left @ left, 1e-30))
    rest = update - round_["gradient"] - extra * left
    partner = "generator" if learner == "critic" else "critic"
    if np.linalg.norm(rest) < FITS * np.linalg.norm(update) and extra > 0.5:
        found = f"update 1 is right; update {later + 1} also contains old gradients"
        if round_["uncleared"] == 0:
            return told(
                f"it clears the {learner}'s gradients too late",
                f"{found}, left by the {partner}'s step",
                f"Its backward pass may run through the {learner} too and fill .grad. So",
                "zeroing after step() does for a classifier, but not in a GAN.",
                "Try: what is the last moment before which .grad must be empty?",
            )
        return told(
            f"old gradients of the {learner} are not cleared",
            found,
            "backward() adds to what lies in .grad, and never overwrites it.",
            f"Try: which call empties the {learner}'s .grad, and when must it come?",
        )
    return wrong_update(round_, learner).replace("the update", f"update {later + 1}", 1)


def wrong_steep(round_: Round, learner: str) -> str:
    """Say what is wrong with an update of large gradients, if small ones are right."""
    if is_right(round_):
        return ""
    size = number(np.linalg.norm(round_["gradient"]), 1)
    used = number(np.linalg.norm(round_["update"]), 1)
    return told(
        "right for small gradients, wrong for large ones",
        f"a gradient of length {size} arrived as an update of length {used}"
        f" and {_angle(round_):.0f}° off",
        "A limit on gradients or weights is another way of training, not this one.",
        f"Try: what happens between backward() and opt_{learner}.step()?",
    )


def _not_moved(round_: Round, learner: str) -> str:
    if moved(round_):
        return ""
    headline = f"the {learner} did not move"
    if not round_["stepped"]:
        return told(
            headline,
            f"opt_{learner}.step() was not called",
            "backward() fills .grad; it changes no weight.",
            "Try: who turns gradients into new weights?",
        )
    if round_["uncleared"] > 0:
        return told(
            headline,
            f"when opt_{learner}.step() ran there were no gradients yet, afterwards there were",
            "The next call would use them: the direction of a batch long gone.",
            "Try: in which order do zero_grad(), backward() and step() belong?",
        )
    cut = "Either no backward() reached it, or its gradients were zeroed before step()."
    ask = "Try: in which order do zero_grad(), backward() and step() belong?"
    if learner == "generator":
        ask = "Try: is the path loss → critic → fakes → generator whole? And the order?"
    found = f"opt_{learner}.step() ran, but its weights had no gradients"
    return told(headline, found, cut, ask)


def _mixed(round_: Round, learner: str) -> str:
    """Read the weights of the parts off the update."""
    mix = _fit(round_)
    if mix is None:
        return ""
    if learner == "generator":
        return _generator_mix(mix)
    real, fake = 2 * mix[0], 2 * mix[2]
    shares = f"share in your update: real {_short(real)}, fakes {_short(fake)}"
    expected = "; expected 1 and 1"
    if _near(mix, [0, 0, 0.5, 0]) or _near(mix, [0, 0, 1, 0]):
        return told(
            "the real images are missing from the update",
            shares + expected,
            "Your critic would learn to call everything fake.",
            "Try: is something cleared between two backward() calls, or left out?",
        )
    if _near(mix, [0.5, -0.5, 0, 0]) or _near(mix, [1, -1, 0, 0]):
        return told(
            "the fakes are missing from the update",
            shares + expected,
            "Your critic would learn to call everything real.",
            "Try: is something cleared between two backward() calls, or left out?",
        )
    if _near(mix, [1, -0.5, 0, 0]):
        return told(
            "the real images are used as fakes too",
            "The update contains the real images with label 1 and with label 0.",
            "Try: which images does the critic see for its fake term?",
        )
    if min(abs(real), abs(fake)) < 0.1 or abs(real - fake) > 0.1:
        return ""
    labels = -mix[1] / mix[0], -mix[3] / mix[2]
    if _near(labels, [1, 0]):
        return ""
    return told(
        "the update is made with the wrong labels",
        f"it fits the labels {_short(labels[0])} for real images and "
        f"{_short(labels[1])} for fakes; expected 1 and 0",
        "Try: which loss is it that you call backward() on?",
    )


def _generator_mix(mix: np.ndarray) -> str:
    if _near(mix, [-1, 0]):
        return told(
            "the update is that of the saturating loss, log(1 - D)",
            "Where the critic is sure of a fake, its gradient is close to zero.",
            "Try: which of -log D and log(1 - D) is steep where D is near 0?",
        )
    if abs(mix[0]) < 0.1:
        return ""
    label = -mix[1] / mix[0]
    if abs(label - 1) < 0.02:
        return ""
    return told(
        "the update is made with the wrong label",
        f"it fits the label {_short(label)} for the fakes; expected 1",
        "The generator wants the critic to take its images for real.",
        "Try: which loss is it that you call backward() on?",
    )


def _scaled(round_: Round, learner: str) -> str:
    update, right = round_["update"], round_["gradient"]
    factor = float(update @ right / (right @ right))
    if np.linalg.norm(update - factor * right) > FITS * np.linalg.norm(update):
        return ""
    if factor < 0:
        return told(
            f"the {learner} walks uphill: its loss grows",
            f"your update is {_short(factor)} times the right one",
            "Try: whose loss is it, and what is minimised?",
        )
    return told(
        f"your update is {_short(factor)} times the right one",
        f"length {number(np.linalg.norm(update), 3)}, expected "
        f"{number(np.linalg.norm(right), 3)}; the direction is right",
        "Try: is the loss or its gradient multiplied, or clipped, before step()?",
    )


def _fit(round_: Round) -> np.ndarray | None:
    """Find how much of each part is in the update, if it is made of them."""
    update, parts = round_["update"], round_["parts"]
    if np.linalg.cond(parts) > 100:  # all scores alike: the parts cannot be told apart
        return None
    mix = np.linalg.lstsq(parts.T, update, rcond=None)[0]
    rest = np.linalg.norm(update - mix @ parts)
    return mix if rest < FITS * np.linalg.norm(update) else None


def _short(value: float) -> str:
    """Write two places, and never -0.00."""
    return f"{round(float(value), 2) + 0.0:.2f}"


def _near(values: Any, wanted: list[float]) -> bool:
    return bool(np.allclose(values, wanted, atol=0.02))


def _length(round_: Round) -> str:
    lengths = [np.linalg.norm(round_[name]) for name in ("update", "gradient")]
    return _short(lengths[0] / lengths[1])


def _angle(round_: Round) -> float:
    """Angle in degrees between the update and the right one."""
    update, right = round_["update"], round_["gradient"]
    lengths = np.linalg.norm(update) * np.linalg.norm(right)
    if not np.isfinite(lengths) or lengths == 0:
        return 90.0
    return float(np.degrees(np.arccos(np.clip(update @ right / lengths, -1, 1))))
