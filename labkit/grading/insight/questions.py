"""What to ask the class, made from what it got wrong."""

from dataclasses import dataclass

from labkit.grading.insight.mistakes import Mistake

MOST = 6
LEAST = 2  # students; one alone is no matter for the class


@dataclass(frozen=True)
class Question:
    """Something to ask in class.

    Attributes:
        said: what it comes from, with its numbers.
        ask: the question.
        told: what the check says against it, "" if nothing.
        exercise: whose it is.
    """

    said: str
    ask: str
    exercise: str
    told: str = ""


def of_mistakes(found: list[Mistake]) -> list[Question]:
    """Questions from the most frequent mistakes: those that the checks ask."""
    return [
        Question(
            f"{len(each.members)} of {each.of} were told: {each.headline}",
            _sentence(each.question or "what does this answer do, line by line?"),
            each.exercise,
        )
        for each in found
        if len(each.members) >= LEAST
    ][:MOST]


def of_the_clinic(members: int, found: list[tuple[str, str, int]]) -> list[Question]:
    """Questions from the names that the runs of lab 06 were wrongly given.

    Args:
        members: how many there are in all.
        found: as `diagnosed.confusions` gives them.
    """
    from labkit.grading.insight.diagnosed import EXERCISE, objection  # here: torch

    questions = []
    for run, name, count in found[:MOST]:
        if count >= LEAST:
            told, ask = objection(run, name)
            said = f"{count} of {members} took run {run} for “{name}”"
            questions.append(Question(said, _sentence(ask), EXERCISE, told))
    return questions


def _sentence(text: str) -> str:
    """With a capital letter; a name of code keeps its own."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.isalpha() else text
