"""Lab 06: naming the bugs of the clinic's six runs."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

import torch

from labkit import clinic
from labkit.checks.diagnosis.signs import contradiction
from labkit.checks.spec import Exercise, Finding, Observation, register
from labkit.checks.words import a, error_message, shortened, told

LETTERS = tuple(clinic.SEALS)
FORM = 'Expected: a dict with six entries, "A": "nothing is wrong" say.'
OPEN = {"", "none", "todo", "yourturn", "name"}  # as good as no name


def observe(impl: Any, _: torch.Generator) -> dict[str, Any]:
    """Ask for the six names; a plain dict is as good as a function that returns one."""
    obs = Observation()
    obs["kind"], obs["named"] = "", {}
    with obs.part("call"):
        answer = impl() if callable(impl) else impl
        obs["kind"] = type(answer).__name__
        if isinstance(answer, Mapping):
            obs["kind"] = "dict"
            named = {_letter(run): _text(name) for run, name in answer.items()}
            obs["named"] = {run: named[run] for run in LETTERS if run in named}
    return obs


def _letter(run: Any) -> str:
    """The run that is meant: "a", "A " and "run A" are all A."""
    return re.sub(r"^RUN\s*", "", str(run).strip().upper())


def _text(name: Any) -> str:
    return "" if name is None else shortened(str(name).strip())


def judge(obs: dict[str, Any]) -> list[Finding]:
    """One finding for each run; what is told comes before what can wait."""
    unreadable = _unreadable(obs)
    if unreadable:
        return [Finding("six names", False, unreadable, len(LETTERS))]
    keys = {clinic.key(name): name for name in clinic.NAMES}
    named = {letter: obs["named"].get(letter, "") for letter in LETTERS}
    typos, wrong, missing, right = [], [], [], []
    for letter, text in named.items():
        guess = clinic.key(text)
        if guess in OPEN:
            missing.append((letter, _no_name(letter)))
        elif guess not in keys:
            typos.append((letter, _unknown(letter, text)))
        elif clinic.is_right(letter, guess):
            right.append((letter, ""))
        else:
            wrong.append((letter, _contradicted(letter, keys[guess])))
    told_first = (*typos, *wrong, *missing)[:1]
    return [
        Finding(f"run {letter}", (letter, text) in right, _only(text, told_first))
        for letter, text in (*typos, *wrong, *missing, *right)
    ]


def _only(text: str, told_first: tuple[tuple[str, str], ...]) -> str:
    """One run at a time: the others say which one to mend first."""
    if not text or text == told_first[0][1]:
        return text
    return f"not yet: run {told_first[0][0]} comes first"


def _unreadable(obs: dict[str, Any]) -> str:
    if obs["errors"].get("call"):
        return error_message(obs["errors"]["call"])
    if obs["kind"] == "NoneType":
        return told(
            "nothing comes back (None)",
            FORM,
            "Try: does your function end with return?",
        )
    if obs["kind"] != "dict":
        return told(f"{a(obs['kind'])} comes back, not a dict", FORM)
    return ""


def _no_name(letter: str) -> str:
    return told(
        f"run {letter} has no name yet",
        "Nothing speaks against the names that you have given so far.",
        "Try: which names are left, and what would each of them show first?",
    )


def _unknown(letter: str, text: str) -> str:
    names = {_in_order(name): name for name in clinic.NAMES}
    close = difflib.get_close_matches(_in_order(text), names, n=1, cutoff=0.5)
    hint = f"Did you mean “{names[close[0]]}”?" if close else "See labkit.clinic.NAMES."
    return told(
        f"run {letter}: no bug on the list is called “{shortened(text)[:40]}”", hint
    )


def _in_order(name: str) -> str:
    """The words by the alphabet: "swapped labels" comes out as "labels swapped"."""
    return " ".join(sorted(re.findall(r"[a-z0-9]+", name.casefold())))


def _contradicted(letter: str, name: str) -> str:
    return told(f"run {letter} is not “{name}”", *contradiction(letter, name))


register(
    Exercise(
        name="diagnosis",
        lab="06_diagnosis",
        points=6,
        observe=observe,
        judge=judge,
        promise="six runs, six bugs, all named",
        own="labkit.clinic:diagnosis",
        takes_data=True,
    )
)
