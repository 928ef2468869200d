"""From a notebook's bytes to a document: dialects, damage, flags, outputs."""

import base64
import io
import json
import time

import nbformat
import pytest
from PIL import Image

from labkit.grading.reading.document import Unreadable, read
from tests.grading.classroom import cell_of, grade_id, notebook, released, right

LAB = "04_losses"
EXERCISES = ["critic_loss", "generator_loss", "minimax_generator_loss"]
WRITTEN = ["04_why_not_minimax", "04_below_zero"]
GIVEN = [
    {"grade_id": grade_id(cell), "type": cell.cell_type, "source": cell.source}
    for cell in released(LAB).cells
]


def made(**answers):
    return notebook(LAB, right(LAB) | answers)


def read_it(content, released=GIVEN):
    if not isinstance(content, bytes):
        content = nbformat.v4.writes_json(content).encode()
    return read(content, f"{LAB}.ipynb", EXERCISES, WRITTEN, released)


def flags(document) -> list[str]:
    return [flag["kind"] for flag in document["flags"]]


def cells(*sources, **more):
    """The bytes of a small notebook of code cells."""
    made = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
        for source in sources
    ]
    return json.dumps({"cells": made, "nbformat": 4, **more}).encode()


def test_a_right_notebook():
    document = read_it(made())
    assert flags(document) == []
    assert list(document["answers"]) == EXERCISES
    for exercise, number in document["answers"].items():
        cell = document["cells"][number - 1]
        assert (cell["number"], cell["grade_id"]) == (number, exercise)
        assert document["slices"][exercise] == [number]
    assert json.loads(json.dumps(document))["cells"] == document["cells"]
    texts = [document["written"][name] for name in WRITTEN]
    assert all(text["text"].startswith("**In your words") for text in texts)


def test_an_untouched_notebook_has_no_flags():
    assert flags(read_it(released(LAB))) == []


def without_ids(notebook):
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
    return notebook


def colab(notebook):
    content = json.loads(nbformat.v4.writes_json(without_ids(notebook)))
    for cell in content["cells"]:
        cell.pop("id", None)
        cell["metadata"] = {"id": "x", "colab": {"base_uri": "https://x"}}
    return json.dumps({**content, "nbformat_minor": 0}).encode()


def old_format(notebook):
    content = [
        {"cell_type": "code", "input": cell.source, "language": "python",
         "metadata": cell.metadata, "outputs": [], "collapsed": False}
        if cell.cell_type == "code"
        else {"cell_type": "markdown", "source": cell.source, "metadata": cell.metadata}
        for cell in notebook.cells
    ]  # fmt: skip
    sheets = [{"cells": content, "metadata": {}}]
    whole = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0}
    return json.dumps(whole | {"worksheets": sheets}).encode()


def as_bytes(change):
    return lambda notebook: change(nbformat.v4.writes_json(notebook).encode())


def lines_joined(content):
    parsed = json.loads(content)
    for cell in parsed["cells"]:
        cell["source"] = "".join(cell["source"])
        cell.pop("outputs", None)
        cell.pop("id", None)
    return json.dumps(parsed).encode()


