"""What all widgets share, in a bare page: controls, keys, messages, state, theme."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Page, expect

from labkit.errors import BadValue, LabkitError
from labkit.show.picture import Picture
from labkit.widgets.base import Widget
from labkit.widgets.modules import FOLDER, IMPORT, esm, order, source
from tests.browser.harness import Harness

# A widget with one of each control, and a kernel that counts.
DEMO = """
import { connect, latest, stateOf } from "./channel.js";
import {
  button, choice, field, number, radios, slider, tabs, toggle,
} from "./controls.js";
import { drag } from "./drag.js";
import { canvas, frame, group, row, table } from "./ui.js";
export default { render({ model, el }) {
  const view = frame(model, el, model.get("facts").label);
  const kernel = connect(model);
  const state = stateOf(model);
  const picture = canvas(40, 40, "grey square");
  const square = latest(async (n) => {
    const { content, buffers } = await kernel.ask("square", { n });
    picture.alt = `${n} squared is ${content.square}`;
    picture.drawn();
    window.asked = (window.asked ?? 0) + 1;
    window.bytes = buffers[0].byteLength;
  });
  const pad = canvas(100, 100, "pad");
  drag(pad.canvas, { label: "place", onMove: (x, y) => state.set({ place: [x, y] }) });
  const ask = (n) => square(n).catch((error) => view.fail(error.message));
  view.add(
    row(
      slider("t", { min: 0, max: 1, step: 0.01, value: 0, format: (v) => v.toFixed(2),
                    onInput: (t) => { state.set({ t }); ask(t); } }),
      number("seed", { min: 0, max: 99, step: 1, value: 3,
                       onChange: (seed) => state.set({ seed }) }),
      choice("loss", [["a", "first"], ["b", "second"]], "a", () => view.say("loss")),
      toggle("arrows", true),
    ),
    radios("path", [["lerp", "line"], ["slerp", "arc"]], "slerp",
           (path) => state.set({ path })),
    group("run", button("Play", () => ask(-1)), button("Bytes", async () => {
      window.brought = new Uint8Array(await kernel.blob("three")).length;
    })),
    field("share", { value: state.share(), readOnly: true }),
    tabs("views", { one: picture, two: pad }),
    table("numbers", ["step", "loss"], [["1", "0.69"]]),
  );
  view.onTheme(() => { window.rethemed = view.theme(); });
  state.onChange((now) => { window.told = now; });
  return view.end;
} };
"""


class Demo(Widget):
    module = "drag"
    label = "A demo"
    defaults: ClassVar[dict[str, Any]] = {
        "t": 0.0, "seed": 3, "path": "slerp", "place": [0.5, 0.5],
    }  # fmt: skip

    def picture(self) -> Picture:
        return Picture(b"", f"t is {self.state['t']}", 10)

    def blobs(self) -> dict[str, bytes]:
        return {"three": b"abc"}

    def answer(self, question: str, content: dict, buffers: list) -> tuple[dict, list]:
        if content["n"] < 0:
            raise LabkitError("no squares of numbers below 0")
        return {"square": content["n"] ** 2}, [b"1234"]


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Demo:
    """The demo, as if its module were one of labkit's."""
    parts = ["\n".join(esm_of(m) for m in joined()), IMPORT.sub("", DEMO)]
    monkeypatch.setattr(Demo, "_esm", "\n".join(parts))
    return Demo()


def joined() -> list[str]:
    modules: list[str] = []
    for name in IMPORT.findall(DEMO):
        modules += [each for each in order(name) if each not in modules]
    return modules


def esm_of(name: str) -> str:
    from labkit.widgets.modules import EXPORT

    return EXPORT.sub("", IMPORT.sub("", source(name)))


def press(page: Page, role: str, name: str, key: str, times: int = 1) -> None:
    control = page.get_by_role(role, name=name)
    for _ in range(times):
        control.press(key)


def test_everything_by_keyboard_with_names_and_values(
    harness: Harness, demo: Demo
) -> None:
    page = harness.open(demo)
    press(page, "slider", "t", "ArrowRight", 3)
    slider = page.get_by_role("slider", name="t")
    expect(slider).to_have_attribute("aria-valuetext", "0.03")
    image = page.get_by_role("img", name="0.03 squared is")
    expect(image).to_be_visible()
    assert page.evaluate("window.bytes") == 4
    assert int(image.get_attribute("data-frames")) >= 1
    press(page, "radio", "line", "Space")
    seed = page.get_by_role("spinbutton", name="seed")
    seed.fill("400")
    seed.press("Enter")
    assert seed.input_value() == "99"
    page.get_by_role("tab", name="one").press("ArrowRight")
    pad = page.get_by_label("place: 0.50, 0.50")
    pad.press("ArrowRight")
    expect(page.get_by_label("place: 0.55, 0.50")).to_be_focused()
    page.wait_for_function("window.model.get('state').place[0] > 0.5")
    assert demo.state == {"t": 0.03, "seed": 99, "path": "lerp", "place": [0.55, 0.5]}
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    assert harness.axe(page) == []
    assert harness.errors == harness.requests == []


