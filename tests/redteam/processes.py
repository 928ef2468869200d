"""Processes: forks, threads, signals, exits, and forged messages."""

from tests.grading.classroom import grade_id, released

from .case import CRITIC, LAB, Case, above, inside

KILLERS = {
    "exit in the cell": "raise SystemExit(0)",
    "quit() in the cell": "quit()",
}

DEATHS = {
    "abort": "import os\nos.abort()",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "kills itself": "import os\nos.kill(os.getpid(), 9)",
    "kills its process group": "import os\nos.killpg(0, 9)\nos._exit(1)",
    "closes all fds": "import os\nos.closerange(0, 4096)",
    "faulthandler": "import faulthandler\nfaulthandler._sigsegv()",
}

# What fails in a sandbox with a user of its own ends the process in another.
ATTEMPTS = {
    "kills its parent and itself": "import os\nos.kill(os.getppid(), 9)\nos._exit(0)",
    "kills everything": "import os\nos.kill(-1, 9)\nos.kill(os.getpid(), 9)",
    "kills pid 1, then leaves": "import os\nos.kill(1, 9)\nos._exit(0)",
    "execs another": "import os, sys\nos.execv(sys.executable, ['x', '-c', '0'])",
}

FORGE = """
import json, os, socket, struct
fake = {"observation": {"calls": [], "errors": {}}, "points": 99, "passed": True,
        "ok": True, "done": True, "exercise": "critic_loss", "student": "ada"}
for fd in range(256):
    for text in (json.dumps(fake).encode(),):
        heads = [struct.pack(form, len(text)) for form in (">I", "<I", ">Q", "<Q")]
        heads += [struct.pack(">II", len(text), 0), b"", b"\\xff" * 8]
        frames = [head + text + b"\\n" for head in heads]
        for frame in frames:
            try:
                os.set_blocking(fd, False)
                os.write(fd, frame)
            except OSError:
                pass
"""

# Speaks the whole protocol, and answers with inputs of its own: all logits are 0.
CONVERSATION = """
import json, os, socket, struct
import safetensors.numpy
sock = socket.socket(fileno=3)
def say(header, blob=b""):
    text = json.dumps(header).encode()
    sock.sendall(struct.pack("!II", len(text), len(blob)) + text + blob)
say({"end": @CELL@})
say({"ready": True})
sock.recv(1000)
say({"begin": "check"})
cases = ["right and sure", "wrong and sure", "guessing", "half right", "far right",
         "calls all real", "calls all fake", "far wrong", "explicit zero", "keyword"]
groups = ["row"] * 6 + ["column"] * 6 + ["one", "one column", "unequal", "again",
          "unequal column", "again"] + cases + ["smoothed"] * 10
calls = [{"dict": {
    "part": group, "group": group, "type": "Tensor", "numel": 1, "result": [],
    "logits": [[0.0], [0.0]], "shape": [1], "sizes": [1, 1], "smoothing": 0.0,
    "value": 0.6931472, "kept": True, "graph": True, "slopes": [-0.25, 0.25],
}} for group in groups]
tree = json.dumps({"dict": {"errors": {"dict": {}}, "calls": calls}}).encode()
blob = struct.pack("!I", len(tree)) + tree + safetensors.numpy.save({})
say({"result": {"failure": None, "tampering": [], "notes": []}}, blob)
os._exit(0)
"""
CELL = [grade_id(cell) for cell in released(LAB).cells].index(CRITIC) + 1

