"""The decode cache: mapped, bounded, interruptible, and aware of changes."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from disk_formats import jpeg, save
from PIL import Image

from labkit import cache
from labkit.data import DataError, ImageSet, load
from labkit.sources import in_test_split


@pytest.fixture
def folder(tmp_path) -> Path:
    """40 pictures, of which picture k has brightness 6 k."""
    for number in range(40):
        content = jpeg(24, 24, 6 * number)
        save(tmp_path / "faces" / f"{number:02}.jpg", content)
    return tmp_path / "faces"


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """Names of the picture files that were opened for decoding."""
    seen, real = [], Image.open

    def noting(path, *rest):
        seen.append(Path(path).name)
        return real(path, *rest)

    monkeypatch.setattr(Image, "open", noting)
    return seen


def load_folder(folder: Path, size: int = 8) -> ImageSet:
    return load(f"folder:{folder}", size, root=folder.parent)


def brightness(found: ImageSet) -> list[int]:
    """Which pictures of `folder` are in the set, in order."""
    return [round(float(image.float().mean()) / 6) for image in found.images]


def train_numbers(folder: Path) -> list[int]:
    files = sorted(path.name for path in folder.glob("*.jpg"))
    return [int(file[:2]) for file in files if not in_test_split(file)]


def cached_files(folder: Path, kind: str) -> list[Path]:
    return sorted(folder.parent.glob(f"cache/*/*{kind}"))


def run(code: str, *arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_pictures_are_decoded_in_order_and_only_once(folder, opened):
    assert brightness(load_folder(folder)) == train_numbers(folder)
    assert len(opened) == len(train_numbers(folder))
    again = load_folder(folder)
    assert len(opened) == len(train_numbers(folder))
    assert brightness(again) == train_numbers(folder)
    assert not cached_files(folder, ".part")


def test_the_tensor_is_private_to_the_program(folder):
    load_folder(folder).images.zero_()
    assert brightness(load_folder(folder)) == train_numbers(folder)


@pytest.mark.parametrize("change", ["added", "removed", "rewritten"])
def test_a_changed_folder_is_decoded_again(change, folder, capsys):
    before = load_folder(folder)
    content = before.images.clone()
    name = f"{train_numbers(folder)[5]:02}.jpg"
    if change == "added":
        (folder / "extra").mkdir()
        added = next(
            f"{n}.jpg" for n in range(9) if not in_test_split(f"extra/{n}.jpg")
        )
        save(folder / "extra" / added, jpeg(24, 24, 33))
    elif change == "removed":
        (folder / name).unlink()
    else:
        save(folder / name, jpeg(24, 24, 250))
    after = load_folder(folder)
    assert (
        len(after) - len(before) == {"added": 1, "removed": -1, "rewritten": 0}[change]
    )
    assert "have changed since" in capsys.readouterr().out
    assert torch.equal(before.images, content)  # a set in use stays as it was
    assert len(cached_files(folder, ".u8")) == 1
    if change == "rewritten":
        assert after.images[5].float().mean() > 240


def test_a_cache_of_the_wrong_length_is_decoded_again(folder):
    load_folder(folder)
    (path,) = cached_files(folder, ".u8")
    path.write_bytes(path.read_bytes()[:1000])
    assert brightness(load_folder(folder)) == train_numbers(folder)
    (note,) = cached_files(folder, ".json")
    note.write_text("{")
    assert brightness(load_folder(folder)) == train_numbers(folder)


SLOW_DECODING = """
import sys, time
from labkit import cache, data
cache.CHUNK_PICTURES = 2
real = cache.read_picture
def slow(path, size):
    time.sleep(0.2)
    return real(path, size)
