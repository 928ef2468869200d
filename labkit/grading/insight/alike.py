"""Answers that are alike in what hardly anybody else wrote, for a person to look at.

Short exercises have few right answers, so being the same says nothing by itself. What
the lab gave to all, what our own solution says, and what more than a few have written is
left out; of what remains, two submissions have to share most, in more than one exercise.
The work grows with the number of statements, not of pairs: a statement that is left has
at most FEW owners.
"""

import itertools
import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from labkit.grading.insight.members import Member
from labkit.grading.insight.statements import ANY, Statement, statements

FEW = 3  # owners of a statement; with more it is common, unless all wrote the same
SHARED = 2  # uncommon statements in an exercise, at least
SHARE = 0.6  # of the uncommon statements of the one that has more
EXERCISES = 2  # in which they are alike, at least
TOTAL = 6  # uncommon statements that they share in these, at least

Code = dict[str, list[Statement]]  # exercise -> its statements
WORD = re.compile(r"[A-Za-z_]\w*|\d+\.?\d*")
SILENT = {*keyword.kwlist, ANY, "self", "super", "__init__"}


@dataclass(frozen=True)
class Side:
    """One of two answers, and the lines of it that the other one has, too."""

    source: str
    lines: frozenset[int]


@dataclass(frozen=True)
class Group:
    """Submissions that are alike.

    Attributes:
        members: who, at least two.
        exercises: in which the first two are alike -> uncommon statements they share.
        sides: exercise -> the answers of the first two.
        same: whether all are the same but for names, comments and layout.
    """

    members: list[Member]
    exercises: dict[str, int]
    sides: dict[str, tuple[Side, Side]]
    same: bool


@dataclass(frozen=True)
class Variety:
    """How many ways to write an exercise the class has found.

    Attributes:
        exercise: its name.
        answers: how many there are.
        different: how many are left when names, comments and layout do not count.
        commonest: how many wrote the most frequent one.
    """

    exercise: str
    answers: int
    different: int
    commonest: int


def known(sources: Iterable[str]) -> set[str]:
    """The statements of what all have seen: the released notebook, our solution."""
    return {each.text for source in sources for each in statements(source)}


def compare(
    members: list[Member], common: set[str], data: Container[str] = ()
) -> tuple[list[Group], list[Variety]]:
    """Find the submissions that are alike, and how much the class differs at all.

    Args:
        members: of the class.
        common: statements that say nothing, as `known` gives them.
        data: exercises whose answers are plain data; they are not compared.
    """
    code = {
        each.student: {
            name: statements(text)
            for name, text in each.answers.items()
            if name not in data
        }
        for each in members
    }
    uncommon, same = _uncommon(code, common)
    pairs = [
        (student, others[0])
        for student, others in same.items()
        if others and _alike(uncommon[student], uncommon[student])
    ]
    candidates = sorted(_candidates(uncommon, same))
    pairs += [p for p in candidates if _alike(uncommon[p[0]], uncommon[p[1]])]
    by_name = {each.student: each for each in members}
    found = [
        _group(pair, _with_the_same(names, same), by_name, code, uncommon)
        for pair, names in _joined(pairs)
    ]
    found.sort(key=lambda one: (-sum(one.exercises.values()), one.members[0].student))
    return found, _variety(code)


