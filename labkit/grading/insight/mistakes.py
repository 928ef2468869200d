"""What was missed, and by how many; wrong answers that are the same mistake."""

import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from labkit.grading.feedback import words
from labkit.grading.insight.members import Member
from labkit.grading.insight.statements import statements

UNCHECKED = "can be checked"  # the finding of an answer that never came to its check
NUMBER = re.compile(r"[-+−±]?\b\d+(?:[.,]\d+)*(?:e[-+]?\d+)?\b")
LIST = re.compile(r"#(?:\s*[,×x]\s*#)+,?")
QUOTED = re.compile(r"^\s*in your line  ", re.IGNORECASE)
EXAMPLES = 2


@dataclass(frozen=True)
class Missed:
    """Properties that answers did not have; those missed by the same students are one.

    Attributes:
        exercise: its name.
        findings: the names of the properties.
        students: how many missed them.
        of: how many answered the exercise.
        advice: whether it costs nothing.
        headline: what most of them were told.
    """

    exercise: str
    findings: tuple[str, ...]
    students: int
    of: int
    advice: bool
    headline: str


@dataclass(frozen=True)
class Mistake:
    """Wrong answers that got the same message, numbers apart.

    Attributes:
        exercise: its name.
        finding: the property that the message is about.
        message: as one of the students reads it, without the exercise's name.
        members: who.
        of: how many answered the exercise.
        examples: the shortest answers, code.
    """

    exercise: str
    finding: str
    message: str
    members: list[Member]
    of: int
    examples: list[str]

    @property
    def headline(self) -> str:
        return self.message.partition("\n")[0]

    @property
    def rest(self) -> str:
        """The message below its headline."""
        return textwrap.dedent(self.message.partition("\n")[2])

    @property
    def question(self) -> str:
        """What the message asks the student; "" if it asks nothing."""
        asked = " ".join(self.rest.split()).rpartition("Try: ")[2]
        return asked.partition("?")[0] + "?" if "?" in asked else ""


def missed(members: Iterable[Member]) -> list[Missed]:
    """The findings that failed, by exercise, the most frequent first."""
    told: dict[tuple[str, bool, str], dict[str, str]] = defaultdict(dict)
    answered: Counter[str] = Counter()
    for member in members:
        for name, exercise in member.record["exercises"].items():
            began = member.state(name) != "open"
            answered[name] += began
            for finding in exercise["findings"] if began else ():
                if not finding["passed"]:
                    key = name, finding["weight"] == 0, finding["name"]
                    headline = finding["message"].strip().partition("\n")[0]
                    told[key][member.student] = headline
    together: dict[tuple, list[str]] = defaultdict(list)
    for (name, advice, finding), said in told.items():
        together[name, advice, tuple(sorted(said.items()))].append(finding)
    found = [
        Missed(name, tuple(findings), len(said), answered[name], advice, _usual(said))
        for (name, advice, said), findings in together.items()
    ]
    order = list(answered)
    return sorted(
        found,
        key=lambda one: (order.index(one.exercise), one.advice, -one.students),
    )


def mistakes(members: Iterable[Member]) -> list[Mistake]:
    """The wrong answers in groups, the largest first; what is not begun is left out."""
    groups: dict[tuple[str, str, str], list[Member]] = defaultdict(list)
    answered: Counter[str] = Counter()
    for member in members:
        for name, exercise in member.record["exercises"].items():
            state = member.state(name)
            answered[name] += state != "open"
            if state in ("partly", "wrong"):
                message = exercise["message"]
                finding = _first(exercise["findings"])
                groups[name, finding, masked(message)].append(member)
    found = [
        Mistake(
            name,
            finding,
            _message(name, who[0].record["exercises"][name]["message"]),
            who,
            answered[name],
            _shortest([each.answers.get(name, "") for each in who]),
        )
        for (name, finding, _), who in groups.items()
    ]
    order = list(answered)
    return sorted(
        found,
        key=lambda one: (
            -len(one.members),
            order.index(one.exercise),
            one.message,
        ),
    )


def masked(message: str) -> str:
    """A message without its numbers and the code it quotes: the same for one mistake."""
    lines = [line for line in message.splitlines() if not QUOTED.match(line)]
    text = " ".join(" ".join(lines).split())
    return LIST.sub("#", NUMBER.sub("#", text))


def _first(findings: list[dict]) -> str:
    wrong = (each for each in findings if not each["passed"] and each["weight"])
    return next((each["name"] for each in wrong), "")


def _message(name: str, message: str) -> str:
    """The message without the sign and the exercise's name before it."""
    _, line, rest = message.strip().partition("\n")
    return words.headline(name, message) + line + rest


def _usual(said: Iterable[tuple[str, str]]) -> str:
    """The headline that most students were told; of equals, the first in the alphabet."""
    counts = Counter(headline for _, headline in said)
    return min(counts, key=lambda text: (-counts[text], text))


def _shortest(sources: list[str]) -> list[str]:
    """A few answers, the shortest first, no two the same but for names and layout."""
    shown: dict[tuple[str, ...], str] = {}
    for source in sorted(
        filter(None, set(sources)), key=lambda text: (len(text), text)
    ):
        if len(shown) == EXAMPLES:
            break
        shown.setdefault(tuple(each.text for each in statements(source)), source)
    return list(shown.values())
