"""A line like that of a JupyterHub over a school's wireless network, in front of a server."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

ROUND_TRIP = 0.080  # seconds
BITS = 5e6  # a second, each way
PIECE = 1460  # bytes sent at once: a packet


class Link:
    """One direction, shared by all connections: late by half a round trip, and narrow.

    Attributes:
        bytes: what has gone through.
    """

    def __init__(self, slow: bool) -> None:
        self.slow, self.bytes, self._free = slow, 0, 0.0

    async def carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Carry one connection's bytes until it ends."""
        under_way: asyncio.Queue = asyncio.Queue()
        delivery = asyncio.create_task(self._deliver(under_way, writer))
        try:
            while data := await reader.read(PIECE):
                self.bytes += len(data)
                now = asyncio.get_running_loop().time()
                self._free = max(now, self._free) + 8 * len(data) / BITS
                due = self._free + ROUND_TRIP / 2 if self.slow else now
                under_way.put_nowait((due, data))
        except ConnectionError:
            pass
        under_way.put_nowait((0, b""))
        await delivery

    async def _deliver(
        self, under_way: asyncio.Queue, writer: asyncio.StreamWriter
    ) -> None:
        while True:
            due, data = await under_way.get()
            wait = due - asyncio.get_running_loop().time()
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                if not data:
                    writer.close()
                    return
                writer.write(data)
                await writer.drain()
            except ConnectionError:
                return


class Proxy:
    """Listens on a free port and passes everything on to `target`.

    Attributes:
        port: where it listens.
        down: the link from the server to the browser.
    """

    def __init__(self, target: int, slow: bool) -> None:
        self._target = target
        self._up, self.down = Link(slow), Link(slow)
        self.port = 0

    async def listen(self) -> None:
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def _connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        far_reader, far_writer = await asyncio.open_connection(
            "127.0.0.1", self._target
        )
        with suppress(asyncio.CancelledError):  # the end of everything
            await asyncio.gather(
                self._up.carry(reader, far_writer), self.down.carry(far_reader, writer)
            )


@contextmanager
def proxy(target: int, slow: bool) -> Iterator[Proxy]:
    """A proxy in a thread of its own, which only counts bytes unless it is slow."""
    made, ready, done = Proxy(target, slow), threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        await made.listen()
        ready.set()
        await done.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield made
    finally:
        loops[0].call_soon_threadsafe(done.set)
        thread.join()