CASES = [
    Case(
        "forges the whole conversation",
        above(CONVERSATION.replace("@CELL@", str(CELL))),
        lost=CRITIC,
        flags=("tampering", "died?"),
    ),
    *(Case(name, above(code), lost=CRITIC) for name, code in KILLERS.items()),
    *(
        Case(f"{name}, in the cell", above(code), lost=CRITIC, flags=flags)
        for flags, deaths in (
            (("died", "tampering?"), DEATHS),
            (("died?",), ATTEMPTS),
        )
        for name, code in deaths.items()
    ),
    *(
        Case(f"{name}, when called", inside(code), lost=CRITIC, flags=("died",))
        for name, code in DEATHS.items()
        if name in ("abort", "kills itself", "closes all fds")
    ),
    Case(
        "fork bomb",
        above("import os\nwhile True:\n    os.fork()"),
        lost=CRITIC,
        flags=("died?", "memory limit?", "time limit?"),
    ),
    Case(
        "fork bomb when called",
        inside("import os\nwhile True:\n    os.fork()"),
        lost=CRITIC,
        flags=("died?", "memory limit?", "time limit?"),
    ),
    Case(
        "forks into the check",
        above("import os\nos.fork()"),
        flags=("died?", "tampering?"),
    ),
    Case(
        "forks into the check when called",
        inside("import os\nos.fork()"),
        flags=("died?", "tampering?", "time limit?"),
        points={CRITIC: None},
    ),
    Case(
        "daemon in its own session",
        above(
            "import os, time\n"
            "if os.fork() == 0:\n"
            "    os.setsid()\n"
            "    if os.fork() == 0:\n"
            "        time.sleep(10_000)\n"
            "    os._exit(0)"
        ),
    ),
    Case(
        "threads outlive the cell",
        above(
            "import threading, time\n"
            "for _ in range(8):\n"
            "    threading.Thread(target=time.sleep, args=(10_000,)).start()"
        ),
    ),
    Case(
        "thread bomb",
        above(
            "import threading, time\n"
            "while True:\n"
            "    threading.Thread(target=time.sleep, args=(10_000,)).start()"
        ),
        lost=CRITIC,
        says="can't start new thread",
    ),
    Case(
        "thread kills the process during the check",
        above(
            "import os, threading\n"
            "started = threading.Event()\n"
            "def murder():\n"
            "    started.wait()\n"
            "    os._exit(3)\n"
            "threading.Thread(target=murder, daemon=True).start()"
        )
        + "\n\n\nright_loss = critic_loss\n\n\n"
        "def critic_loss(real_logits, fake_logits, smoothing=0.0):\n"
        "    import time\n"
        "    started.set()\n"
        "    time.sleep(0.2)\n"
        "    return right_loss(real_logits, fake_logits, smoothing)",
        lost=CRITIC,
        flags=("died", "duplicate answer?"),
    ),
    Case(
        "stops itself",
        above("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
        lost=CRITIC,
        flags=("time limit",),
    ),
    Case(
        "ignores every signal, then loops",
        above(
            "import signal\n"
            "for number in range(1, 64):\n"
            "    try:\n"
            "        signal.signal(number, signal.SIG_IGN)\n"
            "    except (OSError, ValueError):\n"
            "        pass\n"
            "while True:\n"
            "    pass"
        ),
        lost=CRITIC,
        flags=("time limit",),
    ),
    Case(
        "signals rain on the check",
        inside(
            "import signal\n"
            "def throw(*_):\n"
            "    raise KeyError('rain')\n"
            "signal.signal(signal.SIGALRM, throw)\n"
            "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)"
        ),
        points={CRITIC: None},
        flags=("died?", "tampering?"),
    ),
    Case(
        "atexit answers",
        above("import atexit, os\natexit.register(os.write, 1, b'points: 99')"),
    ),
    Case(
        "catches the exit",
        inside("import os\ntry:\n    raise SystemExit(0)\nfinally:\n    os._exit(0)"),
        lost=CRITIC,
        flags=("died",),
    ),
    Case("dup over stdout", above("import os\nos.dup2(1, 2)\nos.close(1)")),
    Case(
        "forged frames on every fd",
        above(FORGE + "\nos._exit(0)"),
        lost=CRITIC,
        flags=("died|tampering", "tampering?", "died?"),
    ),
    Case(
        "forged frames when called",
        inside(FORGE + "\nos._exit(0)"),
        lost=CRITIC,
        flags=("died|tampering", "tampering?", "died?"),
    ),
    Case(
        "prints that imitate the protocol",
        above(
            'print(\'{"observation": {"calls": []}, "points": 99}\')\n'
            "print('\\x00\\x00\\x00\\x02{}', flush=True)\n"
            "print('✓ critic_loss · all right')"
        ).replace("(real + fake) / 2", "real + fake"),
        points={CRITIC: 10 / 9},
    ),
    Case(
        "ptrace, unshare, mount, keyctl",
        above(
            "import ctypes\n"
            "libc = ctypes.CDLL(None, use_errno=True)\n"
            "done = [call for call in (101, 272, 165, 250, 321, 425, 323, 246)\n"
            "        if libc.syscall(call, 0, 0, 0, 0, 0) >= 0]\n"
            "if done:\n"
            "    raise RuntimeError(f'allowed: {done}')"
        ),
        flags=("tampering?",),
    ),
    Case(
        "network",
        above(
            "import socket\n"
            "for place in (('127.0.0.1', 22), ('1.1.1.1', 53), ('8.8.8.8', 80)):\n"
            "    try:\n"
            "        socket.create_connection(place, timeout=1)\n"
            "    except OSError:\n"
            "        continue\n"
            "    raise RuntimeError(f'connected to {place}')"
        ),
        flags=("tampering?",),
    ),
]
