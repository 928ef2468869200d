"""What a student wrote and saved, as HTML that shows it and cannot do anything."""

import base64
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from labkit.grading.feedback.visible import LIMIT, visible

PNG = b"\x89PNG\r\n\x1a\n"
PICTURE_BYTES = 1_000_000  # of one picture, in base64
OUTPUTS = 6  # shown for an exercise
COLOURED = 4000  # characters of code; pygments needs the square of them at worst
# Emphasis, lists and code of a written answer; what it links to or embeds, and what it
# has of HTML, stays text.
MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["link", "image", "autolink", "html_inline", "html_block", "reference", "entity"]
    + ["heading", "lheading"]
)


def prose(text: str) -> Markup:
    """A written answer, formatted as in the notebook as far as MARKDOWN goes."""
    return Markup(MARKDOWN.render(visible(text)))


def code(source: str) -> Markup:
    """A cell's code with its colours, as classes of the page's one style."""
    source = visible(source)
    if len(source) > COLOURED:
        return escape(source)
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    return Markup(highlight(source, lexer, HtmlFormatter(nowrap=True)))


def outputs(name: str, answer: dict, cells: dict) -> Iterator[dict[str, Any]]:
    """What the student saved below the answer, and below the next cell that uses it.

    The check's own cell is left out: it may show the message of an earlier attempt.
    """
    later = [
        cell
        for count, cell in cells.items()
        if count > answer["number"]
        and cell["type"] == "code"
        and cell["grade_id"] != f"{name}_check"
    ]
    using = [cell for cell in later[:1] if not cell["grade_id"]]
    shown = 0
    for cell in [answer, *using]:
        for output in cell["outputs"]:
            if shown == OUTPUTS:
                return
            png = _picture(output.get("png", ""))
            if output["kind"] != "image" or png:
                shown += 1
                text = _plain(output.get("text", ""))
                yield {"cell": cell["number"], "count": shown, "png": png, "text": text}


def _picture(png: str) -> Markup:
    """The picture if it is one, and not too large to carry along; else nothing."""
    if len(png) > PICTURE_BYTES or not png.isascii():
        return Markup()
    try:
        known = base64.b64decode(png, validate=True).startswith(PNG)
    except ValueError:
        known = False
    return Markup(png if known else "")


def _plain(text: str) -> str:
    """What a terminal would show of a progress bar: its last state."""
    lines = text[:LIMIT].replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
