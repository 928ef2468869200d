"""`labkit grade --scheduler local`: what it costs as a class grows, and workers that die.

    python benchmarks/scale.py growth --sizes 300 1000 3000
    python benchmarks/scale.py workers --count 60
    python benchmarks/scale.py killed --count 60

A class grows from size to size, and each run grades what is new. CPU seconds are those
of all processes together, the sandboxes' and the killed ones' included, counted by the
kernel (cgroup v1, cpuacct; as root); on a machine that does other work too, they are the
numbers to read. "Grading" ends with the last record; what follows makes grade book, pages
and feedback, in the one process that merges.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

REPO = Path(__file__).parents[1]
sys.path.insert(0, str(REPO))

from tests.grading.classroom import make_class, make_course
from tests.grading.conftest import descendants

ACCOUNTS = Path("/sys/fs/cgroup/cpuacct")
TICKS = os.sysconf("SC_CLK_TCK")
BENCH = "labkit.grading.cluster.bench"


@dataclass
class Run:
    """What was seen of one command.

    Attributes:
        seconds: wall time until the last record, and until the end.
        cpu: CPU seconds of all processes, at the same two moments.
        head: CPU seconds of the head alone, likewise.
        first: when the first record was there.
        rss: the head's largest memory so far, in MB, likewise.
        said: its output.
    """

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    head: list[float] = field(default_factory=list)
    first: float = 0.0
    rss: list[float] = field(default_factory=list)
    said: str = ""


class Accounts:
    """A cgroup that counts CPU time; without one, nothing is counted."""

    def __init__(self) -> None:
        self.folder = ACCOUNTS / f"labkit-scale-{os.getpid()}"
        with contextlib.suppress(OSError):
            self.folder.mkdir()

    def enter(self) -> None:
        """Called in a new process before it runs anything."""
        with contextlib.suppress(OSError):
            (self.folder / "tasks").write_text("0")

    def spent(self) -> float:
        try:
            return int((self.folder / "cpuacct.usage").read_text()) / 1e9
        except OSError:
            return float("nan")


def course_with(folder: Path, lab: str, count: int) -> Path:
    course = folder if folder.exists() else make_course(folder, [lab])
    make_class(course, lab, count)
    return course


def started(course: Path, lab: str, out: Path, accounts: Accounts, *options: str):
    # Not `-m labkit` from the course: a built one has a folder labkit of its own.
    command = [sys.executable, "-P", "-m", "labkit", "grade", lab, "--seed", "1"]
    return subprocess.Popen(
        [*command, "--out", str(out), *options],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=accounts.enter,  # noqa: PLW1509 (there are no threads)
    )


def lines(out: Path, lab: str) -> int:
    path = out / "records" / f"{lab}.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def status(process: int) -> tuple[float, float]:
    """CPU seconds and resident MB of a process; zeros when it has gone."""
    with contextlib.suppress(OSError, IndexError):
        words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / TICKS, int(words[21]) * 4096 / 1e6
    return 0.0, 0.0


def watched(
    engine: subprocess.Popen[str], out: Path, lab: str, total: int, accounts: Accounts
) -> Iterator[tuple[Run, int]]:
    """Look at a run until it ends; yields it and the number of records, often."""
    run, begun, peak, cpu = Run(), time.monotonic(), 0.0, 0.0
    before, already = accounts.spent(), lines(out, lab)

    def mark() -> None:
        run.seconds.append(time.monotonic() - begun)
        run.cpu.append(accounts.spent() - before)
        run.head.append(cpu)
        run.rss.append(peak)

    while engine.poll() is None:
        now, memory = status(engine.pid)
        cpu, peak = max(cpu, now), max(peak, memory)
        done = lines(out, lab)
        if done > already and not run.first:
            run.first = time.monotonic() - begun
        if done >= total and not run.seconds:
            mark()
        yield run, done
        time.sleep(0.2)
    mark()
    run.said = engine.communicate()[0]
    if engine.returncode:
        sys.exit(f"it ended with {engine.returncode}\n{run.said}")
    yield run, lines(out, lab)


def last(runs: Iterator[tuple[Run, int]]) -> Run:
    *_, (run, _) = runs
    return run


def size_of(folder: Path) -> float:
    """MB of all files below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files) / 1e6


