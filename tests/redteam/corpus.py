"""The class of all cases, graded by one `labkit grade`, and what came of it."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.grading.classroom import REPO, make_course, right, submit

from . import (
    dialects,
    files,
    processes,
    resources,
    tampering,
    the_28,
    thieves,
    words,
)
from .case import CANARY, LAB, Case

MODULES = (the_28, processes, resources, tampering, thieves, files, dialects, words)
CASES = {case.name: case for module in MODULES for case in module.CASES}
# Those whose answer may depend on who runs the sandbox. Root has cgroups, a user of its
# own for each runner, and may read what it likes; an ordinary user has rlimits and a
# user namespace. That concerns processes, memory, time, space, files, and what can be
# seen. How a notebook is written, and what an answer returns, patches or spies on, is
# read, run and judged alike.
MATTERS = (
    *(
        case.name
        for module in (the_28, processes, resources, thieves, files)
        for case in module.CASES
    ),
    "10 000 cells",
    "a cell of a million lines",
    "outputs of 40 MB",
    "helps the others",
    "one cell for all, which dies",
    "an environment variable",
    "a planted file to torch.load",
)
HONEST = ("ada", "kim", "m", "zoe")  # among and after the others, by alphabet
USER = 60_321  # nobody's number
OF_ADA = "canary-" + "of-ada"  # only ada may see it

# Adopts every process that its own leaves behind, and tells which they were.
LAUNCHER = """
import ctypes, pathlib, subprocess, sys, time
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
code = subprocess.run(sys.argv[2:]).returncode
time.sleep(0.5)
children = pathlib.Path("/proc/self/task").glob("*/children")
left = " ".join(path.read_text() for path in children).split()
names = [pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode() for pid in left]
alive = [name.replace("\\0", " ") for name in names if name]  # zombies have none
pathlib.Path(sys.argv[1]).write_text("\\n".join(alive))
sys.exit(code)
"""


@dataclass(frozen=True)
class Graded:
    """What one run over the whole class left behind.

    Attributes:
        folder: holds course/ and out/.
        records: student -> record.
        code: exit code of `labkit grade`.
        log: what it printed.
        left: command lines of processes that outlived it.
        changed: files of the course that are not as they were.
        seconds: wall time of the run.
    """

    folder: Path
    records: dict[str, dict]
    code: int
    log: str
    left: list[str]
    changed: list[str]
    seconds: float

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def page(self, student: str) -> str:
        path = self.out / "feedback" / student / LAB / f"{LAB}.html"
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def points(self, student: str) -> dict[str, float]:
        exercises = self.records[student]["exercises"]
        return {name: found["points"] for name, found in exercises.items()}

    def csv(self) -> list[list[str]]:
        path = self.out / "grades.csv"
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            return list(csv.reader(file))


def hand_in(folder: Path, cases: Iterable[Case]) -> None:
    """Make the course, its honest students, and the cases' submissions."""
    course, out = make_course(folder / "course", [LAB, "00_warmup"]), folder / "out"
    out.mkdir(exist_ok=True)
    for name in ("gradebook.db", ".env", "records.jsonl"):
        (course / name).write_text(CANARY)
    solution = course / f"solutions/{LAB}/{LAB}.py"
    begin = "    ### BEGIN SOLUTION\n"
    solution.write_text(solution.read_text().replace(begin, f"{begin}    # {CANARY}\n"))
    for student in HONEST:
        words = {"04_below_zero": OF_ADA if student == "ada" else "A label above 1."}
        submit(course, student, LAB, right(LAB) | words)
    for case in cases:
        case.hand_in(course, out)


