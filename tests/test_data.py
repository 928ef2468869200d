"""Image sets and batches: values, order, splits, sizes."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import labkit
from labkit.data import (
    DataError,
    ImageSet,
    data_folder,
    load,
    names,
    normalise,
    resized,
    to_uint8,
    zoo_folder,
)

EVERY_BYTE = torch.arange(256, dtype=torch.uint8)


@pytest.fixture(scope="module")
def digits() -> ImageSet:
    return load("digits")


def numbered(count: int, side: int = 2) -> ImageSet:
    """A set whose picture k has the value k everywhere."""
    images = torch.arange(count, dtype=torch.uint8).view(-1, 1, 1, 1)
    return ImageSet("numbered", images.expand(-1, 1, side, side).contiguous())


def drawn(batches) -> list[int]:
    """The numbers of the pictures in the batches of a numbered set."""
    return [int(n) for batch in batches for n in to_uint8(batch)[:, 0, 0, 0]]


# Values


def test_normalise_is_exact_at_both_ends_and_the_formula_between():
    values = normalise(EVERY_BYTE)
    assert values.dtype == torch.float32
    assert values[0] == -1 and values[255] == 1
    assert torch.equal(values, EVERY_BYTE.float() / 127.5 - 1)


def test_to_uint8_inverts_normalise_rounds_and_clips():
    assert torch.equal(to_uint8(normalise(EVERY_BYTE)), EVERY_BYTE)
    odd = torch.tensor([-3.0, -1 + 0.6 / 127.5, 1 - 0.4 / 127.5, 1.5])
    assert to_uint8(odd).tolist() == [0, 1, 255, 255]
    assert to_uint8(torch.ones(2, dtype=torch.bfloat16)).tolist() == [255, 255]


def test_the_two_refuse_each_others_input():
    with pytest.raises(DataError, match="already in"):
        normalise(torch.zeros(3))
    with pytest.raises(DataError, match="floating point"):
        to_uint8(EVERY_BYTE)


# The embedded sets


@pytest.mark.parametrize(
    ("name", "split", "count"),
    [
        ("digits", "train", 9000),
        ("digits", "test", 1000),
        ("fashion", "train", 10000),
        ("fashion", "test", 2000),
    ],
)
def test_embedded_sets(name, split, count):
    found = load(name, split=split)
    assert len(found) == count and found.split == split and found.name == name
    assert found.images.shape == (count, 1, 28, 28)
    assert found.images.dtype == torch.uint8 and found.labels.dtype == torch.int64
    assert found.labels.unique().tolist() == [*range(10)]
    assert f"{count} images 1×28×28" in repr(found)


@pytest.mark.parametrize("name", ["digits", "fashion"])
def test_train_and_test_share_no_picture(name):
    train, test = (
        {image.numpy().tobytes() for image in load(name, split=split).images}
        for split in ("train", "test")
    )
    assert not train & test


def test_every_embedded_set_is_listed():
    assert names()[:2] == ["digits", "fashion"] and names()[-1] == "folder:PATH"
    assert {"mnist", "emnist", "svhn", "cifar-10", "cifar-100", "celeba"} <= {*names()}


def test_data_are_found_beside_an_installed_package(tmp_path):
    """A wheel has the data inside the package, as labkit/_data.

    torchvision takes seconds to import; the embedded sets must not wait for it.
    """
    package = Path(labkit.__file__).parent
    shutil.copytree(package, tmp_path / "labkit")
    shutil.copytree(package.parent / "data", tmp_path / "labkit" / "_data")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from labkit import data\n"
        "print(data.data_folder(), len(data.load('fashion')), data.zoo_folder())\n"
        "print('torchvision' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    inside = tmp_path.resolve() / "labkit" / "_data"
    assert said.split() == [str(inside), "10000", str(inside / "zoo"), "False"]


def test_data_folder_of_a_checkout():
    assert (data_folder() / "digits.npz").is_file()
    assert zoo_folder() == data_folder() / "zoo"


# Sizes


@pytest.mark.parametrize("size", [14, 28, 32, 64])
def test_images_are_resized_with_antialiasing(digits, size):
    found = load("digits", image_size=size)
    assert found.images.shape == (9000, 1, size, size)
    assert found.images.dtype == torch.uint8
    picture = Image.fromarray(digits.images[7, 0].numpy())
    expected = picture.resize((size, size), Image.Resampling.BILINEAR)
    difference = np.asarray(expected, int) - found.images[7, 0].numpy()
    assert abs(difference).max() <= 1


def test_resizing_in_parts_changes_nothing(digits, monkeypatch):
    whole = resized(digits.images[:50], 20)
    monkeypatch.setattr("labkit.data.RESIZED_AT_ONCE", 7)
    assert torch.equal(resized(digits.images[:50], 20), whole)


@pytest.mark.parametrize("size", [0, -28, 7, 4096, 28.0, "28", True, (28, 28)])
def test_senseless_image_sizes(size):
    with pytest.raises(DataError, match="whole number from 8 to 1024, not"):
        load("digits", image_size=size)


# Batches


def test_an_epoch_has_every_picture_once_but_the_incomplete_batch():
    batches = [*numbered(250).batches(32, seed=5)]
    assert len(batches) == 7  # 7 * 32 = 224
    assert all(batch.shape == (32, 1, 2, 2) for batch in batches)
    seen = drawn(batches)
    assert len(set(seen)) == 224 and seen != sorted(seen)


def test_the_order_depends_on_seed_and_epoch_alone():
    some = numbered(200)
    first = drawn(some.batches(10, seed=1, epoch=2))
    torch.manual_seed(99)
    before = torch.get_rng_state()
    assert drawn(some.batches(10, seed=1, epoch=2)) == first
    assert torch.equal(torch.get_rng_state(), before)
    others = [drawn(some.batches(10, seed=s, epoch=e)) for s, e in [(2, 1), (1, 3)]]
    assert first not in others
    # Another batch size cuts the same order.
    assert drawn(some.batches(20, seed=1, epoch=2)) == first


def test_an_epoch_can_be_resumed_at_any_batch():
    some = numbered(100)
    whole = [*some.batches(8, seed=3, epoch=1)]
    for start in (0, 1, 11, 12):
        rest = [*some.batches(8, seed=3, epoch=1, start=start)]
        assert len(rest) == 12 - start
        assert all(map(torch.equal, rest, whole[start:]))


def test_batches_are_float32_whatever_the_default():
    torch.set_default_dtype(torch.float64)
    try:
        batch = next(numbered(8).batches(8))
    finally:
        torch.set_default_dtype(torch.float32)
    assert batch.dtype == torch.float32 and batch.is_contiguous()
    assert batch.min() >= -1 and batch.max() <= 1


def test_batches_match_the_pictures(digits):
    batch = next(digits.batches(64, seed=1))
    all_pictures = {image.numpy().tobytes() for image in digits.images}
    assert all(image.numpy().tobytes() in all_pictures for image in to_uint8(batch))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch_size": 11}, "10 images in its train split: too few .* batch of 11"),
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": 5, "seed": -1}, "seed=-1"),
        ({"batch_size": 5, "epoch": -1}, "epoch=-1"),
        ({"batch_size": 5, "start": 3}, "2 batches"),
    ],
)
def test_senseless_batches_are_refused_at_once(arguments, message):
    with pytest.raises(DataError, match=message):
        numbered(10).batches(**arguments)


def test_a_batch_may_be_the_whole_set():
    assert sorted(drawn(numbered(10).batches(10))) == [*range(10)]


def test_more_than_25_000_images_a_second_on_one_thread(digits):
    rates = []
    for epoch in range(5):
        began = time.process_time()
        count = sum(len(batch) for batch in digits.batches(64, epoch=epoch))
        rates.append(count / (time.process_time() - began))
    assert max(rates) > 25_000


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_batches_on_cuda_have_the_same_order(digits):
    resident = digits.to("cuda")
    assert resident.labels.is_cuda
    expected = [*digits.batches(512, seed=4)]
    for found in (resident.batches(512, seed=4), digits.batches(512, 4, "cuda")):
        for batch, wanted in zip(found, expected, strict=True):
            assert batch.is_cuda and torch.equal(batch.cpu(), wanted)


def test_to_keeps_everything_else(digits):
    moved = digits.to("meta")
    assert moved.images.is_meta and moved.labels.is_meta
    assert (moved.name, moved.split) == ("digits", "train")


@pytest.mark.parametrize(
    "arguments",
    [
        {"images": torch.zeros(3, 1, 4, 4)},
        {"images": torch.zeros(3, 4, 4, dtype=torch.uint8)},
        {
            "images": torch.zeros(3, 1, 4, 4, dtype=torch.uint8),
            "labels": torch.zeros(2, dtype=torch.int64),
        },
    ],
)
def test_a_set_is_checked_when_it_is_made(arguments):
    with pytest.raises(DataError):
        ImageSet("odd", **arguments)
