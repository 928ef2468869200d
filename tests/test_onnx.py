"""ONNX: labkit's generators out, and other people's in."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

import labkit
from labkit import latent, onnx_export, onnx_files
from labkit.errors import LabkitError

WEIGHT = np.random.default_rng(0).normal(0, 0.3, (5, 48)).astype(np.float32)


def foreign(
    path: Path,
    z: tuple = ("batch", 5),
    images: tuple = (-1, 3, 4, 4),
    last: str = "Tanh",
    kind: int = TensorProto.FLOAT,
    extra_input: bool = False,
) -> Path:
    """Write a generator that another course might publish: flatten, multiply, shape."""
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    constants = [
        numpy_helper.from_array(np.array([-1, 5]), "flat"),
        numpy_helper.from_array(WEIGHT.astype(dtype), "weight"),
        numpy_helper.from_array(np.array(images), "shape"),
    ]
    nodes = [
        helper.make_node("Reshape", ["noise", "flat"], ["rows"]),
        helper.make_node("MatMul", ["rows", "weight"], ["values"]),
        helper.make_node(last, ["values"], ["painted"]),
        helper.make_node("Reshape", ["painted", "shape"], ["picture"]),
    ]
    inputs = [helper.make_tensor_value_info("noise", kind, z)]
    if extra_input:
        inputs += [helper.make_tensor_value_info("label", kind, ("batch", 10))]
    output = helper.make_tensor_value_info("picture", kind, None)
    graph = helper.make_graph(nodes, "g", inputs, [output], constants)
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


def expected(z: torch.Tensor) -> torch.Tensor:
    return torch.tanh(z @ torch.from_numpy(WEIGHT)).view(-1, 3, 4, 4)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"z": ("batch", 5, 1, 1)},
        {"z": (1, 5)},
        {"z": (1, 5, 1, 1)},
        {"z": (4, 5)},
        {"kind": TensorProto.DOUBLE},
    ],
    ids=["2-D z", "4-D z", "one by one", "one by one, 4-D", "four by four", "double"],
)
def test_generators_of_other_courses(tmp_path: Path, form: dict) -> None:
    generator = labkit.load_generator(foreign(tmp_path / "g.onnx", **form))
    assert (generator.latent_dim, generator.image_shape) == (5, (3, 4, 4))
    z = latent.draw(5, 7)
    images = generator(z)
    assert images.dtype == torch.float32
    torch.testing.assert_close(images, expected(z), atol=1e-6, rtol=0)
    torch.testing.assert_close(labkit.sample(generator, 7), images)


@pytest.mark.parametrize(
    ("images", "shape"),
    [((-1, 4, 4, 3), (3, 4, 4)), ((-1, 6, 8), (1, 6, 8)), ((-1, 6, 8, 1), (1, 6, 8))],
)
def test_images_in_other_orders(tmp_path: Path, images: tuple, shape: tuple) -> None:
    generator = labkit.load_generator(foreign(tmp_path / "g.onnx", images=images))
    assert generator.image_shape == shape
    z = latent.draw(5, 2)
    drawn = generator(z)
    assert drawn.shape == (2, *shape)
    channel_last = expected(z).view(2, shape[1], shape[2], shape[0])
    torch.testing.assert_close(drawn, channel_last.permute(0, 3, 1, 2))


def test_images_from_0_to_1_are_drawn_as_they_are_and_said(tmp_path: Path) -> None:
    path = foreign(tmp_path / "g.onnx", last="Sigmoid")
    with pytest.warns(UserWarning, match=r"from 0\.\d+ to 0\.\d+; labkit expects \[-1"):
        generator = labkit.load_generator(path)
    assert labkit.sample(generator, 3).min() >= 0


def test_the_command_line_says_so_on_stderr(command, tmp_path: Path) -> None:
    path = foreign(tmp_path / "g.onnx", last="Sigmoid")
    code, out, err = command(
        "generate", path, "--count", 2, "--out", tmp_path / "g.png"
    )
    assert code == 0
    assert out.startswith("2 pictures in")
    assert err.startswith("labkit: note: ") and "2·x − 1" in err


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"extra_input": True}, r"2 inputs \(noise \['batch', 5\], label"),
        ({"z": ("batch", "latent")}, r"an input noise \['batch', 'latent'\]"),
        ({"z": ("batch", 5, 4, 4)}, "an input noise"),
        ({"z": ("batch", 7)}, "an output of shape|does not run"),
        ({"images": (-1, 48)}, r"an output of shape \(16, 48\) for 16 z"),
        ({"images": (-1, 2, 4, 6)}, "an output of shape"),
        ({"images": (-1, 3, 4, 2)}, "an output of shape"),
    ],
)
def test_what_is_no_generator_is_named(tmp_path: Path, form: dict, says: str) -> None:
    path = foreign(tmp_path / "g.onnx", **form)
    with pytest.raises(
        LabkitError, match=f"no generator that labkit can use.*({says})"
    ):
        labkit.load_generator(path)


def test_wrong_z_and_gradients_are_refused(tmp_path: Path) -> None:
    generator = labkit.load_generator(foreign(tmp_path / "g.onnx"))
    with pytest.raises(LabkitError, match=r"takes z \(B, 5\); got \(2, 6\)"):
        generator(torch.zeros(2, 6))
    with pytest.raises(LabkitError, match="no gradient"):
        generator(torch.zeros(1, 5, requires_grad=True))


def test_an_exported_file_is_complete_quiet_and_says_nothing_of_this_machine(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], recwarn
) -> None:
    torch.manual_seed(0)
    generator = labkit.DCGANGenerator((3, 32, 32), latent_dim=9, base_channels=4)
    generator(torch.randn(8, 9))  # moves BatchNorm's statistics
    path = tmp_path / "g.onnx"
    error = onnx_export.save_onnx(generator, path)
    assert 0 <= error < 1e-5
    assert generator.training
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list
    assert list(tmp_path.iterdir()) == [path]
    model = onnx.load(path)
    assert model.opset_import[0].version >= 17
    about = {entry.key: entry.value for entry in model.metadata_props}
    assert about == {
        "format": "labkit-generator-1",
        "latent_dim": "9",
        "image_shape": "[3, 32, 32]",
    }
    assert [i.name for i in model.graph.input] == ["z"]
    assert [o.name for o in model.graph.output] == ["images"]
    assert str(Path(labkit.__file__).parent).encode() not in path.read_bytes()
    again = labkit.load_generator(path)
    z = latent.draw(9, 11)
    assert (again(z) - generator.eval()(z)).abs().max() < 1e-5


class Unsteady(nn.Module):
    latent_dim = 2

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        calm = z if torch.onnx.is_in_onnx_export() else z + 1
        return torch.tanh(calm).view(-1, 1, 1, 2)


class Stubborn(nn.Module):
    latent_dim = 2

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return z.view(2, 1, 1, 2) if z.sum() > -1 else z


@pytest.mark.parametrize(
    ("network", "says"),
    [(Unsteady(), "draws other images"), (Stubborn(), "Stubborn cannot be exported")],
)
def test_nothing_wrong_is_written(
    tmp_path: Path, network: nn.Module, says: str
) -> None:
    with pytest.raises(LabkitError, match=says):
        onnx_export.save_onnx(network, tmp_path / "g.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(LabkitError, match=r"need onnxruntime.*labkit\[train\]"):
        onnx_files.needed("onnxruntime")
