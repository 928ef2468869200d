"""The leak scan: looks through a kit for what students are not to have.

    python -m labkit.course.leaks 04_losses build/kits/dcgan-kit-04_losses.zip

What is looked for:

1. labkit's own answers to the kit's lab and to later ones: each is imported from the
   kit, called, and has to raise a stub's error; each is refused by its check.
2. The text of those answers, of the solutions in solutions/ and of the gallery of
   tests: as code (`labkit.course.leaks_code`: another layout, other names of variables
   and a place inside another function do not hide it) and as words, in every file, in
   every string of a notebook or a recording, outputs and metadata included.
3. Files of the teachers', and any that no kit is known to have; markers of solutions and hidden tests.

What is not claimed: `labkit.checks` judges the students' own answers on their own
machines, so it has formulas for the values that it expects, and the clinic's seals can
be opened by trying all names (as `labkit.clinic` says); both are in every kit by design.
Files of `labkit.checks`, and those in `REVIEWED`, are not searched for texts as long as
they are, byte for byte, the course's.
Arrays and pictures are not read. An answer written anew in other words, or one of a line as short as `return -x.mean()`,
is not found by its text; calling labkit's own (1) does not depend on length. There are
no seeds to look for: those of the hidden inputs are drawn afresh at every grading.

The kit's labkit is run here: scan only what you made yourself.
"""

import gzip
import json
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from labkit.course import leaks_code, leaks_run, leaks_words, site_labs
from labkit.course.errors import BuildError
from labkit.course.folder import course_folder
from labkit.course.kit_labkit import course_files

# Folders and files that students never get, wherever they lie.
TEACHERS = re.compile(
    r"(^|/)(solutions|tests|gallery|redteam|records|submitted|autograded|feedback"
    r"|labkit/course|labkit/grading|\.git|\.venv)(/|$)"
    r"|(^|/)(gradebook\.db|grades\.csv|nbgrader_config\.py|conftest\.py|.*rubric.*|.*\.pyc)$"
)
# What a kit has beside the course's modules and data (`kit_labkit.course_files`).
OF_A_KIT = re.compile(
    r"START_HERE\.md|LICENSE|Makefile|pyproject\.toml|constraints\.txt|environment\.yml"
    r"|notebooks/(\d\d_\w+)/\1\.ipynb"
    r"|data/(kit\.json|recorded/\d\d_\w+\.json|fresh/\d\d_\w+\.ipynb\.gz)"
)
MARKED_UP = re.compile(r"</\w|&#?\w+;")
PREFORMATTED = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL)
MARKERS = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")
# Found by their text, read, and kept: the course has them in every kit.
REVIEWED = {
    "labkit/metrics/classifier.py": "the classifier's row of layers is that of many",
    "labkit/playground/twin.py": "the playground's run again: points, not images",
}
BINARY = {
    ".npz",
    ".npy",
    ".onnx",
    ".safetensors",
    ".pt",
    ".pyc",
}  # arrays: pictures, weights


@dataclass
class Row:
    """One kind of leak, and what was found of it.

    Attributes:
        what: what was looked for, with how many of it.
        where: in what.
        found: "file:line: what", one for each; empty when all is well.
    """

    what: str
    where: str
    found: list[str] = field(default_factory=list)


def scan(
    kit: Path,
    lab: str,
    root: Path | None = None,
    say: Callable[[str], None] = print,
) -> list[Row]:
    """Look through a kit.

    Args:
        kit: a zip, or the folder that it holds.
        lab: the kit's lab: the first one whose answers are not to be in it.
        root: the course folder, for the solutions; found upwards when None.
        say: told what goes on.

    Raises:
        BuildError: the zip holds no kit.
    """
    root = course_folder(root)
    if kit.is_dir():
        return _scan(kit, lab, root, say)
    with tempfile.TemporaryDirectory(prefix="labkit-leaks-") as folder:
        with zipfile.ZipFile(kit) as archive:
            archive.extractall(folder)
        tops = list(Path(folder).iterdir())
        if len(tops) != 1 or not (tops[0] / "labkit").is_dir():
            raise BuildError(f"{kit} is no kit: one folder with labkit/ is expected.")
        return _scan(tops[0], lab, root, say)


