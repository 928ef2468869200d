import random

import numpy as np
import pytest
import torch

from labkit import runtime
from labkit.errors import LabkitError


def draws():
    return torch.rand(1).item(), float(np.random.rand()), random.random()


def test_isolated_seeds_inside_and_leaves_no_trace():
    torch.manual_seed(0)
    np.random.seed(0)
    random.seed(0)
    expected = draws()
    torch.manual_seed(0)
    np.random.seed(0)
    random.seed(0)
    torch.set_num_threads(1)
    with pytest.raises(RuntimeError), runtime.isolated(seed=7, threads=2):
        inside = draws()
        assert torch.get_num_threads() == 2
        raise RuntimeError
    assert torch.get_num_threads() == 1
    assert draws() == expected
    with runtime.isolated(seed=7):
        assert draws() == inside


def test_atomic_write_keeps_the_old_file_when_writing_fails(tmp_path):
    path = tmp_path / "new" / "file.txt"
    runtime.atomic_write(path, lambda file: file.write_text("old"))

    def broken(file):
        file.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        runtime.atomic_write(path, broken)
    assert path.read_text() == "old"
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]
    assert path.stat().st_mode & 0o044


def test_precision_is_checked_and_fp32_is_always_there():
    cpu = torch.device("cpu")
    assert runtime.precision("fp32", cpu) == torch.float32
    assert runtime.precision("auto", cpu) in (torch.float32, torch.bfloat16)
    with pytest.raises(ValueError, match="fp16"):
        runtime.precision("fp16", cpu)


@pytest.mark.parametrize("name", ["cudax", "cuda:99", "xla"])
def test_a_device_that_is_not_here_is_named(name):
    with pytest.raises(LabkitError, match=name):
        runtime.device(name)
