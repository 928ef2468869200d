"""The leak scan's first part: labkit's answers, called in the kit's own labkit."""

import json
import os
import subprocess
import sys
from pathlib import Path

from labkit.checks.spec import answers
from labkit.course.errors import BuildError

SECONDS = 300
# Runs in the kit: for each place, what happens when it is called with nothing useful.
PROGRAM = """
import importlib, inspect, json, sys
from pathlib import Path
import labkit
assert Path(labkit.__file__).parent == Path.cwd() / "labkit", labkit.__file__
from labkit.checks import REGISTRY, CheckFailed, check
places, names = json.loads(sys.stdin.read())
wrong = {"called": [], "checked": []}

def functions(found):
    if not inspect.isclass(found):
        return [found]
    return [f for f in vars(found).values() if inspect.isfunction(f)]

for place in places:
    module, _, name = place.partition(":")
    for function in functions(getattr(importlib.import_module(module), name)):
        asked = [
            p for p in inspect.signature(function).parameters.values()
            if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
        by_name = {p.name: None for p in asked if p.kind is p.KEYWORD_ONLY}
        try:
            function(*[None for p in asked if p.kind is not p.KEYWORD_ONLY], **by_name)
        except NotImplementedError as error:
            if "is left out here: your turn" in str(error):
                continue
        except Exception:
            pass
        file = inspect.getsourcefile(function)
        line = function.__code__.co_firstlineno
        file = Path(file).relative_to(Path.cwd()).as_posix()
        wrong["called"].append(f"{file}:{line}: {function.__qualname__} is no stub")
for name in names:
    module, _, own = REGISTRY[name].own.partition(":")
    try:
        check(name, getattr(importlib.import_module(module), own))
    except CheckFailed:
        continue
    wrong["checked"].append(f"{module}: the check of {name} takes {own}")
print(json.dumps(wrong))
"""


def stubs(top: Path, lab: str) -> tuple[int, int, dict[str, list[str]]]:
    """Call every answer of a kit's labkit that is to be left out, and check it.

    Args:
        top: the kit's folder.
        lab: the kit's lab.

    Returns:
        How many were called, how many were checked, and under "called" and "checked"
        those that are no stub or were accepted.

    Raises:
        BuildError: the kit's labkit cannot be run.
    """
    from labkit.checks import REGISTRY

    places = sorted(answers(lab))
    names = [name for name, each in REGISTRY.items() if each.lab >= lab]
    try:
        ran = subprocess.run(
            [sys.executable, "-B", "-c", PROGRAM],
            cwd=top,
            env=os.environ | {"PYTHONPATH": str(top)},
            input=json.dumps([places, names]),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(
            f"the kit's labkit was called for {SECONDS} seconds and has not ended: is "
            "this machine busy? Try again."
        ) from error
    if ran.returncode:
        said = ran.stderr.strip().splitlines()[-1:]
        raise BuildError(f"the kit's labkit cannot be run: {' '.join(said)}")
    return len(places), len(names), json.loads(ran.stdout.splitlines()[-1])
