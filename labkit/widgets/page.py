"""A widget as one HTML file: opened by a double click, with no kernel and no network."""

import base64
import html
import json
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from labkit.runtime import atomic_write
from labkit.widgets.modules import css, esm, source

if TYPE_CHECKING:
    from labkit.widgets.base import Widget


def write(widget: "Widget", path: str | Path) -> None:
    """Write the widget, as it stands, and all that it needs into one file.

    Where scripts are off, the page shows the widget's picture.
    """
    text = page(widget)
    atomic_write(path, lambda file: file.write_text(text, encoding="utf-8"))


def page(widget: "Widget") -> str:
    """The text of that file."""
    brought = {
        "esm": esm(widget.module),
        "state": widget.state,
        "facts": widget.facts,
        "blobs": {
            name: base64.b64encode(blob).decode()
            for name, blob in widget.blobs().items()
        },
    }
    return Template(source("page", "html")).substitute(
        title=html.escape(widget.label),
        css=css(widget.module),
        picture=widget.picture()._repr_html_(),
        brought=json.dumps(brought).replace("<", "\\u003c"),
        modules=esm("page"),
    )
