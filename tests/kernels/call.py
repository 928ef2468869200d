"""`call.py SOCKET -f FILE`: what Jupyter takes for the kernel; lives as long as it."""

import json
import os
import signal
import socket
import sys

signal.signal(signal.SIGINT, signal.SIG_IGN)  # comes before each end; a kernel idles on
with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    environment = dict(os.environ)
    environment.pop("JPY_PARENT_PID", None)  # of this process's parent
    asked = {"environment": environment, "folder": os.getcwd()}
    server.sendall(json.dumps(asked | {"arguments": sys.argv[2:]}).encode() + b"\n")
    server.recv(1)  # ends with the kernel
