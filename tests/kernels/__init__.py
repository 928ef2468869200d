"""Kernels that start in no time: forks of one process that has torch loaded."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@contextlib.contextmanager
def forked_kernels(name: str) -> Iterator[None]:
    """Have Jupyter find them under a name, here and in what is started meanwhile."""
    with tempfile.TemporaryDirectory(prefix="kernels-") as folder:
        door, spec = Path(folder, "door"), Path(folder, "kernels", name, "kernel.json")
        call = [sys.executable, "-E", "-S", str(HERE / "call.py"), str(door)]
        spec.parent.mkdir(parents=True)
        kernel = {"argv": [*call, "-f", "{connection_file}"], "display_name": name}
        spec.write_text(json.dumps(kernel | {"language": "python"}))
        command = [sys.executable, str(HERE / "server.py"), str(door)]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as server:
            while not door.exists():
                assert server.poll() is None, "the kernels' server has ended"
                time.sleep(0.05)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("JUPYTER_PATH", folder, prepend=os.pathsep)
                yield
            server.stdin.close()
