"""How soon does a slider answer, in JupyterLab, and what does watching a training cost?

    python benchmarks/widgets.py [--rounds 25] [--only latency|slow|monitor]

Latency: a real JupyterLab in headless Chromium, kernel and browser on this machine. One
notebook holds the latent explorer and what notebooks usually do; in each round every
one of them gets one key press, so that a busy machine slows all alike. Measured is the
time from the key event to the first animation frame in which the pixels shown are
others: a hash of them, computed in every frame (of many images of the first four, which
are drawn together). The same again through a line with 80 ms round trip and 5 Mbit/s.
The bytes are those that came to the browser for one key press, protocols included.

The grids are 64 images of the zoo's digits. The explorer's page asks for other z at
each position, the others draw along a straight line between the same 64 z.

Monitor: runs with and without it, in turn, in a kernel with the page open.
"""

import argparse
import copy
import json
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

REPO = Path(__file__).parents[1]
sys.path.insert(0, str(REPO))

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from slow_link import Proxy, proxy

from tests.browser.conftest import FLAGS
from tests.browser.jupyter import JupyterServer, open_notebook, run_all
from tests.conftest import find_tool

QUIET = 0.5  # seconds without a change of pixels before the next key press
GRID_GOALS, IMAGE_GOALS = {"here": 40, "slow line": 160}, {"here": 20, "slow line": 100}

SETUP = """
import io, os, torch, ipywidgets
import numpy as np
import matplotlib.pyplot as plt
from PIL import Image
from IPython.display import display
from labkit import latent, widgets, zoo
from labkit.image_files import tile
torch.set_num_threads(1)
generator = zoo.load("digits")
start, end = latent.draw(64, 128).split(64)

def pictures(t, count=64):
    return latent.images(generator, latent.lerp(start[:count], end[:count], t))

def slider(draw):
    control = ipywidgets.FloatSlider(min=0, max=1, step=0.01, value=0.3)
    control.observe(lambda change: draw(change.new), "value")
    return control

def as_image(count):
    picture = ipywidgets.Image(format="png", width=224)
    def draw(t):
        file = io.BytesIO()
        Image.fromarray(tile(pictures(t, count))).save(file, "PNG")
        picture.value = file.getvalue()
    draw(0.3)
    display(ipywidgets.VBox([slider(draw), picture]))

def as_plot(plot):
    output = ipywidgets.Output()
    def draw(t):
        with output:
            output.clear_output(wait=True)
            plot(pictures(t))
            plt.show()
    draw(0.3)
    display(ipywidgets.VBox([slider(draw), output]))

def one_axis(images):
    plt.figure(figsize=(4, 4))
    plt.imshow(tile(images))

def many_axes(images):
    _, axes = plt.subplots(8, 8, figsize=(4, 4))
    for axis, image in zip(axes.flat, images):
        axis.imshow(image[0], cmap="gray", vmin=-1, vmax=1)
        axis.axis("off")
"""
# A name; the cell; what is looked at; the slider's name, where it has one; its goals.
WAYS = [
    (
        "explorer, one image, drawn by the page",
        'widgets.Explorer("digits", view="path", t=0.3)',
        "canvas[aria-label*='arc']",
        "t, from seed to seed",
        IMAGE_GOALS,
    ),
    (
        "explorer, 8×8 grid, drawn by the kernel",
        'widgets.Explorer("digits", view="sheet", truncation=0.7)',
        "[aria-label^='Samples'] canvas",
        "Limit on each number of z (truncation)",
        GRID_GOALS,
    ),
    ("ipywidgets.Image, one image as PNG", "as_image(1)", "img", None, {}),
    ("ipywidgets.Image, 8×8 grid as PNG", "as_image(64)", "img", None, {}),
    ("matplotlib, imshow of the grid", "as_plot(one_axis)", "img", None, {}),
    ("matplotlib, 64 subplots", "as_plot(many_axes)", "img", None, {}),
]
WATCH = """(root, selector) => {
    const [size, most] = [64, 4];  // looking costs time too: a few images, made small
    const scratch = new OffscreenCanvas(most * size, size);
    const context = scratch.getContext("2d", { willReadFrequently: true });
    const ready = (each) => each.tagName === "CANVAS"
        || (each.complete && each.naturalWidth > 0);
    const hash = () => {
        let shown = 0;
        for (const each of root.querySelectorAll(selector)) {
            if (!ready(each) || !each.checkVisibility()) continue;
            context.drawImage(each, shown * size, 0, size, size);
            shown += 1;
            if (shown === most) break;
        }
        if (shown === 0) return null;
        const { data } = context.getImageData(0, 0, shown * size, size);
        let sum = shown;
        for (const pixel of new Uint32Array(data.buffer))
            sum = (Math.imul(sum, 31) + pixel) | 0;
        return sum;
    };
    let last = hash();
    root.dataset.changes = 0;
    root.addEventListener("keydown", (event) => { root.pressed = event.timeStamp; }, true);
    const look = () => {
        if (!root.watched) return;
        const now = hash();
        if (now !== null && now !== last) {
            [last, root.changed] = [now, performance.now()];
            root.dataset.changes = Number(root.dataset.changes) + 1;
            root.first ??= root.changed;
        }
        requestAnimationFrame(look);
    };
    root.watch = (on) => {
        root.watched = on;
        if (on) { [last, root.first] = [hash(), null]; requestAnimationFrame(look); }
    };
}"""


