"""`labkit doctor`: is everything here that the lab needs, and if not, what to do.

One line per thing. Nothing here depends on what it looks at: a broken torch, an absent
data file or a closed sandbox becomes a line with the fix, never a traceback.
"""

import functools
import hashlib
import importlib.util
import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from labkit.errors import LabkitError

HASHES = "SOURCES.md"  # beside the data files: where each is from, and its sha256
ZOO = "zoo/zoo.json"  # the same for the generators that were trained here
INSTALL = "make venv   (with conda: conda env update -f environment.yml)"
DOWNLOAD_AGAIN = "get the course folder again, or: git checkout -- data"
STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


@dataclass(frozen=True)
class Line:
    """What was found out about one thing.

    Attributes:
        name: the thing.
        state: "ok", "warn" (learning works without it) or "fail" (needed).
        found: what is there, or what is wrong with it.
        fix: what to do about it; empty when all is well.
    """

    name: str
    state: str
    found: str
    fix: str = ""


Probe = Callable[[], Line]


def diagnose() -> Iterator[Line]:
    """Look at everything, one line after another."""
    grades = importlib.util.find_spec("labkit.grading") is not None  # no student's kit
    for name, probe, state in (
        ("Python", python, "fail"),
        ("torch", torch_and_device, "fail"),
        ("torchvision", torchvision, "fail"),
        ("JupyterLab", jupyterlab, "fail"),
        ("ipywidgets", functools.partial(package, "ipywidgets"), "fail"),
        ("anywidget", functools.partial(package, "anywidget"), "fail"),
        *([("nbgrader", functools.partial(package, "nbgrader"), "warn")] * grades),
    ):
        yield attempt(name, probe, state)
    if grades:
        yield from sandbox()
    yield from embedded_data()


def attempt(name: str, probe: Probe, state: str) -> Line:
    """Run a probe that imports foreign code; whatever it raises becomes a line."""
    try:
        return probe()
    except Exception as error:  # noqa: BLE001 - a broken library raises anything
        reason = str(error).strip() or type(error).__name__
        return Line(name, state, reason.splitlines()[0], INSTALL)


def python() -> Line:
    """Which Python runs; pip has refused anything below 3.11."""
    return Line("Python", "ok", f"{platform.python_version()} at {sys.executable}")


def torch_and_device() -> Line:
    """torch, the device labkit chooses, and whether bfloat16 is fast there."""
    import torch

    from labkit import runtime

    where = runtime.device()
    if where.type == "cuda":
        place = torch.cuda.get_device_name(where)
    else:
        place = f"CPU with {torch.get_num_threads()} threads"
    bf16 = "bf16" if runtime.has_bf16(where) else "no fast bf16, so float32"
    (torch.ones(2, 2, device=where) @ torch.ones(2, 2, device=where)).sum().item()
    return Line("torch", "ok", f"{torch.__version__}, {place}, {bf16}")


def torchvision() -> Line:
    """torchvision is built for one torch: with another its compiled half is missing."""
    import torch
    import torchvision

    boxes = torch.tensor([[0.0, 0.0, 1.0, 1.0]])
    torchvision.ops.nms(boxes, torch.ones(1), 0.5)  # runs its compiled code
    return Line("torchvision", "ok", f"{torchvision.__version__}, matches torch")


def jupyterlab() -> Line:
    """JupyterLab, and a Python kernel for its notebooks."""
    import jupyterlab
    from jupyter_client.kernelspec import KernelSpecManager

    if "python3" not in KernelSpecManager().find_kernel_specs():
        raise RuntimeError("no Python kernel (ipykernel) for the notebooks")
    return Line("JupyterLab", "ok", f"{jupyterlab.__version__}, kernel python3")


def package(name: str) -> Line:
    """A library that only has to be there and import."""
    return Line(name, "ok", importlib.import_module(name).__version__)


def sandbox() -> Iterator[Line]:
    """The layers that hold submissions while they are graded; learners need none."""
    if sys.platform != "linux":
        yield Line(
            "sandbox",
            "warn",
            f"needs Linux, this is {platform.system()}",
            "only to grade other people's notebooks: do that on Linux or in WSL 2",
        )
        return
    yield bubblewrap()
    yield layers()