def table(rows: list[Row]) -> str:
    """The rows as text, with everything that was found below."""
    first = "looked for"
    wide = max(len(what) for what in (first, *(row.what for row in rows)))
    lines = [f"{first:{wide}}  found  in"]
    lines += [f"{row.what:{wide}}  {len(row.found):5}  {row.where}" for row in rows]
    lines += [f"  {place}" for row in rows for place in row.found]
    return "\n".join(lines)


def _scan(top: Path, lab: str, root: Path, say: Callable[[str], None]) -> list[Row]:
    say("calling the answers that the kit's labkit is not to have")
    called, refused, wrong = leaks_run.stubs(top, lab)
    stubs = Row(f"answers of labkit's that work, of {called}", "the kit's labkit, run")
    stubs.found = wrong["called"]
    checks = Row(f"answers of labkit's that a check takes, of {refused}", stubs.where)
    checks.found = wrong["checked"]
    paths = sorted(path for path in top.rglob("*") if path.is_file())
    texts = list(strings(top, paths))
    names = [path.relative_to(top).as_posix() for path in paths]
    files = Row("files that are not for students", f"{len(names)} files")
    course = {path.relative_to(root).as_posix() for path in course_files(root)}
    files.found = [
        f"{name}: not for students"
        for name in names
        if TEACHERS.search(name) or not (name in course or OF_A_KIT.fullmatch(name))
    ]
    markers = Row("markers of solutions and hidden tests", f"{len(texts)} texts")
    marked = (
        f"{where}: {found[0]}"
        for where, text in texts
        if (found := MARKERS.search(text))
    )
    markers.found = list(dict.fromkeys(marked))
    texts = [(where, text) for where, text in texts if not _reviewed(where, top, root)]
    code, words = leaks_code.answers(lab, root), leaks_words.answers(lab, root)
    as_code = Row(
        f"code of answers and variants, {len(code)} pieces",
        f"code in {len(texts)} texts",
    )
    say("looking for their code and their words")
    as_code.found = leaks_code.find(code, texts)
    as_words = Row(f"words of solutions, {len(words)} lines", f"{len(texts)} texts")
    as_words.found = leaks_words.find(words, texts)
    return [stubs, checks, as_code, as_words, files, markers]


def _reviewed(where: str, top: Path, root: Path) -> bool:
    """Tell whether a file is known to have formulas, and is the course's own."""
    if not (where.startswith("labkit/checks/") or where in REVIEWED):
        return False
    own = root / where
    return own.is_file() and own.read_bytes() == (top / where).read_bytes()


def strings(top: Path, paths: list[Path]) -> Iterator[tuple[str, str]]:
    """Every text of a kit, with its place: files, and the strings in JSON files."""
    for path in paths:
        place = path.relative_to(top).as_posix()
        if path.suffix in BINARY:
            continue
        content = path.read_bytes()
        if path.suffix == ".gz":
            content, path = gzip.decompress(content), path.with_suffix("")
        text = content.decode("utf-8", errors="replace")
        if path.suffix in (".ipynb", ".json"):
            for inner, leaf in _leaves(json.loads(text)):
                yield from _read(f"{place}{inner}", leaf)
        else:
            yield from _read(place, text)


def _read(place: str, text: str) -> Iterator[tuple[str, str]]:
    """A text as it stands; if it is HTML, also what its reader sees, and each <pre>."""
    yield place, text
    if MARKED_UP.search(text):
        for part in (text, *PREFORMATTED.findall(text)):
            yield place, site_labs.plain(part)


def _leaves(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """The strings in JSON data; a list of lines, as nbformat writes them, is one."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield f"{place}:{name}", name
            yield from _leaves(item, f"{place}:{name}")
    elif isinstance(value, list) and value and all(type(each) is str for each in value):
        yield place, "".join(value)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            name = item.get("id", number) if isinstance(item, dict) else number
            yield from _leaves(item, f"{place}:{name}")
    elif isinstance(value, str):
        yield place, value


def main(lab: str, kit: Path) -> int:
    """Print the table; the exit code is 1 when something was found."""
    rows = scan(kit, lab)
    print(table(rows))
    return int(any(row.found for row in rows))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("python -m labkit.course.leaks LAB KIT")
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
