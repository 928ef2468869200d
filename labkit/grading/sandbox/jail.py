"""What a process does to itself before it runs anything of a student's."""

import fcntl
import os
import re
import resource
import socket
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from labkit.grading.sandbox import kernel_calls as kernel
from labkit.grading.sandbox.limits import Limits

MB = 1 << 20
OPEN_FILES = 256
CHANNEL = 3  # the one open file besides stdin, stdout, stderr
ISOLATION = ("namespaces", "capabilities dropped", "seccomp", "limits")  # or nothing
OWN_PROCESSES = 5  # of the sandbox itself, under the same user in a user namespace


@dataclass(frozen=True)
class Setup:
    """What a worker is told when it starts; the same for all its submissions.

    Attributes:
        lab: the lab's folder name; "" to look at the sandbox only.
        limits: what a submission may use.
        isolated: whether this runs in namespaces; if not, submissions are trusted.
        user: number of the user (and group) for students' code; None keeps the own.
        doors: open files that let a process into its cgroup.
        events: open file that counts what the kernel killed there, or None.
        hidden: folders that nobody may read once a submission is there.
        paths: where else to find modules.
        kept: what of Python lies in folders that each submission gets afresh.
    """

    lab: str
    limits: Limits
    isolated: bool
    user: int | None = None
    doors: list[int] = field(default_factory=list)
    events: int | None = None
    hidden: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def handles(self) -> list[int]:
        """The open files that the zygote inherits."""
        return [*self.doors, *([] if self.events is None else [self.events])]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Setup":
        return cls(**{**data, "limits": Limits(**data["limits"])})


def enter(setup: Setup, channel: socket.socket, output: int) -> socket.socket:
    """Give up everything but the channel and the output; there is no way back.

    Args:
        setup: of the worker.
        channel: what remains open to the supervisor.
        output: open file for whatever is printed.

    Returns:
        The channel under its new number.

    Raises:
        OSError: one of the layers cannot be had.
    """
    os.setsid()
    for door in setup.doors:
        os.write(door, b"0")
    nothing = os.open(os.devnull, os.O_RDWR)
    sources = (nothing, output, output, channel.detach())
    aside = [fcntl.fcntl(source, fcntl.F_DUPFD, CHANNEL + 1) for source in sources]
    for target, source in enumerate(aside):
        os.dup2(source, target, inheritable=target < CHANNEL)
    os.closerange(CHANNEL + 1, os.sysconf("SC_OPEN_MAX"))
    confine(setup)
    return socket.socket(fileno=CHANNEL)


def confine(setup: Setup, allowed: Collection[str] = ()) -> None:
    """Take on the limits, give up all privileges and the calls that need them.

    Args:
        setup: of the sandbox.
        allowed: calls of `kernel_calls.DENIED` that stay.

    Raises:
        OSError: one of the layers cannot be had.
    """
    _limit(setup)
    if setup.isolated:
        kernel.drop_bounding_set()
    if setup.user is not None:
        os.setgroups([])
        os.setresgid(setup.user, setup.user, setup.user)
        os.setresuid(setup.user, setup.user, setup.user)
    if setup.isolated:
        kernel.drop_capabilities()
        kernel.filter_calls(allowed)


def _limit(setup: Setup) -> None:
    limits = setup.limits
    # Not RLIMIT_AS: a torch that is built for CUDA reserves gigabytes and uses none.
    caps = {
        resource.RLIMIT_DATA: _data() + limits.memory_mb * MB,
        resource.RLIMIT_FSIZE: limits.file_mb * MB,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    if setup.isolated:  # elsewhere it would count all that this user runs
        own = 0 if setup.user is not None else OWN_PROCESSES
        caps[resource.RLIMIT_NPROC] = limits.processes + own
    for kind, cap in caps.items():
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            cap = min(cap, hard)
        resource.setrlimit(kind, (cap, cap))


def _data() -> int:
    """What this process holds already of what RLIMIT_DATA counts, in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[5]) * resource.getpagesize()


def memory_kb(process: int | str = "self", exactly: bool = False) -> int:
    """Memory of a process that is not a file's; 0 if it has gone.

    Args:
        process: its number.
        exactly: count what processes share in shares, instead of in full.
    """
    name, fields = ("smaps_rollup", "Pss_") if exactly else ("status", "Rss")
    try:
        with open(f"/proc/{process}/{name}") as file:
            found = re.findall(
                rf"^{fields}(?:Anon|Shmem):\s+(\d+)", file.read(), re.MULTILINE
            )
    except OSError:
        return 0
    return sum(map(int, found))


def layers(setup: Setup) -> list[str]:
    """Name the layers that are in force, as the kernel tells it; called in the jail."""
    if not setup.isolated:
        return ["none: submissions were trusted"]
    with open("/proc/self/status") as file:
        told = dict(line.split(":", 1) for line in file)
    status = {name: value.strip() for name, value in told.items()}
    networks = [name for _, name in socket.if_nameindex()]
    found = []
    if os.getppid() == 1 and networks == ["lo"]:
        found.append("namespaces")
    if all(int(status[name], 16) == 0 for name in ("CapEff", "CapPrm", "CapBnd")):
        found.append("capabilities dropped")
    if status["NoNewPrivs"] == "1" and status["Seccomp"] == "2":
        found.append("seccomp")
    found.append("limits")
    if setup.doors:
        found.append("cgroup")
    if setup.user is not None and os.getuid() == setup.user:
        found.append("own user")
    return found
