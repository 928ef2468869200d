"""A student's Markdown, made harmless to show in a teacher's browser."""

import html
import re

import bleach
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from labkit.grading.visible import visible

LIMIT = 10_000  # characters; the Markdown parser needs up to a second for so many
TAGS = {
    *bleach.ALLOWED_TAGS, "br", "dd", "del", "details", "div", "dl", "dt", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "kbd", "p", "pre", "s", "small", "span", "sub",
    "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "u",
}  # fmt: skip
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


_cleaner = bleach.Cleaner(tags=TAGS, attributes=_allowed, protocols=PROTOCOLS)
