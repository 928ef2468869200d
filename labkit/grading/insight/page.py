"""The page: report/<lab>.html, one file without scripts, made from the records alone."""

import base64
import functools
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from labkit.course.source import read_lab
from labkit.errors import LabkitError
from labkit.grading.books.names import student_id
from labkit.grading.feedback import page as feedback
from labkit.grading.feedback import words
from labkit.grading.feedback.parts import code
from labkit.grading.feedback.visible import visible
from labkit.grading.given import Given
from labkit.grading.insight import alike, charts, costs, mistakes, points, questions
from labkit.grading.insight.members import Member, members
from labkit.runtime import atomic_write

FOLDER = Path(__file__).parent
CLINIC = "06_diagnosis"
NAMES = 200  # listed under a count at most
GROUPS = 24  # of wrong answers, in all
SINGLES = 100  # mistakes of one student alone
PAIRS = 12  # of submissions that are alike
LOOK_AT = (  # flags that a person should look at, the gravest first
    *("tampering", "unreadable", "truncated", "empty", "not a notebook"),
    *("refused file", "several notebooks", "time limit", "memory limit", "died"),
    "output capped",
)


def write(
    out: Path, given: Given, marks: dict[str, dict[str, Any]], roster: Iterable[str]
) -> Path:
    """Write the page; the same records and marks give the same bytes.

    Args:
        out: the folder that holds the records.
        given: the lab.
        marks: as `gradebook.marks` gives them.
        roster: the students that the grade book knows.

    Returns:
        The page's path.

    Raises:
        LabkitError: the lab has not been graded, or there is no room for the page.
    """
    found = members(out, given, marks)
    path = out / "report" / f"{given.lab}.html"
    content = page(given, found, roster).encode()
    try:
        atomic_write(path, lambda file: file.write_bytes(content))
    except OSError as error:
        raise LabkitError(
            f"{path} cannot be written: {error.strerror}. Make room, or allow this "
            "user to write there; nothing else has been changed."
        ) from error
    return path


def page(given: Given, found: list[Member], roster: Iterable[str] = ()) -> str:
    """The page as HTML.

    Args:
        given: the lab.
        found: the class.
        roster: the students that the grade book knows.
    """
    here = [member for member in found if member.handed_in]
    absent = {student_id(each.student) for each in found if not each.handed_in}
    absent |= set(roster) - {student_id(each.student) for each in found}
    exercises = {exercise.name for exercise in given.exercises}
    wrong = mistakes.mistakes(here)
    common = [each for each in wrong if len(each.members) > 1]
    single = [each for each in wrong if len(each.members) == 1]
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _template().render(
        style=Markup(style),
        style_hash=f"sha256-{digest}",
        lab=words.title(given.lab),
        class_size=len(here) + len(absent),
        here=here,
        absent=sorted(absent),
        graded=words.moment(max((m.record.get("graded") or "" for m in found), default="")),
        wrong=[_shown(each) for each in common[:GROUPS]],
        more_wrong=max(len(common) - GROUPS, 0) + max(len(single) - SINGLES, 0),
        single=single[:SINGLES],
        missed=_by_exercise(mistakes.missed(here)),
        flags=_flags(found),
        minor=_minor(found).most_common(),
        lost=sum(member.lost for member in here),
        older=sum({*m.record["exercises"]} != exercises for m in here),
        **_points(here),
        **_clinic(given, here, wrong),
        **_alike(given, here),
        **_costs(here),
    )  # fmt: skip


@functools.cache
def _template() -> jinja2.Template:
    """The template: whatever it prints is made visible, then escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: (
            value if isinstance(value, Markup) else visible(str(value))
        ),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"signs": words.STATES, "states": points.STATES}
    environment.globals |= {"most_names": NAMES, "interval": charts.interval}
    environment.filters |= {"mark": words.mark}
    return environment.get_template("insight.html.j2")


def _style() -> str:
    """The feedback page's style, and what this page has beside it."""
    files = (feedback.FOLDER / "feedback.css", FOLDER / "insight.css")
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def _points(here: list[Member]) -> dict[str, Any]:
    """How the points are spread, and which written answers wait."""
    scores = [member.score for member in here]
    most = max((member.most for member in here), default=0)
    mean, median = points.mean_and_median(scores)
    bars = points.spread(scores, most)
    rows = points.exercises(here)
    return {
        "most": most,
        "mean": mean,
        "median": median,
        "full": sum(score >= most for score in scores),
        "bars": bars,
        "spread": charts.histogram(bars, f"{len(here)} students by points", "points"),
        "exercises": [(row, charts.states(row)) for row in rows],
        "open": max(rows, key=lambda row: row.counts["open"], default=None),
        "waiting": sum(member.waiting for member in here),
        "waiting_for": sum(member.waiting > 0 for member in here),
    }


