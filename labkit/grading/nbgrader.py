"""nbgrader's own autograde, with the students' kernels in labkit's sandbox.

For courses that stay with `nbgrader autograde`. Into nbgrader_config.py goes:

    c.Autograde.autograde_preprocessors = [
        "labkit.grading.nbgrader.SandboxedExecute",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]

That is nbgrader's list with its first entry replaced; settings of `c.Execute` hold for
the new one too. A notebook then runs without network, in a folder of its own (a copy of
nothing but the files beside it), and cannot see the course, the grade book, solutions,
other submissions or other processes; memory, processes, files and output are limited as
in `labkit.grading.sandbox.limits`. Where no sandbox can be made nothing is graded.

What it does not do, and `labkit grade` does: the hidden tests still run in the student's
own kernel, which can read them, change what they see and fake what they print. A cell
that kills the kernel still costs the whole notebook. labkit's own answers can be read,
because the tests need labkit. Markdown of students reaches formgrader as they wrote it.
"""

import contextlib
import itertools
import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from traitlets import default

import labkit
from labkit.grading.sandbox import bubblewrap as sandbox
from labkit.grading.sandbox.cgroups import Cgroup
from labkit.grading.sandbox.jail import MB, Setup
from labkit.grading.sandbox.limits import limits_for
from labkit.grading.sandbox.mounts import KIT, kept, mounts
from labkit.grading.sandbox.namespaces import PRIVATE, WORK

CAPABILITIES = ("SETPCAP", "SETUID", "SETGID")  # given up before the kernel starts
FILES = 1000  # beside a notebook
LOADED_MB = 1024  # the kernel itself and the libraries that it loads
CONNECTION = "/tmp/kernel.json"
SOCKETS = "/tmp/kernel"
BOOT = (
    "import sys; sys.path.insert(0, {!r}); "
    "from labkit.grading.sandbox import kernel; kernel.main()"
)
SHOWN = ("stream", "display_data", "execute_result", "update_display_data", "error")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
CUT = "\n[more was printed than is kept]\n"


class SandboxedKernel(AsyncKernelManager):
    """Starts a Python kernel inside bubblewrap, and talks to it by sockets in there.

    Args:
        lab: the assignment, whose limits hold.
        course: the course folder; nothing of it can be seen inside.
        submitted: what the student handed in.
    """

    def __init__(self, lab: str, course: Path, submitted: Path, **kwargs: Any) -> None:
        self._files = contextlib.ExitStack()
        folder = tempfile.TemporaryDirectory(prefix="labkit-kernel-")
        file = os.path.join(self._files.enter_context(folder), "kernel.json")
        # Without a network there is no tcp; the sockets are where only the kernel writes.
        super().__init__(transport="ipc", ip=SOCKETS, connection_file=file, **kwargs)
        self._course, self._submitted = course, submitted
        self._limits = limits_for(lab)

    @property
    def kernel_spec(self) -> KernelSpec:
        """Whatever kernel the notebook asks for, it gets this one."""
        return KernelSpec(argv=[], language="python", interrupt_mode="message")

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """The kernel's own arguments; the command comes when all is known."""
        return ["-f", CONNECTION, *(extra_arguments or [])]

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict]:
        return await super()._async_pre_start_kernel(
            **{**kw, "env": dict(sandbox.ENVIRONMENT)}
        )

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:
        user = sandbox.user_of(0) if sandbox.own_user() else None
        if user is not None:
            os.chown(self.connection_file, user, user)
        setup = Setup("", self._limits, isolated=True, user=user, doors=self._doors())
        said = self._files.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115
        told, status = os.pipe()
        with os.fdopen(told) as answers:
            command = self._command(setup, Path(kw.pop("cwd", None) or "."), status)
            kw |= {"stdout": DEVNULL, "stderr": said}
            kw["pass_fds"] = (status, *setup.handles)
            try:
                await super()._async_launch_kernel([*command, *kernel_cmd], **kw)
            finally:
                os.close(status)
            inner = json.loads(answers.readline() or "{}").get("child-pid")
        if inner is None:
            said.seek(0)
            raise sandbox.SandboxError(f"The kernel has no sandbox: {said.read()}")
        self.ip = f"/proc/{inner}/root{SOCKETS}"

    def _doors(self) -> list[int]:
        """Open files of a cgroup, where one can be made."""
        memory_mb = self._limits.memory_mb + self._limits.file_mb + LOADED_MB
        name = f"labkit-{os.getpid()}-kernel-{id(self)}"
        try:
            group = Cgroup(name, memory_mb, self._limits.processes)
        except OSError:
            return []
        self._files.callback(group.close)
        doors = [os.open(path, os.O_WRONLY) for path in group.doors]
        for door in doors:
            self._files.callback(os.close, door)
        return doors

    def _command(self, setup: Setup, beside: Path, status: int) -> list[str]:
        """Bubblewrap and its arguments, then Python and its own but for the kernel's."""
        kit = Path(labkit.__file__).resolve().parent.parent
        data = kit / "data"
        data = data if data.is_dir() else kit / "labkit" / "_data"
        arguments = ["--json-status-fd", str(status), "--unsetenv", "JPY_PARENT_PID"]
        arguments += ["--die-with-parent", *mounts(kit, data, self._course)]
        for folder in PRIVATE:
            size = str(setup.limits.file_mb * MB)
            arguments += ["--perms", "1777", "--size", size, "--tmpfs", folder]
        for path in kept(PRIVATE):
            for parent in reversed(Path(path).parents[:-1]):  # open to everybody
                arguments += ["--dir", str(parent)]
            arguments += ["--ro-bind", path, path]
        arguments += ["--ro-bind", self.connection_file, CONNECTION]
        for file in _files_beside(beside, self._submitted):
            inside = Path(WORK) / file.relative_to(beside)
            for folder in reversed(inside.relative_to(WORK).parents):
                arguments += ["--dir", f"{WORK}/{folder}"]
            arguments += ["--ro-bind", str(file), str(inside)]
        python = [sys.executable, "-P", "-s", "-B", "-c", BOOT.format(str(KIT))]
        told = json.dumps(asdict(setup))
        return [
            *sandbox.bubblewrap(setup.user, CAPABILITIES),
            *arguments,
            "--",
            *python,
            told,
        ]

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart)
        if not restart:
            self._files.close()

    cleanup_resources = _async_cleanup_resources


