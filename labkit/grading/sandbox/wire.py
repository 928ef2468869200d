"""Messages between grader and sandbox: JSON and safetensors, nothing that can run.

A message is two lengths, a JSON object and a blob. An observation travels as a blob: its
tree as JSON, in which each array is a number, and the arrays as safetensors. Whatever
arrives is taken for hostile: lengths are looked at before anything is allocated.
"""

import json
import re
import socket
import struct
import time
from typing import Any

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

HEAD = struct.Struct("!II")  # bytes of the header, bytes of the blob
TREE = struct.Struct("!I")  # bytes of the tree, in front of an observation's blob
MAX_TREE = 2_000_000  # bytes; as Python objects a tree takes up to fifty times that
MAX_INDEX = 1_000_000  # bytes of the list of arrays in front of safetensors' data
MAX_DEPTH = 50
CHUNK = 1 << 18
SURROGATES = re.compile("[\ud800-\udfff]")


class BadMessage(Exception):
    """What came is not a message, is too large, or came too late."""


class Frames:
    """Puts messages together from the bytes of a stream.

    Args:
        max_bytes: the largest message, header and blob together.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = bytearray()

    def feed(self, data: bytes) -> list[tuple[dict[str, Any], bytes]]:
        """Take the next bytes, return the messages that they complete.

        Raises:
            BadMessage: this is not a message, or one that is too large.
        """
        self._bytes += data
        found = []
        while len(self._bytes) >= HEAD.size:
            header, blob = HEAD.unpack_from(self._bytes)
            if header + blob > self._max_bytes:
                raise BadMessage(f"a message of {header + blob} bytes")
            end = HEAD.size + header + blob
            if len(self._bytes) < end:
                break
            text = bytes(self._bytes[HEAD.size : HEAD.size + header])
            found.append((_object(text), bytes(self._bytes[HEAD.size + header : end])))
            del self._bytes[:end]
        return found

    @property
    def missing(self) -> int:
        """How many bytes to read before the next message can be complete."""
        if len(self._bytes) < HEAD.size:
            return HEAD.size - len(self._bytes)
        return HEAD.size + sum(HEAD.unpack_from(self._bytes)) - len(self._bytes)


def send(sock: socket.socket, header: dict[str, Any], blob: bytes = b"") -> None:
    """Send one message; blocks until it is gone.

    Raises:
        OSError: nobody listens any more.
    """
    text = json.dumps(header, ensure_ascii=False).encode("utf-8", "replace")
    sock.sendall(HEAD.pack(len(text), len(blob)) + text)
    if blob:
        sock.sendall(blob)


def receive(
    sock: socket.socket, max_bytes: int, timeout: float | None = None
) -> tuple[dict[str, Any], bytes]:
    """Wait for one message and read no byte beyond it.

    Args:
        sock: a blocking stream socket.
        max_bytes: the largest message.
        timeout: seconds for the whole message; None waits for ever.

    Raises:
        BadMessage: garbage, too large, too slow.
        EOFError: the other side has closed.
    """
    frames = Frames(max_bytes)
    end = None if timeout is None else time.monotonic() + timeout
    try:
        while True:
            if end is not None:
                sock.settimeout(max(end - time.monotonic(), 1e-3))
            data = sock.recv(min(frames.missing, CHUNK))
            if not data:
                raise EOFError("the other side has closed")
            for message in frames.feed(data):
                return message
    except TimeoutError:
        raise BadMessage(f"no message within {timeout:g} seconds") from None
    except ConnectionError:
        raise EOFError("the other side has closed") from None
    finally:
        if end is not None and sock.fileno() >= 0:
            sock.settimeout(None)


def pack(observation: Any) -> bytes:
    """Turn plain data into bytes.

    Args:
        observation: None, bools, numbers, strings, lists, dicts with string keys, and
            numpy arrays of numbers or strings.

    Raises:
        BadMessage: it holds something else, or its tree is too large.
    """
    arrays: dict[str, np.ndarray] = {}
    try:
        tree = json.dumps(_encode(observation, arrays)).encode()
        data = safetensors.numpy.save(arrays)
    except (SafetensorError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadMessage(f"it cannot be sent: {str(error)[:200]}") from None
    if len(tree) > MAX_TREE:
        raise BadMessage(f"its lists and texts take {len(tree)} bytes")
    return TREE.pack(len(tree)) + tree + data


def unpack(data: bytes) -> Any:
    """Turn the bytes of `pack` into plain data again.

    Raises:
        BadMessage: these are other bytes.
    """
    try:
        (length,) = TREE.unpack_from(data)
        if length > MAX_TREE:
            raise BadMessage(f"a tree of {length} bytes")
        tree = json.loads(data[TREE.size : TREE.size + length].decode())
        rest = data[TREE.size + length :]
        if len(rest) < 8 or int.from_bytes(rest[:8], "little") > MAX_INDEX:
            raise BadMessage("arrays without a list of them")
        return _decode(tree, safetensors.numpy.load(rest))
    except (
        struct.error,
        SafetensorError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        RecursionError,
        MemoryError,
    ) as error:
        raise BadMessage(f"not an observation: {str(error)[:200]}") from None


def _object(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text.decode())
    except (ValueError, RecursionError):
        raise BadMessage("a header that is not JSON") from None
    if not isinstance(header, dict):
        raise BadMessage("a header that is not an object")
    return header


def _encode(value: Any, arrays: dict[str, np.ndarray], depth: int = 0) -> Any:
    """Arrays become {"array": number}, dicts {"dict": {…}}; the rest is itself."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "US":
            return _encode(value.tolist(), arrays, depth)
        name = str(len(arrays))
        native = value.astype(value.dtype.newbyteorder("="), order="C", copy=True)
        arrays[name] = native
        return {"array": name}
    if isinstance(value, dict):
        return {
            "dict": {
                str(key): _encode(item, arrays, depth + 1)
                for key, item in value.items()
            }
        }
    if isinstance(value, (list, tuple)):
        return [_encode(item, arrays, depth + 1) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"a {type(value).__name__} is not plain data")


def _decode(tree: Any, arrays: dict[str, np.ndarray], depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(tree, list):
        return [_decode(item, arrays, depth + 1) for item in tree]
    if isinstance(tree, str):
        return _text(tree)
    if not isinstance(tree, dict):
        return tree
    match tree:
        case {"array": str(name)} if len(tree) == 1:
            return arrays[name]
        case {"dict": dict(inner)} if len(tree) == 1:
            return {
                _text(key): _decode(item, arrays, depth + 1)
                for key, item in inner.items()
            }
    raise ValueError("neither an array nor a dict")


def _text(text: str) -> str:
    """No half characters, which could not be written to a file later."""
    return SURROGATES.sub("\ufffd", text)
