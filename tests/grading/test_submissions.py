"""Finding what was handed in: odd names, odd files, links, pipes, several notebooks."""

import os
import socket
import time
from pathlib import Path

import pytest

from labkit.errors import LabkitError
from labkit.grading.choosing import choose
from labkit.grading.submissions import Refused, find, read

LAB = "04_losses"
NAMES = [
    "O'Brien, Jr",
    '=1+"2"',
    "ada\nb",
    "\u202edab",
    "аdа",  # Cyrillic
    "ada",
    "ada ",
    "$(rm -rf ~)",
    "Zoë",
    "Zoe\u0308",
    "-rf",
    b"latin-\xe9".decode("utf-8", "surrogateescape"),
]


def hand_in(root: Path, student: str, file: str = f"{LAB}.ipynb", text="{}") -> Path:
    folder = root / student / LAB
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(text)
    return folder / file


def one(root: Path, student: str = "ada"):
    return find(root, LAB, student)[0]


def fullness(_: str, content: bytes) -> int:
    return len(content)


def test_students_are_called_as_their_folders_are(tmp_path: Path) -> None:
    for name in NAMES:
        hand_in(tmp_path, name)
    found = find(tmp_path, LAB)
    assert [submission.student for submission in found] == sorted(NAMES)
    assert all(submission.problem is None for submission in found)
    assert {read(submission, f"{LAB}.ipynb", 99) for submission in found} == {b"{}"}


def test_only_folders_of_students_count(tmp_path: Path) -> None:
    hand_in(tmp_path, "ada")
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / ".git").mkdir()
    hand_in(tmp_path, ".dora")
    assert [submission.student for submission in find(tmp_path, LAB)] == [
        ".dora",
        "ada",
    ]


def test_missing_and_empty_folders_are_flagged(tmp_path: Path) -> None:
    hand_in(tmp_path, "ada")
    (tmp_path / "bob").mkdir()
    (tmp_path / "cem" / LAB / ".ipynb_checkpoints").mkdir(parents=True)
    hand_in(tmp_path, "dan", "answers.zip")
    hand_in(tmp_path, "dan", "._04_losses.ipynb")
    problems = {s.student: s.problem for s in find(tmp_path, LAB)}
    assert problems["ada"] is None
    assert {problems[name]["kind"] for name in ("bob", "cem", "dan")} == {"no notebook"}
    assert "no folder 04_losses" in problems["bob"]["text"]
    assert "empty" in problems["cem"]["text"]
    assert "answers.zip" in problems["dan"]["text"]


def test_links_pipes_devices_and_folders_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_text("gold")
    root = tmp_path / "submitted"
    names = ["link", "pipe", "socket", "folder"]
    places = {name: hand_in(root, name) for name in names}
    for place in places.values():
        place.unlink()
    places["link"].symlink_to(secret)
    os.mkfifo(places["pipe"])
    places["folder"].mkdir()
    cwd = Path.cwd()
    os.chdir(places["socket"].parent)  # a socket's path is short
    socket.socket(socket.AF_UNIX).bind(places["socket"].name)
    os.chdir(cwd)
    hand_in(tmp_path, "real")
    (root / "student-link").symlink_to(tmp_path / "real")
    (root / "lab-link").mkdir()
    (root / "lab-link" / LAB).symlink_to(tmp_path / "real" / LAB)
    if os.geteuid() == 0:
        place = hand_in(root, "device")
        place.unlink()
        os.mknod(place, 0o20666, os.makedev(1, 5))  # /dev/zero
    for submission in find(root, LAB):
        assert submission.problem["kind"] == "refused file", submission
        with pytest.raises(Refused):
            read(submission, f"{LAB}.ipynb", 99)


def test_what_becomes_a_link_after_it_was_found_is_refused(tmp_path: Path) -> None:
    place = hand_in(tmp_path, "ada")
    submission = one(tmp_path)
    place.unlink()
    place.symlink_to("/etc/passwd")
    with pytest.raises(Refused, match="link"):
        read(submission, place.name, 10**6)


