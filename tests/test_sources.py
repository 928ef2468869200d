"""Sets in their real formats on the disk, read through torchvision's real classes."""

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

from labkit import sources
from labkit.data import DataError, load, present


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


def test_sets_on_this_machine_are_listed_without_opening_them(tmp_path, monkeypatch):
    ours = ["digits", "fashion", "coloured-digits", "stacked-digits"]
    assert present(tmp_path) == ours
    assert not [*tmp_path.iterdir()]
    write_svhn(tmp_path, monkeypatch)
    write_cifar("cifar-10", tmp_path, monkeypatch)
    write_celeba(tmp_path, monkeypatch)
    for name in MNIST:
        write_mnist(name, tmp_path, monkeypatch)
    assert {*present(tmp_path)} == {*ours, *MNIST, "svhn", "cifar-10", "celeba"}


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
        ("xyz", "There are: digits, fashion, coloured-digits"),
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
