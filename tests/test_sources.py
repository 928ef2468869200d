"""Sets in their real formats on the disk, read through torchvision's real classes."""

import http.server
import os
import pickle
import socket
import threading
import time
import urllib.request
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from disk_formats import (
    CIFAR,
    MNIST,
    jpeg,
    save,
    some_images,
    write_celeba,
    write_cifar,
    write_emnist,
    write_mnist,
    write_svhn,
)
from PIL import Image
from torchvision import datasets

from labkit import download, sources, torchvision_sets
from labkit.data import DataError, load

QUOTA_PAGE = b"<!DOCTYPE html><html><title>Google Drive - Quota exceeded</title>"


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """No network: every request goes to a proxy at a port where nobody listens."""
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")  # for the tests' own servers
    monkeypatch.setattr(urllib.request, "_opener", None)  # so that it is looked up


@pytest.fixture
def website(tmp_path):
    """Serve a folder; yields its path and its address."""
    folder = tmp_path / "website"
    folder.mkdir()
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    handler.func.log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def bytes_of(images: torch.Tensor) -> set[bytes]:
    return {image.numpy().tobytes() for image in images}


# Reading


@pytest.mark.parametrize("name", MNIST)
def test_mnist_files_are_unpacked_and_read(name, tmp_path, monkeypatch, capsys):
    write_mnist(name, tmp_path, monkeypatch)
    train, test = (
        load(name, split=split, root=tmp_path) for split in ("train", "test")
    )
    assert np.array_equal(train.images[:, 0], some_images(7, 28, 28))
    assert np.array_equal(test.images[:, 0], some_images(4, 28, 28, seed=1))
    assert train.labels.tolist() == [*range(7)] and train.labels.dtype == torch.int64
    assert train.name == name and train.image_shape == (1, 28, 28)
    assert capsys.readouterr().err == ""


def test_emnist_letters_stand_upright(tmp_path, monkeypatch):
    upright = write_emnist(tmp_path, monkeypatch)
    found = load("emnist", root=tmp_path)
    assert np.array_equal(found.images[:, 0], upright)
    assert found.labels.tolist() == [0, 9, 10, 45, 46]
    assert found.images.is_contiguous()
    assert len(load("emnist", split="test", root=tmp_path)) == 3


def test_svhn_mat_files(tmp_path, monkeypatch):
    images = write_svhn(tmp_path, monkeypatch)
    for split, expected in images.items():
        found = load("svhn", split=split, root=tmp_path)
        assert np.array_equal(found.images, expected)
        assert found.images.is_contiguous()
    assert load("svhn", root=tmp_path).labels.tolist() == [0, 9, 8, 7, 6, 5]


@pytest.mark.parametrize("name", CIFAR)
def test_cifar_pickles(name, tmp_path, monkeypatch):
    expected = write_cifar(name, tmp_path, monkeypatch)
    found = load(name, root=tmp_path)
    assert np.array_equal(found.images, expected)
    assert found.labels.tolist()[:3] == [0, 1, 2]
    assert len(load(name, split="test", root=tmp_path)) == 3


def test_celeba_follows_the_official_partition(tmp_path, monkeypatch, capsys):
    splits = write_celeba(tmp_path, monkeypatch)
    for split, files in splits.items():
        found = load("celeba", split=split, root=tmp_path, image_size=16)
        brightness = found.images.float().mean(dim=(1, 2, 3))
        expected = torch.tensor([20.0 * int(file[:6]) for file in files])
        assert torch.allclose(brightness, expected, atol=2)
        assert found.image_shape == (3, 16, 16) and found.labels is None
    assert load("celeba", root=tmp_path).image_shape == (3, 64, 64)
    assert capsys.readouterr().err == ""


def test_sets_are_resized_on_demand(tmp_path, monkeypatch):
    write_cifar("cifar-10", tmp_path, monkeypatch)
    found = load("cifar-10", image_size=64, root=tmp_path)
    assert found.image_shape == (3, 64, 64) and found.images.dtype == torch.uint8


