"""Lab 05: from what a training step did to findings."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.checks.spec import Finding
from labkit.checks.training.steps_loss import no_single_loss, wrong_loss
from labkit.checks.training.steps_update import (
    is_right,
    moved,
    wrong_repeat,
    wrong_steep,
    wrong_update,
)
from labkit.checks.training.steps_use import wrong_stepping
from labkit.checks.words import error_message, shortened, told

Data = dict[str, Any]
ADAM_CLOSE = 1e-2

KNOWN_ERRORS = (
    (
        "does not require grad",
        "the loss has lost its graph: backward() finds no way",
        "Try: what lies under no_grad() or behind detach() or .item(), and should it?",
    ),
    (
        "backward through the graph a second time",
        "backward() runs twice through the same graph",
        "Try: which part of the graph do two of your backward() calls share?",
    ),
    (
        "modified by an inplace operation",
        "weights change between a forward pass and its backward()",
        "Try: is step() called before the last backward()?",
    ),
    (
        "only for scalar outputs",
        "backward() is called on many numbers, not on one loss",
        "Try: has the loss of the batch been reduced to its mean?",
    ),
    (
        "has no attribute 'backward'",
        "the loss is no tensor any more when backward() is called",
        "Try: what does .item() or float() turn a tensor into?",
    ),
    (
        "be the same as input size",
        "labels and scores differ in shape",
        "Try: could the labels take their shape from the scores?",
    ),
    (
        "can't be cast",
        "the labels are whole numbers (int64)",
        "Try: could the labels take their type from the scores?",
    ),
    (
        "Inference tensors",
        "the fakes were made in inference_mode(); nothing can learn from them",
        "Try: is there a weaker switch that only leaves the graph out?",
    ),
    (
        "shapes cannot be multiplied",
        "a network is given something of the wrong shape",
        "Try: which of the two networks takes z, and which takes images?",
    ),
)


class Judge:
    """Turns the observation of one step into findings, in the order they are told."""

    def __init__(self, obs: Data, learner: str) -> None:
        self.obs, self.learner = obs, learner
        self.other = "generator" if learner == "critic" else "critic"
        self.rounds: list[Data] = obs["rounds"]

    def findings(self) -> list[Finding]:
        """Judge everything; after an error in the first rounds all is lost."""
        stopped = self._error("rounds")
        if stopped:
            return [Finding("runs", False, stopped)]
        first = wrong_update(self.rounds[0], self.learner)
        # who does nothing does no harm either: that earns no marks
        idle = first if not moved(self.rounds[0]) else ""
        graded = [
            ("returns one loss", 1, self._no_loss()),
            ("value of the loss", 1, self._loss()),
            ("first update", 2, first),
            ("later updates", 2, first or wrong_repeat(self.rounds, self.learner)),
            ("large gradients", 1, self._single("steep", wrong_steep)),
            ("batch of one", 1, self._single("one", self._batch_of_one)),
            ("with Adam", 1, self._error("adam", "with Adam") or self._adam()),
            ("the other player", 1, self._other_moved() or idle),
            ("leaves no trace", 1, self._left_behind() or idle),
        ]
        findings = [
            Finding(name, not message, message, weight)
            for name, weight, message in graded
        ]
        advice = (
            ("detach", self._undetached()),
            ("graph of the loss", self._keeps_graph()),
            ("unequal batches", self._unequal()),
        )
        findings += [
            Finding(name, not message, message, weight=0.0) for name, message in advice
        ]
        return findings

    def _error(self, part: str, where: str = "") -> str:
        error = self.obs["errors"].get(part)
        return error_message(error, KNOWN_ERRORS, where) if error else ""

    def _no_loss(self) -> str:
        messages = [no_single_loss(round_, self.learner) for round_ in self.rounds]
        return next(filter(None, messages), "")

    def _loss(self) -> str:
        message = self._no_loss() or wrong_loss(self.rounds, self.learner)
        first = self.rounds[0]["update"]
        if message and not (first.any() and np.isfinite(first).all()):
            return wrong_update(self.rounds[0], self.learner)
        return message

    def _single(self, part: str, explain: Callable[[Data, str], str]) -> str:
        """Judge a single round; it has nothing new to say if all updates are wrong."""
        first = wrong_update(self.rounds[0], self.learner)
        where = {"one": "(batch of one image)"}.get(part, "")
        return (
            first or self._error(part, where) or explain(self.obs[part], self.learner)
        )

    def _batch_of_one(self, round_: Data, learner: str) -> str:
        message = wrong_update(round_, learner)
        if not message and not self._loss():
            message = no_single_loss(round_, learner) or wrong_loss([round_], learner)
        if not message:
            return ""
        lines = [line.strip() for line in message.splitlines()]
        return told("right for larger batches, wrong for one image", *lines)

    def _adam(self) -> str:
        worst = max(self.obs["adam"])
        if worst < ADAM_CLOSE:
            return ""
        first = self.rounds[0]
        plain = wrong_update(first, self.learner)
        plain = plain or wrong_repeat(self.rounds, self.learner)
        plain = plain or wrong_stepping(first, self.learner)
        if plain:
            return plain
        wrong = [miss >= ADAM_CLOSE for miss in self.obs["adam"]].index(True)
        return told(
            "right with plain gradient descent, wrong with Adam",
            f"update {wrong + 1} of 3 is off by {100 * worst:.0f} % of its length",
            "Adam remembers earlier gradients; they live in the optimiser it is given.",
            f"Try: is every weight changed by opt_{self.learner}.step(), and only there?",
        )

    def _other_moved(self) -> str:
        if not any(round_["other_moved"] for round_ in self.rounds):
            return ""
        return told(
            f"the {self.other} changes during the {self.learner}'s step",
            f"its weights before and after your {self.learner}_step differ",
            "The two players pull in opposite directions: each may move itself only.",
            f"Try: what in your step can write into the {self.other}'s weights?",
        )

    def _left_behind(self) -> str:
        changed = next(
            (r["left_behind"] for r in self.rounds if r["left_behind"]), None
        )
        if not changed:
            return ""
        return told(
            "your step leaves something switched over",
            f"after it, {changed[0]}",
            "The next step finds it so, and trains something else or nothing.",
            "Try: which switch does your step turn, and where does it turn it back?",
        )

    def _undetached(self) -> str:
        filled = max(round_["other_filled"] for round_ in self.rounds)
        if self.learner == "generator" or not filled:
            return ""
        return told(
            f"correct, with double work: {filled} gradients of the generator were filled",
            "backward() ran through the generator, which does not learn in this step.",
            "Where could the graph be cut?",
        )

    def _keeps_graph(self) -> str:
        if not self.rounds[0]["returned"]["graph"]:
            return ""
        return told(
            "the loss that you return still carries its graph",
            "A history of such losses keeps every one of those graphs alive.",
            "What turns the loss into a plain number, or cuts it off?",
        )

    def _unequal(self) -> str:
        """Batches of different size never occur in training, so this is advice."""
        if self.learner == "generator":
            return ""
        case = "with 5 real images and 3 fakes"
        harmless = "In training both batches are equally large, so no harm is done."
        error = self.obs["errors"].get("unequal")
        if error:
            text = shortened(f"{error['type']}: {' '.join(error['text'].split())}")
            return told(f"{case} it stops with an error", text, harmless)
        if is_right(self.obs["unequal"]) or not is_right(self.rounds[0]):
            return ""
        why = "The mean of two means gives each half the same weight; yours does not."
        return told(f"{case} the update is another one", why, harmless)


def judge(obs: Data, learner: str) -> list[Finding]:
    """Judge a critic_step or a generator_step."""
    return Judge(obs, learner).findings()