def notebook(folder: Path, name: str, cells: list[str]) -> Path:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = new_notebook(
        cells=[new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
    )
    nbformat.write(made, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


def opened(server: JupyterServer, browser: Browser, port: int, file: Path) -> Page:
    """The notebook, seen through another port, with every cell run."""
    there = copy.copy(server)
    there.port = port
    page = browser.new_page(viewport={"width": 1100, "height": 3600})
    page.set_default_timeout(60_000)
    open_notebook(there, page, file)
    for cell in run_all(page, 600):
        if cell.error:
            sys.exit(f"{cell.source}\n{cell.error}")
    return page


def latency(
    server: JupyterServer, browser: Browser, folder: Path, rounds: int, slow: bool
) -> None:
    """Print the table of one line."""
    line = "slow line" if slow else "here"
    file = notebook(folder, "sliders", [SETUP, *(cell for _, cell, *_ in WAYS)])
    with proxy(server.port, slow) as between:
        page = opened(server, browser, between.port, file)
        cells = page.locator(".jp-CodeCell")
        roots = [cells.nth(1 + index) for index in range(len(WAYS))]
        for root, (_, _, selector, *_) in zip(roots, WAYS, strict=True):
            root.locator(f"{selector} >> visible=true").first.wait_for()
            root.evaluate(WATCH, selector)
        samples = [[] for _ in WAYS]
        for number in range(rounds + 1):  # the first one warms up
            for root, way, taken in zip(roots, WAYS, samples, strict=True):
                sample = press(page, root, way[3], number, between)
                if number:
                    taken.append(sample)
        page.close()
    server.stop_kernels()
    print(f"\n| slider to changed pixels, {line} | median ms | p90 | goal | kB |")
    print("|---|---|---|---|---|")
    for (name, *_, goals), taken in zip(WAYS, samples, strict=True):
        times, sizes = zip(*taken, strict=True)
        p90 = statistics.quantiles(times, n=10)[-1] if len(times) > 1 else times[0]
        print(
            f"| {name} | {statistics.median(times):.0f} | {p90:.0f} | "
            f"{goals.get(line, '')} | {statistics.median(sizes) / 1000:.1f} |"
        )


def press(
    page: Page, root: Locator, name: str | None, number: int, between: Proxy
) -> tuple[float, int]:
    """One key press: milliseconds to the first change, bytes that came for it."""
    control = root.get_by_role("slider", name=name).first
    control.focus()
    handle = root.element_handle()
    handle.evaluate("(root) => root.watch(true)")
    before = between.down.bytes
    page.keyboard.press("ArrowLeft" if number % 2 else "ArrowRight")
    page.wait_for_function("(root) => root.first !== null", arg=handle, polling=50)
    while handle.evaluate("(root) => performance.now() - root.changed") < 1000 * QUIET:
        time.sleep(0.1)
    handle.evaluate("(root) => root.watch(false)")
    took = handle.evaluate("(root) => root.first - root.pressed")
    return took, between.down.bytes - before


MONITOR = """
import json, time, torch
from IPython.display import display
import labkit
from labkit import widgets
torch.set_num_threads(1)
def timed(act):
    begun = time.perf_counter(), time.process_time()
    run = act()
    return [time.perf_counter() - begun[0], time.process_time() - begun[1]]
def plain():
    return labkit.train("digits", images=IMAGES)
def watched():
    monitor = widgets.Monitor("digits", images=IMAGES, block=False)
    display(monitor)
    return monitor.result()
plain(), watched()  # what is loaded and drawn once
taken = [[timed(plain), timed(watched)] for _ in range(ROUNDS)]
print("TAKEN", json.dumps(taken))
"""


def monitor(
    server: JupyterServer, browser: Browser, folder: Path, rounds: int, images: int
) -> None:
    """Print what the monitor costs."""
    cell = MONITOR.replace("IMAGES", str(images)).replace("ROUNDS", str(rounds))
    file = notebook(folder, "monitor", [cell])
    there = browser.new_page(viewport={"width": 1100, "height": 900})
    open_notebook(server, there, file)
    [ran] = run_all(there, 1800)
    if ran.error:
        sys.exit(ran.error)
    taken = json.loads(ran.text.partition("TAKEN ")[2].splitlines()[0])
    server.stop_kernels()
    print(
        f"\n| training {images} images, {rounds} runs each | images/s | CPU-seconds |"
    )
    print("|---|---|---|")
    for name, column in (("without a monitor", 0), ("with the monitor", 1)):
        wall, cpu = zip(*(pair[column] for pair in taken), strict=True)
        speed = images / statistics.median(wall)
        print(f"| {name} | {speed:.0f} | {statistics.median(cpu):.1f} |")
    ratios = [[b / a for a, b in zip(*pair, strict=True)] for pair in taken]
    wall, cpu = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"\nWith it, median of ratios: time {wall - 1:+.1%}, CPU {cpu - 1:+.1%}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--only", choices=["latency", "slow", "monitor"])
    parser.add_argument(
        "--runs", type=int, default=5, help="with the monitor, and without"
    )
    parser.add_argument(
        "--images", type=int, default=20_000, help="of each of these runs"
    )
    args = parser.parse_args()
    print(f"{platform.machine()}, {args.rounds} key presses each, in turn")
    with (
        tempfile.TemporaryDirectory() as temporary,
        JupyterServer(Path(temporary, "server")) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=find_tool("chromium"), headless=True, args=FLAGS
        )
        folder = Path(temporary)
        if args.only in (None, "latency"):
            latency(server, browser, folder, args.rounds, slow=False)
        if args.only in (None, "slow"):
            latency(server, browser, folder, args.rounds, slow=True)
        if args.only in (None, "monitor"):
            monitor(server, browser, folder, args.runs, args.images)
        browser.close()


if __name__ == "__main__":
    main()
