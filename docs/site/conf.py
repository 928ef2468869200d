"""Sphinx's settings for the course site. Nothing on its pages comes from a network."""

import importlib.util
import shutil
from pathlib import Path

project = "DCGAN Lab"
author = "the DCGAN Lab authors"
html_title = project
language = "en"

extensions = ["myst_nb", "sphinx.ext.mathjax"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # labkit.course.site has run the labs
nb_merge_streams = True
exclude_patterns = ["beside"]

html_theme = "sphinx_book_theme"
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_persistent": [],  # one field to search in is enough
    "use_download_button": False,  # a lab's page names the student's notebook itself
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
}
html_extra_path = ["beside"]
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_search_summary = False  # a page opened from a folder may not read others

# The formulas' program is one file from a package, not from a network.
mathjax_path = "mathjax/tex-svg.js"


def bring_mathjax(app):
    """Copy the formulas' program beside the site's other files."""
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    found = Path(spec.origin).parent / "static" / mathjax_path
    place = Path(app.srcdir, "_static", mathjax_path)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(found, place)


def setup(app):
    app.connect("builder-inited", bring_mathjax)
