"""What a grade depends on, as hashes: the submission, the check, the surroundings.

Work whose three keys are those of its record is not done again.
"""

import ast
import functools
import hashlib
import importlib.metadata
import inspect
import json
import platform
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import labkit
from labkit.checks.spec import Exercise
from labkit.grading.sandbox.limits import Limits

HOME = Path(labkit.__file__).parent
# What every grade goes through, beside the exercise's own observe and judge.
PLUMBING = (
    "labkit.checks.run",
    "labkit.grading.reading.runner",
    "labkit.grading.reading.document",
)
# The modules whose every word is the same on all machines that grade together.
GRADING = (
    "checks/**/*.py",
    "grading/*.py",
    "grading/reading/*.py",
    "grading/sandbox/*.py",
    "grading/cluster/*.py",
)


def submission_key(notebook: bytes) -> str:
    """The sha256 of what was handed in."""
    return hashlib.sha256(notebook).hexdigest()


@functools.cache
def spec_key(exercise: Exercise) -> str:
    """The hash of all that decides an exercise's marks.

    That is its name and points and the source of the modules of its `observe` and
    `judge`, of the checks' plumbing, and of all of labkit that these import. Comments
    and layout do not count.
    """
    starts = [*PLUMBING, _module(exercise.observe), _module(exercise.judge)]
    found: set[str] = set()
    while starts:
        name = starts.pop()
        if name not in found and _file(name):
            found.add(name)
            starts += _imports(name)
    parts = [exercise.name, exercise.lab, exercise.points]
    parts += [f"{name} {_digest(name)}" for name in sorted(found)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@functools.cache
def code_key() -> str:
    """The hash of labkit's own modules that have a part in grading, as they lie there."""
    found = hashlib.sha256()
    for part in GRADING:
        for path in sorted(HOME.glob(part)):
            found.update(f"{path.relative_to(HOME)}\n".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def environment(limits: Limits, trust: bool) -> dict[str, Any]:
    """Describe the surroundings of a run, with their hash under "sha256".

    Args:
        limits: what a submission may use.
        trust: whether submissions run without a sandbox.
    """
    import torch  # here: this module is cheap to import without it

    from labkit.data import data_folder, zoo_folder

    # Together they hold the hash of every data file.
    lists = [data_folder() / "SOURCES.md", zoo_folder() / "zoo.json"]
    found = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: importlib.metadata.version(name) for name in ("torch", "numpy")},
        "labkit": importlib.metadata.version("labkit"),
        "isa": torch.backends.cpu.get_cpu_capability(),
        "threads": 1,
        "limits": asdict(limits),
        "trust": trust,
        "data": hashlib.sha256(
            b"".join(each.read_bytes() for each in lists)
        ).hexdigest(),
    }
    text = json.dumps(found, sort_keys=True)
    return found | {"sha256": hashlib.sha256(text.encode()).hexdigest()}


def _module(function: Any) -> str:
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.unwrap(function).__module__


def _file(module: str) -> Path | None:
    """The file of one of labkit's modules; None for all others."""
    package, *rest = module.split(".")
    if package != HOME.name:
        return None
    path = HOME.joinpath(*rest)
    files = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in files if rest and file.is_file()), None)


@functools.cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_file(module).read_bytes())


@functools.cache
def _digest(module: str) -> str:
    return hashlib.sha256(ast.dump(_tree(module)).encode()).hexdigest()


@functools.cache
def _imports(module: str) -> list[str]:
    """The modules of labkit that one imports by name, at its top or in a function."""
    return sorted(set(_named(_tree(module))))


def _named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if _file(inner) else node.module