def grade(folder: Path, before: Sequence[str] = (), jobs: int = 2) -> Graded:
    """Grade a class made by `hand_in`, as a teacher types it.

    Args:
        folder: holds course/ and out/.
        before: a command that runs another one as somebody else, setpriv say.
        jobs: as for `labkit grade`.
    """
    course, out, told = folder / "course", folder / "out", folder / "left"
    command = [sys.executable, "-m", "labkit", "grade", LAB, "--out", str(out)]
    command += ["--cell-seconds", "2", "--jobs", str(jobs)]
    state, begun = snapshot(course), time.perf_counter()
    done = subprocess.run(
        [*before, sys.executable, "-c", LAUNCHER, str(told), *command],
        cwd=course,
        env={**os.environ, "LABKIT_CANARY": CANARY, "HOME": str(folder)},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    seconds = time.perf_counter() - begun
    now = snapshot(course)
    written = out / "records" / f"{LAB}.jsonl"
    assert written.exists(), done.stdout + done.stderr
    lines = written.read_text().splitlines()
    records = [json.loads(line) for line in lines]
    return Graded(
        folder,
        {record["student"]: record for record in records},
        done.returncode,
        done.stdout + done.stderr,
        told.read_text().splitlines(),
        sorted(path for path in state | now if state.get(path) != now.get(path)),
        seconds,
    )


def ordinary_user(folder: Path) -> list[str]:
    """Give a folder to somebody without rights; what to put before a command of theirs.

    Where Python lies in a folder that only root may enter, they see nothing else of it.
    """
    for path in (folder, *folder.rglob("*")):
        os.chown(path, USER, USER, follow_symlinks=False)
    opened = ["bwrap", "--dev-bind", "/", "/"]
    for needed in {os.path.realpath(sys.base_prefix), sys.prefix, str(REPO)}:
        closed = [p for p in Path(needed).parents if not p.stat().st_mode & 1]
        if closed:
            opened += ["--tmpfs", str(closed[-1])]
            between = [p for p in Path(needed).parents if closed[-1] in p.parents]
            for parent in reversed(between):  # made by a bind, they would be closed
                opened += ["--dir", str(parent)]
            opened += ["--ro-bind", needed, needed]
    user = str(USER)
    return [
        *opened,
        "--",
        "setpriv",
        "--reuid",
        user,
        "--regid",
        user,
        "--clear-groups",
    ]


def snapshot(top: Path) -> dict[str, tuple]:
    """Path -> kind, size and time of the last change, of everything in a folder."""
    found = {}
    for folder, folders, names in os.walk(top):
        for name in (".", *folders, *names):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            found[path] = (status.st_mode, status.st_size, status.st_ctime_ns)
    return found


def problems(case: Case, graded: Graded) -> list[str]:
    """In what the outcome of a case is not the right answer; [] when all is well."""
    record = graded.records.get(case.folder)
    if record is None:
        return ["it has no record"]
    found = []
    for exercise, points in case.expected.items():
        ours = graded.points(case.folder).get(exercise)
        if points is not None and (ours is None or abs(ours - points) > 1e-3):
            found.append(f"{exercise}: {ours} points, not {points:g}")
    kinds = {flag["kind"] for flag in record["flags"]}
    allowed = set()
    for flag in case.flags:
        names = set(flag.rstrip("?").split("|"))
        allowed |= names
        if not flag.endswith("?") and not names & kinds:
            found.append(f"no flag {flag!r}")
    found += [f"a flag {kind!r} that is not due" for kind in sorted(kinds - allowed)]
    messages = json.dumps(record["exercises"], ensure_ascii=False)
    if case.says not in messages:
        found.append(f"{case.says!r} is not in {messages[:600]}")
    page = graded.page(case.folder)
    found += [f"{text!r} in its feedback" for text in case.escapes if text in page]
    if not page:
        found.append("no feedback")
    return found


def holding(out: Path, *texts: str) -> list[str]:
    """The files in a folder that hold one of these texts."""
    return [
        f"{path.relative_to(out)}: {text}"
        for path in out.rglob("*")
        if path.is_file() and not path.is_symlink()
        for content in [path.read_bytes()]
        for text in texts
        if text.encode() in content
    ]


def table(graded: Graded, cases: Iterable[Case] = CASES.values()) -> str:
    """Every case with its right marks, ours, its flags and seconds, in markdown."""
    lines = ["| case | right | ours | flags | s |", "|---|---|---|---|---|"]
    for case in cases:
        record = graded.records.get(case.folder)
        if record is None:
            lines.append(f"| {case.name} | | **no record** | | |")
            continue
        ours = sum(graded.points(case.folder).values())
        known = None not in case.expected.values()
        wanted = f"{sum(case.expected.values()):.3g}" if known else "any"
        kinds = ", ".join(dict.fromkeys(flag["kind"] for flag in record["flags"]))
        name = f"{case.row} {case.name}".strip()
        wrong = "" if not problems(case, graded) else " **wrong**"
        seconds = record["seconds"]
        lines.append(
            f"| {name} | {wanted} | {ours:.3g}{wrong} | {kinds} | {seconds:.2f} |"
        )
    return "\n".join(lines)
