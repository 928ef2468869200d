"""The two small widgets, as people use them: the checkerboard, and spot the fake."""

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from labkit import widgets
from labkit.overlap import KINDS, Upsampling, random_weights
from labkit.show.overlap import told
from labkit.spot import deck
from tests.browser.harness import Harness
from tests.browser.jupyter import JupyterServer, open_notebook, run_all
from tests.test_checkerboard import SETTINGS

LOOK = """([settings, kinds, weights]) => settings.map((setting) => {
    const found = lab.lookAt(setting, weights);
    return { ...found, rows: found.rows.map((row) => [...row]),
             counts: found.counts.map((row) => [...row]), maps: [...found.maps[3][0]],
             told: lab.toldOf(setting, found, { kinds }) };
})"""
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
NOTEBOOK = """from labkit import widgets
board = widgets.Checkerboard(kernel=4)
board
---
game = widgets.SpotTheFake(rounds=4, seed=1, save="results/me.json")
game"""


def frames(page: Page, name: str) -> int:
    return int(page.get_by_role("img", name=name).get_attribute("data-frames"))


def play(page: Page, seed: int, rounds: int, wrong: int) -> None:
    """Answer by the keys R and F; the first `wrong` images wrongly."""
    for index, fake in enumerate(deck("digits", rounds, seed)[1]):
        page.get_by_text(f"Image {index + 1} of {rounds}.").wait_for()
        page.keyboard.press("f" if fake != (index < wrong) else "r")


def test_the_page_computes_what_torch_does(harness: Harness) -> None:
    weights = random_weights()
    settings = [vars(setting) for setting in SETTINGS]
    page = harness.module("overlap")
    seen = page.evaluate(LOOK, [settings, list(KINDS.items()), weights.tolist()])
    for setting, found in zip(SETTINGS, seen, strict=True):
        maps = setting.flat(weights)
        assert found["rows"] == pytest.approx(setting.stamps().numpy())
        assert found["counts"] == setting.counts().tolist()
        assert found["maps"] == pytest.approx(maps[3, 0].numpy())
        assert found["inside"] == [setting.inside.start, setting.inside.stop]
        assert found["randomRipple"] == pytest.approx(setting.ripple(maps), abs=1e-12)
        assert found["told"] == told(setting)


def test_the_checkerboard_by_keyboard_and_by_finger(harness: Harness) -> None:
    board = widgets.Checkerboard()
    page = harness.open(board, touch=True, width=400, reduced_motion=True)
    expect(page.get_by_text("All weights 1: ripple 0.48")).to_be_visible()
    before = frames(page, "pixel of the square")
    page.get_by_role("slider", name="Kernel").press("ArrowRight")
    expect(page.get_by_text("All weights 1: ripple 0.00")).to_be_visible()
    assert frames(page, "pixel of the square") > before
    expect(page.get_by_role("img", name="inside 4. Ripple 0.00")).to_be_visible()
    expect(page.get_by_text("Random weights: ripple 1.01")).to_be_visible()
    padding = page.get_by_role("slider", name="Padding")
    padding.press("End")
    assert padding.input_value() == "1"  # no more for a kernel of 4
    page.get_by_role("slider", name="Kernel").press("Home")
    expect(padding).to_be_disabled()
    page.get_by_text("nearest pixel, then convolution").tap()
    expect(page.get_by_text("Random weights: ripple 0.00")).to_be_visible()
    page.wait_for_function("window.model.get('state').upsampling === 'nearest'")
    setting = {"upsampling": "nearest", "kernel": 1, "stride": 2, "padding": 0}
    assert board.state == setting
    expect(page.get_by_role("status")).to_have_text(told(Upsampling(**setting)))
    assert board.picture().alt == told(Upsampling(**setting))
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert harness.axe(page) == []
    assert harness.errors == harness.requests == []


