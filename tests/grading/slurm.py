"""A Slurm of one node, from Debian's packages, for a test: slurmctld, slurmd and munged.

Everything lies in one folder, listens on the loopback only, and ends with the block. It
needs root, as Slurm's daemons do.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

CORES = 4  # as Slurm sees it; the machine may have fewer

CONFIGURATION = """
ClusterName=labkit
SlurmctldHost={host}(127.0.0.1)
SlurmdParameters=config_overrides
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=64000 State=UNKNOWN
PartitionName=labs Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


@contextlib.contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """Start it; gives the environment in which sbatch and the like find it.

    Args:
        folder: an empty one; short, for it holds sockets.
    """
    host = socket.gethostname().partition(".")[0]
    for name in ("state", "spool"):
        (folder / name).mkdir()
    (folder / "slurm.conf").write_text(
        CONFIGURATION.format(host=host, folder=folder, ports=_ports(2), cores=CORES)
    )
    (folder / "cgroup.conf").write_text("CgroupAutomount=no\n")
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf")}
    commands = [
        [_path("munged"), "--foreground", "--force", "--num-threads=1",
         f"--socket={folder}/munge.socket", f"--key-file={key}",
         f"--pid-file={folder}/munged.pid", f"--log-file={folder}/munged.log",
         f"--seed-file={folder}/munged.seed"],
        [_path("slurmctld"), "-D", "-c"],
        [_path("slurmd"), "-D", "-N", host],
    ]  # fmt: skip
    started: list[subprocess.Popen] = []
    try:
        for command in commands:
            started.append(
                subprocess.Popen(
                    command,
                    env=environment,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            if len(started) == 1:
                _wait_for(lambda: (folder / "munge.socket").exists(), folder)
        _wait_for(
            lambda: "idle" in said("sinfo", "-h", "-o", "%T", of=environment), folder
        )
        yield environment
    finally:
        with contextlib.suppress(OSError):
            said("scancel", "--state=RUNNING", of=environment)
        for process in reversed(started):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()


def said(*command: str, of: dict[str, str]) -> str:
    """What a command of Slurm's prints."""
    done = subprocess.run(
        command, env=of, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout


def _path(program: str) -> str:
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") or program


def _ports(count: int) -> list[int]:
    """Free ports of the loopback."""
    with contextlib.ExitStack() as opened:
        made = [
            opened.enter_context(socket.create_server(("127.0.0.1", 0)))
            for _ in range(count)
        ]
        return [one.getsockname()[1] for one in made]


def _wait_for(what, folder: Path) -> None:
    end = time.monotonic() + 60
    while not what():
        logs = {path.name: path.read_text()[-2000:] for path in folder.glob("*.log")}
        assert time.monotonic() < end, logs
        time.sleep(0.1)
