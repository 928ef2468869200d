"""Doing work in threads, and handing out what comes of it as it comes."""

import contextlib
import queue
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

PATIENCE = 5.0  # seconds that an interrupted slot has to come to its end

_END = object()


class Slot(Protocol):
    """Somebody who does one thing after another, in a thread of their own."""

    def grade(self, item: Any) -> Any: ...

    def close(self) -> None: ...


def spread(items: Iterable[Any], slots: Sequence[Slot]) -> Iterator[Any]:
    """Have the slots grade the items, each slot in its own thread.

    Only what is being worked on, and what the caller has not taken yet, is kept. When
    the caller stops early, the slots stop after their present item; one that hangs is
    left behind, in a daemon thread.

    Args:
        items: taken one at a time, by whichever slot is free.
        slots: closed in their threads, at their end.

    Yields:
        The results, in the order in which they come.

    Raises:
        BaseException: what a slot has raised; the others then stop.
    """
    source, taking = iter(items), threading.Lock()
    results: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
    stop = threading.Event()

    def work(slot: Slot) -> None:
        try:
            with contextlib.closing(slot):
                while not stop.is_set():
                    with taking:
                        item = next(source, _END)
                    if item is _END:
                        break
                    results.put((slot.grade(item), None))
        except BaseException as error:  # noqa: BLE001 (raised in the caller's thread)
            results.put((_END, error))
        else:
            results.put((_END, None))

    threads = [
        threading.Thread(target=work, args=(slot,), daemon=True) for slot in slots
    ]
    try:
        for thread in threads:
            thread.start()
        running = len(threads)
        while running:
            result, error = results.get()
            if error is not None:
                raise error
            if result is _END:
                running -= 1
            else:
                yield result
    finally:
        stop.set()
        end = time.monotonic() + PATIENCE
        for thread in threads:
            thread.join(max(end - time.monotonic(), 0))
