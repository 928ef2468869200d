"""Recordings for a kit: what a lecture's cell shows while an answer is still missing.

    %load_ext labkit.recorded

A kit for students has stubs where labkit's answers to the coming labs were. From that
line on a cell of a lecture runs as ever; if one of those stubs stops it, it shows what
it showed when the course was built. As soon as the answer is there it runs live. Cells
that hold an exercise or a check have no recording: what stops there is for the student
to see.
"""

import ast
import contextlib
import json
import linecache
import re
import sys
import traceback
from typing import Any

from labkit.checks.refusal import LEFT_OUT
from labkit.checks.spec import REGISTRY, places
from labkit.data import data_folder
from labkit.recorded_keys import key
from labkit.recorded_names import bound, lost, used

FOLDER = "recorded"  # of the data folder: a JSON file for each lab
NEEDED = "this needs labkit's {name}, which is the answer to an exercise of lab {lab}."
LATER = "\nIt runs live in the kit of a later lab."
GUARD = """
try:
    pass
except (NotImplementedError, NameError) as _stopped_by:
    if not __import__("labkit.recorded").recorded.stand_in(_stopped_by):
        raise
"""


class Recordings:
    """The lecture cells of a kit, and what was lost while running them.

    Args:
        shell: IPython's, of this kernel.
        cells: {"id", "key", "outputs"} of every lecture cell.
    """

    def __init__(self, shell: Any, cells: list[dict[str, Any]]) -> None:
        self.shell = shell
        self.by_key = {cell["key"]: cell for cell in cells}
        self.by_id = {cell["id"]: cell for cell in cells}
        self.cell_id: str | None = None
        self.missing: dict[str, str] = {}  # a cell's name -> the answer it waits for
        self.value: Any = None

    def note_id(self, info: Any) -> None:
        """Remember which cell is about to run, where the front end says so."""
        self.cell_id = getattr(info, "cell_id", None)

    def visit(self, tree: ast.Module) -> ast.Module:
        """Put a guard around a lecture's cell; others stay as they are."""
        known = self.by_key.get(key(tree))
        self.as_it_came = known is not None
        self.cell = known or self.by_id.get(self.cell_id or "")
        self.statements, self.value = tree.body, None
        if self.cell is None or not tree.body:
            return tree
        try:
            return _guarded(tree)
        except RecursionError:  # too deep to go through: it runs as it stands
            return tree

    def stand_in(self, error: BaseException) -> bool:
        """Show the recording instead of an error, if a missing answer caused it."""
        name = self._waits_for(error)
        if name is None:
            return False
        from IPython.display import clear_output

        clear_output()
        changed = "" if self.as_it_came else ", from this cell as it was handed out"
        print(f"Recorded{changed}: {needed(name)}")
        for output in self.cell["outputs"]:
            if output["output_type"] == "stream":
                print(output["text"], end="", file=getattr(sys, output["name"]))
            else:
                self.shell.display_pub.publish(output["data"], output["metadata"])
        self._go_on(self._place(error), name)
        return True

    def _waits_for(self, error: BaseException) -> str | None:
        """Name the answer that is missing, or None for every other error."""
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        own = [frame for frame in frames if frame.f_globals is self.shell.user_ns]
        here = own[0].f_code.co_filename  # the guarded cell's, changed or not
        others = [frame for frame in own if frame.f_code.co_filename != here]
        if not all(self._lecture(frame) for frame in others):
            return None  # a student's function has called it
        if isinstance(error, NameError):
            return self.missing.get(error.name or "")
        by_labkit = frames[-1].f_globals.get("__name__", "").startswith("labkit.")
        return left_out(error) if by_labkit else None

    def _lecture(self, frame: Any) -> bool:
        """Tell whether the function of a frame was written in a lecture's cell."""
        text = "".join(linecache.getlines(frame.f_code.co_filename))
        return key(ast.parse(text)) in self.by_key

    def _place(self, error: BaseException) -> int:
        """Number of the cell's statement that was stopped."""
        for frame, line in traceback.walk_tb(error.__traceback__):
            if frame.f_globals is self.shell.user_ns:
                self.filename = frame.f_code.co_filename
                ends = [each.end_lineno or 0 for each in self.statements]
                return sum(end < line for end in ends)
        return 0

    def _go_on(self, place: int, name: str) -> None:
        """Run what does not depend on the stopped statement; forget what does."""
        from IPython.utils.capture import capture_output

        space = self.shell.user_ns
        gone: set[str] = set()
        for number, statement in enumerate(self.statements[place:], start=place):
            shown = number == len(self.statements) - 1 and isinstance(
                statement, ast.Expr
            )
            if number > place and not shown and not used(statement) & gone:
                code = compile(ast.Module([statement], []), self.filename, "exec")
                with contextlib.suppress(Exception), capture_output():
                    exec(code, space)  # noqa: S102 (what the cell would have run)
                    continue
            gone |= bound(statement) | lost(statement, space)
        for each in gone:
            space.pop(each, None)
            self.missing[each] = name


def _guarded(tree: ast.Module) -> ast.Module:
    """The cell within `GUARD`, its last expression still its result."""
    here = f'__import__("{__name__}").recorded'
    *before, last = tree.body
    after: list[ast.stmt] = []
    if isinstance(last, ast.Expr):
        keep = ast.parse(f"{here}.keep(0)").body[0]
        keep.value.args = [last.value]
        last, after = ast.copy_location(keep, last), ast.parse(f"{here}.kept()").body
        ast.copy_location(keep.value, keep)
    guard = ast.parse(GUARD).body[0]
    guard.body = [*before, last]
    for node in (guard, *after):
        ast.copy_location(node, tree.body[-1])
    return ast.fix_missing_locations(ast.Module([guard, *after], tree.type_ignores))


def left_out(error: BaseException) -> str | None:
    """Name the answer of labkit's whose stub has raised an error; None for any other."""
    found = re.fullmatch(LEFT_OUT.format(name=r"(\w+)"), str(error))
    return found[1] if found else None


def needed(name: str) -> str:
    """Say which lab asks for an answer that is left out, and where it is there."""
    labs = [each.lab for each in REGISTRY.values() if name in places(each).values()]
    own = REGISTRY[name].lab if name in REGISTRY else min(labs)
    last = max(each.lab for each in REGISTRY.values())
    return NEEDED.format(name=name, lab=own[:2]) + LATER * (own < last)


_active: Recordings | None = None


def stand_in(error: BaseException) -> bool:
    """Called by a guarded cell: tell whether a recording was shown for this error."""
    return _active is not None and _active.stand_in(error)


def keep(value: Any) -> None:
    """Called by a guarded cell with the value of its last expression."""
    if _active is not None:
        _active.value = value


def kept() -> Any:
    """Called by a guarded cell: the value that Jupyter is to show."""
    return None if _active is None else _active.value


def load_ipython_extension(shell: Any) -> None:
    """Begin; without recordings, as in the whole course, there is nothing to do."""
    global _active
    paths = sorted((data_folder() / FOLDER).glob("*.json"))
    if not paths or _active is not None:
        return
    cells = [each for path in paths for each in json.loads(path.read_text("utf-8"))]
    _active = Recordings(shell, cells)
    shell.events.register("pre_run_cell", _active.note_id)
    shell.ast_transformers.append(_active)
