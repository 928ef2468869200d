"""The latent explorer as people use it: in a page, in one file, in JupyterLab."""

from pathlib import Path

import nbformat
import pytest
import torch
from playwright.sync_api import Browser, Locator, Page, expect

from labkit import latent, zoo
from labkit.data import to_uint8
from labkit.dcgan import DCGANGenerator
from labkit.widgets import Explorer, sheets
from labkit.widgets.explorer_choices import CHOICES
from tests.browser.harness import Harness
from tests.browser.jupyter import JupyterServer, open_notebook, run_all, run_until

PIXELS = """surface => Array.from(surface.getContext("2d")
    .getImageData(0, 0, surface.width, surface.height).data.filter((_, k) => k % 4 === 0))"""
expect.set_options(timeout=60_000)  # a loaded machine, and not a wrong page
SHARE = "document.querySelector('.labkit input[type=text]').value"


def words(**changes: object) -> str:
    """The sentence of a state of the digits' explorer."""
    return sheets.view("digits", 64, CHOICES | changes).alt


def picture(page: Page, alt: str) -> Locator:
    found = page.get_by_role("img", name=alt, exact=True)
    expect(found).to_be_visible()
    return found


def assert_drawn(surface: Locator, z: torch.Tensor, name: str = "digits") -> None:
    """The canvas shows the generator's image of z, to 2 of 255 grey levels."""
    pixels = torch.tensor(surface.evaluate(PIXELS))
    expected = to_uint8(latent.images(zoo.load(name), z.view(1, -1)))[0, 0].flatten()
    assert (pixels - expected.int()).abs().max() <= 2


def z_of(seed: int) -> torch.Tensor:
    return latent.draw(64, 1, seed)


def press(target: Locator, key: str, times: int = 1) -> None:
    for _ in range(times):
        target.press(key)


