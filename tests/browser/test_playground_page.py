"""The playground as people use it, and its game beside torch's."""

import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from labkit import widgets
from labkit.objectives import OBJECTIVES
from labkit.playground import DEFAULTS, replay, twin
from tests.browser.harness import Harness
from tests.browser.jupyter import JupyterServer, open_notebook, run_all, run_until
from tests.test_playground import EVENTFUL, weights_of

PLAYED = """async (state) => {
    const run = new lab.Run(state);
    await run.replay(state, async () => true);
    const { critic, generator } = run.game;
    return { weights: [...critic.weights, ...generator.weights], history: run.history,
             fakes: [...run.game.fakes()], state: run.state() };
}"""
FIRST_KEYS = [key for key in DEFAULTS if key not in ("speed", "layers")]


def played(page: Page, state: dict) -> dict:
    return page.evaluate(PLAYED, DEFAULTS | state)


@pytest.fixture
def opened(harness: Harness) -> tuple[widgets.Playground, Page]:
    """A playground in a page that wants less motion."""
    playground = widgets.Playground(speed="fast")
    return playground, harness.open(playground, reduced_motion=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def counted(page: Page) -> list[int]:
    """Iterations, critic steps, generator steps, as the page says them."""
    text = page.locator(".playground-numbers").inner_text()
    return [int(each) for each in re.findall(r"(?:teration|steps) (\d+)", text)]


def frames(page: Page) -> int:
    return int(page.locator(".playground-plane canvas").get_attribute("data-frames"))


def kept(page: Page, playground: widgets.Playground, what: str) -> None:
    """Wait until the page has pushed a state of which `what` is true."""
    page.wait_for_function(
        f"(() => {{ const s = model.get('state'); return {what}; }})()"
    )
    widgets.Playground(**playground.state)  # what came is sound


def test_the_page_plays_as_torch_does_with_every_loss(harness: Harness) -> None:
    page = harness.module("playground_run")
    for seed, loss in enumerate(OBJECTIVES):
        state = {"loss": loss, "steps": 100, "seed": seed, "noise": 0.05 * (seed % 2)}
        here, there = played(page, state), twin(state)
        close = {"rel": 1e-6, "abs": 1e-9}
        steps, critic, generator = np.array(here["history"]).T
        assert steps.tolist() == list(range(1, 101))
        assert critic == pytest.approx(there.history["critic_loss"], **close), loss
        assert generator == pytest.approx(there.history["generator_loss"], **close), (
            loss
        )
        assert here["weights"] == pytest.approx(weights_of(there), **close), loss


def test_a_log_and_a_long_run_end_alike_in_page_and_python(harness: Harness) -> None:
    page = harness.module("playground_run")
    here = played(page, EVENTFUL)
    assert here["weights"] == pytest.approx(
        weights_of(twin(EVENTFUL)), rel=1e-6, abs=1e-9
    )
    assert here["state"] == {key: EVENTFUL[key] for key in FIRST_KEYS}
    long = {"steps": 900, "lr_critic": 0.02, "lr_generator": 0.01}
    game = replay(long)
    fakes = np.reshape(played(page, long)["fakes"], (-1, 2))
    assert fakes == pytest.approx(game.fakes(), abs=1e-6)
    found = harness.module("playground_data").evaluate(
        "([fakes, data]) => lab.coverage(Float64Array.from(fakes), lab.modesOf(data, []))",
        [fakes.ravel().tolist(), "ring"],
    )
    assert (found["count"], found["good"]) == game.modes()
    assert found["count"] >= 3  # there was something to count


def test_play_pause_and_single_steps_count(opened: tuple) -> None:
    playground, page = opened
    expect(button(page, "Play")).to_be_visible()
    assert counted(page) == [0, 0, 0]  # nothing begins by itself
    button(page, "Step").press("Enter")
    k = page.get_by_role("spinbutton", name="k, critic steps")
    k.fill("3")
    k.press("Enter")
    button(page, "Step").press("Space")
    button(page, "Critic only × 10").click()
    button(page, "Generator only × 10").click()
    page.get_by_role("radio", name="normal").check()
    button(page, "Generator only").click()
    page.get_by_role("radio", name="fast").check()
    assert counted(page) == [2, 14, 13]
    log = [[1, "k", 3], [2, "critic", 10], [2, "generator", 11]]
    kept(
        page,
        playground,
        f"JSON.stringify(s.log) === `{json.dumps(log, separators=(',', ':'))}`",
    )
    assert playground.state["log"] == log
    button(page, "Play").click()
    page.wait_for_function("model.get('state').steps > 60")
    assert frames(page) < 60  # less motion: few pictures, many iterations
    button(page, "Pause").click()
    now = counted(page)
    assert now[1:] == [3 * now[0] + 8, now[0] + 11]
    page.evaluate("new Promise((done) => setTimeout(done, 150))")
    assert counted(page) == now
    button(page, "Start again").click()
    assert counted(page) == [0, 0, 0]
    assert page.get_by_role("spinbutton", name="k, critic steps").input_value() == "3"


def test_slow_motion_says_each_sub_step(opened: tuple, harness: Harness) -> None:
    _, page = opened
    page.get_by_role("radio", name="slow motion").check()
    k = page.get_by_role("spinbutton", name="k, critic steps")
    k.fill("2")
    k.press("Enter")
    here = page.locator("[aria-current=step]")
    seen = []
    for _ in range(9):
        button(page, "Next sub-step").click()
        seen.append(here.inner_text())
    assert counted(page) == [1, 2, 1]
    for text, part in zip(
        seen,
        ["Turn 1 of 2. The critic is shown 64", "D is 0.", "guessing costs 0.69",
         "Turn 1 of 2. Its weights move", "Turn 2 of 2. Its weights move",
         "turns 64 new z into fakes", "guessing costs 0.69", "gets an arrow",
         "follow their arrows"],
        strict=True,
    ):  # fmt: skip
        assert part in text
    button(page, "Play").click()
    expect(here).to_contain_text("The critic is shown")  # it goes on by itself
    expect(button(page, "Pause")).to_be_visible()
    expect(here).to_contain_text("It scores every one")
    button(page, "Pause").click()
    assert harness.axe(page) == []
    assert harness.errors == harness.requests == []


def test_everything_can_be_changed_while_it_runs(opened: tuple) -> None:
    playground, page = opened
    button(page, "Play").click()
    page.wait_for_function("model.get('state').steps > 5")
    for label, value in {
        "Real points": "moons", "Loss": "hinge", "Critic's learning rate": "0.005",
        "Generator's learning rate": "0.002", "Noise on what the critic sees": "0.1",
    }.items():  # fmt: skip
        page.get_by_label(label, exact=True).select_option(value)
    changed = ["data", "loss", "lr_critic", "lr_generator", "noise"]
    kept(page, playground, "s.log.length === 5")
    assert [what for _, what, _ in playground.state["log"]] == changed
    assert playground.state["data"] == "ring"  # as it began
    expect(button(page, "Pause")).to_be_visible()
    before = playground.state["steps"]
    page.wait_for_function(f"model.get('state').steps > {before}")
    page.get_by_label("Width of the networks").select_option("8")
    kept(page, playground, "s.hidden === 8 && s.log.length === 0")
    assert playground.state["data"] == "moons"  # a new run, as things are now
    button(page, "Pause").click()
    page.get_by_label("Networks start").select_option("trained")
    kept(page, playground, "s.start === 'trained'")
    assert (playground.state["hidden"], playground.state["steps"]) == (16, 0)
    page.get_by_label("Real points", exact=True).select_option("ring")
    expect(page.locator(".playground-numbers")).to_contain_text("8 of 8 modes covered")


def test_points_are_drawn_by_keys_and_by_pointer(
    opened: tuple, harness: Harness
) -> None:
    playground, page = opened
    page.get_by_label("Real points", exact=True).select_option("own")
    button(page, "Clear points").click()
    plane = page.locator(".playground-plane canvas")
    expect(plane).to_be_focused()
    page.keyboard.press("Space")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Enter", "ArrowDown", "Space"):
        page.keyboard.press(key)
    kept(page, playground, "s.own.length === 3")
    assert playground.state["own"] == [[0, 0], [0.3, 0.15], [0.3, 0]]
    page.keyboard.press("Backspace")
    kept(page, playground, "s.own.length === 2")
    box = plane.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.1 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.3 * box["width"], middle, steps=20)
    page.mouse.up()
    kept(page, playground, "s.own.length > 4")
    stroke = playground.state["own"][2:]
    assert all(abs(y) < 0.02 and -1.85 < x < -0.85 for x, y in stroke)
    button(page, "Step").click()
    expect(page.locator(".playground-numbers")).to_contain_text("modes covered")
    assert counted(page) == [1, 1, 1]
    page.keyboard.press("Escape")
    assert harness.axe(page) == []
    assert harness.errors == harness.requests == []


