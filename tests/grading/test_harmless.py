"""Whatever a student writes: plain formatting comes out, and nothing that acts."""

import html
from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

from labkit.grading.books.harmless import TAGS, Harmless, harmless

HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](attachment:nothing.png)",
    "<svg/onload=alert(1)><animate onbegin=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<details open ontoggle=alert(1)>x</details>",
    "<form action=/logout><button>press</button></form>",
    "<style>* { background: url(//evil.example) }</style>",
    "<div style='position: fixed; inset: 0' onmouseover=alert(1)>x</div>",
    "<base href='//evil.example/'><meta http-equiv=refresh content=0>",
    "<math><a xlink:href=javascript:alert(1)>x</a></math>",
    "<textarea></textarea></div></div></body><script>alert(1)</script>",
    "<pre>\n\n<script>\n\nalert(1)\n\n</script>",
    "<!-- <script> --> <script>alert(1)</script> <![CDATA[<script>]]>",
    "[x](javascript:alert(1))",
    "[x](JaVa&#x53;cript:alert(1)) [y](javascript&colon;alert(1))",
    "[x][1]\n\n[1]: <javascript:alert(1)>",
    "<a href='java\nscript:alert(1)'>x</a> <a href=' javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a> <a href=vbscript:x>y</a>",
    "[my grades](/logout) [x](//evil.example) [y](../../api/contents)",
    "<javascript:alert(1)> <a name=x id=formgrader class=score>x</a>",
    "```html\n<script>\n\n</script>\n[x](javascript:alert(1))\n```",
    "`[x](javascript:alert(1))`\n\n    [x](javascript:alert(1))\n\n    <script>",
    "```mermaid\ngraph TD; A-->B; click A href 'javascript:alert(1)'\n```",
    "$\\text{<script>alert(1)</script>}$ $$<img src=x onerror=alert(1)>$$",
    "{{ config }} {% raw %}<script>{% endraw %}",
    "> " * 3000 + "deep",
    "[" * 5000,
    "\x00<script\x00>alert(1)</script>\u202e",
]


class Seen(HTMLParser):
    """Tags and attributes, as a browser meets them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update((name, value or "") for name, value in attrs)

    def handle_comment(self, data: str) -> None:
        self.tags.add("!--")


def rendered(markdown: str) -> str:
    """What formgrader makes of a cell's source."""
    return MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(markdown)


@pytest.mark.parametrize("markdown", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_acts_comes_out_however_often_it_is_rendered(markdown):
    once, twice = harmless(markdown), harmless(harmless(markdown))
    for page in (rendered(once), rendered(twice)):
        seen = Seen(page)
        assert seen.tags <= TAGS
        for name, value in seen.attributes:
            if name == "href":
                assert value.startswith(("http://", "https://", "mailto:"))
            else:
                assert (name, value) == ("class", "tex2jax_ignore mathjax_ignore")
    assert twice.count("<p>") == once.count("<p>")


def test_honest_markdown_looks_as_it_was_meant():
    page = rendered(
        harmless(
            "It is **flat**, see $D(x) < 1$ and $$\\log_2 x$$\n\n- one\n- two <br> more\n\n"
            "[paper](https://arxiv.org/abs/1406.2661)\n\n```python\nx < 1\n```"
        )
    )
    for part in (
        "<strong>flat</strong>",
        "$D(x) &lt; 1$",
        "$$\\log_2 x$$",
        "<li>two <br> more</li>",
        '<a href="https://arxiv.org/abs/1406.2661">paper</a>',
    ):
        assert part in html.unescape(page).replace(" < ", " &lt; ")


@pytest.mark.parametrize(
    "tex", [r"\href{javascript:alert(1)}{x}", r"\style{position:fixed}{x}", "x"]
)
def test_tex_that_makes_links_is_not_typeset(tex):
    """MathJax, where there is a network, would turn it into a link."""
    ignored = "tex2jax_ignore" in harmless(f"see ${tex}$")
    assert ignored == (tex != "x")
    assert ignored == (
        "tex2jax_ignore" in harmless(f"see ${tex.replace('{', '&#123;')}$")
    )


def test_formgrader_takes_over_only_what_is_known():
    """A notebook that nbgrader's own autograde made, with everything in it."""
    script = "<script>alert(1)</script>"
    role = {"grade_id": "answer", "grade": True, "solution": True, "points": 1}
    data = {
        "text/html": script,
        "application/javascript": "alert(1)",
        "text/plain": "1",
    }
    outputs = [
        new_output("display_data", data=data),
        new_output("display_data", data={"image/svg+xml": "<svg onload=alert(1)>"}),
        new_output("display_data", data={"image/png": 'iVBO"><script>'}),
        new_output(
            "display_data",
            data={"image/png": "iVBO"},
            metadata={"image/png": {"width": f'1">{script}'}},
        ),
        new_output("stream", name="stdout", text=script),
    ]
    cells = [
        new_markdown_cell(script, metadata={"nbgrader": role}),
        new_markdown_cell(
            script, metadata={"nbgrader": role | {"grade_id": f'x">{script}'}}
        ),
        new_raw_cell(script, metadata={"raw_mimetype": "text/html"}),
        new_code_cell("1", outputs=outputs, metadata={"tags": [f'">{script}']}),
    ]
    widgets = {
        "application/vnd.jupyter.widget-state+json": {"state": f"</script>{script}"}
    }
    notebook = new_notebook(cells=cells, metadata={"widgets": widgets, "title": script})
    names = {"student": f'eve">{script}', "notebook_path": "a", "submission_id": "7"}
    made, resources = Harmless().preprocess(notebook, dict(names))
    answer, forged, code = made.cells
    assert answer.metadata.nbgrader == role
    assert not forged.metadata
    assert script not in nbformat.writes(made).replace(code.outputs[-1].text, "")
    assert [output.get("data") for output in code.outputs] == [
        {"text/plain": "1"},
        {"text/plain": ""},
        {"text/plain": ""},
        {"image/png": "iVBO"},
        None,
    ]
    assert resources["student"] == "eve&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    assert resources["submission_id"] == "7"