def bubblewrap(program: str = "bwrap") -> Line:
    """bubblewrap is there and may make namespaces (containers often forbid it)."""
    name = "bubblewrap"
    path = shutil.which(program)
    if path is None:
        fix = "only to grade: sudo apt-get install bubblewrap"
        return Line(name, "warn", "not installed", fix)
    command = [path, "--unshare-all", "--ro-bind", "/", "/", "true"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Line(name, "warn", str(error), "only to grade: install it again")
    if done.returncode == 0:
        return Line(name, "ok", f"{path} makes namespaces")
    fix = "only to grade: allow user namespaces"
    if _read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
        fix += " (sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0)"
    reason = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[0]
    return Line(name, "warn", reason, fix)


def layers() -> Line:
    """Make a sandbox as the grader does, and name what holds a submission in there."""
    try:
        from labkit.grading.sandbox import bubblewrap as made

        found = made.look(made.user_of(0) if made.own_user() else None)
    except (LabkitError, ImportError, OSError) as error:
        reason, *_ = str(error).splitlines()
        return Line("sandbox", "warn", reason, "only to grade: labkit grade says how")
    if "cgroup" in found:
        return Line("sandbox", "ok", ", ".join(found))
    return Line(
        "sandbox",
        "ok",
        f"{', '.join(found)}; no cgroup: memory is watched instead",
        "only to grade: as root, or under systemd-run --user --scope -p Delegate=yes",
    )


def embedded_data(folder: Path | None = None) -> Iterator[Line]:
    """Compare every embedded data file with the sha256 written down beside it.

    Args:
        folder: where the files are; labkit's own data when None.
    """
    if folder is None:
        try:
            from labkit.data import data_folder

            folder = data_folder()
        except (LabkitError, ImportError, OSError) as error:  # it imports torch
            fix = DOWNLOAD_AGAIN if isinstance(error, LabkitError) else INSTALL
            yield Line("data", "fail", str(error), fix)
            return
    try:
        hashes = read_hashes(folder / HASHES)
    except (OSError, ValueError) as error:
        yield Line(f"data/{HASHES}", "fail", str(error), DOWNLOAD_AGAIN)
        return
    for name, expected in hashes.items():
        yield data_file(folder / name, f"data/{name}", expected)


def data_file(path: Path, name: str, expected: str) -> Line:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return Line(name, "fail", f"{path}: {error.strerror}", DOWNLOAD_AGAIN)
    if found == expected:
        return Line(name, "ok", f"sha256 {found[:12]}...")
    wrong = f"sha256 is {found[:12]}..., expected {expected[:12]}...: {path} is damaged"
    return Line(name, "fail", wrong, DOWNLOAD_AGAIN)


def read_hashes(path: Path) -> dict[str, str]:
    """Read the sha256 of every data file: tables of SOURCES.md, and the zoo's list.

    Returns:
        Name, from a row's first cell -> hex digest, from its last; then the zoo's.

    Raises:
        OSError: one of them cannot be read.
        ValueError: no row has a sha256, or the zoo's list is damaged.
    """
    row = re.compile(r"^\| *([^ |]+) *\|.*\| *`([0-9a-f]{64})` *\|$", re.MULTILINE)
    hashes = dict(row.findall(path.read_text(encoding="utf-8")))
    if not hashes:
        raise ValueError(f"{path}: no sha256 in it")
    animals = json.loads((path.parent / ZOO).read_text(encoding="utf-8"))
    for animal in animals.values():
        hashes |= {f"zoo/{name}": digest for name, digest in animal["sha256"].items()}
    return hashes


def report(console: Console | None = None) -> bool:
    """Print every line as it is found.

    Returns:
        Whether everything that learning needs is there.
    """
    # Terminals get colours, pipes do not; the words alone say the same.
    console = console or Console(highlight=False, soft_wrap=True)
    missing = []
    for line in diagnose():
        text = Text(f"{line.state:<6}", style=STYLES[line.state])
        console.print(text.append(f"{line.name:<19} {line.found}", style="default"))
        if line.fix:
            console.print(Text(f"{'':<26}fix: {line.fix}"))
        if line.state == "fail":
            missing.append(line.name)
    if missing:
        console.print(Text(f"Needed and not right: {', '.join(missing)}"))
    else:
        console.print(Text("Everything needed for the labs is here."))
    return not missing


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
