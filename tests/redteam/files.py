"""What lies in a student's folder: no notebook, two, links, pipes, broken bytes."""

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

from tests.grading.classroom import notebook, right

from .case import EVERYTHING, GENERATOR, LAB, MINIMAX, Case, as_bytes

NOTEBOOK = f"{LAB}.ipynb"


def good() -> bytes:
    return as_bytes(notebook(LAB, right(LAB)))


def in_folder(write: Callable[[Path], object]) -> Callable[[Path], None]:
    """Make the lab's folder, then let `write` fill it."""

    def place(student: Path) -> None:
        (student / LAB).mkdir(parents=True)
        write(student / LAB)

    return place


def holding(content: Callable[[], bytes]) -> Callable[[Path], None]:
    return in_folder(lambda folder: (folder / NOTEBOOK).write_bytes(content()))


def outside(folder: Path) -> Path:
    """The course of lab folder submitted/<student>/<lab>."""
    return folder.parents[2]


def link_to_solution(folder: Path) -> None:
    (folder / NOTEBOOK).symlink_to(outside(folder) / f"solutions/{LAB}/{LAB}.py")


def link_to_classmate(folder: Path) -> None:
    (folder / NOTEBOOK).symlink_to(f"../../ada/{LAB}/{NOTEBOOK}")


def linked_student(student: Path) -> None:
    student.symlink_to("ada")


def linked_lab(student: Path) -> None:
    student.mkdir()
    (student / LAB).symlink_to(f"../ada/{LAB}")


def listening(folder: Path) -> None:
    """A socket, bound by a short name: paths of sockets may have 107 bytes."""
    here = os.getcwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(NOTEBOOK)
    finally:
        os.chdir(here)


def sparse(folder: Path) -> None:
    with open(folder / NOTEBOOK, "wb") as file:
        file.truncate(1 << 40)


def beside_other_files(folder: Path) -> None:
    (folder / NOTEBOOK).write_bytes(good())
    for name in ("labkit", "torch", "json", "IPython", "sitecustomize"):
        (folder / f"{name}.py").write_text("raise SystemExit('planted')")
    (folder / "labkit").mkdir()
    (folder / "labkit/__init__.py").write_text("raise SystemExit('planted')")
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")


def two_notebooks(folder: Path) -> None:
    (folder / NOTEBOOK).write_bytes(good())
    (folder / "scratch.ipynb").write_bytes(as_bytes(notebook(LAB)))


def drafts(folder: Path) -> None:
    (folder / NOTEBOOK).write_bytes(good())
    checkpoints = folder / ".ipynb_checkpoints"
    checkpoints.mkdir()
    (checkpoints / f"{LAB}-checkpoint.ipynb").write_bytes(as_bytes(notebook(LAB)))


def other_lab(folder: Path) -> None:
    shutil.copy(outside(folder) / "notebooks/00_warmup/00_warmup.ipynb", folder)


BROKEN = {
    "no bytes at all": (lambda: b"", ("empty|unreadable",)),
    "white space": (lambda: b" \n\t\n", ("empty|unreadable|not a notebook",)),
    "truncated in a character": (
        lambda: good().replace(b"# 04", "# é".encode()[:3], 1)[:60],
        ("truncated|unreadable|not a notebook",),
    ),
    "not JSON": (lambda: b"print('hello')\n", ("unreadable|not a notebook",)),
    "a zip": (lambda: b"PK\x03\x04" + bytes(999), ("unreadable|not a notebook",)),
    "a PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3", ("unreadable|not a notebook",)),
    "an error page": (
        lambda: b"<!doctype html><script>alert(1)</script>",
        ("unreadable|not a notebook",),
    ),
    "a JSON list": (lambda: b"[1, 2, 3]", ("not a notebook",)),
    "a JSON number": (lambda: b"1e999", ("not a notebook",)),
    "an object without cells": (lambda: b'{"points": 10}', ("not a notebook",)),
    "cells that are numbers": (
        lambda: b'{"cells": [1, 2]}',
        ("unreadable|not a notebook", "checks changed?"),
    ),
    "cells that are an object": (lambda: b'{"cells": {"a": 1}}', ("not a notebook",)),
    "JSON nested 100 000 deep": (
        lambda: b"[" * 100_000 + b"]" * 100_000,
        ("unreadable|not a notebook",),
    ),
    "a number of a million digits": (
        lambda: b'{"cells": [], "nbformat": ' + b"9" * 1_000_000 + b"}",
        ("unreadable|not a notebook|empty",),
    ),
    "UTF-16": (lambda: good().decode().encode("utf-16"), ("unreadable",)),
    "bytes that are no UTF-8": (
        lambda: good().replace(b"return", b"r\xff\xfern"),
        ("unreadable",),
    ),
}

CASES = [
    *(
        Case(name, place=holding(content), lost=EVERYTHING, flags=flags)
        for name, (content, flags) in BROKEN.items()
    ),
    *(
        Case(name, place=place, lost=EVERYTHING, flags=flags)
        for name, place, flags in (
            (
                "a notebook that is a symlink",
                in_folder(link_to_solution),
                ("refused file",),
            ),
            (
                "a notebook that is a classmate's",
                in_folder(link_to_classmate),
                ("refused file",),
            ),
            (
                "a dangling symlink",
                in_folder(lambda folder: (folder / NOTEBOOK).symlink_to("/nowhere")),
                ("refused file",),
            ),
            (
                "a symlink to a device",
                in_folder(lambda folder: (folder / NOTEBOOK).symlink_to("/dev/zero")),
                ("refused file",),
            ),
            (
                "a symlink to itself",
                in_folder(lambda folder: (folder / NOTEBOOK).symlink_to(NOTEBOOK)),
                ("refused file",),
            ),
            (
                "a named pipe",
                in_folder(lambda folder: os.mkfifo(folder / NOTEBOOK)),
                ("refused file",),
            ),
            ("a socket", in_folder(listening), ("refused file",)),
            (
                "a folder called as the notebook",
                in_folder(lambda folder: (folder / NOTEBOOK).mkdir()),
                ("refused file|no notebook",),
            ),
            ("a terabyte", in_folder(sparse), ("refused file",)),
            ("a linked student folder", linked_student, ("refused file",)),
            ("a linked lab folder", linked_lab, ("refused file",)),
            ("no notebook", in_folder(lambda _: None), ("no notebook",)),
            (
                "a text file only",
                in_folder(
                    lambda folder: (folder / "answer.txt").write_text("see mail")
                ),
                ("no notebook",),
            ),
            (
                "another lab's notebook",
                in_folder(other_lab),
                ("renamed", "metadata lost?", "checks changed?"),
            ),
        )
    ),
    Case("modules beside the notebook", place=in_folder(beside_other_files)),
    Case("a draft beside it", place=in_folder(drafts)),
    Case(
        "two notebooks",
        place=in_folder(two_notebooks),
        flags=("several notebooks",),
    ),
    Case(
        "cut off after the first answer",
        place=holding(lambda: good().partition(b"def minimax_generator_loss")[0]),
        lost=(MINIMAX, GENERATOR),
        flags=("truncated", "checks changed?"),
    ),
    Case(
        "a conflict of git",
        place=holding(lambda: good().replace(b'"cells"', b'<<<<<<< HEAD\n "cells"', 1)),
        flags=("truncated",),
    ),
    Case("renamed by a browser", file=f"{LAB} (1).ipynb", flags=("renamed",)),
    Case("capital extension", file=f"{LAB}.IPYNB", flags=("renamed",)),
    Case(
        "a name with a line in it",
        file="my\nlab <b>04.ipynb",
        flags=("renamed",),
    ),
]
