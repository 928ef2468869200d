"""Draw docs/report.png: the page of `labkit report` for a made class of thirty.

    python benchmarks/report_picture.py [--keep FOLDER]

The names are invented. The answers are the reference of lab 05 in several students'
spelling, with mistakes that the galleries of tests/exercises know; they are graded by
the real engine, in its sandbox. It needs bubblewrap and Chromium, and some minutes.
"""

import argparse
import io
import itertools
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

REPO = Path(__file__).parents[1]
sys.path.insert(0, str(REPO))

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS
from tests.conftest import find_tool
from tests.grading.classroom import cell_of, grade_id, make_course, released, right
from tests.grading.classroom import submit as hand_in

LAB = "05_training"
WIDE, COLUMNS = 1060, 2  # pixels of a column
NAMES = (
    "Abiodun", "Clara", "Dmitri", "Elif", "Farid", "Greta", "Hanako",
    "Imran", "Jolanta", "Kwame", "Lucia", "Mateo", "Nadia", "Oskar",
    "Priya", "Quentin", "Rosa", "Selim", "Tamar", "Ursula", "Viktor",
    "Wanjiru", "Xenia", "Yusuf", "Zora", "Anouk", "Bruno", "Chioma",
    "Davit", "Esther",
)  # fmt: skip
RETURNED = "return self.critic(images), images"
# (exercise, what is replaced in the reference, by what, by how many students)
MISTAKES = (
    ("generator_step", "critic(generator(z))", "critic(generator(z).detach())", 9),
    ("generator_step", "    opt_generator.zero_grad()\n", "", 3),
    ("generator_step", "return loss.detach()", "return loss", 2),
    ("critic_step", "    opt_critic.zero_grad()\n", "", 6),
    ("critic_step", "critic(real), critic(fake)", "critic(fake), critic(real)", 3),
    ("critic_step", "    opt_critic.step()\n", "", 1),
    ("make_optimizers", ", betas=betas", "", 5),
    ("make_optimizers", "opt_critic, opt_generator\n", "opt_generator, opt_critic\n", 2),
    ("GAN", "torch.randn(", "torch.rand(", 5),
    ("GAN", RETURNED, "return self.critic(images)", 4),
    ("GAN", "        super().__init__()\n", "", 1),
)  # fmt: skip
SPELLINGS = (("critic_step", "fake", "fakes"), ("generator_step", "loss", "cost"))
ONE_BATCH = """def critic_step(critic, generator, opt_critic, real, z):
    with torch.no_grad():
        fakes = generator(z)
    both = torch.cat([real, fakes])
    scores = critic(both).chunk(2)
    cost = nn.functional.softplus(-scores[0]).mean() / 2
    cost = cost + nn.functional.softplus(scores[1]).mean() / 2
    opt_critic.zero_grad(set_to_none=False)
    cost.backward()
    opt_critic.step()
    return cost.item()
"""
FROZEN = """def generator_step(critic, generator, opt_generator, z):
    for weight in critic.parameters():
        weight.requires_grad_(False)
    score = critic(generator(z))
    cost = nn.functional.softplus(-score).mean()
    opt_generator.zero_grad(set_to_none=False)
    cost.backward()
    opt_generator.step()
    for weight in critic.parameters():
        weight.requires_grad_(True)
    return cost.item()
"""
RENAMED = {"fakes": "made", "both": "batch", "scores": "out", "cost": "price",
           "weight": "p", "score": "verdict"}  # fmt: skip


def answers(chance: random.Random) -> dict[str, dict[str, str]]:
    """Name -> the cells that this student has filled."""
    found = {name: right(LAB) for name in NAMES[:-2]}
    for cells in found.values():
        for name, word, other in SPELLINGS:
            if chance.random() < 0.3:
                cells[name] = re.sub(rf"\b{word}\b(?! \w)", other, cells[name])
    ordinary = list(found)[4:]
    for exercise, before, after, count in MISTAKES:
        able = [name for name in ordinary if before in found[name][exercise]]
        for name in chance.sample(able, min(count, len(able))):
            source = found[name][exercise]
            found[name][exercise] = source.replace(before, after)
    for name in chance.sample(ordinary, 3):
        found[name]["generator_step"] = cell_of(released(LAB), "generator_step").source
    first, second = NAMES[0], NAMES[3]
    found[first] |= {"critic_step": ONE_BATCH, "generator_step": FROZEN}
    found[second] |= {
        "critic_step": renamed(ONE_BATCH).replace(
            "    opt_critic.zero", "    # clear what is left of the last batch\n    opt_critic.zero"
        ),
        "generator_step": renamed(FROZEN),
    }  # fmt: skip
    found[NAMES[5]]["critic_step"] = right(LAB)["critic_step"].replace(
        "    loss.backward()", "    while loss > 0:\n        pass\n    loss.backward()"
    )
    return found


def renamed(source: str) -> str:
    """The same code with other names for its variables."""
    for name, other in RENAMED.items():
        source = source.replace(name, other)
    return source


def make(course: Path) -> None:
    """Hand in for the class: two of thirty do not."""
    chance = random.Random(5)
    for name, cells in answers(chance).items():
        written = {
            grade_id(cell): f"{cell.source}\n\nBoth players improve together. ({name})"
            for cell in released(LAB).cells
            if cell.cell_type == "markdown" and grade_id(cell) and chance.random() < 0.7
        }
        hand_in(course, name, LAB, cells | written)
    for name in NAMES[-2:]:
        (course / "submitted" / name).mkdir(parents=True)


def picture(page: Path, to: Path) -> None:
    """Photograph the page, and lay it out in columns, cut where a part of it begins."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_tool("chromium"), args=FLAGS
        )
        tab = browser.new_page(viewport={"width": WIDE, "height": 900})
        tab.goto(page.as_uri())
        tops = tab.evaluate(
            "[...document.querySelectorAll('section, article')]"
            ".map(e => Math.floor(e.getBoundingClientRect().top - 12))"
        )
        shot = Image.open(io.BytesIO(tab.screenshot(full_page=True)))
        browser.close()
    ends, wanted = [0], shot.height / COLUMNS
    for count in range(1, COLUMNS):
        ends.append(min(tops, key=lambda top: abs(top - count * wanted)))
    ends.append(shot.height)
    columns = [shot.crop((0, a, WIDE, b)) for a, b in itertools.pairwise(ends)]
    height = max(column.height for column in columns)
    sheet = Image.new("RGB", (WIDE * COLUMNS, height), shot.getpixel((0, 0)))
    for place, column in enumerate(columns):
        sheet.paste(column, (place * WIDE, 0))
    size = round(sheet.width * 0.7), round(sheet.height * 0.7)
    sheet.resize(size, Image.Resampling.LANCZOS).quantize(128).save(to, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, help="make the class here, and keep it")
    kept = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(kept or folder, "course").resolve(), [LAB])
        make(course)
        for command in ("grade", "report"):
            labkit = str(Path(sys.executable).with_name("labkit"))
            subprocess.run([labkit, command, LAB], cwd=course, check=True)
        picture(course / "report" / f"{LAB}.html", REPO / "docs" / "report.png")


if __name__ == "__main__":
    main()