def test_refusals_of_the_kernel_are_read_in_the_page(
    harness: Harness, demo: Demo
) -> None:
    page = harness.open(demo)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("alert")).to_have_text("no squares of numbers below 0")
    page.get_by_role("button", name="Bytes").click()
    page.wait_for_function("window.brought === 3")


def test_only_the_newest_of_many_questions_is_asked(
    harness: Harness, demo: Demo
) -> None:
    page = harness.open(demo)
    page.get_by_role("slider", name="t").evaluate(
        """slider => { for (let n = 1; n <= 50; n++) {
            slider.value = n / 100; slider.dispatchEvent(new Event("input")); } }"""
    )
    expect(page.get_by_role("img", name="0.5 squared is 0.25")).to_be_visible()
    assert page.evaluate("window.asked") == 2  # the first, and the last


def test_targets_are_large_and_nothing_is_cut_at_double_size(
    harness: Harness, demo: Demo
) -> None:
    page = harness.open(demo, touch=True, width=400)
    targets = page.locator("button:visible, select, input:not([type=radio], [type=checkbox]),"
                           " .labkit-toggle, .labkit-radios label, summary")  # fmt: skip
    boxes = [target.bounding_box() for target in targets.all()]
    assert len(boxes) >= 9
    for box in boxes:
        assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    slider = page.get_by_role("slider", name="t")
    box = slider.bounding_box()
    page.touchscreen.tap(box["x"] + 0.7 * box["width"], box["y"] + box["height"] / 2)
    assert abs(float(slider.input_value()) - 0.7) < 0.03


def test_both_themes_pass_axe_and_a_change_is_told(
    harness: Harness, demo: Demo
) -> None:
    page = harness.open(demo, theme="dark")
    assert harness.axe(page) == []
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    page.wait_for_function("window.rethemed?.real === '#008837'")


def test_a_change_in_the_kernel_reaches_the_page_and_the_end_cleans_up(
    harness: Harness, demo: Demo
) -> None:
    page = harness.open(demo)
    demo.state = demo.state | {"t": 0.25}
    page.wait_for_function("window.told?.t === 0.25")
    page.evaluate("window.endWidget()")
    assert page.locator(".labkit").count() == 0


def test_a_state_travels_as_text() -> None:
    demo = Demo(t=0.25, path="lerp", place=[0, 1])
    assert demo.share() == "drag?t=0.25&seed=3&path=lerp&place=[0,1]"
    assert Demo.read(demo.share()) == demo.state
    assert Demo.shared(demo.share()).state == demo.state
    for wrong, told in [
        ("other?t=1", "of the other, not of the drag"),
        (3, "type int"),
        ("drag?speed=3", "t, seed, path, place; got speed"),
        ("drag?t=three", "got 'three'"),
    ]:
        with pytest.raises(BadValue) as error:
            Demo.read(wrong)
        assert told in str(error.value)
    with pytest.raises(BadValue, match="no choice 'speed'"):
        Demo(speed=3)


def test_modules_join_without_a_name_twice() -> None:
    names: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.js")):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 260, f"{path.name} is too long to be read"
        for line in text.splitlines():
            word = line.removeprefix("export ").removeprefix("async ")
            for start in ("function ", "const ", "class ", "let "):
                if word.startswith(start):
                    name = word[len(start) :].split("(")[0].split(" ")[0]
                    assert name not in names, f"{name}: {path.name}, {names[name]}"
                    names[name] = path.name
        joined = esm(path.stem).splitlines()
        assert not [line for line in joined if line.startswith("import ")]


def test_a_page_of_its_own_works_from_a_file_and_keeps_its_state_in_the_address(
    harness: Harness, demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    parts = {"drag": demo._esm, "page": esm("page")}
    monkeypatch.setattr("labkit.widgets.page.esm", parts.__getitem__)
    path = tmp_path / "a page.html"
    Demo(path="lerp").to_html(path)
    page = harness.open_file(path)
    expect(page.get_by_role("textbox", name="share")).to_have_value(
        "drag?t=0&seed=3&path=lerp&place=[0.5,0.5]"
    )
    page.get_by_role("button", name="Bytes").click()
    page.wait_for_function("window.brought === 3")
    press(page, "slider", "t", "ArrowRight", 2)
    expect(page.get_by_role("alert")).to_contain_text("no kernel")
    page.wait_for_url("**#drag?t=0.02&*")
    assert harness.axe(page) == []
    again = harness.open_file(path, address=page.url.partition("#")[2])
    expect(again.get_by_role("textbox", name="share")).to_have_value(
        "drag?t=0.02&seed=3&path=lerp&place=[0.5,0.5]"
    )
    assert harness.errors == harness.requests == []
