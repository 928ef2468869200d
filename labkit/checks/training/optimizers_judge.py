"""Lab 05: `make_optimizers`, judged: whose weights move, and whether as Adam does."""

from typing import Any

import numpy as np

from labkit.checks.spec import Finding
from labkit.checks.words import error_message, told

Data = dict[str, Any]
PLAYERS = ("critic", "generator")
CLOSE = 3e-3  # relative, of every single move

KNOWN_ERRORS = (
    (
        "parameter list",
        "an optimiser was given nothing to optimise",
        "Try: .parameters() can be walked through once; is it used twice?",
    ),
    (
        "can't optimize",
        "an optimiser was given something that is no weight",
        "Try: what does a network call the list of its weights?",
    ),
    (
        "not iterable",
        "an optimiser was given a network where it expects weights",
        "Try: what does a network call the list of its weights?",
    ),
)


def judge(obs: Data) -> list[Finding]:
    """Judge what came, whose weights move, and how far."""
    for part in ("defaults", "given"):
        if part in obs["errors"]:
            where = "" if part == "defaults" else "when lr and betas are given"
            message = error_message(obs["errors"][part], KNOWN_ERRORS, where)
            return [Finding("runs", False, message)]
    trials = [obs["defaults"], obs["given"]]
    wrong_kind = _not_two(trials[0]) or _not_two(trials[1])
    if wrong_kind:
        return [Finding("two optimisers", False, wrong_kind)]
    graded = [
        ("whose weights", 3, _wrong_weights(trials[0])),
        ("defaults", 2, _wrong_moves(trials[0], "by default")),
        ("lr and betas as given", 2, _wrong_moves(trials[1], "as given")),
    ]
    return [Finding(name, not text, text, weight) for name, weight, text in graded]


def _not_two(trial: Data) -> str:
    expected = "expected two optimisers: (opt_critic, opt_generator)"
    if trial["type"] == "NoneType":
        ask = "Try: what does your function hand back in its last line?"
        return told("it returns None", expected, ask)
    if trial["length"] != 2:
        found = trial["type"]
        if found in ("tuple", "list"):
            found = f"a {found} of {trial['length']}"
        why = "Two players with opposite aims: one optimiser cannot serve both."
        return told(
            "it does not return two optimisers", f"yours: {found}", expected, why
        )
    if not all(trial["steps"]):
        found = f"yours: {' and '.join(trial['types'])}, of which not both can step()"
        return told("it does not return two optimisers", found, expected)
    return ""


def _wrong_weights(trial: Data) -> str:
    """Say which weights an optimiser moves that are not its own, or leaves alone."""
    moves = [{name: _share(each[name]) for name in PLAYERS} for each in trial["moves"]]
    idle = moves[0]["critic"] == moves[1]["generator"] == 0
    if idle and moves[0]["generator"] and moves[1]["critic"]:
        return told(
            "the two optimisers come in the wrong order",
            "the first moves the generator's weights, the second the critic's",
            "In the loop each step would train the other player.",
            "Try: in which order does the docstring return them?",
        )
    for index, own in enumerate(PLAYERS):
        other = PLAYERS[1 - index]
        if moves[index][other]:
            also = "also " if moves[index][own] else ""
            return told(
                f"opt_{own} {also}moves the {other}",
                f"after opt_{own}.step(), {_percent(moves[index][other])} of the "
                f"{other}'s weights have changed; expected none",
                "What is good for one player is bad for the other: each trains its own.",
                f"Try: whose .parameters() does opt_{own} get?",
            )
        if moves[index][own] < 1:
            return told(
                f"opt_{own} does not move all of the {own}",
                f"after opt_{own}.step(), {_percent(moves[index][own])} of the {own}'s "
                "weights have changed; expected all",
                "What no optimiser moves stays as random as it was at the start.",
                f"Try: which of the {own}'s weights does opt_{own} get?",
            )
    return ""


def _share(moves: list[np.ndarray]) -> float:
    """Share of a network's weights that have moved at all."""
    return float(np.mean(np.any(np.array(moves) != 0, axis=0)))


def _percent(share: float) -> str:
    return "all" if share == 1 else f"{100 * share:.0f} %"


def _wrong_moves(trial: Data, where: str) -> str:
    """Say how an optimiser's moves differ from Adam's."""
    if _wrong_weights(trial):
        return _wrong_weights(trial)
    adam = np.array(trial["adam"])
    for index, own in enumerate(PLAYERS):
        moves = np.array(trial["moves"][index][own])  # (steps, weights)
        if not np.allclose(moves, adam[:, None], rtol=CLOSE, atol=0):
            return _explained(trial, index, moves, where)
    return ""


def _explained(trial: Data, index: int, moves: np.ndarray, where: str) -> str:
    """Find the reason for moves that are not those of Adam with these numbers."""
    name, kind = f"opt_{PLAYERS[index]}", trial["types"][index]
    rate, betas = trial["lr"], tuple(trial["betas"])
    wanted = f"lr {rate:.4g} and betas ({betas[0]:.3g}, {betas[1]:.3g}) {where}"
    for group in trial["groups"][index]:
        if group["maximize"]:
            return told(
                f"{name} climbs instead of descending: maximize is on",
                "Each player minimises its own loss; the losses differ, not the sign.",
                "Try: what is a step of this optimiser supposed to lower?",
            )
        if kind not in ("Adam", "AdamW"):
            break
        if group["lr"] is not None and not np.isclose(group["lr"], rate, rtol=1e-3):
            return told(
                f"{name} does not use the right lr",
                f"its lr is {group['lr']:.4g}; expected {wanted}",
                "With too large a step the players chase each other in circles; with too",
                "small a one nothing happens.",
                "Try: where does lr go, and what is its default?",
            )
        if len(group["betas"]) == 2 and not np.allclose(group["betas"], betas, 1e-4):
            shown = ", ".join(f"{beta:.3g}" for beta in group["betas"])
            return told(
                f"{name} does not use the right betas",
                f"its betas are ({shown}); expected {wanted}",
                "In a game the direction keeps changing; a long memory (0.9) makes Adam",
                "overshoot, so DCGAN took 0.5.",
                "Try: where do the betas go, and what is their default?",
            )
    moved, adam = np.abs(moves.sum(0)).max(), abs(sum(trial["adam"]))
    return told(
        f"{name} does not move as Adam does",
        f"it is of the type {kind}; with {wanted}",
        f"after {len(moves)} steps a weight has moved by {moved:.3g}, with Adam {adam:.3g}",
        "The games of these labs are tuned for Adam's steps (Radford et al. 2016).",
        "Try: which class of torch.optim does the docstring name?",
    )
