"""What in a submission's source looks like an attack, read before anything runs.

Whatever a cell does later, it cannot erase these. They are for a human to read, so they
leave out what honest students write, and `labkit.grading.reading.tamper` sees what these miss.
"""

import ast
import re
import sys
from collections.abc import Container, Sequence
from types import ModuleType
from typing import Any

from labkit.checks.cells import Cell

# Libraries of which nobody who is honest replaces a part.
PROTECTED = frozenset(
    ("IPython", "builtins", "copyreg", "gc", "importlib", "inspect", "io", "json")
    + ("labkit", "math", "numpy", "operator", "os", "pickle", "random")
    + ("safetensors", "signal", "threading", "torch", "types")
)
# Parts of them that are made to be set.
SETTINGS = re.compile(r"torch\.backends\b|\bconfig\b|\brcParams\b|\benviron\b")
SYS_HOOKS = frozenset(
    ("excepthook", "meta_path", "modules", "path_hooks", "path_importer_cache")
)
# module.function -> what is said about it.
CALLS = {
    "gc.get_objects": "looks through all objects in memory",
    "gc.get_referents": "looks through all objects in memory",
    "gc.get_referrers": "looks through all objects in memory",
    "sys._current_frames": "looks into the frames of its callers",
    "sys._getframe": "looks into the frames of its callers",
    "inspect.currentframe": "looks into the frames of its callers",
    "inspect.stack": "looks into the frames of its callers",
    "sys.settrace": "watches what other code does",
    "sys.setprofile": "watches what other code does",
    "threading.setprofile": "watches what other code does",
    "threading.settrace": "watches what other code does",
    "sys.addaudithook": "watches what other code does",
}
ATTRIBUTES = {
    "__builtins__": "reaches into Python's own functions",
    "__closure__": "reaches into functions",
    "__code__": "reaches into functions",
    "__globals__": "reaches into functions",
    "__subclasses__": "looks through all classes in memory",
    "ast_transformers": "changes how IPython reads cells",
    "cell_contents": "reaches into functions",
    "f_back": "looks into the frames of its callers",
    "f_globals": "looks into the frames of its callers",
    "f_locals": "looks into the frames of its callers",
    "input_transformers_cleanup": "changes how IPython reads cells",
    "input_transformers_post": "changes how IPython reads cells",
    "set_custom_exc": "changes how IPython shows errors",
}
CHECKS = frozenset(("CheckFailed", "Exercise", "Finding", "REGISTRY", "check"))
INNER = re.compile(r"labkit\.(?:checks|grading|course)(?:\.\w+)+")
PROC = re.compile(r"/proc/(?!cpuinfo|meminfo|version|loadavg|uptime)")
MOST = 10


def signs(cells: Sequence[Cell], given: Container[str] = ()) -> list[str]:
    """List what looks like an attack, a sentence each, ten at most.

    Args:
        cells: the code cells of a submission.
        given: sources of cells that students were given; they are not looked at.
    """
    changed = [cell for cell in cells if cell.source not in given]
    known, own = _names(cells, changed)
    found: list[str] = []
    for cell in changed:
        reader = _Reader({name: known[name] for name in known if name not in own})
        reader.visit(cell.tree)
        found += [f"Cell {cell.number} {text}." for text in dict.fromkeys(reader.found)]
    return found[:MOST]


def _names(
    cells: Sequence[Cell], changed: Sequence[Cell]
) -> tuple[dict[str, str], set[str]]:
    """What imported names stand for, and the names that the notebook binds itself."""
    nodes = [node for cell in cells for node in cell.tree.body]
    nodes += [node for cell in changed for node in ast.walk(cell.tree)]
    known: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                full = alias.name if alias.asname else alias.name.partition(".")[0]
                known[alias.asname or full] = full
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    own = {
        name
        for cell in cells
        for names in cell.names
        for name in (names.sure | names.perhaps) - names.imported
    }
    return known, own


