"""What a submission can reach from inside the sandbox, and what it costs others."""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from labkit.grading.sandbox import bubblewrap as sandbox
from labkit.grading.sandbox.outcome import Observed
from tests.grading.classroom import right
from tests.grading.conftest import (
    EXERCISES,
    LAB,
    SMALL,
    Submit,
    as_ordinary_user,
    descendants,
)

pytestmark = pytest.mark.needs("bwrap")
RIGHT = right(LAB)["critic_loss"]
DEAF = """
import signal
for number in range(1, 60):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass
"""
LAYERS = ["namespaces", "capabilities dropped", "seccomp", "limits"]


def fine(observed: Observed) -> bool:
    return observed.observation is not None and not observed.deaths


def spied(submit: Submit, code: str) -> str:
    """What `code` prints when it runs in the cell of an answer."""
    outcome = submit(["critic_loss"], critic_loss=f"{RIGHT}\n{code}")
    assert outcome.problem is None
    observed = outcome.observed["critic_loss"]
    assert fine(observed), observed
    return observed.printed


def test_the_layers_are_named(worker: "Worker") -> None:  # noqa: F821
    assert worker.layers[:4] == LAYERS
    if os.getuid() == 0:
        assert "own user" in worker.layers


def test_right_answers_are_observed(submit: Submit) -> None:
    outcome = submit()
    assert outcome.problem is None
    assert list(outcome.observed) == list(EXERCISES)
    for observed in outcome.observed.values():
        assert fine(observed)
        assert not observed.tampering and not observed.capped
        assert 0 < observed.seconds < 20
        assert observed.peak_mb > 50
    assert outcome.document["answers"].keys() == set(EXERCISES)


def test_nothing_can_be_read_but_python_labkit_and_the_data(
    submit: Submit, secrets: Path
) -> None:
    home = os.path.expanduser("~")
    here = str(Path(__file__).resolve())
    printed = spied(
        submit,
        f"""
import os, sys
for path in {[str(secrets), home + "/.bashrc", here, "/etc/passwd", "/bin/sh"]!r}:
    print("there" if os.path.exists(path) else "nothing", path)
print("top", sorted(os.listdir("/")))
print("kit", sorted(os.listdir("/kit")), os.listdir("/kit/labkit/checks"))
print("dev", sorted(os.listdir("/dev")))
print("etc", os.listdir("/etc"))
print("names", [name for name in os.environ if "KEY" in name or "TOKEN" in name])
for path in ("/kit/labkit/x", "/kit/data/x", sys.prefix + "/x", os.__file__, "/x"):
    try:
        open(path, "a")
        print("written", path)
    except OSError as error:
        pass
""",
    )
    assert "there" not in printed
    assert "written" not in printed
    assert "kit ['data', 'labkit', 'work'] []" in printed
    assert "dev ['fd', 'full', 'null', 'random', 'shm', 'urandom', 'zero']" in printed
    assert "etc ['ld.so.cache']" in printed or "etc []" in printed
    assert "home" not in printed.partition("top")[2].splitlines()[0]


def test_there_is_no_network(submit: Submit) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        printed = spied(
            submit,
            f"""
import socket
print([name for _, name in socket.if_nameindex()])
for address in (("127.0.0.1", {server.getsockname()[1]}), ("192.0.2.1", 53)):
    try:
        socket.create_connection(address, 2)
        print("connected")
    except OSError as error:
        print("refused")
""",
        )
    assert printed.split("\n")[:3] == ["['lo']", "refused", "refused"]


def test_a_submission_is_nobody_and_sees_no_other_process(submit: Submit) -> None:
    printed = spied(
        submit,
        """
import os
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status"))
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    assert int(status[name], 16) == 0, name
assert status["NoNewPrivs"].strip() == "1" and status["Seccomp"].strip() == "2"
numbers = [name for name in os.listdir("/proc") if name.isdigit()]
print(numbers == [str(os.getpid())], os.getppid(), os.getuid() == 0)
for path in ("/proc/1/mem", "/proc/1/environ", "/proc/1/fd", "/proc/1/root"):
    try:
        os.listdir(path) if "." in path or path[-1] in "dt" else open(path).read(1)
        print("seen", path)
    except OSError:
        pass
print(sorted(os.listdir("/proc/self/fd"))[:4], os.isatty(0))
""",
    )
    assert "True 1 False" in printed
    assert "seen" not in printed


