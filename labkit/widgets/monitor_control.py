"""What a person wants of a training, and a thread that does it."""

import threading
from collections import deque

from labkit.iteration import BOTH


class Control:
    """Buttons set it, from any thread; the training thread obeys before each step.

    Attributes:
        paused: whether the training is to wait.
        over: whether it is to end.
    """

    def __init__(self) -> None:
        self.paused = False
        self._orders: deque[str] = deque()
        self.over = False
        self._changed = threading.Condition()

    def pause(self) -> None:
        """Let the training wait after the present step."""
        with self._changed:
            self.paused = True

    def resume(self) -> None:
        """Let it go on."""
        with self._changed:
            self.paused = False
            self._changed.notify_all()

    def step(self, who: str) -> None:
        """Order one step of BOTH, CRITIC or GENERATOR, and pause after it."""
        with self._changed:
            self.paused = True
            self._orders.append(who)
            self._changed.notify_all()

    def end(self) -> None:
        """Let it end: nobody waits any more."""
        with self._changed:
            self.over = True
            self._changed.notify_all()

    def next(self) -> str | None:
        """Who plays next; None while the training is to wait."""
        with self._changed:
            if self._orders:
                return self._orders.popleft()
            return None if self.paused and not self.over else BOTH

    def wait(self) -> None:
        """Wait until `next` has an answer."""
        with self._changed:
            self._changed.wait_for(lambda: self._orders or self.over or not self.paused)
