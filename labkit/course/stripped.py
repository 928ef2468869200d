"""A copy of labkit without the answers that are still to be written.

Whoever runs a student's work of a lab has the answers of earlier labs at hand, as the
students have, and a stub in the place of every other one. A stub keeps its signature
and its docstring, and says whose it is when it is called.
"""

import ast
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import labkit
from labkit.checks import REGISTRY
from labkit.checks.refusal import LEFT_OUT
from labkit.checks.spec import answers, shortcuts
from labkit.data import data_folder
from labkit.errors import LabkitError

PACKAGE = Path(labkit.__file__).parent
WORKER = "labkit.grading.sandbox.zygote"

# What a worker has no use for: the teachers' half, the command line, the data (linked).
TEACHERS = ("_data", "commands", "course", "exercises", "grading", "jupyter")
COMMANDS = ("__main__.py", "cli.py", "doctor.py", "lab.py")

# What only marking needs, and marks are given outside: which run has which bug.
MARKING = {"labkit.clinic:SEALS": "diagnosis", "labkit.clinic:is_right": "diagnosis"}


def write_stripped(target: Path, lab: str) -> None:
    """Write a labkit for a worker: the observing half, and no answer of this lab's.

    Args:
        target: a folder; gets labkit/, to be put on the path, and data, a link to the
            data folder.
        lab: the first lab whose answers are left out, with all labs after it.

    Raises:
        LabkitError: there is no such lab.
    """
    labs = sorted({exercise.lab for exercise in REGISTRY.values()})
    if lab not in labs:
        raise LabkitError(f"there is no lab {lab!r}; the labs are {', '.join(labs)}.")
    shutil.copytree(PACKAGE, target / "labkit", ignore=_unwanted)
    for module in _imported_by(WORKER):
        path = _path(module)
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PACKAGE.parent / path, target / path)
    leave_out(target, answers(lab) | MARKING | shortcuts(lab))
    (target / "data").symlink_to(data_folder(), target_is_directory=True)


def leave_out(folder: Path, places: Mapping[str, str]) -> None:
    """Put stubs into a copy of labkit.

    Args:
        folder: holds the copy, labkit/.
        places: "labkit.losses:critic_loss" -> what students know it as.
    """
    for module, names in _by_module(places).items():
        path = folder / _path(module)
        text = without_bodies(path.read_text("utf-8"), names)
        path.write_text(text, "utf-8", newline="\n")


def without_bodies(source: str, names: Mapping[str, str]) -> str:
    """Replace functions and classes of a module by stubs, and the values of a dict by "".

    Args:
        source: of the module; what is not named stays as it is, comments too.
        names: what to replace -> what students know it as.

    Raises:
        ValueError: the module defines no such thing.
    """
    lines: list[str | None] = list(source.splitlines())
    found = set()
    for node in ast.parse(source).body:
        for name in _defined(node) & names.keys():
            found.add(name)
            if isinstance(node, ast.Assign):
                lines[node.lineno - 1] = _emptied(node)
                lines[node.lineno : node.end_lineno] = [None] * (_height(node) - 1)
                continue
            for function in _functions(node):
                first = _first_line(function, lines)
                indent = " " * function.body[0].col_offset
                text = LEFT_OUT.format(name=names[name])
                lines[first - 1] = f'{indent}raise NotImplementedError("{text}")'
                last = function.end_lineno or first
                lines[first:last] = [None] * (last - first)
    missing = names.keys() - found
    if missing:
        raise ValueError(f"nothing called {', '.join(sorted(missing))} to strip")
    return "\n".join(line for line in lines if line is not None) + "\n"


def _unwanted(folder: str, entries: list[str]) -> list[str]:
    """What `copytree` leaves out of a folder."""
    top = Path(folder) == PACKAGE
    return [
        entry
        for entry in entries
        if entry == "__pycache__" or (top and entry in (*TEACHERS, *COMMANDS))
    ]


def _imported_by(module: str) -> set[str]:
    """A module of labkit.grading and all that it imports of that package."""
    package = ".".join(module.split(".")[:2])
    found, new = {package}, {module}
    while new:
        current = new.pop()
        found.add(current)
        new |= {current.rpartition(".")[0]} - found  # the package that it is in
        tree = ast.parse((PACKAGE.parent / _path(current)).read_text("utf-8"))
        for node in ast.walk(tree):
            named: list[str] = []
            if isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                named = [node.module]
                named += [f"{node.module}.{alias.name}" for alias in node.names]
            new |= {
                name
                for name in named
                if name.startswith(f"{package}.")
                and (PACKAGE.parent / _path(name)).is_file()
            } - found
    return found


def _path(module: str) -> Path:
    """The file of a module below the folder that holds labkit."""
    path = Path(*module.split("."))
    is_package = (PACKAGE.parent / path).is_dir()
    return path / "__init__.py" if is_package else path.with_suffix(".py")


def _by_module(places: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for place, known_as in places.items():
        module, _, name = place.partition(":")
        found.setdefault(module, {})[name] = known_as
    return found


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
        return {leaf.id for leaf in node.targets if isinstance(leaf, ast.Name)}
    return set()


def _functions(node: ast.stmt) -> Iterator[ast.FunctionDef]:
    """A function itself, or the methods of a class."""
    inside = node.body if isinstance(node, ast.ClassDef) else [node]
    return (each for each in inside if isinstance(each, ast.FunctionDef))


def _first_line(function: ast.FunctionDef, lines: list[str | None]) -> int:
    """Number of the first line to go: below the docstring, with the comments there."""
    if ast.get_docstring(function) is not None:
        said = function.body[0].end_lineno or 0
        return min(said + 1, function.end_lineno or said)
    first = function.body[0].lineno
    while (lines[first - 2] or "").lstrip().startswith("#"):
        first -= 1
    return first


def _emptied(node: ast.Assign) -> str:
    """The same dict with empty texts for values."""
    assert isinstance(node.value, ast.Dict)
    values: list[ast.expr] = [ast.Constant("") for _ in node.value.values]
    return ast.unparse(
        ast.Assign(node.targets, ast.Dict(node.value.keys, values), lineno=1)
    )


def _height(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