def test_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    place = hand_in(tmp_path, "ada")
    os.truncate(place, 1 << 40)
    began = time.monotonic()
    chosen = choose(one(tmp_path), LAB, 50_000_000, None, fullness)
    assert time.monotonic() - began < 5
    assert chosen.content is None
    assert chosen.info["sha256"] is None
    assert chosen.flags[0]["kind"] == "refused file"
    assert "too large" in chosen.flags[0]["text"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_flagged(tmp_path: Path) -> None:
    place = hand_in(tmp_path, "ada")
    place.chmod(0)
    chosen = choose(one(tmp_path), LAB, 99, None, fullness)
    assert chosen.flags[0]["kind"] == "unreadable"


@pytest.mark.parametrize(
    ("files", "graded", "kinds"),
    [
        ({f"{LAB}.ipynb": "a"}, f"{LAB}.ipynb", []),
        ({"04_losses (1).ipynb": "a"}, "04_losses (1).ipynb", ["renamed"]),
        ({"x.IPYNB": "a"}, "x.IPYNB", ["renamed"]),
        ({f"{LAB}.ipynb.txt": "a"}, f"{LAB}.ipynb.txt", ["renamed"]),
        (
            {"a.ipynb": "aaa", f"{LAB}.ipynb": "b"},
            f"{LAB}.ipynb",
            ["several notebooks"],
        ),
        (
            {"a.ipynb": "a", "b.ipynb": "bb"},
            "b.ipynb",
            ["renamed", "several notebooks"],
        ),
        ({f"{LAB}.ipynb": "a", f"{LAB}.ipynb.txt": "aaa"}, f"{LAB}.ipynb", []),
    ],
)
def test_the_notebook_that_counts(tmp_path, files, graded, kinds) -> None:
    for name, text in files.items():
        hand_in(tmp_path, "ada", name, text)
    chosen = choose(one(tmp_path), LAB, 99, None, fullness)
    assert chosen.info["file"] == graded
    assert chosen.content == files[graded].encode()
    assert [flag["kind"] for flag in chosen.flags] == kinds
    assert chosen.info["bytes"] == len(chosen.content)


def test_a_refused_file_gives_way_to_another(tmp_path: Path) -> None:
    hand_in(tmp_path, "ada", "mine.ipynb")
    (tmp_path / "ada" / LAB / f"{LAB}.ipynb").symlink_to("/etc/passwd")
    chosen = choose(one(tmp_path), LAB, 99, None, fullness)
    assert chosen.info["file"] == "mine.ipynb"
    assert {flag["kind"] for flag in chosen.flags} == {"renamed", "refused file"}


def test_the_same_candidates_are_not_compared_again(tmp_path: Path) -> None:
    hand_in(tmp_path, "ada", "a.ipynb", "a")
    hand_in(tmp_path, "ada", "b.ipynb", "bb")
    first = choose(one(tmp_path), LAB, 99, None, fullness)
    before = {"submission": first.info}
    assert choose(one(tmp_path), LAB, 99, before, None) == first
    hand_in(tmp_path, "ada", "a.ipynb", "aaa")
    assert choose(one(tmp_path), LAB, 99, before, fullness).info["file"] == "a.ipynb"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20 17:00:00.123456 UTC", "2026-11-20T17:00:00.123456+00:00"),
        ("2026-11-20 17:00:00 Europe/Berlin\n", "2026-11-20T16:00:00+00:00"),
        ("2026-11-20 17:00:00 +0200", "2026-11-20T15:00:00+00:00"),
        ("2026-11-20T17:00:00", "2026-11-20T17:00:00+00:00"),
        ("2026-11-20 17:00:00 ../../etc/passwd", "2026-11-20T17:00:00+00:00"),
        ("yesterday", None),
        ("9" * 5000, None),
    ],
)
def test_the_timestamp_is_nbgraders(tmp_path: Path, text, moment) -> None:
    hand_in(tmp_path, "ada")
    hand_in(tmp_path, "ada", "timestamp.txt", text)
    assert one(tmp_path).timestamp == moment


def test_wrong_use_is_told(tmp_path: Path) -> None:
    with pytest.raises(LabkitError, match="--submitted"):
        find(tmp_path / "nowhere", LAB)
    hand_in(tmp_path, "student-1")
    with pytest.raises(LabkitError, match="Did you mean 'student-1'"):
        find(tmp_path, LAB, "student1")
    with pytest.raises(LabkitError, match="nobody has handed in 05_training"):
        find(tmp_path, "05_training")


def test_hundreds_of_folders_take_no_time(tmp_path: Path) -> None:
    for number in range(400):
        hand_in(tmp_path, f"student-{number}")
    began = time.monotonic()
    assert len(find(tmp_path, LAB)) == 400
    assert time.monotonic() - began < 2