def _joined(
    pairs: list[tuple[str, str]],
) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Join pairs that have a student in common: the first pair of each, and all names."""
    links: dict[str, str] = {}
    for one, other in pairs:
        one, other = _root(links, one), _root(links, other)
        if one != other:
            links[other] = one
    joined: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in pairs:
        joined[_root(links, pair[0])].append(pair)
    for found in joined.values():
        yield found[0], sorted({name for pair in found for name in pair})


def _root(links: Mapping[str, str], student: str) -> str:
    while student in links:
        student = links[student]
    return student


def _with_the_same(names: list[str], same: Mapping[str, list[str]]) -> list[str]:
    """Add those whose submissions are the same as one of these."""
    return sorted({*names, *(o for name in names for o in same.get(name, ()))})


def _uncommon(
    code: Mapping[str, Code], common: set[str]
) -> tuple[dict[str, dict[str, Counter[str]]], dict[str, list[str]]]:
    """What few have written, and who wrote the very same.

    Returns:
        student -> exercise -> statement -> how often; and the first student of all that
        are the same -> the others.
    """
    telling: dict[str, dict[str, Counter[str]]] = {}
    same: dict[tuple, list[str]] = defaultdict(list)
    for student, answers in code.items():
        telling[student] = {
            name: Counter(
                each.text
                for each in found
                if each.text not in common and _says_something(each.text)
            )
            for name, found in answers.items()
        }
        same[_key(answers)].append(student)
    first = {each[0]: each[1:] for key, each in same.items() if key}
    owners = Counter(
        text for answers in telling.values() for text in set().union(*answers.values())
    )
    few = {}
    for student, others in first.items():
        most = FEW + len(others)  # they wrote the very same: they count as one here
        for same_one in (student, *others):
            few[same_one] = {
                name: Counter({t: n for t, n in counts.items() if owners[t] <= most})
                for name, counts in telling[same_one].items()
            }
    return few, first


def _says_something(text: str) -> bool:
    """Whether a statement has a word or a number that is not the student's own name."""
    return any(word not in SILENT for word in WORD.findall(text))


def _candidates(
    uncommon: Mapping[str, Mapping[str, Counter[str]]], first: Iterable[str]
) -> set[tuple[str, str]]:
    """The pairs that share enough statements to be looked at."""
    owners: dict[str, list[str]] = defaultdict(list)
    for student in first:
        for text in set().union(*uncommon[student].values()):
            owners[text].append(student)
    shared = Counter(
        pair
        for names in owners.values()
        for pair in itertools.combinations(sorted(names), 2)
    )
    return {pair for pair, count in shared.items() if count >= SHARED}


def _alike(one: Mapping[str, Counter], other: Mapping[str, Counter]) -> dict[str, int]:
    """Exercise -> how many uncommon statements are shared; {} if that is too little."""
    found = {}
    for name in one.keys() & other.keys():
        shared = (one[name] & other[name]).total()
        most = max(one[name].total(), other[name].total())
        if shared >= SHARED and shared >= SHARE * most:
            found[name] = shared
    enough = len(found) >= EXERCISES and sum(found.values()) >= TOTAL
    return found if enough else {}


def _group(
    pair: tuple[str, str],
    names: list[str],
    by_name: Mapping[str, Member],
    code: Mapping[str, Code],
    uncommon: Mapping[str, Mapping[str, Counter[str]]],
) -> Group:
    """What a person is to see of a group: its names, and a pair side by side."""
    first, second = pair
    found = _alike(uncommon[first], uncommon[second])
    sides = {}
    for name in filter(found.__contains__, by_name[first].answers):
        shared = uncommon[first][name] & uncommon[second][name]
        sides[name] = tuple(
            Side(
                by_name[student].answers[name],
                _lines(code[student][name], shared),
            )
            for student in pair
        )
    return Group(
        [by_name[name] for name in (*pair, *(n for n in names if n not in pair))],
        {name: found[name] for name in sides},
        sides,
        len({_key(code[name]) for name in names}) == 1,
    )


def _key(answers: Code) -> tuple:
    """The same for answers that are the same but for names, layout and order."""
    return tuple(
        (name, *sorted(each.text for each in found))
        for name, found in sorted(answers.items())
    )


def _lines(found: list[Statement], shared: Counter[str]) -> frozenset[int]:
    return frozenset(
        line
        for each in found
        if each.text in shared
        for line in range(each.first, each.last + 1)
    )


def _variety(code: Mapping[str, Code]) -> list[Variety]:
    ways: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for answers in code.values():
        for name, found in answers.items():
            ways[name][tuple(sorted(each.text for each in found))] += 1
    return [
        Variety(name, counts.total(), len(counts), max(counts.values()))
        for name, counts in ways.items()
    ]
