"""Inside the sandbox: a process that has loaded everything and forks for each submission.

It holds no secret and runs nothing of a student's. Every submission gets a supervisor of
its own, the first process of a new process namespace: when it goes, all goes.
"""

import contextlib
import gc
import importlib
import os
import resource
import socket
import sys
import traceback

from labkit.grading.sandbox import kernel_calls as kernel
from labkit.grading.sandbox import wire
from labkit.grading.sandbox.jail import Setup
from labkit.grading.sandbox.jailed import probe
from labkit.grading.sandbox.pages import collapse
from labkit.grading.sandbox.supervisor import Loaded, supervise

SMALL = 1 << 20  # bytes of a message between worker and zygote
GO = b"g"
MODULES = (
    "encodings.unicode_escape",
    "encodings.utf_8_sig",
    "numpy.fft",
    "numpy.random",
    "statistics",
    "torch",
    "torch.fx.experimental._constant_symnode",
    "torch.nested._internal.nested_tensor",
    "torch.utils._device",
    "matplotlib.pyplot",
    "IPython.core.inputtransformer2",
    "nbformat",
    "labkit.checks",
    "labkit.show",
)
# nbformat comes with this and never asks it: a grammar of web addresses, built in 3 s.
NOT_WANTED = "rfc3987_syntax"
# The first optimiser in a process imports this: ten seconds, and slower forks.
COMPILER = "torch._dynamo"
WITH_OPTIMISERS = ("05_training", "07_latent_space")


def main() -> None:
    """Serve the worker at the other end of the socket that the command line names."""
    control = socket.socket(fileno=int(sys.argv[1]))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1024), hard))
    header, _ = wire.receive(control, SMALL)
    setup = Setup.from_json(header)
    sys.path += [path for path in setup.paths if path not in sys.path]
    try:
        loaded = load(setup.lab) if setup.lab else None
        wire.send(control, {"layers": look(setup)})
        if loaded is not None:
            serve(control, setup, loaded)
    except Exception as error:  # noqa: BLE001 (the worker tells people)
        with contextlib.suppress(OSError):
            wire.send(control, {"missing": f"{type(error).__name__}: {error}"})
    os._exit(0)  # nothing to tidy up, and libraries that complain at the end


def load(lab: str) -> Loaded:
    """Import what a submission may need, so that it is there in every fork."""
    sys.modules[NOT_WANTED] = None  # whoever imports it does without
    for module in (*MODULES, *[COMPILER] * (lab in WITH_OPTIMISERS)):
        importlib.import_module(module)
    import torch

    from labkit.checks.spec import REGISTRY, own_version
    from labkit.grading.reading import document, runner, tamper, warm
    from labkit.grading.reading.hiding import hide_checks

    torch.set_num_threads(1)
    exercises = [each for each in REGISTRY.values() if each.lab == lab]
    for exercise in exercises:
        own_version(exercise)
    if not torch.accelerator.is_available():  # with one, autograd must not fork
        warm.warm_up()
    hide_checks()
    return Loaded(
        exercises=[each.name for each in exercises],
        read=document.read,
        unreadable=document.Unreadable,
        run=runner.run,
        snapshot=tamper.snapshot(),
    )


def look(setup: Setup) -> list[str]:
    """Make a jail, ask in there which layers are in force, and leave it."""
    here, there = socket.socketpair()
    child = fork(setup)
    if child == 0:
        here.close()
        try:
            probe(there, setup)
        finally:
            os._exit(0)
    there.close()
    try:
        header, _ = wire.receive(here, SMALL)
    except EOFError:
        header = {"missing": "the first process of a namespace did not start"}
    os.waitpid(child, 0)
    if "missing" in header:
        raise OSError(header["missing"])
    return header["layers"]


def serve(control: socket.socket, setup: Setup, loaded: Loaded) -> None:
    """Fork a supervisor for each socket that comes, one after the other."""
    gc.collect()
    gc.freeze()
    collapse()
    while True:
        data, handles, _, _ = socket.recv_fds(control, len(GO), 1)
        if not data:
            return
        channel = socket.socket(fileno=handles[0])
        child = fork(setup)
        if child == 0:
            control.close()
            try:
                supervise(channel, setup, loaded)
            except BaseException:  # noqa: BLE001 (whatever it was, here it ends)
                traceback.print_exc()
            finally:
                os._exit(0)
        channel.close()
        os.waitpid(child, 0)


def fork(setup: Setup) -> int:
    """Fork; if isolated, the child is the first process of a new namespace."""
    if not setup.isolated:
        return os.fork()
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    kernel.unshare(kernel.CLONE_NEWPID)
    try:
        return os.fork()
    finally:
        if os.getpid() != 1:
            kernel.setns(own, kernel.CLONE_NEWPID)
            os.close(own)