class _Reader(ast.NodeVisitor):
    """Collects what is odd in one cell."""

    def __init__(self, known: dict[str, str]) -> None:
        self.known = known
        self.found: list[str] = []

    def _path(self, node: ast.AST) -> str:
        """What an expression stands for, "torch.nn.functional.relu"; "" if unknown."""
        if isinstance(node, ast.Name):
            return self.known.get(node.id, "")
        if isinstance(node, ast.Attribute):
            above = self._path(node.value)
            return f"{above}.{node.attr}" if above else ""
        return ""

    def _set(self, owner: ast.AST, attribute: str) -> None:
        """Note that an attribute of something is set or deleted."""
        path = self._path(owner)
        if not path or SETTINGS.search(f"{path}.{attribute}"):
            return
        whole = f"{path}.{attribute}"
        package = path.partition(".")[0]
        if (package in PROTECTED and _is_library(path)) or (
            path == "sys" and attribute in SYS_HOOKS
        ):
            self.found.append(f"replaces {whole}")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        path = self._path(node)
        if not isinstance(node.ctx, ast.Load):
            self._set(node.value, node.attr)
        elif path in CALLS:
            self.found.append(f"{CALLS[path]} ({path})")
        if node.attr in ATTRIBUTES:
            self.found.append(f"{ATTRIBUTES[node.attr]} ({node.attr})")
        if _is_inner(path):
            self.found.append(f"uses the inside of the checks ({path})")
        if node.attr in ("events", "showtraceback") and _is_shell(node.value):
            self.found.append(f"hooks into IPython ({node.attr})")
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        path = self.known.get(node.id, "")
        if path in CALLS:
            self.found.append(f"{CALLS[path]} ({path})")
        if node.id == "__builtins__":
            self.found.append("reaches into Python's own functions (__builtins__)")

    def visit_Subscript(self, node: ast.Subscript) -> None:
        owner = node.value
        if not isinstance(node.ctx, ast.Load):
            if self._path(owner) == "sys.modules":
                self.found.append("replaces a module (sys.modules)")
            content = _whose_dictionary(owner)
            if content is not None:
                self._set(content, "…")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Name("setattr" | "delattr") if len(node.args) > 1:
                name = node.args[1]
                attribute = name.value if isinstance(name, ast.Constant) else "…"
                self._set(node.args[0], str(attribute))
            case ast.Attribute(value=owner, attr="update" | "setdefault" | "pop"):
                content = _whose_dictionary(owner)
                if content is not None:
                    self._set(content, "…")
                if self._path(owner) == "sys.modules":
                    self.found.append("replaces a module (sys.modules)")
            case ast.Attribute(value=owner, attr="insert" | "append" | "clear"):
                if self._path(owner) in ("sys.meta_path", "sys.path_hooks"):
                    self.found.append(f"changes the import system ({owner.attr})")
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        module = getattr(node, "module", None)
        for alias in node.names:
            path = f"{module}.{alias.name}" if module else alias.name
            if path.partition(".")[0] in ("ctypes", "_ctypes", "cffi"):
                self.found.append(f"calls C functions ({path})")
            if path in CALLS:
                self.found.append(f"{CALLS[path]} ({path})")
            if _is_inner(path):
                self.found.append(f"uses the inside of the checks ({path})")

    visit_ImportFrom = visit_Import

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            if PROC.match(node.value):
                self.found.append("reads about other processes (/proc)")
            if INNER.fullmatch(node.value):
                self.found.append(f"uses the inside of the checks ({node.value})")


def _is_inner(path: str) -> bool:
    """Tell what is inside the checks from what a notebook uses of them."""
    package, _, rest = path.partition(".")
    part, _, name = rest.partition(".")
    if package != "labkit" or not name:
        return package == "labkit" and part in ("grading", "course")
    if part == "checks":
        return name.partition(".")[0] not in CHECKS
    return part in ("grading", "course")


def _is_library(path: str) -> bool:
    """Tell modules and classes of a library from other objects that it holds."""
    package, *rest = path.split(".")
    thing: Any = sys.modules.get(package)
    for name in rest:
        thing = vars(thing).get(name) if hasattr(thing, "__dict__") else None
    return thing is None or isinstance(thing, (ModuleType, type)) or callable(thing)


def _is_shell(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and (node.func.id == "get_ipython")
    )


def _whose_dictionary(node: ast.AST) -> ast.AST | None:
    """The owner of `vars(owner)` or `owner.__dict__`."""
    match node:
        case ast.Call(func=ast.Name("vars"), args=[owner]):
            return owner
        case ast.Attribute(value=owner, attr="__dict__"):
            return owner
    return None
