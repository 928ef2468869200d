"""The ES modules of the widgets, joined into the one text that a page loads.

The modules beside this file import each other by name. A notebook hands a widget one
text, and a page opened from a folder may not import files: so they are joined, without
a bundler. Each module is put after those it imports, its `import` lines go, and so do
its `export` words unless it is the one asked for. That is all, because no two modules
share a name at their top level.
"""

import functools
import re
from pathlib import Path

FOLDER = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(async )?function|class|const)", re.MULTILINE)


@functools.cache
def esm(name: str) -> str:
    """Join the ES module `name`.js and all that it imports into one ES module."""
    parts = [
        text if part == name else EXPORT.sub("", text)
        for part in order(name)
        for text in [IMPORT.sub("", source(part))]
    ]
    return "\n".join(parts)


def order(name: str) -> list[str]:
    """Names of the modules behind `name`, itself last, each after what it imports."""
    found: list[str] = []

    def visit(module: str) -> None:
        if module in found:
            return
        for needed in IMPORT.findall(source(module)):
            visit(needed)
        found.append(module)

    visit(name)
    return found


@functools.cache
def css(name: str) -> str:
    """The style of all widgets, and that of this one if it has more."""
    own = (FOLDER / f"{name}.css").is_file()
    return source("ui", "css") + (source(name, "css") if own else "")


@functools.cache
def source(name: str, suffix: str = "js") -> str:
    """Text of one file of the widgets' folder."""
    return (FOLDER / f"{name}.{suffix}").read_text(encoding="utf-8")
