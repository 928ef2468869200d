"""Ctrl-C, once: a polite request; twice: the end."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Any

from labkit.runtime import in_main_thread


@contextlib.contextmanager
def interrupt_calls(stop: Callable[[], None]) -> Iterator[None]:
    """Turn the first Ctrl-C into a call of `stop`; the second one interrupts."""
    if not in_main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def handler(*_: Any) -> None:
        stop()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