def test_default_root_is_labkit_data(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    write_svhn(tmp_path, monkeypatch)
    assert len(load("svhn")) == 6
    monkeypatch.delenv("LABKIT_DATA")
    assert sources.default_root().name == "labkit"


# A network that is missing, slow, or answers nonsense


@pytest.mark.parametrize(
    ("name", "instead", "count"),
    [("mnist", "digits", 9000), ("fashion-mnist", "fashion", 10000)],
)
def test_offline_takes_the_embedded_set(name, instead, count, tmp_path, capsys):
    found = load(name, root=tmp_path)
    assert (found.name, len(found), found.split) == (instead, count, "train")
    said = capsys.readouterr()
    assert said.out.count("\n") == 1 and "no network" in said.out
    assert instead in said.out and said.err == ""


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("emnist", "EMNIST/raw/gzip.zip"),
        ("svhn", "train_32x32.mat"),
        ("cifar-10", "cifar-10-python.tar.gz"),
        ("cifar-100", "cifar-100-python.tar.gz"),
        ("celeba", "celeba/list_eval_partition.txt"),
    ],
)
def test_missing_files_are_named(name, file, tmp_path):
    with pytest.raises(DataError) as caught:
        load(name, root=tmp_path)
    text = str(caught.value)
    assert f"expected {tmp_path / file} (md5 " in text and "found nothing" in text
    assert "by hand" in text and "http" in text


