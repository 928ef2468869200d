"""A cgroup for the processes of a submission, where the grader may make one.

The kernel then counts the memory of all of them together and stops a fork bomb, and
when it has to kill it kills there, never the supervisor or the worker.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
MB = 1 << 20
CONTROLLERS = ("memory", "pids")
SETTINGS = {  # version -> controller -> file of the limit
    1: {"memory": "memory.limit_in_bytes", "pids": "pids.max"},
    2: {"memory": "memory.max", "pids": "pids.max"},
}
EVENTS = {1: "memory.oom_control", 2: "memory.events"}  # both have a line "oom_kill N"


class Cgroup:
    """A cgroup of its own, below that of this process.

    Args:
        name: of its folder; begins with labkit- and the number of this process.
        memory_mb: limit of all processes in it together.
        processes: limit of their number.

    Attributes:
        doors: files that let a process in when it writes 0 to them.
        events: the file that counts what the kernel killed.

    Raises:
        OSError: this process may not make one.
    """

    def __init__(self, name: str, memory_mb: int, processes: int) -> None:
        version, parents = _parents()
        values = {"memory": memory_mb * MB, "pids": processes}
        self._folders: list[Path] = []
        try:
            for controller, parent in parents.items():
                _sweep(parent)
                folder = parent / name
                if folder not in self._folders:
                    folder.mkdir()
                    self._folders.append(folder)
                limit = SETTINGS[version][controller]
                (folder / limit).write_text(str(values[controller]))
            if version == 2:  # swap would hide what memory.max forbids
                with contextlib.suppress(OSError):
                    (self._folders[0] / "memory.swap.max").write_text("0")
            self.doors = [folder / "cgroup.procs" for folder in self._folders]
            self.events = parents["memory"] / name / EVENTS[version]
            for path in self.doors:
                path.open("w").close()
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Remove it; nothing is left in it by then."""
        for folder in self._folders:
            with contextlib.suppress(OSError):
                folder.rmdir()


@contextlib.contextmanager
def opened(
    slot: str, memory_mb: int, processes: int
) -> Iterator[tuple[list[int], int | None]]:
    """Make a cgroup where that is allowed, for as long as the block lasts.

    Args:
        slot: tells the cgroups of this process from each other.
        memory_mb: limit of all processes in it together.
        processes: limit of their number.

    Returns:
        Open files: those that let a process in when it writes 0 to them, and the one
        that counts what the kernel killed; [] and None where there is no cgroup.
    """
    with contextlib.ExitStack() as files:
        try:
            group = Cgroup(f"labkit-{os.getpid()}-{slot}", memory_mb, processes)
        except OSError:
            yield [], None
            return
        files.callback(group.close)
        doors = [os.open(path, os.O_WRONLY) for path in group.doors]
        events = os.open(group.events, os.O_RDONLY)
        for handle in (*doors, events):
            files.callback(os.close, handle)
        yield doors, events


def _parents() -> tuple[int, dict[str, Path]]:
    """The version of cgroups, and for each controller where a group may be made."""
    own = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        own |= dict.fromkeys(names.split(","), path.lstrip("/"))
    if not (ROOT / "cgroup.controllers").exists():
        parents = {}
        for controller in CONTROLLERS:
            inside = ROOT / controller / own.get(controller, "")
            parents[controller] = inside if inside.is_dir() else ROOT / controller
        return 1, parents
    parent = ROOT / own.get("", "")
    _delegate(parent)
    return 2, dict.fromkeys(CONTROLLERS, parent)


def _delegate(parent: Path) -> None:
    """Let groups below `parent` have limits; then it may hold no process itself."""
    enabled = (parent / "cgroup.subtree_control").read_text().split()
    if set(CONTROLLERS) <= set(enabled):
        return
    wanted = " ".join(f"+{controller}" for controller in CONTROLLERS)
    if parent != ROOT:
        aside = parent / "labkit-grader"
        aside.mkdir(exist_ok=True)
        for process in (parent / "cgroup.procs").read_text().split():
            (aside / "cgroup.procs").write_text(process)
    (parent / "cgroup.subtree_control").write_text(wanted)


def _sweep(parent: Path) -> None:
    """Remove the groups of graders that were killed."""
    for folder in parent.glob("labkit-*-*"):
        match = re.match(r"labkit-(\d+)-", folder.name)
        if match and not os.path.exists(f"/proc/{match[1]}"):
            with contextlib.suppress(OSError):
                folder.rmdir()