DIALECTS = {
    "BOM": (as_bytes(lambda text: b"\xef\xbb\xbf" + text), []),
    "CRLF": (as_bytes(lambda text: text.replace(b"\n", b"\r\n")), []),
    "CRLF inside": (as_bytes(lambda text: text.replace(b"\\n", b"\\r\\n")), []),
    "sources as text": (as_bytes(lines_joined), []),
    "minor version": (
        as_bytes(lambda t: t.replace(b'minor": 5', b'minor": 9' + 99 * b"0")),
        [],
    ),
    "no ids": (without_ids, ["metadata lost"]),
    "Colab": (colab, ["metadata lost"]),
    "nbformat 3": (old_format, ["old format"]),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_dialects_give_the_same_answers(name):
    change, expected = DIALECTS[name]
    plain, document = read_it(made()), read_it(change(made()))
    assert flags(document) == expected
    assert document["answers"] == plain["answers"]
    assert document["slices"] == plain["slices"]
    assert document["written"] == plain["written"]


def test_answers_in_words_are_found_by_their_place():
    notebook = without_ids(made())
    place = [grade_id(cell) for cell in released(LAB).cells].index(WRITTEN[0])
    notebook.cells[place].source = "Because both say the same."
    document = read_it(notebook)
    assert document["written"][WRITTEN[0]] == {
        "cell": place + 1,
        "text": "Because both say the same.",
    }
    del notebook.cells[place]
    assert read_it(notebook)["written"][WRITTEN[0]]["cell"] is None


def test_a_file_cut_off_keeps_the_cells_before_the_cut():
    whole = read_it(made())
    content = nbformat.v4.writes_json(made()).encode()
    last = whole["answers"]["critic_loss"]
    cut = content.index(b'"critic_loss_check"')
    document = read_it(content[:cut])
    assert flags(document)[0] == "truncated"
    assert f"after cell {last}" in document["flags"][0]["text"]
    assert document["answers"]["critic_loss"] == last
    assert document["answers"]["minimax_generator_loss"] is None


UNREADABLE = {
    b"": "empty",
    b" \n": "empty",
    b"\xef\xbb\xbf": "empty",
    b'{"cells": [], "nbformat": 4}': "empty",
    b"\x89PNG\r\n\x1a\n\x00": "unreadable",
    "{}".encode("utf-16"): "unreadable",
    b"hello": "not a notebook",
    b"[1, 2]": "not a notebook",
    b'{"a": 1}': "not a notebook",
    b'{"cells": 3}': "not a notebook",
    b'{"cells": [': "not a notebook",
    b"[" * 100_000: "not a notebook",
    b'{"worksheets": 3}': "not a notebook",
    b"PK\x03\x04": "not a notebook",
}


@pytest.mark.parametrize("content", UNREADABLE, ids=lambda content: str(content[:12]))
def test_what_is_no_notebook_says_so(content):
    with pytest.raises(Unreadable) as caught:
        read_it(content)
    assert caught.value.kind == UNREADABLE[content]
    assert caught.value.text.endswith((".", "?"))


def test_damaged_cells_are_noted_and_the_others_read():
    parsed = json.loads(nbformat.v4.writes_json(made()))
    parsed["cells"][0] = None
    parsed["cells"][2]["source"] = [1, 2]
    parsed["cells"].append({"cell_type": "video", "source": "x"})
    document = read_it(json.dumps(parsed).encode())
    text = f"Damaged and left out: cell 1, 3, {len(parsed['cells'])}."
    assert document["flags"] == [{"kind": "unreadable", "text": text}]
    assert document["cells"][0]["number"] == 2
    assert document["answers"] == read_it(made())["answers"]


def test_odd_metadata_and_numbers_do_no_harm():
    parsed = json.loads(nbformat.v4.writes_json(made()))
    parsed["metadata"] = [1]
    for cell in parsed["cells"]:
        cell["metadata"] = {"nbgrader": [1, None]} if cell["source"] else 7
        cell["execution_count"] = "NUMBER"
    content = json.dumps(parsed).replace('"NUMBER"', "9" * 10_000).encode()
    assert flags(read_it(content)) == ["metadata lost"]


def test_two_cells_for_one_answer():
    notebook = made()
    copy = nbformat.v4.new_code_cell("def critic_loss(*_):\n    return 0")
    copy.metadata = cell_of(notebook, "critic_loss").metadata
    notebook.cells.append(copy)
    document = read_it(notebook)
    assert flags(document) == ["duplicate answer"]
    assert document["answers"]["critic_loss"] == len(notebook.cells)


def test_check_cells_that_are_not_as_released():
    def change(name, **more):
        notebook = made()
        cell = cell_of(notebook, name)
        if "source" in more:
            cell.source = more["source"]
        elif "grade_id" in more:
            cell.metadata.nbgrader.update(more)
        else:
            notebook.cells.remove(cell)
        return read_it(notebook)["flags"]

    for how, more in (
        ("deleted", {}),
        ("edited", {"source": "pass"}),
        ("renamed", {"grade_id": "mine"}),
    ):
        (flag,) = change("critic_loss_check", **more)
        assert flag["kind"] == "checks changed"
        assert f"{how}: critic_loss_check" in flag["text"]
    assert (
        change("critic_loss_check", source='check("critic_loss", critic_loss)  ') == []
    )


def test_tampering_is_seen_in_cells_of_no_slice():
    notebook = made()
    cell = nbformat.v4.new_code_cell("import torch\ntorch.equal = print")
    notebook.cells.insert(0, cell)
    document = read_it(notebook)
    assert document["flags"] == [
        {"kind": "tampering", "text": "Cell 1 replaces torch.equal."}
    ]


def test_a_huge_notebook_is_read_in_no_time():
    started = time.perf_counter()
    document = read_it(cells(*["x = 1"] * 10_000, "x = 1\n" * 1_000_000, "-" * 150_000))
    assert len(document["cells"]) == 10_002
    assert max(len(cell["source"]) for cell in document["cells"]) <= 200_000
    assert time.perf_counter() - started < 15


def test_a_cell_that_is_not_python_is_still_its_answer():
    broken = made(critic_loss="def critic_loss(a:\n    return a")
    document = read_it(broken)
    assert document["slices"]["critic_loss"] == [document["answers"]["critic_loss"]]


def shown(*outputs):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    content = json.loads(nbformat.v4.writes_json(notebook))
    content["cells"][0]["outputs"] = list(outputs)
    return read_it(json.dumps(content).encode(), [])["cells"][0]["outputs"]


def display(**data):
    data = {kind.replace("__", "/"): value for kind, value in data.items()}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def test_text_outputs():
    def stream(text):
        return {"output_type": "stream", "name": "stdout", "text": text}

    assert shown(stream(["a\n", "b"]), stream("\x1b[31mc\x1b[0m")) == [
        {"kind": "text", "text": "a\nbc"}
    ]
    error = {"output_type": "error", "ename": "E", "evalue": "no", "traceback": ["1"]}
    assert shown(error) == [{"kind": "error", "text": "1"}]
    assert shown({**error, "traceback": []}) == [{"kind": "error", "text": "E: no"}]
    (long,) = shown(stream("x" * 1_000_000))
    assert len(long["text"]) < 11_000
    assert sum(len(o["text"]) for o in shown(*[error | {"traceback": ["y" * 9000]}] * 99)) < 130_000  # fmt: skip
    assert shown(None, 3, {"output_type": "stream"}, {"output_type": []}) == []


def picture(kind, size=(8, 6)):
    file = io.BytesIO()
    frames = [Image.new("RGB", size, colour) for colour in ("red", "blue")]
    more = {"save_all": True, "append_images": frames[1:]} if kind == "GIF" else {}
    frames[0].save(file, kind, **more)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_pictures_are_drawn_anew(kind):
    name = f"image__{kind.lower()}"
    sent = base64.b64decode(picture(kind)) + b"<script>alert(1)</script>"
    data = {name: base64.b64encode(sent).decode(), "text/plain": "<Figure>"}
    (output,) = shown(display(**data))
    file = base64.b64decode(output["png"])
    assert b"script" not in file
    with Image.open(io.BytesIO(file)) as image:
        assert (image.format, image.size) == ("PNG", (8, 6))
        red, _, blue = image.convert("RGB").getpixel((4, 3))
        assert red > 200
        assert blue < 50


def test_pictures_that_are_none_or_too_large_become_text():
    for content in ("!!", "AAAA", 7, None, ["x", 1], picture("PNG", (5000, 5000))):
        (output,) = shown(display(image__png=content))
        assert output == {"kind": "text", "text": "[image output not shown]\n"}


def test_active_outputs_become_text():
    html = "<script>alert(1)</script>"
    assert shown(display(text__html=html, **{"text/plain": "3"})) == [
        {"kind": "text", "text": "3"}
    ]
    for kind, name in (
        ("text/html", "HTML"),
        ("image/svg+xml", "SVG"),
        ("application/javascript", "JavaScript"),
        ("application/vnd.jupyter.widget-view+json", "widget"),
        ("application/x-anything", "other"),
    ):
        plain = "<IPython.core.display.HTML object>"
        (output,) = shown(display(**{kind: html, "text/plain": plain}))
        assert output["text"] == f"[{name} output not shown]\n"
