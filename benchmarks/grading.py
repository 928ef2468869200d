"""How fast does `labkit grade` grade, beside nbgrader's autograde, and does it grow?

    python benchmarks/grading.py [--count 10] [--rounds 3] [--class 200] [--memory 1000]

Submissions are those of tests/grading/classroom.py, no two alike: the released notebook
of lab 04 with its lecture cells, half of them right, others with slips and holes. Both
sides grade the same files in turn, each as a command in a process of its own, start-up
included; nbgrader with its own settings for this course, ours with one job. After that
come a whole class with two jobs, what a sandbox costs one submission, and the memory of
the engine's process while it grades ever more. A count of 0 leaves a part out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPO = Path(__file__).parents[1]
sys.path.insert(0, str(REPO))

import nbformat

from labkit.course.build import build
from tests.grading.classroom import make_class, make_course, notebook, right

LAB = "04_losses"
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def new_course(folder: str, count: int, seed: int) -> Path:
    course = make_course(Path(folder, f"course-{seed}"), [LAB])
    make_class(course, LAB, count, seed)
    return course


def ours(course: Path, jobs: int = 1, trust: bool = False) -> list[str]:
    # Not `-m labkit`: a built course has a folder labkit of its own.
    command = [str(Path(sys.executable).with_name("labkit")), "grade", LAB]
    command += ["--jobs", str(jobs)]
    return [*command, *["--trust-submissions"] * trust, "--out", str(course / "ours")]


def nbgrader(course: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "nbgrader", *arguments, LAB]


def run(course: Path, command: list[str]) -> float:
    """Run a command in the course; its wall time in seconds."""
    begun = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=course,
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        sys.exit(f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - begun


def own_seconds(course: Path) -> list[float]:
    """What each submission took by its record: without start-up, export, feedback."""
    lines = (course / "ours/records" / f"{LAB}.jsonl").read_text().splitlines()
    return [json.loads(line)["seconds"] for line in lines]


def speed(folder: str, count: int, rounds: int) -> None:
    """Ours and nbgrader in turn, on the same submissions."""
    seconds: dict[str, list[float]] = {"ours": [], "nbgrader": []}
    each = []
    for seed in range(rounds):
        course = new_course(folder, count, seed)
        build([LAB], root=course)
        run(course, nbgrader(course, "generate_assignment", "--force"))
        seconds["ours"].append(run(course, ours(course)) / count)
        each += own_seconds(course)
        seconds["nbgrader"].append(run(course, nbgrader(course, "autograde")) / count)
    ratios = [n / o for n, o in zip(seconds["nbgrader"], seconds["ours"], strict=True)]
    print(f"{rounds} rounds in turn, {count} submissions each\n")
    print("| one job | s a submission, median | best | worst |")
    print("|---|---|---|---|")
    rows = {
        "labkit, with start-up": seconds["ours"],
        "labkit, in its record": each,
        "nbgrader autograde": seconds["nbgrader"],
    }
    for name, values in rows.items():
        middle = statistics.median(values)
        print(f"| {name} | {middle:.3f} | {min(values):.3f} | {max(values):.3f} |")
    middle = statistics.median(seconds["nbgrader"])
    print(f"\nmedian of ratios with start-up {statistics.median(ratios):.1f}, ", end="")
    print(f"without {middle / statistics.median(each):.1f}\n", flush=True)


def whole_class(folder: str, count: int) -> None:
    course = new_course(folder, count, 100)
    first, again = (run(course, ours(course, jobs=2)) for _ in range(2))
    print(f"{count} submissions, 2 jobs: {first:.1f} s; once more: {again:.1f} s\n")


def sandbox() -> None:
    """A worker that only reads a submission, with a sandbox and without."""
    from labkit.grading.sandbox.limits import limits_for
    from labkit.grading.sandbox.outcome import Request
    from labkit.grading.sandbox.worker import Worker

    content = nbformat.v4.writes_json(notebook(LAB, right(LAB))).encode()
    request = Request(LAB, [], content, f"{LAB}.ipynb", [], [], {})
    spent: dict[bool, list[float]] = {True: [], False: []}
    with (
        Worker(LAB, limits_for(LAB), REPO) as boxed,
        Worker(LAB, limits_for(LAB), REPO, slot=1, trust=True) as trusted,
    ):
        for _ in range(50):
            for trust, worker in ((True, trusted), (False, boxed)):
                begun = time.perf_counter()
                worker.run(request)
                spent[trust].append(1000 * (time.perf_counter() - begun))
    plain, jailed = (statistics.median(spent[trust]) for trust in (True, False))
    print(f"reading a submission: {jailed:.1f} ms in a sandbox, {plain:.1f} ms without")
    print(f"sandbox set-up: {jailed - plain:.1f} ms, medians of 50 in turn\n")


def memory(folder: str, count: int) -> None:
    """Resident memory of the engine's process as records are written."""
    course = new_course(folder, count, 200)
    records = course / "ours/records" / f"{LAB}.jsonl"
    process = subprocess.Popen(
        ours(course, jobs=2), cwd=course, env=ENVIRONMENT, stdout=subprocess.DEVNULL
    )
    marks = [n for n in (100, 500, 1000, 2000) if n <= count]
    peak = 0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        now = [line.split()[1] for line in status.splitlines() if "VmRSS" in line]
        peak = max(peak, int(now[0])) if now else peak
        done = records.read_bytes().count(b"\n") if records.exists() else 0
        while marks and done >= marks[0] and now:
            print(f"after {marks.pop(0)}: {int(now[0]) / 1024:.0f} MB", flush=True)
        time.sleep(0.1)
    print(f"peak {peak / 1024:.0f} MB\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--class", type=int, default=200, dest="size")
    parser.add_argument("--memory", type=int, default=1000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if args.rounds and args.count:
            speed(folder, args.count, args.rounds)
        if args.size:
            whole_class(folder, args.size)
        sandbox()
        if args.memory:
            memory(folder, args.memory)


if __name__ == "__main__":
    main()
