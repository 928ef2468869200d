"""Lab 06: which run of the bug clinic was taken for which bug."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from labkit import clinic
from labkit.checks.diagnosis import LETTERS
from labkit.checks.diagnosis.signs import contradiction
from labkit.grading.insight.members import Member, by_exercise
from labkit.grading.insight.statements import UNREADABLE, parsed

EXERCISE = "diagnosis"
OTHER, NONE = "another word", "no name"
TOLD = re.compile(r"run ([A-F]) is not “([^”]*)”")

Table = dict[str, Counter[str]]  # run -> name that it was given -> students


def table(members: Iterable[Member]) -> Table:
    """Count the names that each run was given.

    Each run has the names of `clinic.NAMES`, OTHER and NONE. What the check found
    counts before what stands in the code, which is read and never run.
    """
    names = {clinic.key(name): name for name in clinic.NAMES}
    right = clinic.diagnosis()
    found: Table = {letter: Counter() for letter in LETTERS}
    for member in by_exercise(members).get(EXERCISE, ()):
        said = {
            letter: names.get(clinic.key(name), OTHER)
            for letter, name in written(member.answers.get(EXERCISE, "")).items()
        }
        for finding in member.record["exercises"][EXERCISE]["findings"]:
            letter = finding["name"].removeprefix("run ")
            if finding["passed"] and letter in right:
                said[letter] = right[letter]
            said |= {run: name for run, name in TOLD.findall(finding["message"])}
        for letter, counts in found.items():
            name = said.get(letter, NONE)
            counts[name if name in clinic.NAMES or name == NONE else OTHER] += 1
    return found


def written(source: str) -> dict[str, str]:
    """Read which names a piece of code gives to the runs, without running it.

    Entries of a dict are found as they are usually written: {"A": "…"}, dict(A="…") and
    named["A"] = "…"; a later one replaces an earlier one.
    """
    try:
        tree = parsed(source)
    except UNREADABLE:
        return {}
    found = {}
    for node in sorted(_entries(tree), key=lambda each: each[0]):
        _, run, name = node
        letter = re.sub(r"^RUN\s*", "", run.strip().upper())
        if letter in LETTERS and clinic.key(name):
            found[letter] = name
    return found


def _entries(tree: ast.Module) -> Iterator[tuple[tuple[int, int], str, str]]:
    """(where, key, text) of what looks like an entry of a dict."""
    for node in ast.walk(tree):
        pairs: list[tuple[ast.AST | None, ast.AST]] = []
        if isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
        elif isinstance(node, ast.Assign):
            keys = (t.slice for t in node.targets if isinstance(t, ast.Subscript))
            pairs = [(key, node.value) for key in keys]
        elif isinstance(node, ast.Call):
            pairs = [
                (ast.Constant(each.arg), each.value)
                for each in node.keywords
                if each.arg
            ]
        for key, value in pairs:
            texts = [getattr(each, "value", None) for each in (key, value)]
            if all(isinstance(text, str) for text in texts):
                yield (value.lineno, value.col_offset), texts[0], texts[1]


def confusions(found: Table) -> list[tuple[str, str, int]]:
    """(run, name, students) of the wrong names, the most frequent first."""
    right = clinic.diagnosis()
    wrong = [
        (run, name, count)
        for run, counts in found.items()
        for name, count in counts.items()
        if count and name not in (right[run], NONE, OTHER)
    ]
    return sorted(wrong, key=lambda each: (-each[2], each[0], each[1]))


def objection(run: str, name: str) -> tuple[str, str]:
    """What speaks against a name, and the question that the check asks about it."""
    told, _, question = " ".join(contradiction(run, name)).rpartition("Try: ")
    return told.strip(), question
