"""A machine with a JupyterHub and three accounts, which is gone when the test is over.

It is this machine, seen by its processes with an /etc, /home, /opt, /srv and /tmp of
their own: `install.sh` of deploy/one-machine and `useradd` do there what they do
anywhere. When its first process ends, the kernel ends all the others.
"""

import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Self

REPO = Path(__file__).parents[2]
HUB = REPO / ".venv-hub"
START_SECONDS = 120
PASSWORDS = {"teacher": "chalk-4", "alice": "blue-1", "bob": "green-2"}
ENV = "/opt/dcgan/env/bin"
# Of root's processes; users have what a login gives them.
ROOT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
SETTINGS = """
load_subconfig("/etc/dcgan/jupyterhub_config.py")
c.JupyterHub.spawner_class = "localprocess"  # there is no systemd here
c.JupyterHub.bind_url = "http://127.0.0.1:{}"
c.JupyterHub.hub_port = {}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{}"
c.Spawner.args += ["--LabApp.expose_app_in_browser=True"]
c.Spawner.environment |= {{"LABKIT_STEPS": "20", "OMP_NUM_THREADS": "1"}}
"""


def missing() -> str | None:
    """Say why there can be no such machine here, or None."""
    if not sys.platform.startswith("linux") or os.getuid() != 0:
        return "needs Linux and root: it makes accounts"
    if not (HUB / "ready").exists():
        return "needs JupyterHub: make hub-venv"
    for tool in ("unshare", "nsenter", "useradd", "runuser", "bwrap"):
        if shutil.which(tool) is None:
            return f"needs {tool}"
    return None


class Machine:
    """The machine, with a course folder in the teacher's home.

    Args:
        folder: for its log.

    Attributes:
        url: of the hub, with a slash at its end.
        log: what the hub and everybody's servers said.
    """

    def __init__(self, folder: Path) -> None:
        self.log = folder / "hub.log"
        self._first: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        python = f"python{sys.version_info.major}.{sys.version_info.minor}"
        script = str(Path(__file__).with_name("machine.sh"))
        own = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork"]
        with self.log.open("w") as log:
            self._first = subprocess.Popen(
                [*own, "--kill-child", "--mount-proc", script, str(REPO),
                 os.path.realpath(sys.base_prefix), python],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                env=ROOT,
            )  # fmt: skip
        try:
            if self._first.stdout.readline() != "ready\n":
                raise RuntimeError(f"no machine:\n{self.log.read_text()}")
            self._start_hub()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._first.kill()  # unshare: its child goes with it, and all the others then
        self._first.wait()

    def run(self, user: str, *command: str, seconds: float = 300) -> str:
        """Log in as a user and run a command; return what it said.

        Raises:
            AssertionError: it failed.
        """
        done = self.tried(user, *command, seconds=seconds)
        if done.returncode:
            raise AssertionError(f"{user}: {command} failed:\n{done.stdout}")
        return done.stdout

    def tried(
        self, user: str, *command: str, said: str = "", seconds: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Log in as a user and run a command, which may fail."""
        login = [*self._inside(), "runuser", "--login", user, "--shell", "/bin/bash"]
        return subprocess.run(
            [*login, "--command", shlex.join(command)],
            input=said, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=seconds, env=ROOT, check=False,
        )  # fmt: skip

    def read(self, path: str) -> str:
        """Read a file as root."""
        return self.run("root", "cat", path)

    def _inside(self) -> list[str]:
        children = f"/proc/{self._first.pid}/task/{self._first.pid}/children"
        first = Path(children).read_text().split()[0]
        return ["nsenter", "--target", first, "--mount", "--pid"]

    def _start_hub(self) -> None:
        ports = _free_ports(3)
        self.url = f"http://127.0.0.1:{ports[0]}/"
        write = ["sh", "-c", 'printf %s "$1" > /etc/dcgan/test_config.py', "sh"]
        self.run("root", *write, SETTINGS.format(*ports))
        with self.log.open("a") as log:
            hub = subprocess.Popen(
                [*self._inside(), "--wdns=/var/lib/dcgan-hub",
                 f"{ENV}/jupyterhub", "--config", "/etc/dcgan/test_config.py"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=ROOT,
            )  # fmt: skip
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{self.url}hub/login", timeout=10).close()
                return
            except OSError as error:
                if hub.poll() is not None or time.monotonic() > end:
                    said = self.log.read_text(errors="replace")
                    raise RuntimeError(f"no JupyterHub:\n{said[-4000:]}") from error
            time.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
