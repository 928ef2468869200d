"""What the documents promise: commands, options, links and marks exist as written."""

import re
from pathlib import Path

import pytest
import typer

from labkit.checks.spec import REGISTRY
from labkit.cli import app
from labkit.course.source import read_lab

REPO = Path(__file__).parents[1]
DOCUMENTS = [REPO / "README.md", *sorted((REPO / "docs").glob("*.md"))]
COMMANDS = typer.main.get_command(app).commands
COMMANDS |= {  # those of a group by both their words, "grades export"
    f"{group} {name}": command
    for group, those in COMMANDS.items()
    for name, command in getattr(those, "commands", {}).items()
}
LABS = sorted(path.stem for path in (REPO / "solutions").glob("[0-9][0-9]_*/*.py"))

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)


def calls(text):
    """Every `labkit COMMAND …` in code, with its options."""
    spans = re.findall(r"`([^`\n]+)`", text)
    spans += [
        line.partition("#")[0]
        for block in re.findall(r"```\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
    ]
    for span in spans:
        found = re.search(r"(?:^|\s)labkit ([a-z-]+)( [a-z-]+)?(.*)", span)
        if found:
            name, second, rest = found[1], found[2] or "", found[3]
            name += second * (name + second in COMMANDS)
            yield name, re.findall(r"--[a-z-]+", second + rest)


@each_document
def test_commands_and_options_exist(document):
    if document.name == "design.md":
        pytest.skip("a plan names what is to come, too")
    for command, options in calls(document.read_text(encoding="utf-8")):
        assert command in COMMANDS, f"labkit {command}"
        known = {o for p in COMMANDS[command].params for o in p.opts + p.secondary_opts}
        assert set(options) <= known | {"--help"}, f"labkit {command} {options}"


@each_document
def test_links_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "//" not in target:
            assert (document.parent / target).exists(), target


def test_marks_are_those_of_the_exercises_and_answers():
    text = (REPO / "docs" / "teaching.md").read_text(encoding="utf-8")
    for name in LABS:
        source = read_lab(REPO / "solutions" / name, REPO)
        code = [e.points for e in REGISTRY.values() if e.lab == name]
        written = [cell.points for cell in source.having("written")]
        row = re.search(
            rf"^\| {name} \| ([\d +]+) \| ([\d +]*) \| (\d+) \|$", text, re.MULTILINE
        )
        assert row, f"{name} has no row of marks"
        assert [int(n) for n in row[1].split("+")] == code
        assert [int(n) for n in row[2].split("+")] == written
        assert int(row[3]) == sum(code) + sum(written)


def test_the_route_map_gives_each_lab_the_time_of_its_card() -> None:
    readme = (REPO / "README.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| \[.*?/(\d\d_\w+)\.ipynb\).*\| (\d+) \|$", readme, re.MULTILINE
    )
    cards = {
        path.stem: re.search(r"Time card\*\* · about (\d+) minutes", path.read_text("utf-8"))[1]
        for path in sorted((REPO / "solutions").glob("*/*.py"))
    }  # fmt: skip
    assert dict(rows) == cards
