"""The pictures of the widgets and of the course site in README and docs.

    python benchmarks/widget_pictures.py [NAME …]       (Chromium, and `make site` before)

Each widget is opened with its real kernel side, used as a person would, and drawn in
the light and in the dark theme into docs/widgets.
"""

import functools
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, sync_playwright

from labkit import widgets
from labkit.runtime import atomic_write
from labkit.widgets.base import Widget
from tests.browser.harness import Harness
from tests.conftest import find_tool

REPO = Path(__file__).parents[1]
SITE = REPO / "build" / "site"
WIDTH = 1000  # of a page of the site


def after(text: str) -> Callable[[Page], None]:
    """Draw it as it opens, once a text says that all is there."""
    return lambda page: page.get_by_text(text).first.wait_for(timeout=180_000)


def play(page: Page | FrameLocator) -> None:
    """Let both players of the playground take some hundred steps."""
    page.get_by_role("radio", name="fast").press("Space")
    page.get_by_role("button", name="Play").click()
    page.get_by_text(re.compile(r"Iteration [1-9]\d{3}")).wait_for(timeout=180_000)
    page.get_by_role("button", name="Pause").click()


def judge(page: Page) -> None:
    """Answer all rounds, now right and now wrong."""
    for turn in range(1, ROUNDS + 1):
        page.get_by_text(re.compile(f"Image {turn} of")).wait_for()
        page.get_by_role("button", name=("Real", "Fake")[turn % 2]).click()
    page.get_by_text("These were generated").wait_for()


@functools.cache
def trained() -> Widget:
    """One run for the pictures in both themes."""
    return widgets.Monitor("digits", epochs=2, block=True)


ROUNDS = 8
WIDGETS: dict[str, tuple[Callable[[], Widget], Callable[[Page], None]]] = {
    "checkerboard": (widgets.Checkerboard, after("Ripple")),
    "explorer": (lambda: widgets.Explorer("digits"), after("Nearest real: ")),
    "monitor": (trained, after("finished")),
    "playground": (widgets.Playground, play),
    "spot": (lambda: widgets.SpotTheFake("digits", rounds=ROUNDS), judge),
}


def keep(picture: Image.Image, path: Path) -> None:
    """Write a picture with a palette of 256 colours."""
    small = picture.convert("RGB").quantize(256, dither=0)
    atomic_write(path, lambda file: small.save(file, "PNG", optimize=True))
    print(
        f"{path.relative_to(REPO)}: {small.size}, {path.stat().st_size / 1000:.0f} kB"
    )


def site(browser: Browser) -> Image.Image:
    """A lab in the light and the playground in the dark, side by side."""
    both = Image.new("RGB", (2 * WIDTH, 800))
    for place, (theme, address) in enumerate(
        [
            ("light", "notebooks/07_latent_space/07_latent_space"),
            ("dark", "play/playground"),
        ]
    ):
        page = browser.new_page(
            color_scheme=theme, viewport={"width": WIDTH, "height": both.height}
        )
        page.goto(f"{SITE.as_uri()}/{address}.html")
        if theme == "light":
            figure = page.locator("figure").nth(1)
            figure.evaluate("figure => figure.scrollIntoView({ block: 'center' })")
        else:
            play(page.frame_locator("iframe"))
        picture = Image.open(io.BytesIO(page.screenshot()))
        both.paste(picture, (WIDTH * place, 0))
        page.close()
    return both


def main(names: list[str]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_tool("chromium"), args=["--no-sandbox"]
        )
        for name in names or [*WIDGETS, "site"]:
            if name == "site":
                keep(site(browser), REPO / "docs" / "site.png")
                continue
            make, use = WIDGETS[name]
            for theme in ("light", "dark"):
                harness = Harness(browser)
                page = harness.open(make(), theme, width=900)
                use(page)
                picture = page.locator("section.labkit").screenshot()
                keep(
                    Image.open(io.BytesIO(picture)),
                    REPO / "docs" / "widgets" / f"{name}-{theme}.png",
                )
                if harness.errors or harness.requests:
                    raise SystemExit(f"{name}: {harness.errors} {harness.requests}")
                harness.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
