"""Finding the scheduler, or starting one: Dask's own, here, on a cluster, or Slurm's."""

import asyncio
import contextlib
import importlib.util
import logging
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from labkit.errors import BadValue, LabkitError

SECONDS = 5  # for a scheduler to answer
HINT = (
    "it is local (workers on this machine), slurm, or the address of a Dask scheduler "
    "that runs, tcp://HOST:PORT or tls://HOST:PORT"
)
NEEDED = ("distributed", "dask_jobqueue", "cryptography")
KEPT = "What has been graded is kept: the same command goes on."


def check(scheduler: str, jobs: int | None) -> None:
    """Look whether it can be meant, and whether what it needs is installed.

    Raises:
        BadValue: it cannot.
        LabkitError: something is missing here.
    """
    if scheduler not in ("local", "slurm") and not re.fullmatch(
        r"(tcp|tls)://[^/\s]+:\d+", scheduler
    ):
        raise BadValue(f"--scheduler {scheduler}: {HINT}.")
    if scheduler == "slurm" and jobs is None:
        raise BadValue(
            "--scheduler slurm needs --jobs: how many Slurm jobs to ask for."
        )
    if scheduler not in ("local", "slurm") and jobs is not None:
        raise BadValue(
            f"--jobs says nothing where the workers are there already: {scheduler} "
            "has as many as have been started for it."
        )
    missing = [name for name in NEEDED if not _installed(name)]
    if missing:
        raise LabkitError(
            f"--scheduler needs Dask, and {missing[0]} is not installed here. Install "
            "it: python -m pip install -c constraints.txt -e '.[grade,scale]'"
        )
    if scheduler == "slurm" and shutil.which("sbatch") is None:
        raise LabkitError(
            "--scheduler slurm: there is no sbatch here. Run this where you can submit "
            "Slurm jobs, on the cluster's login node say."
        )


class Crew:
    """A scheduler with its workers, and a client of it. A context manager.

    Args:
        scheduler: "local", "slurm" or an address; see `check`.
        jobs: how many workers, or Slurm jobs.
        folder: where certificates for Slurm's workers go; all nodes see it.

    Attributes:
        client: Dask's.

    Raises:
        LabkitError: nobody answers, or the cluster's settings are incomplete.
    """

    def __init__(self, scheduler: str, jobs: int, folder: Path) -> None:
        from distributed import Client

        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # we tell it
        self._opened = contextlib.ExitStack()
        self._cluster: Any = None
        try:
            if scheduler == "local":
                self._cluster = self._opened.enter_context(_local(jobs))
            elif scheduler == "slurm":
                self._cluster = self._opened.enter_context(_slurm(jobs, folder))
            else:
                asyncio.run(_knock(scheduler))
            self.client = self._opened.enter_context(
                Client(
                    scheduler if self._cluster is None else self._cluster,
                    timeout=SECONDS,
                    set_as_default=False,
                )
            )
        except (OSError, TimeoutError) as error:
            self.close()
            said = f" ({error})" if str(error) else ""
            raise LabkitError(
                f"no Dask scheduler answers at {scheduler} within {SECONDS} s{said}. "
                "Does it run (dask scheduler), and can this machine reach that port?"
            ) from None
        except BaseException:
            self.close()
            raise

    def workers(self) -> int:
        """How many workers there are now."""
        return len(self.client.scheduler_info(n_workers=-1)["workers"])

    def look(self) -> None:
        """See whether anybody may still come.

        Raises:
            LabkitError: nobody will.
        """
        jobs = [job.job_id for job in getattr(self._cluster, "workers", {}).values()
                if getattr(job, "job_id", None)]  # fmt: skip
        if jobs and not self.workers() and not _queued(jobs):
            raise LabkitError(
                f"all Slurm jobs ({', '.join(jobs)}) have ended, and the work has not. "
                "Their own output says why (log-directory in jobqueue.yaml); did the "
                f"time limit (walltime) end them? {KEPT}"
            )

    def close(self) -> None:
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def _knock(address: str) -> None:
    """Look whether it is Dask that answers there; Dask's client may wait for ever.

    Raises:
        OSError, TimeoutError: it is not.
    """
    from distributed.comm import connect
    from distributed.security import Security

    settings = Security().get_connection_args("client")
    comm = await asyncio.wait_for(
        connect(address, timeout=SECONDS, **settings), SECONDS
    )
    comm.abort()


@contextlib.contextmanager
def _local(workers: int) -> Iterator[Any]:
    """Workers on this machine. Others who have an account here stay out: TLS."""
    from distributed import LocalCluster
    from distributed.security import Security

    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        protocol="tls://",
        security=Security.temporary(),
        dashboard_address="127.0.0.1:0",  # it cannot be left out
        memory_limit=0,  # submissions have limits of their own
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


@contextlib.contextmanager
def _slurm(jobs: int, folder: Path) -> Iterator[Any]:
    """Workers in Slurm jobs, as the user's jobqueue.yaml describes them."""
    import dask

    ctrl_c = signal.getsignal(signal.SIGINT)
    from dask_jobqueue import SLURMCluster  # which takes Ctrl-C for itself

    signal.signal(signal.SIGINT, ctrl_c)
    options = dask.config.get("jobqueue.slurm.scheduler-options", None) or {}
    try:
        cluster = SLURMCluster(
            security=True,
            shared_temp_directory=str(folder),
            scheduler_options={"dashboard_address": "127.0.0.1:0", **options},
            silence_logs=logging.CRITICAL,
        )
    except ValueError as error:
        text = str(error).partition("\n")[0]
        raise LabkitError(
            f"dask-jobqueue says: {text} Write cores, memory and processes into "
            "~/.config/dask/jobqueue.yaml, under jobqueue: slurm: (docs/scale.md)."
        ) from None
    with cluster:
        try:
            cluster.scale(jobs=jobs)
        except RuntimeError as error:
            raise LabkitError(f"Slurm did not take the job: {error}") from None
        yield cluster


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:
        return False


def _queued(jobs: list[str]) -> bool:
    """Tell whether any of these jobs waits or runs."""
    done = subprocess.run(
        ["squeue", "--noheader", "--format=%i", f"--jobs={','.join(jobs)}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return bool(done.stdout.strip())
