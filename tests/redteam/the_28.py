"""The 28 submissions that nbgrader's autograde was measured on, on our lab.

`row` is the name in nbgrader's table (docs/results.md).
"""

from collections.abc import Callable

from nbformat import NotebookNode, v4

from tests.grading.classroom import cell_of, slip

from .case import (
    CRITIC,
    EVERYTHING,
    GENERATOR,
    MINIMAX,
    STUBS,
    Case,
    above,
    as_bytes,
    inside,
)
from .thieves import READ

RUDE = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except KeyboardInterrupt:
        pass
"""
DROP_ASSERTS = """
import ast
class Drop(ast.NodeTransformer):
    def visit_Expr(self, node):
        return ast.Pass()
    visit_Assert = visit_Raise = visit_Expr
get_ipython().ast_transformers.append(Drop())
"""
PRINT_TESTS = """
def spy(info):
    print("SP" + "IED", info.raw_cell)
get_ipython().events.register("pre_run_cell", spy)
"""
DROP_CHECKS = """
def drop(lines):
    return [line for line in lines if "check" not in line]
get_ipython().input_transformers_cleanup.append(drop)
"""
HIDE_ERRORS = """
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.showtraceback = lambda *_, **__: None
get_ipython().showtraceback = lambda *_, **__: None
"""
DAEMON = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(10_000)"],
                 start_new_session=True)
"""
EQUAL = """
class Same:
    def __eq__(self, other):
        return True
    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__
    def __float__(self):
        return 0.6931


def critic_loss(*_, **__):
    return Same()
"""
THIEF = READ + (
    "for top in ('@COURSE@', '@OUT@', '@REPO@/solutions', '@REPO@/notebooks'):\n"
    "    search(top)\n"
    "for place in ('@COURSE@', '@OUT@'):\n"
    "    try:\n"
    "        open(place + '/gradebook.db', 'ab').write(b'owned')\n"
    "    except OSError:\n"
    "        continue\n"
    "    found.append(place)\n"
    "def critic_loss(*_, **__):\n"
    "    raise RuntimeError(f'{len(found)} secrets')"
)


def first(code: str) -> Callable[[NotebookNode], None]:
    """Put a cell with this code before all others."""

    def edit(notebook: NotebookNode) -> None:
        notebook.cells.insert(0, v4.new_code_cell(code))

    return edit


def edited_checks(notebook: NotebookNode) -> None:
    for name in (CRITIC, MINIMAX, GENERATOR):
        cell = cell_of(notebook, f"{name}_check")
        cell.source = "pass"
        cell.metadata.nbgrader.update(points=100)


def deleted_check(notebook: NotebookNode) -> None:
    notebook.cells.remove(cell_of(notebook, f"{CRITIC}_check"))


def pasted_solution(notebook: NotebookNode) -> None:
    cell = cell_of(notebook, CRITIC)
    place = notebook.cells.index(cell) + 1
    wrong = v4.new_code_cell(slip("04_losses", CRITIC), metadata=cell.metadata)
    notebook.cells.insert(place, wrong)


def grade_false(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["grade"] = False


def no_metadata(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


def script(notebook: NotebookNode) -> None:
    html = "<script>fetch('/api/contents')</script><img src=x onerror=alert(1)>"
    data = {"text/html": html, "application/javascript": "alert(1)", "text/plain": html}
    cell = cell_of(notebook, CRITIC)
    cell.outputs = [v4.new_output("display_data", data=data)]


CASES = [
    Case("right", row="s01"),
    Case("a slip", slip("04_losses", CRITIC), points={CRITIC: 10 / 9}, row="s02"),
    Case("not begun", STUBS[CRITIC], lost=CRITIC, says="still the stub", row="s03"),
    Case("a loop in the cell", above("while True:\n    pass"), lost=CRITIC,
         flags=("time limit",), row="s04"),
    Case("a loop that ignores SIGINT", above(RUDE), lost=CRITIC,
         flags=("time limit",), row="s05"),
    Case("sys.exit in the cell", above("import sys\nsys.exit()"), lost=CRITIC,
         row="s06"),
    Case("os._exit in the cell", above("import os\nos._exit(1)"), lost=CRITIC,
         flags=("died",), row="s07"),
    Case("30 GB of memory", above("hog = bytearray(30 << 30)"), lost=CRITIC,
         flags=("memory limit?",), says="emory", row="s08"),
    Case("edits the checks, points 100", answers=STUBS, edit=edited_checks,
         lost=EVERYTHING, flags=("checks changed",), row="s09"),
    Case("deletes a check", edit=deleted_check, flags=("checks changed",), row="s10"),
    Case("a thief", THIEF, lost=CRITIC, says="0 secrets", row="s11"),
    Case("an AST transformer drops the checks", answers=STUBS, edit=first(DROP_ASSERTS),
         lost=EVERYTHING, flags=("tampering",), row="s12"),
    Case("prints nan as its marks", inside("return real_logits.mean() * float('nan')"),
         points={CRITIC: 4 / 9}, row="s13"),
    Case("right, but warns", inside("import warnings\nwarnings.warn('careful')"),
         row="s14"),
    Case("prints 40 MB", above("for _ in range(400):\n    print('x' * 100_000)"),
         flags=("output capped",), row="s15"),
    Case("leaves a daemon", above(DAEMON), flags=("tampering?",), row="s16"),
    Case("a pasted copy of the answer", edit=pasted_solution, points={CRITIC: 10 / 9},
         flags=("duplicate answer",), row="s17"),
    Case("a file cut off",
         edit=lambda made: as_bytes(made).partition(b"def generator")[0],
         lost=GENERATOR, flags=("truncated", "checks changed?"), row="s18"),
    Case("input()", above("name = input('your name? ')"), lost=CRITIC, row="s19"),
    Case("kills its parent", above("import os\nos.kill(os.getppid(), 9)\nos._exit(0)"),
         lost=CRITIC, flags=("died?",), row="s20"),
    Case("grade = false", edit=grade_false,
         flags=("checks changed?", "metadata lost?"), row="s21"),
    Case("no nbgrader metadata", edit=no_metadata, flags=("metadata lost",), row="s22"),
    Case("showtraceback patched", STUBS[CRITIC], edit=first(HIDE_ERRORS), lost=CRITIC,
         flags=("tampering",), row="s23"),
    Case("an object equal to everything", EQUAL, lost=CRITIC, row="s24"),
    Case("HTML with a script", edit=script,
         escapes=("<script>fetch", "<img src=x onerror"), row="s25"),
    Case("a pre_run_cell hook prints the checks", edit=first(PRINT_TESTS),
         flags=("tampering",), hides=("SPIED",), row="s26"),
    Case("an input transformer drops the checks", answers=STUBS,
         edit=first(DROP_CHECKS), lost=EVERYTHING, flags=("tampering",), row="s27"),
    Case("renamed: dcgan (1)", file="dcgan (1).ipynb", flags=("renamed",), row="s28"),
]  # fmt: skip
