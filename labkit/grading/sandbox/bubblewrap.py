"""Starting a sandbox with bubblewrap, and saying which layers hold.

As root the processes of students get a user of their own; an ordinary user gets a user
namespace instead. Where neither can be had there is no grading, unless the submissions
are trusted.
"""

import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import labkit
from labkit.errors import LabkitError
from labkit.grading.sandbox import cgroups, wire
from labkit.grading.sandbox.jail import ISOLATION, Setup
from labkit.grading.sandbox.limits import Limits
from labkit.grading.sandbox.mounts import KIT, kept, mounts
from labkit.grading.sandbox.namespaces import PRIVATE

SMALL = 1 << 20  # bytes of a message between worker and zygote
HIDDEN = [f"{KIT}/labkit/checks", f"{KIT}/labkit/grading"]  # once they are loaded
FIRST_USER, USERS = 61_000, 4_000  # numbers that systems give to nobody
CAPABILITIES = ("SYS_ADMIN", "SETUID", "SETGID", "KILL", "SETPCAP", "SYS_PTRACE")
BOOT = (
    "import sys; sys.path.insert(0, {!r}); "
    "from labkit.grading.sandbox import zygote; zygote.main()"
)
RESTRICTED = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "PATH": "/nonexistent",
    "USER": "student",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp",
    "PYTHONHASHSEED": "0",  # three runs give the same marks
    "CUDA_VISIBLE_DEVICES": "",  # after a fork there is no CUDA
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class SandboxError(LabkitError):
    """No sandbox can be made here; the text says what is missing and how to mend it."""


@dataclass
class Zygote:
    """A zygote that runs.

    Attributes:
        process: the outermost process, as it was started.
        control: the socket to the zygote.
        layers: those in force.
        inner: the number of the sandbox's first process; None without one.
    """

    process: subprocess.Popen[bytes]
    control: socket.socket
    layers: list[str]
    inner: int | None = None

    def stop(self, patience: float = 2.0) -> None:
        """End it, by force when it does not end by itself."""
        self.control.close()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            if self.inner is not None and self.process.poll() is None:
                os.kill(self.inner, signal.SIGKILL)
            self.process.kill()
            self.process.wait()


def start(
    setup: Setup, kit: Path, data: Path, course: Path, seconds: float = 300
) -> Zygote:
    """Start a zygote and wait until it is ready.

    Args:
        setup: what it is told.
        kit: the folder that holds the labkit to be seen inside.
        data: labkit's data folder.
        course: the course folder; nothing of it can be seen inside.
        seconds: how long it may take.

    Raises:
        SandboxError: it did not start, or a layer is missing.
    """
    ours, theirs = socket.socketpair()
    told, status = os.pipe()
    with theirs, tempfile.TemporaryFile() as said:
        command = _python(kit)
        if setup.isolated:
            command = [*bubblewrap(setup.user), "--json-status-fd", str(status)]
            command += [*mounts(kit, data, course), "--"]
            command += _python(KIT)
        process = subprocess.Popen(
            [*command, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            pass_fds=(theirs.fileno(), status, *setup.handles),
            env=ENVIRONMENT,
            start_new_session=True,
        )
        theirs.close()
        os.close(status)
        zygote = Zygote(process, ours, [])
        try:
            with os.fdopen(told) as answers:
                if setup.isolated:
                    zygote.inner = json.loads(answers.readline() or "{}").get(
                        "child-pid"
                    )
            wire.send(ours, asdict(setup))
            answer, _ = wire.receive(ours, SMALL, seconds)
        except (EOFError, OSError, wire.BadMessage) as error:
            answer = {"missing": _last_line(said) or str(error)}
    zygote.layers = answer.get("layers", [])
    lacking = [layer for layer in ISOLATION if layer not in zygote.layers]
    if setup.isolated and lacking:
        answer.setdefault("missing", f"no {', '.join(lacking)}")
    if "missing" in answer:
        zygote.stop(0)
        raise SandboxError(_advice(answer["missing"]))
    return zygote


@functools.cache
def own_user() -> bool:
    """Find out by trial which sandbox can be had here.

    Returns:
        Whether students' code gets a user of its own; if not, a user namespace.

    Raises:
        SandboxError: there is none.
    """
    if sys.platform != "linux":
        raise SandboxError(_advice(f"it needs Linux, this is {sys.platform}"))
    if shutil.which("bwrap") is None:
        raise SandboxError(_advice("bubblewrap is not installed"))
    if os.geteuid() == 0:
        try:
            look(user=user_of(0))
        except SandboxError:  # a container's root, say, who may do little
            pass
        else:
            return True
    look(user=None)
    return False


def look(user: int | None) -> list[str]:
    """Make a sandbox without torch and return the layers in force.

    Args:
        user: the number of the user for students' code; None for a user namespace.

    Raises:
        SandboxError: it cannot be made.
    """
    package, limits = Path(labkit.__file__).resolve().parent, Limits()
    with (
        tempfile.TemporaryDirectory() as nothing,
        cgroups.opened("look", limits.memory_mb, limits.processes) as (doors, events),
    ):
        setup = Setup("", limits, True, user, doors, events, HIDDEN, [], kept(PRIVATE))
        zygote = start(setup, package.parent, Path(nothing), Path(nothing), 60)
        zygote.stop()
    return zygote.layers


def user_of(slot: int) -> int:
    """The number of the user of a slot; other graders on this machine have others."""
    return FIRST_USER + (os.getpid() * 16 + slot) % USERS


def bubblewrap(
    user: int | None, capabilities: Sequence[str] = CAPABILITIES
) -> list[str]:
    """The program and its arguments, but for what is visible and what is run.

    Args:
        user: number of the user for students' code; None for a user namespace.
        capabilities: what the first process may do until it confines itself.
    """
    arguments = [shutil.which("bwrap") or "bwrap", "--unshare-pid", "--unshare-net"]
    arguments += ["--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if user is None:
        number = str(FIRST_USER)
        arguments += ["--unshare-user", "--uid", number, "--gid", number]
    arguments += ["--cap-drop", "ALL"]
    for capability in capabilities:
        arguments += ["--cap-add", f"CAP_{capability}"]
    return [*arguments, "--chdir", "/"]


def _python(kit: Path) -> list[str]:
    """Start the zygote; only installed modules and those of the kit can be found."""
    return [sys.executable, "-P", "-s", "-B", "-c", BOOT.format(str(kit))]


def _last_line(said: IO[Any]) -> str:
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _advice(reason: str) -> str:
    text = f"Submissions cannot be sandboxed here: {reason}.\n"
    if sys.platform != "linux":
        text += "  Grade on Linux, in WSL 2 or in a container.\n"
    elif shutil.which("bwrap") is None:
        text += "  Install it: sudo apt-get install bubblewrap\n"
    elif RESTRICTED.is_file() and RESTRICTED.read_text().strip() == "1":
        text += f"  Allow it: sudo sysctl kernel.{RESTRICTED.name}=0\n"
    else:
        text += "  bubblewrap needs user namespaces, or root (in a container: privileges).\n"
    return text + (
        "  As the last resort, --trust-submissions runs them without any sandbox: they\n"
        "  can then read and change whatever you can. Every grade will say so."
    )
