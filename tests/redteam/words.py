"""Text where it hurts: names of students, HTML and scripts in every field."""

import json
import os
import unicodedata
from collections.abc import Callable

from nbformat import NotebookNode, v4

from tests.grading.classroom import cell_of

from .case import CRITIC, Case, above, inside

SCRIPT = "<script>alert('xss')</script>"
IMAGE = "<img src=x onerror=alert('xss')>"
BREAKOUT = "</pre></code></style></textarea><!-- --><svg/onload=alert('xss')>"
TEXTS = (
    SCRIPT,
    IMAGE,
    BREAKOUT,
    "{{ 7 * 7 }} {% raw %} ${7*7} $$\\href{javascript:x}$$",
)

NAMES = (
    "Smith, Jr",
    'O\'Brien "Bob"; DROP TABLE student;--',
    "=cmd|' C'!A0",
    "@SUM(1+1)",
    "+49-170",
    "-rf",
    "a\tb\nc",
    "\u202eadele",  # right-to-left override
    "\u0430da",  # a Cyrillic letter: looks like ada
    "ada\u200b",  # a zero-width space
    unicodedata.normalize("NFC", "é"),
    unicodedata.normalize("NFD", "é"),
    "علي بن سينا",
    "名前 🎲",
    " leading and trailing ",
    "%s %(x)d {0} {student}",
    "*",
    "$HOME `id` ~",
    "<img src=x onerror=alert(1)>",
    "&amp;lt;b&gt;",
    "n" * 200,
    "CON",
    "..notes",
    os.fsdecode(b"latin-\xe9"),  # no UTF-8
)


def outputs(*outputs: dict) -> Callable[[NotebookNode], None]:
    """Give the answer's cell these outputs."""

    def edit(notebook: NotebookNode) -> None:
        cell_of(notebook, CRITIC).outputs = [
            v4.new_output(kind.pop("type"), **kind) for kind in map(dict, outputs)
        ]

    return edit


def everywhere(notebook: NotebookNode) -> None:
    """HTML in every text field that a notebook has."""
    text = "\n".join(TEXTS)
    notebook.metadata["title"] = notebook.metadata["authors"] = text
    notebook.metadata.kernelspec = {"name": text, "display_name": text}
    for cell in notebook.cells:
        cell.metadata[SCRIPT] = cell.metadata["tags"] = [text]
        if cell.cell_type == "markdown":
            cell.source += "\n\n" + text
            cell["attachments"] = {"x.svg": {"image/svg+xml": text}}
        elif not cell.metadata.get("nbgrader"):
            cell.outputs = [
                v4.new_output("stream", name="stdout", text=text),
                v4.new_output("error", ename=text, evalue=text, traceback=[text] * 3),
                v4.new_output("execute_result", data={"text/markdown": text}),
            ]


HIDDEN = (SCRIPT, IMAGE, "<svg/onload", "49 {")
EVIL_PNG = "iVBORw0KGgo" + "A" * 99

CASES = [
    *(
        Case(f"name {number}", student=name)
        for number, name in enumerate(NAMES, start=1)
    ),
    Case("HTML in every field", edit=everywhere, escapes=HIDDEN),
    Case(
        "HTML in the exception",
        inside(f"raise ValueError({SCRIPT + IMAGE!r})"),
        lost=CRITIC,
        says="ValueError",
        escapes=HIDDEN,
    ),
    Case(
        "HTML in the exception's class",
        inside(f"raise type({SCRIPT!r}, (Exception,), {{}})({IMAGE!r})"),
        lost=CRITIC,
        escapes=HIDDEN,
    ),
    Case(
        "HTML in the source",
        above(f"text = {SCRIPT + BREAKOUT!r}"),
        escapes=HIDDEN,
    ),
    Case(
        "terminal escapes in the exception",
        inside("raise ValueError('\\x1b]0;owned\\x07\\x1b[2J\\r\\x9b31m')"),
        lost=CRITIC,
        escapes=("\x1b", "\x9b31m"),
    ),
    Case(
        "rich markup in the exception",
        inside("raise ValueError('[/red][link=javascript:x]y[/link] [bold')"),
        lost=CRITIC,
    ),
    Case(
        "a picture that is none",
        edit=outputs(
            {"type": "display_data", "data": {"image/png": EVIL_PNG}},
            {"type": "display_data", "data": {"image/png": "not base64!"}},
            {"type": "display_data", "data": {"image/svg+xml": BREAKOUT}},
            {"type": "display_data", "data": {"image/jpeg": ["a", "b"]}},
        ),
        escapes=("<svg/onload",),
    ),
    Case(
        "widgets, JavaScript and LaTeX outputs",
        edit=outputs(
            {"type": "display_data", "data": {"application/javascript": "alert(1)"}},
            {"type": "display_data", "data": {"text/latex": "\\href{javascript:x}{y}"}},
            {
                "type": "display_data",
                "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
            },
        ),
    ),
    Case(
        "outputs of the wrong kind",
        edit=lambda notebook: (
            cell_of(notebook, CRITIC).update(
                outputs=[
                    {"output_type": "stream", "text": None},
                    {"output_type": "nonsense", "data": [SCRIPT]},
                    {"output_type": "display_data", "data": "text"},
                    {"output_type": "error", "traceback": {"a": 1}},
                    17,
                ]
            )
            or json.dumps(notebook).encode()
        ),
        escapes=HIDDEN,
    ),
    Case(
        "look-alikes of the exercise's name",
        "def critic_l\u043ess(*_):\n    return 0",
        lost=CRITIC,
    ),
    Case(
        "right to left in the source",
        above("x = '\u202e\u2066 # \u2069\u2066'"),
        escapes=("\u202e\u2066",),
    ),
]