def test_calls_that_attack_the_kernel_or_the_supervisor_are_refused(
    submit: Submit,
) -> None:
    printed = spied(
        submit,
        """
import ctypes, os, platform, resource
libc = ctypes.CDLL(None, use_errno=True)
tries = {
    "unshare user": lambda: libc.unshare(0x10000000),
    "unshare mount": lambda: libc.unshare(0x20000),
    "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    "umount": lambda: libc.umount2(b"/kit/labkit/checks", 2),
    "chroot": lambda: libc.chroot(b"/tmp"),
    "ptrace": lambda: libc.ptrace(16, 1, 0, 0),
    "setuid": lambda: libc.setuid(0),
    "io_uring": lambda: libc.syscall(425, 8, 0),
    "clone3": lambda: libc.syscall(435, 0, 0),
    "pidfd": lambda: libc.syscall(434, 1, 0),
    "sched": lambda: libc.sched_setaffinity(1, 8, bytes(8)),
}
if platform.machine() == "x86_64":
    tries["clone user"] = lambda: libc.syscall(56, 0x10000011, 0, 0, 0, 0)
    tries["x32 getpid"] = lambda: libc.syscall(0x40000027)
for name, call in tries.items():
    print(name, "refused" if call() == -1 else "DONE")
try:
    resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0))
    print("prlimit DONE")
except OSError:
    pass
try:
    resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))
    print("limits DONE")
except (ValueError, OSError):
    pass
""",
    )
    assert printed.count("refused") >= 11
    assert "DONE" not in printed


@pytest.mark.parametrize(
    "attack",
    [
        "import os; os.kill(1, 9)",
        "import os; os.kill(-1, 9)",
        "import os, signal; os.kill(os.getppid(), signal.SIGINT)",
        "import os; os.killpg(0, 9)",
        "import os; os.closerange(0, 1000)",
        "import ctypes; ctypes.string_at(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    ],
)
def test_a_submission_that_kills_hurts_itself_only(submit: Submit, attack: str) -> None:
    outcome = submit(critic_loss=f"{RIGHT}\n{attack}")
    assert fine(outcome.observed["generator_loss"])
    assert fine(outcome.observed["minimax_generator_loss"])


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("import os; os._exit(0)", "exit"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "signal"),
        (DEAF, "time"),
    ],
)
def test_a_death_is_named_with_its_cell(submit: Submit, code: str, how: str) -> None:
    began = time.monotonic()
    outcome = submit(["critic_loss"], critic_loss=f"{RIGHT}\n{code}")
    death = outcome.observed["critic_loss"].deaths[0]
    assert death.how == how
    assert death.cell == outcome.document["answers"]["critic_loss"]
    assert death.text.endswith(".")
    assert time.monotonic() - began < SMALL.cell_seconds + 10


def test_a_check_that_does_not_end_is_stopped(submit: Submit) -> None:
    code = "import os\ndef critic_loss(*_, **__): os._exit(3)"
    (death,) = submit(["critic_loss"], critic_loss=code).observed["critic_loss"].deaths
    assert (death.how, death.cell) == ("exit", None)


def test_a_memory_hog_gets_an_error_that_can_be_read(submit: Submit) -> None:
    outcome = submit(critic_loss=f"import torch\nx = torch.ones(2**30)\n{RIGHT}")
    observed = outcome.observed["critic_loss"]
    assert "memory" in observed.failure["text"].lower()
    assert not observed.deaths
    assert fine(outcome.observed["generator_loss"])


def test_a_hog_in_many_processes_is_stopped(submit: Submit) -> None:
    code = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        x = bytearray(300 * 2**20)
        time.sleep(60)
time.sleep(60)
"""
    outcome = submit(critic_loss=f"{RIGHT}\n{code}")
    (death, *_) = outcome.observed["critic_loss"].deaths
    assert death.how in ("memory", "time")
    assert fine(outcome.observed["generator_loss"])


@pytest.mark.parametrize("call", ["os.fork()", "subprocess.Popen([sys.executable])"])
def test_a_fork_bomb_is_contained_and_gone(submit: Submit, call: str) -> None:
    code = f"""
import os, subprocess, sys
while True:
    try: {call}
    except OSError: pass
"""
    began = time.monotonic()
    outcome = submit(critic_loss=f"{RIGHT}\n{code}")
    seconds = time.monotonic() - began
    (death, *_) = outcome.observed["critic_loss"].deaths
    assert death.how in ("processes", "time", "memory")
    assert fine(outcome.observed["generator_loss"])
    assert fine(submit(["generator_loss"]).observed["generator_loss"])
    assert seconds < SMALL.cell_seconds + 15


def test_files_are_small_and_gone_afterwards(submit: Submit) -> None:
    write = """
import os
for folder in ("/tmp", "/dev/shm", "/kit/work", "."):
    try:
        with open(os.path.join(folder, "big"), "wb") as file:
            for _ in range(40):
                file.write(bytes(2**20))
        print("written", folder)
    except OSError as error:
        print("stopped", folder)