def test_a_silent_server_costs_seconds_only(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        monkeypatch.setattr(datasets.CIFAR10, "url", url)
        began = time.monotonic()
        with pytest.raises(DataError, match="no network"):
            load("cifar-10", root=tmp_path)
        assert time.monotonic() - began < 5
    assert socket.getdefaulttimeout() is None


def test_a_download_from_a_server(tmp_path, monkeypatch, website, capsys):
    folder, url = website
    write_svhn(folder, monkeypatch)
    _, file, md5 = datasets.SVHN.split_list["train"]
    monkeypatch.setitem(datasets.SVHN.split_list, "train", [url + file, file, md5])
    found = load("svhn", root=tmp_path)
    assert len(found) == 6 and (tmp_path / file).exists()
    said = capsys.readouterr()
    assert "downloading" in said.out and said.err == ""


def test_a_page_in_place_of_a_download_is_not_kept(tmp_path, monkeypatch, website):
    folder, url = website
    (folder / "cifar-10-python.tar.gz").write_bytes(QUOTA_PAGE)
    monkeypatch.setattr(datasets.CIFAR10, "url", url + "cifar-10-python.tar.gz")
    with pytest.raises(DataError, match="found a web page of 65 bytes"):
        load("cifar-10", root=tmp_path)
    assert not (tmp_path / "cifar-10-python.tar.gz").exists()


def test_a_server_without_the_file(tmp_path, monkeypatch, website):
    monkeypatch.setattr(datasets.CIFAR10, "url", website[1] + "gone.tar.gz")
    with pytest.raises(DataError, match="404"):
        load("cifar-10", root=tmp_path)


def test_google_drives_quota_page(tmp_path, monkeypatch, website):
    """gdown saves what Google Drive sends, a page in place of the pictures, say."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "gdown.py").write_text(
        "def download(id, output, quiet, user_agent):\n"
        f"    open(output, 'wb').write({QUOTA_PAGE!r})\n"
    )
    monkeypatch.syspath_prepend(library)
    monkeypatch.setattr(torchvision_sets, "GOOGLE_DRIVE", website[1])
    with pytest.raises(DataError) as caught:
        load("celeba", root=tmp_path)
    assert "img_align_celeba.zip" in str(caught.value)
    assert "found a web page" in str(caught.value)
    assert not (tmp_path / "celeba" / "img_align_celeba.zip").exists()


# Files that are damaged


def test_a_quota_page_saved_as_celebas_zip(tmp_path, monkeypatch):
    write_celeba(tmp_path, monkeypatch)
    path = tmp_path / "celeba" / "img_align_celeba.zip"
    path.write_bytes(QUOTA_PAGE)
    with pytest.raises(DataError) as caught:
        load("celeba", root=tmp_path)
    assert f"expected {path}" in str(caught.value)
    assert "found a web page of 65 bytes" in str(caught.value)
    assert "list_attr" not in str(caught.value)  # that one is all right
    assert path.exists()  # what was placed by hand is not ours to delete


@pytest.mark.parametrize(
    ("name", "write", "file"),
    [
        (
            "mnist",
            partial(write_mnist, "mnist"),
            "MNIST/raw/train-images-idx3-ubyte.gz",
        ),
        ("emnist", write_emnist, "EMNIST/raw/gzip.zip"),
        ("svhn", write_svhn, "train_32x32.mat"),
        ("cifar-10", partial(write_cifar, "cifar-10"), "cifar-10-python.tar.gz"),
        ("celeba", write_celeba, "celeba/img_align_celeba.zip"),
    ],
)
@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty"])
def test_damaged_archives_are_named(name, write, file, damage, tmp_path, monkeypatch):
    write(tmp_path, monkeypatch)
    path = tmp_path / file
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 255
    size = {"truncated": len(content) // 2, "flipped": None, "empty": 0}[damage]
    path.write_bytes(content[:size])
    with pytest.raises(DataError) as caught:
        load(name, root=tmp_path)
    assert f"expected {path} (md5 " in str(caught.value)
    assert f"found {path.stat().st_size} bytes" in str(caught.value)
    assert path.exists()


def test_an_archive_that_its_md5_vouches_for_but_is_none(tmp_path, monkeypatch):
    write_celeba(tmp_path, monkeypatch)
    md5 = save(tmp_path / "celeba" / "img_align_celeba.zip", b"no zip")
    files = [
        (key, md5 if file.endswith(".zip") else old, file)
        for key, old, file in datasets.CelebA.file_list
    ]
    monkeypatch.setattr(datasets.CelebA, "file_list", files)
    with pytest.raises(DataError, match="not a zip file"):
        load("celeba", root=tmp_path)


@pytest.mark.parametrize("kept", [10, 100])
def test_a_truncated_unpacked_file_is_named(kept, tmp_path, monkeypatch):
    folder = write_mnist("mnist", tmp_path, monkeypatch)
    load("mnist", root=tmp_path)
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte is damaged"):
        load("mnist", root=tmp_path)
    path.unlink()  # as the message says
    assert len(load("mnist", root=tmp_path)) == 7


def test_labels_of_another_set(tmp_path, monkeypatch):
    folder = write_mnist("mnist", tmp_path, monkeypatch)
    load("mnist", root=tmp_path)
    other = (folder / "t10k-labels-idx1-ubyte").read_bytes()
    (folder / "train-labels-idx1-ubyte").write_bytes(other)
    with pytest.raises(DataError, match="7 images but 4 labels"):
        load("mnist", root=tmp_path)


def test_a_foreign_pickle_is_never_run(tmp_path, monkeypatch):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "sprung"),)

    write_cifar("cifar-10", tmp_path, monkeypatch)
    load("cifar-10", root=tmp_path)
    (tmp_path / "cifar-10-python.tar.gz").unlink()
    batch = tmp_path / "cifar-10-batches-py" / "data_batch_2"
    batch.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(DataError) as caught:
        load("cifar-10", root=tmp_path)
    assert f"expected {batch} (md5 " in str(caught.value)
    assert not (tmp_path / "sprung").exists()


def test_a_damaged_unpacked_batch_is_unpacked_again(tmp_path, monkeypatch):
    expected = write_cifar("cifar-10", tmp_path, monkeypatch)
    load("cifar-10", root=tmp_path)
    (tmp_path / "cifar-10-batches-py" / "data_batch_2").write_bytes(b"half")
    assert np.array_equal(load("cifar-10", root=tmp_path).images, expected)


def test_celeba_pictures_that_were_not_all_unpacked(tmp_path, monkeypatch):
    write_celeba(tmp_path, monkeypatch)
    load("celeba", root=tmp_path, image_size=8)
    (tmp_path / "celeba" / "img_align_celeba" / "000002.jpg").unlink()
    with pytest.raises(DataError, match=r"4 of the 5 .* 000002\.jpg is missing"):
        load("celeba", root=tmp_path, image_size=8)


def test_celeba_is_unpacked_whole_or_not_at_all(tmp_path, monkeypatch):
    write_celeba(tmp_path, monkeypatch)

    def interrupted(self, path):
        self.extract(self.namelist()[0], path)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(zipfile.ZipFile, "extractall", interrupted)
        load("celeba", root=tmp_path, image_size=8)
    assert not (tmp_path / "celeba" / "img_align_celeba").exists()
    assert len(load("celeba", root=tmp_path, image_size=8)) == 5


@pytest.mark.parametrize("problem", ["missing", "truncated", "foreign"])
def test_a_damaged_embedded_file(problem, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "data_folder", lambda: tmp_path)
    whole = (Path(__file__).parent.parent / "data" / "digits.npz").read_bytes()
    if problem == "truncated":
        (tmp_path / "digits.npz").write_bytes(whole[:100_000])
    if problem == "foreign":
        np.savez(tmp_path / "digits.npz", something=np.zeros(3))
    with pytest.raises(DataError, match=r"digits\.npz is damaged"):
        load("digits")


# Names and splits


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cifar10", "Did you mean cifar-10?"),
        ("MNIST", "Did you mean mnist?"),
        ("celebs", "Did you mean celeba?"),
        ("xyz", "There are: digits, fashion, mnist"),
        ("", "There are: digits"),
    ],
)
def test_unknown_names_get_a_list_and_a_guess(name, hint):
    with pytest.raises(DataError) as caught:
        load(name)
    assert hint in str(caught.value) and "folder:PATH" in str(caught.value)


def test_a_bare_path_is_told_to_say_folder(tmp_path):
    with pytest.raises(DataError, match=f"folder:{tmp_path}"):
        load(str(tmp_path))


@pytest.mark.parametrize("name", ["digits", "mnist", "svhn", "celeba", "folder:."])
def test_wrong_split(name, tmp_path):
    with pytest.raises(DataError, match="has the splits train, .*not 'all'"):
        load(name, split="all", root=tmp_path)


# Folders


def picture_folder(folder: Path, count: int) -> Path:
    for number in range(count):
        save(folder / f"{number:03}.jpg", jpeg(30, 20, number * 255 // count))
    return folder


def test_folder_splits_share_no_picture(tmp_path):
    folder = picture_folder(tmp_path / "faces", 100)
    both = [
        load(f"folder:{folder}", 8, split, root=tmp_path) for split in ("train", "test")
    ]
    assert sum(map(len, both)) == 100
    assert 3 <= len(both[1]) <= 20
    assert not bytes_of(both[0].images) & bytes_of(both[1].images)


def test_a_picture_keeps_its_split_when_others_come():
    few = [f"album/{n}.png" for n in range(50)]
    chosen = [file for file in few if sources.in_test_split(file)]
    # Written down once: another machine or a later version must not shuffle the splits.
    assert chosen == ["album/3.png", "album/12.png", "album/42.png"]
    assert sources.in_test_split("caf\u00e9.jpg") == sources.in_test_split(
        "cafe\u0301.jpg"
    )


def test_folder_finds_pictures_of_all_kinds_and_depths(tmp_path):
    folder = tmp_path / "faces"
    kinds = ["a.jpg", "b.JPEG", "c.png", "d.webp", "e.bmp", "f.gif"]
    for number, kind in enumerate(kinds):
        path = folder / f"person {number}" / kind
        path.parent.mkdir(parents=True)
        Image.new("RGB", (40, 30), (200, 100, 50)).save(path)
    Image.new("RGBA", (40, 30), (200, 100, 50, 255)).save(folder / "alpha.png")
    Image.new("L", (40, 30), 99).save(folder / "grey.png")
    save(folder / "._a.jpg", b"not a picture: macOS leaves such files")
    save(folder / ".trash" / "old.jpg", jpeg(9, 9, 9))
    save(folder / "notes.txt", b"not a picture either")
    files = [f"person {n}/{kind}" for n, kind in enumerate(kinds)]
    files += ["alpha.png", "grey.png"]
    train = [file for file in files if not sources.in_test_split(file)]
    assert len(load(f"folder:{folder}", 8, root=tmp_path)) == len(train) >= 6


def test_folder_pictures_are_cropped_to_their_middle_square(tmp_path):
    wide = Image.new("RGB", (60, 20), "black")
    wide.paste("white", (20, 0, 40, 20))
    (tmp_path / "faces").mkdir()
    wide.save(tmp_path / "faces" / "wide.png")
    found = load(f"folder:{tmp_path / 'faces'}", 10, root=tmp_path)
    assert (found.images[..., 1:-1] == 255).all()  # the edge may mix with beyond


@pytest.mark.parametrize(
    ("content", "found"),
    [({}, "no files at all"), ({"a.txt": b"", "b.zip": b""}, "1 .")],
)
def test_folder_without_pictures(content, found, tmp_path):
    folder = tmp_path / "faces"
    folder.mkdir()
    for name, data in content.items():
        (folder / name).write_bytes(data)
    with pytest.raises(DataError, match=f"No pictures below .*faces: .*{found}"):
        load(f"folder:{folder}", root=tmp_path)


def test_folder_that_is_none(tmp_path):
    with pytest.raises(DataError, match="found nothing"):
        load(f"folder:{tmp_path / 'nowhere'}", root=tmp_path)
    (tmp_path / "faces.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match="unpack it first"):
        load(f"folder:{tmp_path / 'faces.zip'}", root=tmp_path)


def test_folder_too_small_for_a_test_split(tmp_path):
    folder = picture_folder(tmp_path / "faces", 1)
    with pytest.raises(DataError, match="1 pictures belong to the other split"):
        load(f"folder:{folder}", split="test", root=tmp_path)