def test_a_shared_line_brings_the_run_back(harness: Harness, tmp_path: Path) -> None:
    playground = widgets.Playground(**EVENTFUL | {"layers": ["net"]})
    page = harness.open(playground, theme="dark", width=400)
    share = page.get_by_label("Share: copy this line")
    expect(share).to_have_value(playground.share())
    expect(page.locator(".playground-numbers")).to_contain_text("Iteration 30")
    assert page.get_by_label("Loss", exact=True).input_value() == "wgan-gp"
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert harness.axe(page) == []
    plane = page.get_by_role("application")
    words = plane.get_attribute("aria-label")
    x, y = (
        f"{each:.2f}".replace("-", "−") for each in replay(EVENTFUL).fakes().mean(0)
    )
    assert f"fakes lie around ({x}, {y})" in words
    for wrong, told in {
        "playground?loss=magic": 'loss cannot be "magic"',
        "playground?k=1000000": "k cannot be 1000000",
        'playground?steps=9&log=[[1,"hidden",8]]': 'log cannot have [1,"hidden",8]',
        "Hello": "a line begins with playground?",
        "playground?speeed=9": "there is no choice speeed",
    }.items():
        share.fill(wrong)
        share.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(told)
        expect(share).to_have_value(playground.share())
    share.fill("playground?data=grid&steps=3&k=2")
    share.press("Enter")
    expect(page.locator(".playground-numbers")).to_contain_text(
        "Iteration 3 · critic steps 6"
    )

    widgets.Playground(start="trained", data="ring").to_html(tmp_path / "page.html")
    alone = harness.open_file(tmp_path / "page.html")
    expect(alone.locator(".playground-numbers")).to_contain_text("8 of 8 modes")
    button(alone, "Step").click()
    alone.wait_for_url("**#playground?*steps=1*")
    again = harness.open_file(tmp_path / "page.html", alone.url.partition("#")[2])
    expect(again.locator(".playground-numbers")).to_contain_text("Iteration 1 ·")
    assert harness.axe(alone) == []
    assert harness.errors == harness.requests == []


def test_the_playground_in_jupyterlab(
    jupyter_server: JupyterServer, browser: Browser, tmp_path: Path
) -> None:
    code = "from labkit import widgets\nplay = widgets.Playground(speed='fast')\nplay"
    cells = [nbformat.v4.new_code_cell(code), nbformat.v4.new_code_cell("play.share()")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, tmp_path / "play.ipynb")
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    try:
        open_notebook(jupyter_server, page, tmp_path / "play.ipynb")
        assert [cell.error for cell in run_all(page)] == [None, None]
        assert not page.locator(".labkit-picture").is_visible()
        button(page, "Play").press("Enter")
        page.wait_for_function(
            "Number(document.querySelector('.playground-plane canvas').dataset.frames) > 5"
        )
        button(page, "Pause").press("Enter")
        now = counted(page)[0]
        assert now > 5
        share = page.get_by_label("Share: copy this line")
        expect(share).to_have_value(re.compile(rf"steps={now}&"))
        run_until(page, 1, f"steps={now}&")
    finally:
        page.close()
        jupyter_server.stop_kernels()