cache.read_picture = slow
data.load("folder:" + sys.argv[1], 8, root=sys.argv[2])
"""


def test_decoding_goes_on_after_kill_9(folder, opened):
    command = [sys.executable, "-c", SLOW_DECODING, str(folder), str(folder.parent)]
    program = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 60
        while not (notes := cached_files(folder, "[0-9a-f].json")):
            assert time.monotonic() < deadline and program.poll() is None
            time.sleep(0.02)
        time.sleep(0.3)
    finally:
        program.kill()
        program.wait()
    (part,) = cached_files(folder, ".part")
    with part.open("ab") as file:
        file.write(b"half a picture")  # as if it had been killed while it wrote
    done = json.loads(notes[0].read_text())["files"]
    wanted = train_numbers(folder)
    assert 0 < done < len(wanted)
    assert brightness(load_folder(folder)) == wanted
    assert sorted(opened) == [f"{number:02}.jpg" for number in wanted[done:]]


def test_ctrl_c_leaves_a_part_to_go_on_from(folder, opened, monkeypatch):
    monkeypatch.setattr(cache, "CHUNK_PICTURES", 10)
    count, real = 0, os.fsync

    def interrupted(handle):
        nonlocal count
        count += 1
        if count == 4:  # data and note of the first chunk, data of the second, its note
            raise KeyboardInterrupt
        real(handle)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "fsync", interrupted)
        load_folder(folder)
    opened.clear()
    assert brightness(load_folder(folder)) == train_numbers(folder)
    assert len(opened) == len(train_numbers(folder)) - 10


def test_two_programs_do_not_write_into_one_cache(folder, opened, capsys):
    with ThreadPoolExecutor(2) as pool:
        found = [*pool.map(load_folder, [folder] * 2)]
    assert [brightness(one) for one in found] == [train_numbers(folder)] * 2
    assert len(opened) == len(train_numbers(folder))


def test_broken_pictures_are_left_out_and_counted(folder, capsys):
    wanted = train_numbers(folder)
    broken = [f"{wanted[k]:02}.jpg" for k in (3, 8, 20)]
    (folder / broken[0]).write_bytes(b"no picture")
    whole = (folder / broken[1]).read_bytes()
    (folder / broken[1]).write_bytes(whole[: len(whole) // 2])
    (folder / broken[2]).unlink()
    (folder / broken[2]).symlink_to(folder / "nowhere.jpg")
    for _ in range(2):  # the warning comes again when the cache is used
        found = load_folder(folder)
        said = capsys.readouterr()
        assert said.out.count("\n") == 1 and said.err == ""
        assert f"3 of {len(wanted)} pictures cannot be read" in said.out
        assert broken[0] in said.out
    assert brightness(found) == [n for n in wanted if f"{n:02}.jpg" not in broken]


def test_odd_pictures_say_nothing_on_stderr(tmp_path, capfd):
    numbers = [n for n in range(9) if not in_test_split(f"{n}.png")]
    path = tmp_path / "faces" / f"{numbers[0]}.png"
    path.parent.mkdir()
    # Pillow warns when it turns such a palette into RGB.
    picture = Image.new("P", (20, 20))
    picture.save(path, transparency=bytes(range(256)))
    assert len(load(f"folder:{path.parent}", 8, root=tmp_path)) == 1
    assert capfd.readouterr().err == ""


def test_a_folder_of_broken_pictures(tmp_path):
    for number in range(9):
        save(tmp_path / "faces" / f"{number}.png", b"no picture")
    for _ in range(2):
        with pytest.raises(DataError, match="none of its .* can be read"):
            load_folder(tmp_path / "faces")


def test_a_turned_photograph_is_set_upright(tmp_path):
    picture = Image.new("RGB", (40, 40), "black")
    picture.paste("white", (0, 0, 40, 20))  # white above
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    path = tmp_path / "turned.jpg"
    picture.save(path, exif=exif)
    decoded = np.frombuffer(cache.read_picture(path, 8), np.uint8).reshape(3, 8, 8)
    assert decoded[:, :3].max() < 40 and decoded[:, 5:].min() > 215


def test_a_full_disk(folder, monkeypatch):
    full = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(cache.shutil, "disk_usage", lambda _: full)
    with pytest.raises(DataError, match="cannot be kept in .* GB free.* LABKIT_DATA"):
        load_folder(folder)


MEMORY = """
import resource, sys
from labkit import cache, data
data.load("folder:" + sys.argv[2], 8, root=sys.argv[1])  # warm: code, threads, buffers
cache.CHUNK_BYTES = 1 << 20

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

def mapped():  # MiB of the cache that lie in memory
    found, inside = 0, False
    for line in open("/proc/self/smaps"):
        if "-" in line.split()[0]:
            inside = line.rstrip().endswith(".u8") and "-256-" in line
        elif inside and line.startswith("Rss:"):
            found += int(line.split()[1])
    return found // 1024

before = peak()
faces = data.load("folder:" + sys.argv[2], 256, root=sys.argv[1])
decoding = peak() - before
untouched = mapped()
batch = next(faces.batches(8))
print(faces.images.nbytes >> 20, decoding, untouched, mapped())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_decoding_and_reading_take_little_memory(tmp_path):
    content = jpeg(256, 256, 100)
    for number in range(400):
        save(tmp_path / "faces" / f"{number}.jpg", content)
    said = run(MEMORY, tmp_path, tmp_path / "faces").stdout
    size, decoding, untouched, touched = map(int, said.split()[-4:])
    assert size > 60  # MiB of decoded pictures
    assert decoding < size / 2
    assert untouched <= 1 <= touched < size / 2


def test_a_bar_for_long_decodings_goes_to_stdout(folder, capsys, monkeypatch):
    real = cache.read_picture

    def slow(path, size):
        time.sleep(0.05)
        return real(path, size)

    monkeypatch.setattr(cache, "read_picture", slow)
    monkeypatch.setattr(cache, "THREADS", 1)
    monkeypatch.setattr(cache, "CHUNK_PICTURES", 4)
    load_folder(folder)
    said = capsys.readouterr()
    assert "decoding folder:" in said.out and said.err == ""


def test_a_fingerprint_depends_on_files_and_size(folder):
    files = sorted(path.name for path in folder.iterdir())
    first = cache.fingerprint(folder, files, 8)
    assert cache.fingerprint(folder, files, 8) == first
    assert cache.fingerprint(folder, files, 16) != first
    assert cache.fingerprint(folder, files[:-1], 8) != first
