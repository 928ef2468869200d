"""`server.py SOCKET`: has torch loaded, and forks a kernel for each call that comes.

A notebook's first seconds go to loading torch, and to torch's compiler at the first
optimiser: in a fork both are there. Nothing of labkit's is loaded, nothing has been run;
a kernel gets the environment and the folder of its caller. When standard input ends,
so does this.
"""

import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
from pathlib import Path

MODULES = ("torch", "torch._dynamo", "ipykernel.kernelapp")


def main() -> None:
    for module in MODULES:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the kernels
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(sys.argv[1])
        door.listen()
        while True:
            ready, _, _ = select.select([door, sys.stdin], [], [])
            if sys.stdin in ready:
                os._exit(0)  # libraries take seconds to go
            caller, _ = door.accept()
            if os.fork() == 0:
                door.close()
                serve(caller)
            caller.close()


def serve(caller: socket.socket) -> None:
    """Be the kernel that the caller asks for; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    asked = json.loads(caller.makefile().readline())
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.path[:] = [path for path in sys.path if Path(path) != Path(__file__).parent]
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    sys.argv[:] = ["ipykernel_launcher", *asked["arguments"], parent]
    threading.Thread(target=follow, args=(caller,), daemon=True).start()
    try:
        importlib.import_module("ipykernel.kernelapp").launch_new_instance()
    finally:
        os._exit(0)


def follow(caller: socket.socket) -> None:
    """End with the caller."""
    caller.recv(1)
    os._exit(1)


main()
