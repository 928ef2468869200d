"""What is said and done when files are missing or damaged, or the network is."""

import http.server
import os
import pickle
import socket
import threading
import time
import urllib.request
import zipfile
from functools import partial

import numpy as np
import pytest
from disk_formats import (
    save,
    write_celeba,
    write_cifar,
    write_emnist,
    write_mnist,
    write_svhn,
)
from torchvision import datasets

from labkit import download, torchvision_sets
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
