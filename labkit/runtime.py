"""Where and how the numbers are computed: device, precision, threads, seeds, files."""

import contextlib
import ctypes
import os
import random
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from labkit.errors import BadValue

PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}


def device(name: str | None = None) -> torch.device:
    """Choose the device: `name` if given, else CUDA where there is one, else the CPU.

    Apple's MPS is used only when asked for: it has no float64 and its results are
    not reproducible.

    Raises:
        BadValue: there is no such device here.
    """
    if name is None:
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        chosen = torch.device(name)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise BadValue(f"the device {name!r} is not available here: {reason}") from None
    return chosen


def has_bf16(on: torch.device) -> bool:
    """Tell whether bfloat16 convolutions are fast on this device.

    On a CPU that takes AMX or AVX512-BF16 instructions: without them bfloat16 is
    emulated, and slower than float32.
    """
    if on.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if on.type == "cpu":
        features = getattr(torch.cpu, "get_capabilities", dict)()  # torch >= 2.11
        return bool(features.get("amx_bf16") or features.get("avx512_bf16"))
    return False


def precision(name: str, on: torch.device) -> torch.dtype:
    """Turn "auto", "fp32" or "bf16" into the dtype the networks compute in."""
    if name == "auto":
        return torch.bfloat16 if has_bf16(on) else torch.float32
    if name not in PRECISIONS:
        raise BadValue(f"precision is auto, fp32 or bf16, not {name!r}")
    return PRECISIONS[name]


def in_main_thread() -> bool:
    """Tell whether this is the thread in which cells and commands run."""
    return threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def isolated(seed: int | None = None, threads: int | None = 1) -> Iterator[None]:
    """Run a block with its own seed and thread count and leave no trace of it.

    The caller's random states (torch on every device, numpy, random), thread count
    and gradient mode are as before when the block ends, also by an exception.

    Random states belong to the whole process. In a thread beside the main one, where
    cells may draw or seed meanwhile, they are put back only if the block has a seed:
    without one, "as before" would be out of date.

    Args:
        seed: seeds all generators when given.
        threads: torch threads inside the block; None keeps the caller's.
    """
    keep = seed is not None or in_main_thread()
    states = random.getstate(), np.random.get_state()
    before = torch.get_num_threads()
    try:
        with torch.random.fork_rng(enabled=keep), torch.enable_grad():
            if seed is not None:
                torch.manual_seed(seed)
                np.random.seed(seed % 2**32)
                random.seed(seed)
            if threads is not None:
                torch.set_num_threads(threads)
            yield
    finally:
        torch.set_num_threads(before)
        if keep:
            random.setstate(states[0])
            np.random.set_state(states[1])


def atomic_write(path: str | Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary file beside `path`, then put it in place at once.

    Whoever reads `path` sees the old file or the new one, never half of one, even if
    the program is killed in the middle.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix
    )
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def random_state() -> dict[str, torch.Tensor]:
    """Torch's random state on the CPU and the current GPU, as tensors."""
    state = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state()
    return state


def set_random_state(state: dict[str, torch.Tensor]) -> None:
    """Put back what `random_state` returned."""
    torch.set_rng_state(state["cpu"])
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["cuda"])


def keep_freed_memory() -> None:
    """Ask glibc to keep freed memory for the next step instead of giving it back.

    Training allocates the same large blocks at every step; by default each one is
    mapped, zeroed and unmapped again by the kernel. Elsewhere this does nothing.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(-4, 0)  # M_MMAP_MAX: no block is mapped on its own
        mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD: the heap does not shrink
        mallopt(-2, 2**26)  # M_TOP_PAD: it grows by 64 MB at a time
