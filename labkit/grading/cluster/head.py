"""The process that gives out batches and takes over what has been done.

It never holds more than so many batches, and no results: workers write shards, and each
is read, handed on line by line, and removed.
"""

import contextlib
import itertools
import pickle
import queue
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from rich.console import Console

from labkit.errors import LabkitError
from labkit.grading.cluster import work
from labkit.grading.cluster.job import Batch, Done, Job, surroundings
from labkit.grading.cluster.schedulers import KEPT, Crew
from labkit.grading.cluster.shards import folder_of, graded_of, of_batch, read
from labkit.grading.grader import Graded, Settings
from labkit.grading.submissions import Submission

BATCH = 4  # submissions: about a second, a hundred times what giving them out takes
WINDOW = 1000  # batches that are given out, or wait at the scheduler
RETRIES = 2  # after these, a batch is given out one submission at a time
PATIENCE = 5.0  # seconds without a result until somebody looks for the workers


class Head:
    """Grades on a cluster. A context manager, to be made while the records are locked.

    Args:
        scheduler: "local", "slurm" or an address.
        jobs: how many workers, or Slurm jobs.
        records: records/<lab>.jsonl.
        documents: the folder for what is read of notebooks.
        cell_seconds: instead of the lab's own limit for one cell.
        console: is told when there is nobody to do the work.

    Raises:
        LabkitError: there is no such scheduler.
    """

    def __init__(
        self,
        scheduler: str,
        jobs: int,
        records: Path,
        documents: Path,
        cell_seconds: float | None,
        console: Console | None,
    ) -> None:
        self._where, self._console = scheduler, console
        self._documents, self._cell_seconds = documents, cell_seconds
        self._folder = folder_of(records) / uuid.uuid4().hex
        self._folder.mkdir(parents=True)
        self._crew = Crew(scheduler, jobs, self._folder)
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._given: dict[str, tuple[Any, Batch]] = {}  # key -> Dask's future, batch
        self._suspects: list[Submission] = []  # were there when workers died
        self._numbers = itertools.count()

    def stream(self, settings: Settings, found: list[Submission]) -> Iterator[Graded]:
        """Have submissions graded, then let the workers go.

        A shard goes when the caller has taken all of it.

        Args:
            settings: of the run.
            found: the submissions.

        Yields:
            What became of each, in the order in which it comes.

        Raises:
            LabkitError: a worker is not as it has to be, or the scheduler has gone.
        """
        self._settings = settings
        self._job = pickle.dumps(self._describe(settings))
        batches = self._batches(found)
        seen: set[str] = set()
        try:
            for batch in itertools.islice(batches, WINDOW):
                self._give(batch)
            while self._given or self._suspects:
                if not self._given:  # a suspect is given out with nothing beside it
                    self._give(self._batch([self._suspects.pop(0)], again=True))
                for graded in self._result():
                    if graded.student not in seen:
                        seen.add(graded.student)
                        yield graded
                for batch in itertools.islice(batches, WINDOW - len(self._given)):
                    self._give(batch)
        finally:
            self._stop()
            self.close()  # what follows needs no workers

    def close(self) -> None:
        """Have all workers go; shards that nobody has taken stay for the next run."""
        self._crew.close()
        with contextlib.suppress(OSError):
            self._folder.rmdir()
            self._folder.parent.rmdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _describe(self, settings: Settings) -> Job:
        return Job(
            lab=settings.given.lab,
            course=settings.given.course,
            folder=self._folder,
            documents=self._documents,
            surroundings=surroundings(settings.environment, settings.given),
            cell_seconds=self._cell_seconds,
            seed=settings.seed,
            force=settings.force,
            trust=settings.trust,
        )

    def _batches(self, found: list[Submission]) -> Iterator[Batch]:
        submissions = iter(found)
        while some := list(itertools.islice(submissions, BATCH)):
            yield self._batch(some)

    def _batch(self, submissions: list[Submission], again: bool = False) -> Batch:
        history = self._settings.records.history
        return Batch(
            number=next(self._numbers),
            submissions=[
                replace(one, folder=one.folder.absolute()) for one in submissions
            ],
            known={one.student: history(one.student) for one in submissions},
            again=again,
        )

    def _give(self, batch: Batch) -> None:
        future = self._crew.client.submit(
            work.grade_batch,
            self._job,
            pickle.dumps(batch),
            key=f"labkit-{self._folder.name}-{batch.number}",
            retries=RETRIES,
            pure=False,
        )
        self._given[future.key] = future, batch
        future.add_done_callback(self._ended.put)

    def _result(self) -> Iterator[Graded]:
        """Wait until a batch has ended, in whatever way, and see what there is of it."""
        future = self._next()
        _, batch = self._given.pop(future.key)
        if future.status == "finished":
            done: Done = pickle.loads(future.result())
            future.release()
            if done.refused:
                raise LabkitError(f"{done.refused} {KEPT}")
            yield from self._take(batch, self._folder / done.shard)
        elif future.status == "error":
            error = future.exception()
            future.release()
            yield from self._failed(batch, _fault(error))
        else:
            raise LabkitError(f"the Dask scheduler ({self._where}) has gone. {KEPT}")

    def _next(self) -> Any:
        waited = False
        while True:
            with contextlib.suppress(queue.Empty):
                return self._ended.get(timeout=PATIENCE)
            if self._crew.client.status not in ("running", "connecting"):
                raise LabkitError(
                    f"the Dask scheduler ({self._where}) has gone. {KEPT}"
                )
            if not waited and not self._crew.workers() and self._console:
                self._console.print(f"{self._where}: no worker yet; waiting for one.")
                waited = True
            self._crew.look()

    def _take(self, batch: Batch, shard: Path) -> Iterator[Graded]:
        for line in read(shard):
            yield graded_of(line)
        self._clear(batch)

    def _failed(self, batch: Batch, fault: str) -> Iterator[Graded]:
        """Take what there is of a batch on which workers died; suspect the rest.

        The dead may have had several batches: Dask cannot know which of them it was.
        """
        done = set[str]()
        for path in of_batch(self._folder, batch.number):
            for line in read(path):
                done.add(line["student"])
                yield graded_of(line)
        self._clear(batch)
        left = [one for one in batch.submissions if one.student not in done]
        if batch.again:
            for submission in left:
                yield Graded(submission.student, fault=fault, again=True)
        else:
            self._suspects += left

    def _clear(self, batch: Batch) -> None:
        for path in of_batch(self._folder, batch.number):
            path.unlink(missing_ok=True)

    def _stop(self) -> None:
        """Take back what is still given out, and have the workers' processes end."""
        client = self._crew.client
        futures = [future for future, _ in self._given.values()]
        self._given.clear()
        with contextlib.suppress(Exception):  # the scheduler may have gone
            client.cancel(futures)
            if not futures:
                client.run(work.dismiss, self._job)


def _fault(error: BaseException) -> str:
    """What to say of a submission that no worker could grade.

    Raises:
        LabkitError: it is no submission's fault.
    """
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return "every worker that had it died; is there enough memory?"
    if isinstance(error, work.BenchLost):
        return f"{error} each time; is there enough memory?"
    raise LabkitError(
        f"a worker failed: {type(error).__name__}: {error}. Do all workers start with "
        f"the same Python, and the same labkit in it? {KEPT}"
    )
