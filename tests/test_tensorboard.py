"""What TensorBoard gets of a run, read back from the event file."""

import sys
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import labkit
from labkit.errors import LabkitError
from labkit.tensorboard import TensorBoard


@pytest.fixture
def board(tmp_path: Path):
    return tmp_path / "board"


def read(folder: Path) -> EventAccumulator:
    found = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0})
    return found.Reload()


def test_scalars_pictures_and_both_graphs(board: Path) -> None:
    settings = {"images": 256, "base_channels": 8, "latent_dim": 16}
    with TensorBoard(board) as write:
        run = labkit.train(**settings, on_epoch=write)
        write(run)
    found = read(board)
    for tag, name in (("loss/critic", "critic_loss"), ("D/fake", "d_fake")):
        events = found.Scalars(tag)
        assert [event.step for event in events] == [1, 2, 3, 4]
        assert [event.value for event in events] == pytest.approx(run.history[name])
    pictures = found.Images("samples")
    assert [picture.step for picture in pictures] == [0, 4]
    assert (pictures[0].height, pictures[0].width) == (8 * 30 - 2, 8 * 30 - 2)
    nodes = " ".join(node.name for node in found.Graph().node)
    assert "[generator]" in nodes and "[critic]" in nodes
    # watching does not change what is watched
    alone = labkit.train(**settings)
    assert alone.history["critic_loss"] == run.history["critic_loss"]
    assert torch.equal(alone.samples, run.samples)
    # a resumed run replaces what was there
    with TensorBoard(board) as write:
        write(run)
    assert len(read(board).Scalars("loss/critic")) == 4


def test_without_the_package_the_message_says_what_to_install(
    board: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(LabkitError, match=r"tensorboard.*labkit\[train\]"):
        TensorBoard(board)
    assert not board.exists()
