"""Messages between grader and sandbox: what goes in comes out, garbage does not hurt."""

import json
import random
import socket
import struct
import threading
from typing import Any

import numpy as np
import pytest

from labkit.grading.sandbox.wire import BadMessage, Frames, pack, receive, send, unpack

OBSERVATION = {
    "errors": {"row 0": {"type": "ValueError", "text": "no ✗", "line": ""}},
    "calls": [{"loss": 0.5, "count": 3, "fine": True, "nothing": None}, []],
    "array": {"array": "a dict that looks like an array"},
    "grid": np.arange(12, dtype=np.float32).reshape(3, 4)[:, ::2],
    "scalar": np.array(2.5),
    "empty": np.zeros((0, 3), np.int64),
    "mask": np.array([True, False]),
    "far": [float("inf"), -float("inf")],
    "words": np.array(["a", "bc"]),
    "swapped": np.array([1, 2], dtype=">i4"),
}


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) and a.dtype.kind != "U":
        return a.shape == b.shape and a.dtype.name == b.dtype.name and (a == b).all()
    if isinstance(a, np.ndarray):
        return a.tolist() == b
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


def test_an_observation_comes_back_as_it_was() -> None:
    assert same(OBSERVATION, unpack(pack(OBSERVATION)))


@pytest.mark.parametrize(
    "value",
    [object(), {"a": {1, 2}}, np.array([object()]), 10**5000, "x" * 3_000_000],
    ids=["object", "set", "object array", "endless number", "endless text"],
)
def test_what_is_not_plain_data_is_not_sent(value: Any) -> None:
    with pytest.raises(BadMessage):
        pack({"value": value})


def test_a_list_that_holds_itself_is_not_sent() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(BadMessage):
        pack(loop)


def test_half_characters_do_not_come_through() -> None:
    assert unpack(pack({"\ud800": "a\udfff"})) == {"\ufffd": "a\ufffd"}


def test_damaged_bytes_are_data_or_a_bad_message() -> None:
    good = pack(OBSERVATION)
    chance = random.Random(0)
    for _ in range(3000):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(min(len(data), 900))] = chance.randrange(256)
        if chance.random() < 0.3:
            data = data[: chance.randrange(len(data))]
        try:
            unpack(bytes(data))
        except BadMessage:
            pass


@pytest.mark.parametrize(
    "tree",
    [
        {"array": "7"},
        {"array": 0},
        {"dict": 3},
        {"__reduce__": ["os.system", "true"]},
        {},
    ],
)
def test_a_tree_that_makes_no_sense_is_a_bad_message(tree: Any) -> None:
    text = json.dumps(tree).encode()
    arrays = pack(None)[4 + len(b"null") :]
    with pytest.raises(BadMessage):
        unpack(struct.pack("!I", len(text)) + text + arrays)


@pytest.mark.parametrize("text", [b"[" * 100_000, b"9" * 10_000, b"\xff", b""])
def test_a_tree_that_breaks_parsers_is_a_bad_message(text: bytes) -> None:
    with pytest.raises(BadMessage):
        unpack(struct.pack("!I", len(text)) + text + pack(None)[8:])


def test_a_length_is_looked_at_before_anything_is_allocated() -> None:
    with pytest.raises(BadMessage):
        Frames(1000).feed(struct.pack("!II", 10, 2**32 - 1))
    with pytest.raises(BadMessage):
        unpack(struct.pack("!I", 2) + b"{}" + struct.pack("<Q", 2**60))


def test_messages_arrive_one_by_one_however_they_are_cut() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send(ours, {"a": "é"}, b"blob")
        send(ours, {"b": 2})
        data = theirs.recv(1000)
        frames = Frames(1000)
        found = [m for i in range(len(data)) for m in frames.feed(data[i : i + 1])]
        assert found == [({"a": "é"}, b"blob"), ({"b": 2}, b"")]
        theirs.sendall(data)
        assert receive(ours, 1000) == ({"a": "é"}, b"blob")
        assert receive(ours, 1000) == ({"b": 2}, b"")


@pytest.mark.parametrize("header", [b"[1]", b"nonsense", b"\xff\xff"])
def test_a_header_is_a_json_object(header: bytes) -> None:
    with pytest.raises(BadMessage):
        Frames(1000).feed(struct.pack("!II", len(header), 0) + header)


def test_waiting_ends_also_when_bytes_drip() -> None:
    ours, theirs = socket.socketpair()
    done = threading.Event()

    def drip() -> None:
        theirs.sendall(struct.pack("!II", 100, 0))
        while not done.wait(0.05):
            theirs.sendall(b" ")

    with ours, theirs:
        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(BadMessage):
            receive(ours, 1000, timeout=0.3)
        done.set()
        thread.join()


def test_a_closed_socket_is_the_end() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours, pytest.raises(EOFError):
        receive(ours, 1000, timeout=1)