def _shown(mistake: mistakes.Mistake) -> dict[str, Any]:
    return {"mistake": mistake, "examples": [code(each) for each in mistake.examples]}


def _by_exercise(found: list[mistakes.Missed]) -> dict[str, list[mistakes.Missed]]:
    grouped: dict[str, list[mistakes.Missed]] = defaultdict(list)
    for each in found:
        grouped[each.exercise].append(each)
    return dict(grouped)


def _clinic(
    given: Given, here: list[Member], wrong: list[mistakes.Mistake]
) -> dict[str, Any]:
    """The questions; for lab 06 also the table of runs and names that they come from."""
    if given.lab != CLINIC or not here:
        return {"questions": questions.of_mistakes(wrong), "clinic": None}
    from labkit.grading.insight import diagnosed  # here: it loads torch

    table = diagnosed.table(here)
    names = [*diagnosed.clinic.NAMES, diagnosed.OTHER, diagnosed.NONE]
    used = [name for name in names if any(counts[name] for counts in table.values())]
    asked = questions.of_the_clinic(len(here), diagnosed.confusions(table))
    clinic = {"table": table, "names": used, "right": diagnosed.clinic.diagnosis()}
    return {"questions": asked, "clinic": clinic}


def _alike(given: Given, here: list[Member]) -> dict[str, Any]:
    """Submissions that are alike, with the lines that both have marked."""
    solution = read_lab(given.source.parent, given.course).having("exercise")
    sources = [cell["source"] for cell in given.released if cell["type"] == "code"]
    common = alike.known([*sources, *(cell.source for cell in solution)])
    data = {each.name for each in given.exercises if each.takes_data}
    groups, variety = alike.compare(here, common, data)
    return {
        "alike": [
            (group, {name: tuple(map(_marked, pair)) for name, pair in group.sides.items()})
            for group in groups[:PAIRS]
        ],
        "more_alike": max(len(groups) - PAIRS, 0),
        "variety": variety,
    }  # fmt: skip


def _marked(side: alike.Side) -> Markup:
    """An answer's code, the lines that are in the other one marked."""
    lines = code(side.source).split("\n")
    mark = Markup("<mark>{}</mark>")
    return Markup("\n").join(
        mark.format(Markup(line)) if number in side.lines and line.strip() else Markup(line)
        for number, line in enumerate(lines, start=1)
    )  # fmt: skip


def _costs(here: list[Member]) -> dict[str, Any]:
    totals = [costs.total(member) for member in here if costs.total(member)]
    bars = charts.seconds(totals)
    return {
        "costs": costs.costs(here),
        "slowest": costs.slowest(here),
        "total_seconds": sum(totals),
        "seconds": charts.histogram(bars, f"{len(totals)} submissions by seconds", "s"),
    }


def _flags(found: list[Member]) -> list[tuple[str, list[tuple[Member, list[str]]]]]:
    """Flag -> students with its texts; those that need nothing are only counted."""
    kinds: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    by_name = {member.student: member for member in found}
    for member in found:
        for flag in member.record["flags"]:
            kinds[flag["kind"]][member.student].append(flag["text"])
    order = [kind for kind in LOOK_AT if kind in kinds]
    return [
        (kind, [(by_name[name], texts) for name, texts in kinds[kind].items()])
        for kind in order
    ]


def _minor(found: list[Member]) -> Counter[str]:
    """The flags that need nothing: kind -> students."""
    return Counter(
        kind
        for member in found
        for kind in {flag["kind"] for flag in member.record["flags"]}
        if kind not in (*LOOK_AT, "no notebook")  # who has none is told above
    )
