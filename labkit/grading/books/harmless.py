"""What students write, made harmless to show in a teacher's browser."""

import html
import re
from collections.abc import Iterator
from typing import Any

import bleach
from markupsafe import escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode, from_dict

from labkit.grading.feedback.visible import visible

LIMIT = 10_000  # characters; the Markdown parser needs up to a second for so many
TAGS = {
    *bleach.ALLOWED_TAGS, "br", "dd", "del", "details", "div", "dl", "dt", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "kbd", "p", "pre", "s", "small", "span", "sub",
    "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "u",
}  # fmt: skip
NAMES = ("student", "last_name", "first_name", "notebook_path")  # on formgrader's page
GRADE_ID = re.compile(r"[\w.-]+")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
PROTOCOLS = ("http", "https", "mailto")

# TeX that MathJax turns into links, styles and attributes of the page.
ACTIVE_TEX = re.compile(
    r"\\(href|url|style|class|cssId|require|bbox|mmlToken|data|html)", re.IGNORECASE
)


def harmless(markdown: str) -> str:
    """Turn Markdown into Markdown that any viewer shows and none runs.

    It is rendered as a notebook would be, reduced to plain formatting (no scripts, no
    images, no attributes, links to the web alone), and returned as one line of HTML,
    in which no Markdown is left for a second rendering to find.
    """
    text = visible(markdown, LIMIT)
    try:
        renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
        page = MarkdownWithMath(renderer=renderer).render(text)
    except Exception:  # noqa: BLE001 (nested too deep, an attachment that is not there)
        page = f"<pre>{html.escape(text)}</pre>"
    page = _cleaner.clean(page)
    ignored = ACTIVE_TEX.search(html.unescape(page))
    mark = ' class="tex2jax_ignore mathjax_ignore"' if ignored else ""
    page = page.strip().replace("\n", "&#10;").replace("$", "&#36;")
    return f"<div{mark}>{page}</div>"


def _allowed(tag: str, attribute: str, value: str) -> bool:
    """Links that name a site; any other would lead into the teacher's own Jupyter."""
    return (tag, attribute) == ("a", "href") and bool(
        re.match(r"(https?|mailto):", value, re.IGNORECASE)
    )


class Harmless(Preprocessor):
    """Makes a submission harmless before formgrader turns it into its page.

    Only what is known to be harmless is taken over, cell by cell.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        names = {name: escape(resources[name]) for name in NAMES if resources.get(name)}
        resources.update(names)
        cells = [_cell(cell) for cell in nb.cells if cell.cell_type != "raw"]
        made = {"metadata": {"language_info": {"name": "python"}}, "cells": cells}
        return from_dict(made | {"nbformat": 4, "nbformat_minor": 4}), resources


def _cell(cell: NotebookNode) -> dict[str, Any]:
    role = cell.metadata.get("nbgrader", {})
    known = GRADE_ID.fullmatch(str(role.get("grade_id", "")))
    made = {
        "cell_type": cell.cell_type,
        "metadata": {"nbgrader": role} if known else {},
    }
    if cell.cell_type == "code":
        outputs = list(_outputs(cell.outputs))
        return made | {
            "source": cell.source,
            "outputs": outputs,
            "execution_count": None,
        }
    return made | {"source": harmless(cell.source)}


def _outputs(outputs: list[NotebookNode]) -> Iterator[dict[str, Any]]:
    """Streams and errors, which the page escapes; of all else, texts and pictures."""
    for output in outputs:
        if output.output_type in ("stream", "error"):
            yield output
            continue
        pictures = {
            kind: output.data[kind]
            for kind in ("image/png", "image/jpeg")
            if BASE64.fullmatch(str(output.data.get(kind, "-")))
        }
        data = pictures or {"text/plain": str(output.data.get("text/plain", ""))}
        yield {"output_type": "display_data", "data": data, "metadata": {}}


_cleaner = bleach.Cleaner(tags=TAGS, attributes=_allowed, protocols=PROTOCOLS)
