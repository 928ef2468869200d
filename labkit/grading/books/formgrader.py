"""What nbgrader's formgrader lacks to be safe; nbgrader_config.py switches it on.

formgrader puts names and notebooks into its pages as they are. A page runs with the
teacher's session, which can read and start everything; so whatever a student can name
or write has to be harmless there, also in notebooks of nbgrader's own autograde.
"""

import functools
import html
import sys
from typing import Any

PAGES = "nbgrader.server_extensions.formgrader.formgrader"


def protect(config: Any) -> None:
    """Make every page of formgrader escape names and show harmless notebooks only.

    Args:
        config: `c` of nbgrader_config.py.
    """
    config.HTMLExporter.preprocessors = ["labkit.grading.books.harmless.Harmless"]
    formgrader = sys.modules.get(PAGES)
    if formgrader is not None:  # it is just starting, and about to load its templates
        from jinja2 import Environment

        formgrader.Environment = functools.partial(
            Environment, autoescape=True, finalize=_escaped
        )


def _escaped(value: Any) -> Any:
    """Escape for HTML and for a string in double quotes of JavaScript: both are there.

    The apostrophe stays, unlike in Jinja's own escaping: O'Brien would not be found.
    """
    from markupsafe import Markup

    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = html.escape(value, quote=False)
    return Markup(text.replace('"', "&quot;").replace("\\", "&#92;"))
