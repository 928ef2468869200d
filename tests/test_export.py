import pytest
import torch
from safetensors.torch import save_file
from torch import nn

import labkit
from labkit.errors import LabkitError


@pytest.mark.parametrize(
    "generator",
    [
        labkit.Generator((1, 28, 28), 7, 8, convs=2, upsampling="bilinear"),
        labkit.Generator((3, 64, 64), latent_dim=5, base_channels=16),
        labkit.DCGANGenerator((3, 32, 32), latent_dim=9, base_channels=4),
    ],
    ids=["28", "64", "dcgan"],
)
def test_a_generator_comes_back_without_knowing_its_sizes(tmp_path, generator):
    path = tmp_path / "generator.safetensors"
    generator(torch.randn(4, generator.latent_dim))  # moves BatchNorm's statistics
    labkit.save_generator(generator, path)
    for place in (path, tmp_path):
        loaded = labkit.load_generator(place)
        assert not loaded.training
        assert torch.equal(labkit.sample(loaded, 3), labkit.sample(generator, 3))


def test_missing_foreign_truncated_and_other_peoples_files_are_named(tmp_path):
    path = tmp_path / "generator.safetensors"
    with pytest.raises(LabkitError, match="no generator"):
        labkit.load_generator(tmp_path)
    labkit.save_generator(labkit.Generator((1, 28, 28), 4, 8), path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(LabkitError, match="cut short"):
        labkit.load_generator(path)
    path.write_bytes(b"<html>quota exceeded</html>")
    with pytest.raises(LabkitError, match="another format"):
        labkit.load_generator(path)
    save_file({"weight": torch.ones(2)}, path)
    with pytest.raises(LabkitError, match="not a generator"):
        labkit.load_generator(path)
    metadata = {"format": "labkit-generator-1", "kind": "Generator", "build": "{}"}
    save_file({"weight": torch.ones(2)}, path, metadata)
    with pytest.raises(LabkitError, match="does not fit"):
        labkit.load_generator(path)


def test_a_students_own_class_is_saved_and_said_to_be_theirs(tmp_path):
    class Mine(nn.Linear):
        pass

    labkit.save_generator(Mine(2, 2), tmp_path / "mine.safetensors")
    with pytest.raises(LabkitError, match="Mine"):
        labkit.load_generator(tmp_path / "mine.safetensors")


def test_samples_depend_on_the_seed_and_more_of_them_keep_the_first():
    generator = labkit.Generator((1, 28, 28), 4, 8)
    few, many = labkit.sample(generator, 2, seed=3), labkit.sample(generator, 5, seed=3)
    torch.testing.assert_close(few, many[:2])
    assert generator.training
    assert not torch.equal(few, labkit.sample(generator, 2, seed=4))
    with pytest.raises(ValueError, match="1 or more"):
        labkit.sample(generator, 0)
