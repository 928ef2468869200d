"""The bug clinic: its records, making them again, and what is said about a guess."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

import labkit
from labkit import clinic, show
from labkit.checks.diagnosis.signs import contradiction
from labkit.checks.run import examine
from labkit.checks.spec import REGISTRY
from labkit.data import data_folder
from labkit.errors import BadValue, LabkitError
from labkit.history import PER_STEP

RUNS = [*clinic.SEALS, clinic.HEALTHY]


@pytest.mark.parametrize("name", RUNS)
def test_a_record_has_curves_and_a_film(name: str) -> None:
    run = clinic.load(name)
    assert set(run.history) == set(PER_STEP)
    assert {len(values) for values in run.history.values()} == {clinic.STEPS}
    assert run.frame_steps == list(clinic.FRAME_STEPS)
    for frame in run.film:
        assert frame.shape == (clinic.PICTURES, 1, 28, 28)
        assert frame.dtype == torch.uint8


def test_files_give_nothing_away() -> None:
    files = sorted((data_folder() / "clinic").iterdir())
    assert [file.stem for file in files] == sorted(RUNS)
    assert len({file.stat().st_size for file in files}) == 1
    assert sum(file.stat().st_size for file in files) < 1.5e6


def test_load_says_what_there_is() -> None:
    assert clinic.load("healthy ").frame_steps == clinic.load("a").frame_steps
    with pytest.raises(BadValue, match=r"A, B, C, D, E, F and healthy; got 'G'"):
        clinic.load("G")
    with pytest.raises(BadValue, match="labels swapped"):
        clinic.record("labels swaped")


def test_a_damaged_file_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(clinic, "data_folder", lambda: tmp_path)
    with pytest.raises(LabkitError, match=r"A\.npz is missing or damaged"):
        clinic.load("A")


def test_the_shipped_runs_can_be_made_again(tmp_path) -> None:
    """Three steps of each: what is chance grows later, and differs between machines."""
    clinic.main(tmp_path, steps=3)
    for name in RUNS:
        shipped = clinic.load(name)
        with np.load(tmp_path / f"{name}.npz", allow_pickle=False) as again:
            for key in PER_STEP:
                begun = shipped.history[key][:3]
                np.testing.assert_allclose(again[key], begun, atol=0.03, err_msg=name)
            difference = again["film"][0].astype(int) - shipped.film[0].numpy()
            assert abs(difference).max() <= 2, name
            assert again["frame_steps"].tolist() == [0, 3]


def test_the_same_record_twice() -> None:
    one, two = (clinic.record("sigmoid twice", steps=3) for _ in range(2))
    assert one.history == two.history
    assert all(map(torch.equal, one.film, two.film))


def test_every_wrong_name_is_contradicted_and_no_right_one() -> None:
    right = clinic.diagnosis()
    assert list(right) == list("ABCDEF")
    assert len(set(right.values())) == 6
    for run, bug in right.items():
        for name in clinic.NAMES:
            said = contradiction(run, name)
            assert bool(said) == (name != bug), (run, name)
            assert bug not in " ".join(said), (run, name)


def test_the_healthy_run_is_well() -> None:
    assert contradiction(clinic.HEALTHY, "nothing is wrong") == []


def test_points_by_run_and_one_run_told_at_a_time() -> None:
    right = clinic.diagnosis()
    swapped = right | {"C": right["D"], "D": right["C"]}
    result = examine(REGISTRY["diagnosis"], dict(swapped), 0)
    assert result.points == 4
    assert str(result).count("run ") >= 2 and "run D" not in str(result)
    others = [f.message for f in result.findings if not f.passed][1:]
    assert others == ["not yet: run C comes first"]
    assert right["C"] not in json.dumps([str(result), *others]).replace(right["D"], "")


def test_a_function_that_asks_labkit_is_sent_back() -> None:
    result = examine(REGISTRY["diagnosis"], lambda: clinic.diagnosis(), 0)
    assert not result.passed and "labkit's own" in str(result)


def test_chart_of_a_record_and_of_a_run() -> None:
    run = clinic.load("A")
    picture = show.chart(run.history, run.film, run.frame_steps, "run A")
    assert picture.alt.startswith("Chart of run A. 5 frames of the same z (step 0: ")
    assert "step 300" in picture.alt and "guessing would be 0.69" in picture.alt
    with Image.open(io.BytesIO(picture.data)) as image:
        assert image.width > 1000
    own = labkit.train(images=128, base_channels=8)
    alt = show.chart(own.history, own.film).alt
    assert alt.startswith("2 frames of the same z (step 0: ") and "; step 2: " in alt