def test_every_view_by_keyboard_in_the_words_of_the_kernel(harness: Harness) -> None:
    explorer = Explorer("digits")
    page = harness.open(explorer, theme="dark")
    halfway = latent.slerp(z_of(3), z_of(17), 0.5)
    assert_drawn(picture(page, words()), halfway)
    t = page.get_by_role("slider", name="t, from seed to seed")
    press(t, "ArrowRight")
    expect(t).to_have_attribute("aria-valuetext", "0.51")
    press(page.get_by_role("radio", name="the line"), "Space")
    second = page.get_by_role("spinbutton", name="seed 2")
    second.fill("4000")  # no page knows it
    second.press("Enter")
    chosen = {"seeds": [3, 4000], "t": 0.51, "path": "lerp"}
    z = latent.lerp(z_of(3), z_of(4000), 0.51)
    assert_drawn(picture(page, words(**chosen)), z)
    expect(page.get_by_text("Nearest real: training image")).to_contain_text("of 9000")
    expect(page.get_by_role("status")).to_have_text(words(**chosen))
    page.wait_for_function(f"{SHARE}.includes('4000') && model.get('state').t === 0.51")
    assert page.evaluate(SHARE) == explorer.share()
    assert harness.axe(page) == []

    press(page.get_by_role("tab", name="Path"), "ArrowRight")
    at = page.get_by_role("slider", name="position")
    first = picture(page, words(view="walk")).evaluate(PIXELS)
    press(at, "End")
    assert picture(page, words(view="walk", at=5)).evaluate(PIXELS) == first
    assert harness.axe(page) == []

    press(page.get_by_role("tab", name="Walk"), "ArrowRight")
    press(page.get_by_label("Place on the sheet"), "ArrowRight", 2)
    picture(page, words(view="plane", x=0.6))
    assert harness.axe(page) == []

    press(page.get_by_role("tab", name="Plane"), "ArrowRight")
    thumbnails = page.get_by_role("group", name="Images to pick")
    press(page.get_by_role("radio", name="B", exact=True), "Space")
    press(thumbnails.get_by_role("button", name="seed 0"), "ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(thumbnails.get_by_role("button", name="seed 2, in B")).to_be_focused()
    chosen = {"view": "arithmetic", "b": [1, 20, 35, 2]}
    z = sheets.view("digits", 64, CHOICES | chosen).shown
    assert_drawn(picture(page, words(**chosen)), z)
    assert harness.axe(page) == []

    press(page.get_by_role("tab", name="Arithmetic"), "ArrowRight")
    press(page.get_by_role("slider", name="Limit"), "ArrowLeft", 6)
    page.get_by_role("group", name="Samples").get_by_role(
        "button", name="seed 9"
    ).click()
    chosen = {"view": "sheet", "truncation": 0.7, "picked": 9}
    z = latent.draw(64, 1, 9, truncation=0.7)
    assert_drawn(picture(page, words(**chosen)), z)
    assert harness.axe(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    assert harness.errors == harness.requests == []


def test_the_corners_of_the_plane_are_the_seeds(harness: Harness) -> None:
    page = harness.open(Explorer("digits", view="plane"))
    box = page.locator(".labkit-sheet:visible").bounding_box()
    corners = zip([(0, 0), (1, 0), (0, 1), (1, 1)], CHOICES["corners"], strict=True)
    for (x, y), seed in corners:
        page.mouse.click(
            box["x"] + 3 + x * (box["width"] - 6),
            box["y"] + 3 + y * (box["height"] - 6),
        )
        assert_drawn(picture(page, words(view="plane", x=x, y=y)), z_of(seed))


def test_what_a_person_keeps(harness: Harness) -> None:
    explorer = Explorer("digits", t=0.25)
    page = harness.open(explorer)
    page.locator("summary", has_text="Bookmarks (0)").click()
    page.get_by_role("textbox", name="Name").fill("almost a two")
    page.get_by_role("textbox", name="Note").fill("the line is thinner")
    page.get_by_role("button", name="Bookmark this").click()
    press(page.get_by_role("slider", name="t, from seed to seed"), "End")
    picture(page, words(t=1))
    page.get_by_role("button", name="Show almost a two").click()
    picture(page, words(t=0.25))
    page.wait_for_function("model.get('state').bookmarks.length === 1")
    line = Explorer("digits", t=0.25).share()
    assert explorer.state["bookmarks"] == [
        ["almost a two", "the line is thinner", line]
    ]
    share = page.get_by_role("textbox", name="Share")
    other = Explorer("digits", view="plane", corners=[1, 2, 3], x=1, y=0)
    share.fill(f'Explorer.shared("{other.share()}")')
    share.press("Enter")
    picture(page, other.view.alt)
    share.fill("explorer?generator=fashion&t=0.5")
    share.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("of the generator fashion")
    for kind, start in (("PNG", b"\x89PNG"), ("GIF", b"GIF89a"), ("WebP", b"RIFF")):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind).click()
        assert download.value.suggested_filename == f"digits-plane.{kind.lower()}"
        assert Path(download.value.path()).read_bytes().startswith(start)
    page.get_by_role("tab", name="Sheet").click()
    expect(page.get_by_role("button", name="GIF")).to_be_disabled()
    assert harness.errors == harness.requests == []


def test_the_walk_plays_and_stops(harness: Harness) -> None:
    page = harness.open(Explorer("digits", view="walk"))
    picture(page, words(view="walk"))
    page.get_by_role("button", name="Play").click()
    surface = page.locator("canvas[aria-label*='a closed walk']")
    page.wait_for_function("Number(document.querySelectorAll('[role=tabpanel]:not([hidden])"
                           " canvas')[0].dataset.frames) > 8")  # fmt: skip
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.wait_for_function(f"!{SHARE}.endsWith('at=0')")
    place = float(page.evaluate(SHARE).partition("at=")[2])
    assert_drawn(surface, sheets.on_loop(
        sheets.of_seeds(64, CHOICES["stops"]), place))  # fmt: skip
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("tab", name="Path").click()
    page.get_by_role("tab", name="Walk").click()
    press(page.get_by_role("slider", name="position"), "Home")
    page.get_by_role("button", name="One step").click()
    picture(page, words(view="walk", at=0.1))
    expect(page.get_by_role("button", name="One step")).to_be_visible()


def test_a_finger_on_a_narrow_page(harness: Harness) -> None:
    page = harness.open(Explorer("digits", view="arithmetic"), touch=True, width=400)
    picture(page, words(view="arithmetic"))
    for tab in ("Arithmetic", "Path", "Plane"):
        page.get_by_role("tab", name=tab).tap()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        targets = page.locator(
            "button:visible, input:not([type=radio]):visible, summary:visible"
        )
        boxes = [target.bounding_box() for target in targets.all()]
        assert len(boxes) > 10 and min(box["height"] for box in boxes) >= 44
    box = page.locator(".labkit-pad").bounding_box()
    page.touchscreen.tap(
        box["x"] + 0.25 * box["width"], box["y"] + 0.75 * box["height"]
    )
    page.wait_for_function(f"{SHARE}.includes('x=0.25&y=0.75')")


def test_one_file_without_kernel_and_network(harness: Harness, tmp_path: Path) -> None:
    Explorer("digits").save(tmp_path / "digits.html")
    page = harness.open_file(tmp_path / "digits.html")
    before = picture(page, words()).evaluate(PIXELS)
    expect(page.get_by_text("of the 256 training images in this page")).to_be_visible()
    press(page.get_by_role("slider", name="t, from seed to seed"), "End")
    moved = picture(page, words(t=1))
    assert moved.evaluate(PIXELS) != before
    assert_drawn(moved, z_of(17))
    page.get_by_role("tab", name="Plane").click()
    sheet = page.get_by_role("img", name="8 by 8 images")
    expect(sheet).to_have_attribute("data-frames", "1")
    corner = sheet.evaluate(
        "s => Array.from(s.getContext('2d').getImageData(0, 0, 28, 28).data)"
    )[::4]
    expected = to_uint8(latent.images(zoo.load("digits"), z_of(3)))[0, 0].flatten()
    assert (torch.tensor(corner) - expected.int()).abs().max() <= 2
    page.get_by_role("tab", name="Sheet").click()
    press(page.get_by_role("slider", name="Limit"), "ArrowLeft", 6)
    z = latent.draw(64, 1, 0, truncation=0.7)
    said = "16 images, seeds 0 to 15, every number within ±0.70"
    picked = page.get_by_role("img", name=said)
    expect(picked).to_be_visible()
    assert_drawn(picked, z)
    assert page.get_by_role("button", name="GIF").count() == 0
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    page.locator("summary", has_text="Bookmarks").click()
    page.get_by_role("button", name="Bookmark this").click()
    assert harness.axe(page) == []
    later = page.context.new_page()  # tomorrow: the browser has kept it
    later.goto((tmp_path / "digits.html").as_uri())
    expect(later.locator("summary", has_text="Bookmarks (1)")).to_be_visible()
    assert harness.errors == harness.requests == []


def test_a_generator_that_only_the_kernel_can_draw(
    harness: Harness, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    explorer = Explorer(DCGANGenerator((3, 32, 32), latent_dim=16, base_channels=8))
    assert explorer.facts["plan"] is None
    page = harness.open(explorer)
    surface = picture(page, explorer.view.alt)
    expected = to_uint8(latent.images(explorer.generator, explorer.view.shown[None]))
    assert surface.evaluate(PIXELS) == expected[0, 0].flatten().tolist()
    unknown = page.get_by_text("trained on are not known").locator("visible=true")
    expect(unknown).to_have_count(1)
    explorer.save(tmp_path / "own.html")
    page = harness.open_file(tmp_path / "own.html")
    expect(page.get_by_role("alert")).to_contain_text("In a notebook it can")


@pytest.mark.slow
def test_in_jupyterlab(
    jupyter_server: JupyterServer, browser: Browser, tmp_path: Path
) -> None:
    cells = [
        "from labkit import widgets\nexplorer = widgets.Explorer('digits')\nexplorer",
        "explorer.share()",
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, tmp_path / "explore.ipynb")
    page = browser.new_page(viewport={"width": 1100, "height": 1000})
    try:
        open_notebook(jupyter_server, page, tmp_path / "explore.ipynb")
        ran = run_all(page)
        assert not any(cell.error for cell in ran)
        surface = picture(page, words())
        frames = int(surface.get_attribute("data-frames"))
        t = page.get_by_role("slider", name="t, from seed to seed")
        press(t, "ArrowRight", 5)
        expect(t).to_be_focused()
        surface = picture(page, words(t=0.55))
        assert int(surface.get_attribute("data-frames")) > frames
        expect(page.get_by_text("Nearest real: training image")).to_be_visible()
        page.get_by_role("tab", name="Plane").click()
        sheet = page.get_by_role("img", name="8 by 8 images")
        expect(sheet).to_have_attribute("data-frames", "1")
        page.get_by_role("tab", name="Path").click()
        page.wait_for_function(f"{SHARE}.includes('t=0.55')")
        run_until(page, 1, "seeds=[3,17]&t=0.55&path=slerp")
    finally:
        page.close()
        jupyter_server.stop_kernels()
