"""Lab 05: what a training step does with the things that it is handed."""

from typing import Any

from labkit.checks.words import told

Round = dict[str, Any]


def wrong_inputs(round_: Round, learner: str) -> str:
    """Say which of its inputs a step has not used as they are; "" if all."""
    if not round_["saw_z"]:
        return told(
            "the generator is not given the z of this step",
            "None of the batches that the generator got holds all of `z`.",
            "The loop chooses z, for both steps; with noise of your own no run could be",
            "repeated.",
            "Try: what do you pass to the generator?",
        )
    if learner == "critic" and not round_["saw_real"]:
        return told(
            "the critic is not shown the real images as they are",
            "None of the batches that the critic got holds all of `real`.",
            "They are in [-1, 1] already, as the generator's images are.",
            "Try: what happens to `real` before the critic sees it?",
        )
    if not round_["saw_fake"]:
        return told(
            "the critic is not shown the fakes as they are",
            "None of the batches that the critic got holds all of the images that the",
            "generator draws from `z`.",
            "Try: what happens between the generator and the critic?",
        )
    return ""


def wrong_stepping(round_: Round, learner: str) -> str:
    """Say how a step that moved its learner misused the optimiser; "" if it did not."""
    if round_["stepped"] == 1:
        return ""
    if round_["stepped"] == 0:
        return told(
            f"the {learner} moves, but not by opt_{learner}",
            f"its weights changed, and opt_{learner}.step() was called 0 times",
            "An optimiser keeps a memory of its own from step to step.",
            "Try: which optimiser does your step use, and where does it come from?",
        )
    return told(
        f"opt_{learner}.step() is called {round_['stepped']} times",
        "expected one call per batch, with the gradient of the whole loss",
        "After the first call the rest is judged by a network that has changed.",
        "Try: which terms make up the one loss of this step?",
    )