"""
    look = """
import os
print([os.listdir(folder) for folder in ("/tmp", "/dev/shm", "/kit/work")])
"""
    outcome = submit(
        critic_loss=f"{RIGHT}\n{write}",
        generator_loss=f"{look}\n{right(LAB)['generator_loss']}",
    )
    assert outcome.observed["critic_loss"].printed.count("stopped") == 4
    assert "big" not in outcome.observed["generator_loss"].printed
    assert fine(outcome.observed["generator_loss"])


def test_a_daemon_does_not_outlive_its_exercise(submit: Submit) -> None:
    daemon = """
import os, socket, time
server = socket.socket(socket.AF_UNIX)
server.bind("\\0daemon")
server.listen()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
"""
    call = """
import socket
try:
    socket.socket(socket.AF_UNIX).connect("\\0daemon")
    print("alive")
except OSError:
    print("gone")
"""
    outcome = submit(
        critic_loss=f"{RIGHT}\n{daemon}",
        generator_loss=f"{call}\n{right(LAB)['generator_loss']}",
    )
    assert fine(outcome.observed["critic_loss"])
    assert "gone" in outcome.observed["generator_loss"].printed


def test_output_is_capped_and_nobody_waits_for_it(submit: Submit) -> None:
    code = "for _ in range(3000): print('x' * 10_000)"
    observed = submit(["critic_loss"], critic_loss=f"{RIGHT}\n{code}").observed
    assert fine(observed["critic_loss"])
    assert observed["critic_loss"].capped
    assert len(observed["critic_loss"].printed) == SMALL.output_bytes


@pytest.mark.parametrize(
    "bytes_sent",
    [
        "b'garbage' * 1000",
        "struct.pack('!II', 2**31, 2**31)",
        "frame({'result': {'failure': None}}, b'forged')",
        "frame({'exercise': 'generator_loss', 'failure': None}, b'forged')",
        "frame({'ready': True})",
        "frame({'done': True})",
        "frame({'begin': 1}) * 10_000",
    ],
)
def test_forged_messages_are_noticed(submit: Submit, bytes_sent: str) -> None:
    code = f"""
import json, os, struct
def frame(header, blob=b""):
    text = json.dumps(header).encode()
    return struct.pack("!II", len(text), len(blob)) + text + blob
os.write(3, {bytes_sent})
"""
    outcome = submit(["critic_loss", "generator_loss"], critic_loss=code + RIGHT)
    observed = outcome.observed["critic_loss"]
    assert observed.observation is None
    assert any("channel" in text for text in observed.tampering)
    assert fine(outcome.observed["generator_loss"])


def test_what_is_too_large_to_hand_back_is_a_failure(submit: Submit) -> None:
    code = "def critic_loss(*_, **__): raise ValueError('x' * 20_000_000)"
    observed = submit(["critic_loss"], critic_loss=code).observed["critic_loss"]
    assert not observed.deaths


def test_a_notebook_that_is_none_is_a_problem(worker: "Worker") -> None:  # noqa: F821
    from labkit.grading.sandbox.outcome import Request

    for content in (b"", b"{", b"\0" * 1000, b"[" * 1_000_000):
        outcome = worker.run(Request(LAB, ["critic_loss"], content, "x", [], [], {}))
        assert outcome.problem is not None
        assert outcome.observed == {}


def test_a_submission_that_only_has_to_be_read_runs_nothing(submit: Submit) -> None:
    outcome = submit([], critic_loss="while True: pass")
    assert outcome.document["answers"]["critic_loss"]
    assert outcome.observed == {}


def test_an_ordinary_user_has_a_sandbox_too() -> None:
    code = "from labkit.grading.sandbox.bubblewrap import look, own_user\n"
    code += "print(own_user(), look(None))"
    done = as_ordinary_user(sys.executable, "-c", code)
    assert done.stdout.strip() == f"False {LAYERS}", done.stderr


def test_without_bubblewrap_there_is_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    sandbox.own_user.cache_clear()
    with pytest.raises(sandbox.SandboxError, match="(?s)install.*--trust-submissions"):
        sandbox.own_user()


def test_when_the_whole_sandbox_is_killed_the_grader_goes_on(submit: Submit) -> None:
    """The last test of this file: the worker would have to start again."""

    def kill() -> None:
        for process in descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    timer = threading.Timer(1, kill)
    timer.start()
    outcome = submit(critic_loss=f"{RIGHT}\nimport time; time.sleep(2.9)")
    timer.join()
    assert [each.deaths[0].how for each in outcome.observed.values()] == ["signal"] * 3