def test_the_checkerboard_in_the_dark_and_without_a_kernel(
    harness: Harness, tmp_path: Path
) -> None:
    page = harness.open(widgets.Checkerboard(stride=4, kernel=8), theme="dark")
    expect(page.get_by_text("Random weights: ripple 1.18")).to_be_visible()
    assert harness.axe(page) == []
    widgets.Checkerboard(kernel=5).to_html(tmp_path / "board.html")
    alone = harness.open_file(tmp_path / "board.html")
    alone.get_by_role("slider", name="Kernel").press("ArrowLeft")
    expect(alone.get_by_text("All weights 1: ripple 0.00")).to_be_visible()
    assert harness.errors == harness.requests == []


def test_spot_the_fake_by_keys(harness: Harness) -> None:
    game = widgets.SpotTheFake(rounds=6, seed=4)
    first = "fake" if deck("digits", 6, 4)[1][0] else "real"
    page = harness.open(game, theme="dark", reduced_motion=True)
    image = page.get_by_role("img", name="Image 1 of 6, to be judged")
    image.click()  # gives the keys to the game
    page.keyboard.press("Control+f")
    page.keyboard.press("x")
    expect(page.get_by_role("status").first).to_be_empty()
    assert game._said == []
    assert harness.axe(page) == []
    play(page, seed=4, rounds=6, wrong=1)
    expect(page.get_by_text("The game is over: 5 of 6 right")).to_be_visible()
    for line in game.score.told():
        expect(page.get_by_text(line)).to_be_visible()
    other = "fake" if first == "real" else "real"
    page.get_by_role("img", name=f"Image 1: {first}. You said {other}").wait_for()
    assert page.locator(".labkit").evaluate("e => e.contains(document.activeElement)")
    page.keyboard.press("r")  # too late, and not for the notebook either
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    assert harness.axe(page) == []
    assert harness.errors == harness.requests == []


def test_spot_the_fake_by_finger(harness: Harness, tmp_path: Path) -> None:
    game = widgets.SpotTheFake("coloured-digits", rounds=4, save=tmp_path / "me.json")
    page = harness.open(game, touch=True, width=400)
    feedback = page.get_by_role("status").first
    for index, fake in enumerate(deck("coloured-digits", 4, 0)[1]):
        expect(page.get_by_text(f"Image {index + 1} of 4.")).to_be_visible()
        button = page.get_by_role("button", name="Real")
        assert button.bounding_box()["height"] >= 44
        button.tap()
        if index < 3:
            told = "✗ Wrong" if fake else "✓ Right"
            expect(feedback).to_contain_text(f"{told}: image {index + 1} is")
    expect(page.get_by_text("The result is saved in")).to_be_visible()
    assert widgets.class_tally(tmp_path).players[0][2] == game.score
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    game.to_html(tmp_path / "game.html")
    alone = harness.open_file(tmp_path / "game.html")
    expect(alone.get_by_text("needs a notebook with a running kernel")).to_be_visible()
    assert harness.errors == harness.requests == []


def test_both_in_one_notebook(
    jupyter_server: JupyterServer, browser: Browser, tmp_path: Path
) -> None:
    cells = [nbformat.v4.new_code_cell(text) for text in NOTEBOOK.split("\n---\n")]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)
    nbformat.write(notebook, tmp_path / "both.ipynb")
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    try:
        open_notebook(jupyter_server, page, tmp_path / "both.ipynb")
        assert [cell.error for cell in run_all(page)] == [None, None]
        kernel = page.get_by_role("slider", name="Kernel")
        kernel.press("ArrowLeft")
        expect(page.get_by_text("All weights 1: ripple 0.48")).to_be_visible()
        page.get_by_role("img", name="Image 1 of 4, to be judged").click()
        play(page, seed=1, rounds=4, wrong=0)
        expect(page.get_by_text("The game is over: 4 of 4 right")).to_be_visible()
        page.keyboard.press("r")  # in the notebook's command mode: a raw cell
        kinds = page.evaluate("panel.content.widgets.map(cell => cell.model.type)")
        assert kinds == ["code", "code"]
        pictures = page.locator(".labkit-picture")
        assert pictures.count() == 2
        assert not any(picture.is_visible() for picture in pictures.all())
        saved = list(jupyter_server.root.glob("*/results/me.json"))
        assert len(saved) == 1
    finally:
        page.close()
        jupyter_server.stop_kernels()
