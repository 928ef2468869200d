"""`labkit grade --scheduler slurm` on a Slurm of one node, with real sandboxes."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.grading import slurm
from tests.grading.classroom import make_class, make_course
from tests.grading.conftest import LAB

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs("bwrap", "sbatch", "munge"),
    pytest.mark.skipif(os.getuid() != 0, reason="Slurm's daemons need root"),
]
COUNT = 12
WAIT = 600.0  # seconds; a busy machine

JOBQUEUE = """
jobqueue:
  slurm:
    cores: 1
    processes: 1
    memory: 2GB
    walltime: "00:30:00"
    interface: lo
    death-timeout: 300
    log-directory: {folder}
"""


@pytest.fixture
def cluster() -> Iterator[dict[str, str]]:
    """The environment in which sbatch finds the Slurm that runs, and Dask its settings."""
    with tempfile.TemporaryDirectory(prefix="slurm-", dir="/tmp") as name:
        folder = Path(name)
        (folder / "jobqueue.yaml").write_text(JOBQUEUE.format(folder=folder))
        with slurm.running(folder) as environment:
            yield environment | {"DASK_CONFIG": name}


def wait_for(what: Callable[[], object], command: subprocess.Popen[str]) -> None:
    end = time.monotonic() + WAIT
    while not what():
        assert command.poll() is None, command.communicate()[0]
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_class_is_graded_by_slurm_jobs_though_one_is_cancelled(
    tmp_path: Path, cluster: dict[str, str]
) -> None:
    course = make_course(tmp_path / "course", [LAB])
    members = make_class(course, LAB, COUNT)
    records = course / "records" / f"{LAB}.jsonl"

    def lines() -> list[dict]:
        text = records.read_text() if records.exists() else ""
        return [json.loads(one) for one in text.splitlines(True) if "\n" in one]

    def jobs() -> list[str]:
        return slurm.said("squeue", "-h", "-t", "R", "-o", "%i", of=cluster).split()

    engine = subprocess.Popen(
        [sys.executable, "-P", "-m", "labkit", "grade", LAB,
         "--scheduler", "slurm", "--jobs", "2"],
        cwd=course,
        env=cluster,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    wait_for(lambda: len(jobs()) == 2, engine)
    wait_for(lines, engine)
    slurm.said("scancel", jobs()[0], of=cluster)
    said = engine.communicate(timeout=WAIT)[0]
    assert engine.returncode == 0, said
    assert f"{COUNT} graded" in said
    found = lines()
    assert sorted(record["student"] for record in found) == [m.student for m in members]
    for member in members:
        record = next(r for r in found if r["student"] == member.student)
        for name, entry in record["exercises"].items():
            full = entry["points"] == entry["max_points"]
            assert full == (name not in member.wrong), (member, name)
        assert "seccomp" in record["sandbox"]
    assert len((course / "grades.csv").read_text().splitlines()) == COUNT + 1
    assert jobs() == []