class SandboxedExecute(Execute):
    """Runs a notebook's cells in a `SandboxedKernel`; what they show is made harmless.

    Text and pictures are kept, up to a number of bytes for a cell. HTML and scripts are
    not: formgrader would run them with the teacher's rights.
    """

    @default("shutdown_kernel")
    def _at_once(self) -> str:
        return "immediate"

    @default("store_widget_state")
    def _no_widgets(self) -> bool:
        return False

    def create_kernel_manager(self) -> SandboxedKernel:
        self._printed: Counter[int] = Counter()
        course = CourseDirectory(config=self.config)
        names = self.resources["nbgrader"]
        submitted = course.format_path(
            course.submitted_directory, names["student"], names["assignment"]
        )
        self.km = SandboxedKernel(
            lab=names["assignment"],
            course=Path(course.root),
            submitted=Path(submitted),
            config=self.config,
        )
        return self.km

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Take a message of the kernel; see the class for what is left of it."""
        if msg["msg_type"] in SHOWN:
            content = dict(msg["content"])
            if "data" in content:
                content |= {"data": harmless(content["data"]), "metadata": {}}
            room = limits_for("").output_bytes - self._printed[cell_index]
            size = len(json.dumps(content))
            self._printed[cell_index] += size
            if room < 0:
                return None
            msg = {**msg, "content": content}
            if size > room:
                header = {**msg["header"], "msg_type": "stream"}
                text = content.get("text", "")[:room] + CUT
                msg |= {"header": header, "msg_type": "stream"}
                msg["content"] = {"name": "stdout", "text": text}
        return super().process_message(msg, cell, cell_index)


def _files_beside(folder: Path, submitted: Path) -> Iterator[Path]:
    """What lies beside a notebook, notebooks apart: they may hold the hidden tests.

    nbgrader has copied it from the submission, and followed every link: a copy of what
    a link named, the grade book say, is left out.
    """
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    for file in itertools.islice(files, FILES):
        name = file.relative_to(folder)
        places = [submitted / name, *(submitted / parent for parent in name.parents)]
        linked = any(place.is_symlink() for place in places)
        if not linked and not file.is_symlink() and file.suffix != ".ipynb":
            yield file


def harmless(data: dict[str, Any]) -> dict[str, str]:
    """The text and the pictures of an output."""
    return {
        kind: value
        for kind, value in data.items()
        if isinstance(value, str)
        and (
            kind == "text/plain"
            or (kind in ("image/png", "image/jpeg") and BASE64.fullmatch(value))
        )
    }