def growth(folder: Path, lab: str, sizes: list[int]) -> None:
    out, accounts, before = folder / "out", Accounts(), 0
    print(f"{lab}, two workers; per new submission\n")
    print(
        "| class | new | grading: CPU s | of it the head, ms | after it: CPU ms "
        "| head's memory when all are graded; at the end, MB | wall s |"
    )
    print("|---|---|---|---|---|---|---|", flush=True)
    for size in sizes:
        course = course_with(folder / "course", lab, size)
        engine = started(
            course, lab, out, accounts, "--scheduler", "local", "--jobs", "2"
        )
        run = last(watched(engine, out, lab, size, accounts))
        new, before = size - before, size
        after = 1000 * (run.cpu[1] - run.cpu[0]) / new
        print(
            f"| {size} | {new} | {run.cpu[0] / new:.3f} | {1000 * run.head[0] / new:.1f} "
            f"| {after:.0f} | {run.rss[0]:.0f}; {run.rss[1]:.0f} | {run.seconds[1]:.0f} |",
            flush=True,
        )
    records = out / "records" / f"{lab}.jsonl"
    kb = {
        "record": records.stat().st_size / 1e3,
        "grade book": (out / "gradebook.db").stat().st_size / 1e3,
        "page": 1e3 * size_of(out / "autograded"),
        "feedback": 1e3 * size_of(out / "feedback"),
        "submission": 1e3 * size_of(course / "submitted"),
    }
    print("\nkB a student: ", end="")
    print(", ".join(f"{name} {each / size:.1f}" for name, each in kb.items()))


def workers(folder: Path, lab: str, count: int) -> None:
    print(
        "| workers | submissions/s after the first | CPU s a submission, start included |"
    )
    print("|---|---|---|", flush=True)
    course = course_with(folder / "course", lab, count)
    for number in (1, 2, 4):
        out, accounts = folder / f"out-{number}", Accounts()
        options = ("--scheduler", "local", "--jobs", str(number))
        engine = started(course, lab, out, accounts, *options)
        run = last(watched(engine, out, lab, count, accounts))
        speed = (count - 1) / (run.seconds[0] - run.first)
        print(f"| {number} | {speed:.2f} | {run.cpu[0] / count:.2f} |", flush=True)


def busy(engine: int) -> list[int]:
    """The workers that have a process that grades."""
    found = []
    for process in descendants(engine):
        with contextlib.suppress(OSError):
            tasks = Path(f"/proc/{process}/task").glob("*/children")
            children = " ".join(task.read_text() for task in tasks)
            for child in children.split():
                if BENCH in Path(f"/proc/{child}/cmdline").read_text():
                    found.append(process)
    return sorted(set(found))


def killed(folder: Path, lab: str, count: int) -> None:
    course = course_with(folder / "course", lab, count)
    plain, out, accounts = folder / "plain", folder / "out", Accounts()
    last(watched(started(course, lab, plain, accounts), plain, lab, count, accounts))
    engine = started(course, lab, out, accounts, "--scheduler", "local", "--jobs", "2")
    moments = [count // 10, count // 3, count // 2, 3 * count // 4]
    print("| after, s | records then | killed (kill -9) |\n|---|---|---|")
    begun = time.monotonic()
    for run, done in watched(engine, out, lab, count, accounts):
        victims = busy(engine.pid)
        if moments and done >= moments[0] and victims:
            moments.pop(0)
            victim = victims[len(moments) % len(victims)]
            os.kill(victim, signal.SIGKILL)
            after = time.monotonic() - begun
            print(f"| {after:.0f} | {done} | worker {victim} |", flush=True)
    print("\n" + "\n".join(run.said.splitlines()[-2:]))
    found = [by_student(folder, lab) for folder in (plain, out)]
    each = Counter(len(entries) for entries in found[1].values())
    print(f"students by number of records: {dict(each)}; ", end="")
    print("marks as without workers" if found[0] == found[1] else "OTHER MARKS")


def by_student(out: Path, lab: str) -> dict[str, list[dict[str, float]]]:
    found: dict[str, list[dict[str, float]]] = {}
    for line in (out / "records" / f"{lab}.jsonl").read_text().splitlines():
        record = json.loads(line)
        points = {name: e["points"] for name, e in record["exercises"].items()}
        found.setdefault(record["student"], []).append(points)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["growth", "workers", "killed"])
    parser.add_argument("--lab", default="04_losses")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 1000, 3000])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if args.part == "growth":
            growth(folder, args.lab, args.sizes)
        else:
            {"workers": workers, "killed": killed}[args.part](
                folder, args.lab, args.count
            )


if __name__ == "__main__":
    main()
