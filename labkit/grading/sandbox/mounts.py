"""What can be seen inside the sandbox: Python, its libraries, a labkit, its data."""

import os
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import labkit

KIT = Path("/kit")  # labkit and its data, inside
SYSTEM = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32")
LOADER = ("/lib", "/lib32", "/lib64", "/libx32")  # links into /usr, on most systems
EXTRA = ("/etc/ld.so.cache", "/sys/devices/system/cpu")  # torch asks for the CPU
DEVICES = ("null", "zero", "full", "random", "urandom")
SITES = ("site-packages", "dist-packages")


def mounts(kit: Path, data: Path, course: Path) -> list[str]:
    """The arguments of bubblewrap for all that is visible; everything is read-only.

    Args:
        kit: the folder that holds the labkit to be seen.
        data: its data folder.
        course: stays hidden even where it lies inside something visible, as does the
            labkit that runs here.
    """
    binds = _visible()
    hidden = {
        place / secret.relative_to(source.resolve())
        for place, source in binds.items()
        for secret in (course.resolve(), Path(labkit.__file__).resolve().parent)
        if secret.is_relative_to(source.resolve())
    }
    binds |= {KIT / "labkit": kit / "labkit", KIT / "data": data}
    binds |= {Path(path): Path(path) for path in EXTRA if os.path.exists(path)}
    arguments = ["--tmpfs", "/dev", "--dir", "/dev/shm", "--symlink", "/proc/self/fd"]
    arguments += ["/dev/fd", "--tmpfs", "/tmp", "--dir", "/kit/work"]
    for device in DEVICES:
        arguments += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for path in LOADER:
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            binds[Path(path)] = Path(path)
    parents = {parent for path in {*binds, *hidden} for parent in path.parents}
    # What lies deeper comes later, or it would be covered again.
    for path in sorted({*parents, *binds, *hidden}, key=lambda path: len(path.parts)):
        if path in hidden:
            arguments += ["--tmpfs", str(path)]
        elif path in binds:
            arguments += ["--ro-bind", str(binds[path]), str(path)]
        else:  # bubblewrap would let nobody but root pass
            arguments += ["--dir", str(path)]
    for path in (*map(str, hidden), "/dev", "/"):
        arguments += ["--remount-ro", path]
    return ["--proc", "/proc", *arguments]


def kept(fresh: Collection[str]) -> list[str]:
    """What of Python lies in folders that each submission gets afresh and empty."""
    return sorted(
        str(path)
        for path in _visible()
        if any(path.is_relative_to(folder) for folder in fresh)
    )


def module_folders() -> list[str]:
    """Where Python finds modules here, as far as they are installed ones."""
    return [path for path in sys.path if Path(path).name in SITES]


def _visible() -> dict[Path, Path]:
    """Where Python is to be seen -> where it is; both sides of links."""
    binds = {Path(path): Path(path) for path in _python()}
    return binds | {path.resolve(): path.resolve() for path in binds}


def _python() -> Iterator[str]:
    """The interpreter: its libraries and programs, but no shell beside them."""
    base = getattr(sys, "_base_executable", sys.executable)
    programs = {sys.executable, base}
    folders: set[str] = set()
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix}:
        folders |= _libraries(prefix)
        programs.add(os.path.join(prefix, "pyvenv.cfg"))
    folders |= {path for path in SYSTEM if os.path.isdir(path)}
    folders |= {path for path in module_folders() if os.path.isdir(path)}
    yield from sorted(folders)
    yield from sorted(path for path in programs if os.path.isfile(path))


def _libraries(prefix: str) -> set[str]:
    inside: Sequence[str] = ("lib", "lib64")
    if prefix == "/usr":
        inside = ("local/lib",)  # the others are the system's
    paths = (os.path.join(prefix, name) for name in inside)
    return {path for path in paths if os.path.isdir(path)}
