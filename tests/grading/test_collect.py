"""`labkit collect`: platforms' downloads come to lie where grading finds them."""

import io
import json
import os
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labkit.grading.collecting import placing
from labkit.grading.submissions import find
from tests.grading.classroom import make_course
from tests.grading.platforms import CLASS, GRADEBOOK, LAB, put, worksheet, zipped

BOOK = f"{LAB}.ipynb"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_course(tmp_path / "course", [LAB])
    make_course(made, ["03_generator"])
    monkeypatch.chdir(made)
    monkeypatch.setenv("COLUMNS", "200")
    return made


@pytest.fixture
def collect(command, course, tmp_path):
    """Put downloads down and collect them; gives (exit code, text)."""

    def run(*downloads: tuple[str, bytes], options: tuple = (), code: int = 0) -> str:
        paths = [put(tmp_path / "dl" / name, data) for name, data in downloads]
        got, out, err = command("collect", *paths, *options)
        assert got == code, out + err
        return out + err

    return run


@pytest.fixture
def worksheet_file(tmp_path: Path) -> tuple[str, Path]:
    return "--roster", put(tmp_path / "Grades.csv", worksheet())


def submitted(course: Path) -> dict[str, bytes]:
    """student -> the notebook that counts, for all who have one."""
    return {
        path.parts[-3]: path.read_bytes()
        for path in sorted(course.glob(f"submitted/*/{LAB}/{BOOK}"))
    }


def earlier(course: Path, student: str) -> list[bytes]:
    folder = course / "submitted" / student / LAB / "earlier"
    return [path.read_bytes() for path in sorted(folder.glob(f"*/{BOOK}"))]


def moodle(
    student: int, file: str = BOOK, style: str = "_assignsubmission_file_/"
) -> str:
    """A path in a Moodle download; in the name of a student there is no quote."""
    return f"{CLASS[student][0]}_{student}{style}{file}".replace('"', "")


def test_a_moodle_download_with_its_worksheet(collect, course, worksheet_file):
    files = {
        moodle(101): b"ada",
        moodle(102, "sub folder/mine.ipynb", "_assignsubmission_file/"): b"sean",
        moodle(103, style="_assignsubmission_file_"): b"zoe",  # without folders
        moodle(104): b"kim",
        moodle(
            104, "onlinetext.html", "_assignsubmission_onlinetext_/"
        ): b"<p>see file",
        moodle(105, "Losses - Copy.ipynb.txt"): b"kim5",
        moodle(105, "notes.pdf"): b"%PDF",
    }
    out = collect(("all.zip", zipped(files)), options=("--lab", LAB, *worksheet_file))
    assert submitted(course) == {
        "s001": b"ada", "s002": b"sean", "s003": b"zoe", "s004": b"kim", "s005": b"kim5"
    }  # fmt: skip
    assert "5 students (5 new, 1 late)" in out
    assert "1 of the roster not in it: s006" in out
    line = next(line for line in out.splitlines() if line.split()[:1] == ["s002"])
    assert "20 Nov 19:03" in line and "renamed" in line
    local = datetime(2026, 11, 20, 19, 3).astimezone(UTC)
    times = {one.student: one.timestamp for one in find(course / "submitted", LAB)}
    assert times["s002"] == local.isoformat()


def test_a_canvas_download_takes_the_newest_and_keeps_the_others(
    collect, course, tmp_path
):
    files = {
        f"lovelaceada_9001_70009_{LAB}-1.ipynb": b"newest",
        f"lovelaceada_9001_70001_{LAB}.ipynb": b"first",
        f"müllerzoë_LATE_9003_70002_{LAB}.ipynb": b"zoe",
        "leekim_9004_text.html": b"<p>",
        "leekim_LATE_9006_link.html": b"<a>",
        f"anon_abC1d_70003_{LAB}.ipynb": b"who",
    }
    roster = put(tmp_path / "canvas.csv", GRADEBOOK.encode())
    out = collect(("sub.zip", zipped(files)), options=("--roster", roster), code=1)
    assert submitted(course) == {"s001": b"newest", "s003": b"zoe"}
    assert earlier(course, "s001") == [b"first"]
    assert "1 late, 1 with several attempts, 3 not taken" in out
    assert "text entry" in out and "is a link" in out and "anonymous in Canvas" in out
    assert "by how much is not known" in out
    assert {one.timestamp for one in find(course / "submitted", LAB)} == {None}


def test_in_one_download_the_highest_number_in_a_name_is_the_newest(collect, course):
    files = {
        moodle(101, f"{LAB} (2).ipynb"): b"third",
        moodle(101): b"first",
        moodle(101, f"{LAB} (1).ipynb"): b"second",
    }
    out = collect(("all.zip", zipped(files)))
    assert submitted(course) == {"Ada_Lovelace_101": b"third"}
    assert earlier(course, "Ada_Lovelace_101") == [b"first", b"second"]
    assert "1 with several attempts" in out


def test_without_a_roster_folders_have_names_and_numbers(collect, course):
    canvas = {f"lovelaceada_9001_1_{LAB}.ipynb": b"c"}
    out = collect(
        (
            "moodle.zip",
            zipped({moodle(102): b"m", moodle(105): b"k5", moodle(106): b"k6"}),
        ),
        ("canvas.zip", zipped(canvas)),
    )
    assert submitted(course) == {
        "Kim_Lee_105": b"k5",
        "Kim_Lee_106": b"k6",
        "Seán_O_Brien_Jr_102": b"m",
        "lovelaceada_9001": b"c",
    }
    assert "With --roster" in out


@pytest.mark.parametrize(
    "names",
    [
        [f"anna/{BOOK}", f"ben/{BOOK}"],
        [f"anna/{LAB}/{BOOK}", f"ben/{LAB}/{BOOK}"],
        ["week 4/anna.ipynb", "week 4/ben.ipynb"],
        [f"{LAB}_anna.ipynb", f"ben {LAB} (1).ipynb"],
        [f"{LAB}/anna.ipynb", f"{LAB}/ben.ipynb"],
    ],
)
@pytest.mark.parametrize("as_zip", [True, False])
def test_plain_folders_named_after_students(collect, course, tmp_path, names, as_zip):
    files = dict(zip(names, (b"a", b"b"), strict=True))
    if as_zip:
        collect(("class.zip", zipped(files)), options=("--lab", LAB))
    else:
        for name, content in files.items():
            put(tmp_path / "class" / name, content)
        os.chdir(course)
        collect(options=(tmp_path / "class", "--lab", LAB))
    assert submitted(course) == {"anna": b"a", "ben": b"b"}


def test_an_unpacked_download_given_file_by_file(collect, course, tmp_path):
    folder = tmp_path / "Ada Lovelace_101_assignsubmission_file_"
    put(folder / BOOK, b"ada")
    kit = (f"Zoë Müller_103_assignsubmission_file_kit {LAB}.zip", zipped({BOOK: b"z"}))
    collect(kit, options=(folder,))
    assert submitted(course) == {"Ada_Lovelace_101": b"ada", "Zoë_Müller_103": b"z"}


def test_the_notebook_in_a_zip_of_the_whole_kit(collect, course):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as kit:
        for name, hour, content in (
            (f"kit/notebooks/{LAB}/{BOOK}", 9, b"right"),
            (f"kit/notebooks/{LAB}/{LAB} before.ipynb", 12, b"old"),
            (f"kit/copy/{BOOK}", 8, b"older"),
            ("kit/notebooks/03_generator/03_generator.ipynb", 10, b"other lab"),
            (f"__MACOSX/kit/._{BOOK}", 11, b"finder"),
            (f"kit/.ipynb_checkpoints/{BOOK}", 11, b"checkpoint"),
        ):
            kit.writestr(zipfile.ZipInfo(name, (2026, 11, 20, hour, 0, 0)), content)
    outer = zipped({moodle(101, "kit.zip"): inner.getvalue()})
    out = collect(("all.zip", outer), options=("--lab", LAB))
    assert submitted(course) == {"Ada_Lovelace_101": b"right"}
    assert "the newest of 2 in the zip" in out


def test_collecting_again_leaves_what_has_not_changed(collect, course, worksheet_file):
    download = ("all.zip", zipped({moodle(101): b"one", moodle(102): b"two"}))
    collect(download, options=worksheet_file)
    before = {path: path.lstat().st_mtime_ns for path in course.glob("submitted/**/*")}
    out = collect(download, options=worksheet_file)
    assert "2 unchanged" in out
    after = {path: path.lstat().st_mtime_ns for path in course.glob("submitted/**/*")}
    files = [path for path in after if path.is_file()]
    assert {path: after[path] for path in files} == {
        path: before[path] for path in files
    }
    assert len(files) == 6


def test_a_new_attempt_replaces_and_an_old_download_does_not_come_back(collect, course):
    old = ("old.zip", zipped({moodle(101): b"one"}, "2026-11-20 10:00"))
    new = ("new.zip", zipped({moodle(101): b"two"}, "2026-11-21 10:00"))
    student = "Ada_Lovelace_101"
    collect(old)
    assert "1 changed" in collect(new)
    assert submitted(course) == {student: b"two"}
    assert earlier(course, student) == [b"one"]
    assert "older than what is there" in collect(old)
    assert submitted(course) == {student: b"two"}
    assert earlier(course, student) == [b"one"]  # once
    again = ("again.zip", zipped({moodle(101): b"one"}, "2026-11-22 10:00"))
    assert "1 changed" in collect(again)  # the first version, handed in once more
    assert submitted(course) == {student: b"one"}
    assert b"two" in earlier(course, student)
    assert [one.files for one in find(course / "submitted", LAB)] == [(BOOK,)]


def test_what_nbgrader_or_a_person_put_there_is_kept(collect, course):
    folder = course / "submitted" / "anna" / LAB
    put(folder / "my losses.ipynb", b"by hand")
    put(folder / "timestamp.txt", b"2026-11-19 10:00:00.000000 UTC")
    collect(("anna.ipynb", b"collected"), options=("--lab", LAB))
    assert submitted(course) == {"anna": b"collected"}
    kept = folder / "earlier" / "1"
    assert (kept / "my losses.ipynb").read_bytes() == b"by hand"
    assert (kept / "timestamp.txt").read_bytes().startswith(b"2026-11-19")
    (one,) = find(course / "submitted", LAB)
    assert one.files == (BOOK,) and one.timestamp is None


def hostile() -> bytes:
    """A download with everything that a zip should not hold."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"up_1_assignsubmission_file_/../../../{BOOK}", b"up")
        archive.writestr(f"C:/x/root_2_assignsubmission_file_/{BOOK}", b"root")
        link = zipfile.ZipInfo(f"link_3_assignsubmission_file_/{BOOK}")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr(f"bomb_4_assignsubmission_file_/{BOOK}", bytes(60_000_000))
        archive.writestr("nozip_5_assignsubmission_file_/kit.zip", b"PK no zip")
        archive.writestr(f"locked_6_assignsubmission_file_/{BOOK}", b"secret")
        archive.writestr("other_7_assignsubmission_file_/03_generator.ipynb", b"3")
        archive.writestr(
            "empty_8_assignsubmission_file_/kit.zip", zipped({"a.txt": b""})
        )
        archive.writestr(f"good_9_assignsubmission_file_/{BOOK}", b"good")
        archive.writestr("broken_10_assignsubmission_file_/" + BOOK, b"b" * 1000)
    content = bytearray(made.getvalue())
    broken = content.index(b"broken_10")
    content[broken + 50 : broken + 53] = b"???"
    locked = content.rindex(b"locked_6") - 46  # its entry in the zip's directory
    content[locked + 8] |= 1
    return bytes(content)


def test_a_hostile_download_costs_nobody_else_anything(collect, course, tmp_path):
    before = sorted(
        path for path in tmp_path.rglob("*") if "submitted" not in path.parts
    )
    out = collect(("all.zip", hostile()), options=("--lab", LAB), code=1)
    assert submitted(course) == {"good_9": b"good"}
    reasons = {
        "up_1": "leads out of the zip",
        "root_2": "leads out of the zip",
        "link_3": "a link or no plain file",
        "bomb_4": "larger than 50 MB",
        "nozip_5": "no readable zip",
        "locked_6": "encrypted",
        "all.zip": f"no notebook of {LAB}, only: 03_generator.ipynb",
        "empty_8": f"no notebook of {LAB} in this zip",
        "broken_10": "damaged",
    }
    lines = out.splitlines()
    for name, why in reasons.items():
        at = [number for number, line in enumerate(lines) if name in line]
        assert any(why in lines[number + 1] for number in at), name
    assert [path.name for path in course.glob("submitted/*")] == ["good_9"]
    after = [path for path in tmp_path.rglob("*") if "submitted" not in path.parts]
    assert sorted(set(after) - {tmp_path / "dl", tmp_path / "dl" / "all.zip"}) == before


def test_two_who_would_share_a_folder_are_both_left_out(collect, course):
    files = {f"Ann/{BOOK}": b"1", f"ann/{BOOK}": b"2", f"ben/{BOOK}": b"3"}
    out = collect(("class.zip", zipped(files)), code=1)
    assert submitted(course) == {"ben": b"3"}
    assert "Ann and ann would share the folder 'Ann'" in out


def test_the_worksheet_of_another_assignment_is_noticed(
    collect, course, worksheet_file
):
    files = {
        f"Zoë Müller_101_assignsubmission_file_/{BOOK}": b"zoe",
        f"Ada Lovelace_999_assignsubmission_file_/{BOOK}": b"ada",
        f"Participant_102_assignsubmission_file_/{BOOK}": b"blind marking",
    }
    out = collect(("all.zip", zipped(files)), options=worksheet_file, code=1)
    assert submitted(course) == {"s002": b"blind marking"}
    assert "the number is Ada Lovelace's, the name is not in Grades.csv" in out
    assert "Ada Lovelace (999) is not in Grades.csv" in out


def test_names_alone_do_not_tell_twins_apart(collect, course, tmp_path):
    text = "First name,Last name,Email address\nKim,Lee,k1@x.org\nKim,Lee,k2@x.org\n"
    roster = put(tmp_path / "people.csv", f"{text}Zoë,Müller,zoe@x.org\n".encode())
    files = {moodle(105): b"kim", moodle(103): b"zoe"}
    out = collect(("all.zip", zipped(files)), options=("--roster", roster), code=1)
    assert submitted(course) == {"zoe@x.org": b"zoe"}
    assert "may be lines 2 and 3 of people.csv" in out


def test_a_link_in_the_place_of_a_folder_is_not_followed(collect, course, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (course / "submitted").mkdir()
    (course / "submitted" / "anna").symlink_to(outside)
    out = collect(("anna.ipynb", b"1"), options=("--lab", LAB), code=1)
    assert "links are not followed" in out
    assert list(outside.iterdir()) == []


def test_a_disk_that_is_full_leaves_the_former_state(
    collect, course, monkeypatch, command
):
    old = ("old.zip", zipped({moodle(101): b"one"}, "2026-11-20 10:00"))
    new = ("new.zip", zipped({moodle(101): b"two", moodle(102): b"x"}))
    collect(old)

    def full(path: Path, content: bytes) -> None:
        if path.name == BOOK and content in (b"two", b"x"):
            raise OSError(28, "No space left on device")
        path.write_bytes(content)

    monkeypatch.setattr(placing, "_write", full)
    assert "make room" in collect(new, code=2)
    assert submitted(course) == {"Ada_Lovelace_101": b"one"}
    monkeypatch.undo()
    monkeypatch.chdir(course)
    collect(new)
    assert submitted(course)["Ada_Lovelace_101"] == b"two"
    assert [path.name for path in course.glob("submitted/*/*/.new-*")] == []


@pytest.mark.parametrize(
    ("name", "content", "options", "said"),
    [
        ("all.zip", b"no zip", (), "cannot be read.*Nothing has been collected"),
        ("all.zip", zipped({})[:-5], (), "cannot be read"),
        ("all.zip", zipped({}), (), "which lab is it.*They name no lab.*--lab"),
        ("anna.ipynb", b"1", (), "which lab is it"),
        (
            "all.zip",
            zipped({f"a/{BOOK}": b"", "b/03_generator.ipynb": b""}),
            (),
            f"They name 03_generator, {LAB}",
        ),
        ("anna.ipynb", b"1", ("--lab", "04_loses"), f"Did you mean {LAB}"),
        ("anna.ipynb", b"1", ("gone.zip",), "no file or folder gone.zip"),
        ("anna.ipynb", b"1", ("--roster", "no.csv"), "no.csv cannot be read"),
    ],
)
def test_wrong_use_is_one_message_and_takes_nothing(
    collect, course, name, content, options, said
):
    import re

    out = collect((name, content), options=options, code=2)
    assert re.search(said, out, re.DOTALL), out
    assert not (course / "submitted").exists()


def test_the_note_beside_a_notebook_may_be_anything(collect, course):
    collect(("anna.ipynb", b"1"), options=("--lab", LAB))
    note = course / "submitted" / "anna" / LAB / placing.NOTE
    for text in ("", "[]", "{", json.dumps({"order": "x", "sha256": 1, "system": 2})):
        note.write_text(text)
        collect(("anna.ipynb", text.encode() + b"2"), options=("--lab", LAB))
        assert submitted(course) == {"anna": text.encode() + b"2"}


@pytest.mark.parametrize(
    ("files", "students"),
    [
        ({f"anonymous_9001_70009_{BOOK}": b"1"}, {"anonymous_9001": b"1"}),
        ({f"anonymous/{BOOK}": b"1"}, {"anonymous": b"1"}),
        (
            {
                f"_101_assignsubmission_file_/{BOOK}": b"1",
                f" _102_assignsubmission_file_/{BOOK}": b"2",
            },
            {"Participant_101": b"1", "Participant_102": b"2"},
        ),
    ],
)
def test_every_student_has_a_folder_of_their_own(collect, course, files, students):
    collect(("all.zip", zipped({**files, f"bob/{BOOK}": b"bob"})))
    assert submitted(course) == {**students, "bob": b"bob"}
    assert not (course / "submitted" / LAB).exists()


def test_what_is_nobodys_goes_nowhere(collect, course):
    files = {
        f"/{BOOK}": b"no name",
        f"Default group_assignsubmission_file/{BOOK}": b"no number",
        f"Default group_assignsubmission_file_{BOOK}": b"flat",
        f"bob/{BOOK}": b"bob",
    }
    out = collect(("all.zip", zipped(files)), code=1)
    assert submitted(course) == {"bob": b"bob"}
    assert "does not tell whose it is" in out and "Moodle gives no number" in out
    assert "3 not taken" in out


def test_no_student_at_all_cannot_be_placed(tmp_path):
    with pytest.raises(placing.CannotPlace, match="nobody knows whose"):
        placing.place(tmp_path, "", LAB, "plain", [], None)
    assert list(tmp_path.iterdir()) == []


def test_a_labs_number_is_not_one_of_canvas(collect, course, tmp_path):
    make_course(course, ["10_colour"])
    roster = put(tmp_path / "ids.csv", b"id,name\nanna_3,Anna\n9001,Ada Lovelace\n")
    files = {"anna_3_10_colour.ipynb": b"a", "adalovelace_9001_7_10_colour.ipynb": b"l"}
    collect(("all.zip", zipped(files)), options=("--roster", roster))
    names = [path.parts[-3] for path in course.glob("submitted/*/*/10_colour.ipynb")]
    assert sorted(names) == ["9001", "anna_3"]


def packed(files: dict[str, bytes], how: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_without_a_limit_is_not_unpacked(collect, course, how):
    files = {
        moodle(101, "kit.zip"): packed({BOOK: bytes(10**6)}, how),
        moodle(102, "kit.zip"): packed({BOOK: b"good"}, zipfile.ZIP_DEFLATED),
    }
    out = collect(("all.zip", zipped(files)), options=("--lab", LAB), code=1)
    assert list(submitted(course).values()) == [b"good"]
    assert "pack it as an ordinary zip" in out


def kit(content: bytes, outer: str = "") -> bytes:
    names = (f"notebooks/{LAB}/{BOOK}", "notebooks/03_generator/03_generator.ipynb")
    return zipped({f"{outer}{name}": content for name in (*names, "README.md")})


def test_kits_given_one_by_one_are_their_students(collect, course, tmp_path):
    put(tmp_path / "cem" / "notebooks" / LAB / BOOK, b"cem")
    collect(
        ("ada.zip", kit(b"ada")),
        ("bob.zip", kit(b"bob", "dcgan-kit/")),
        options=(tmp_path / "cem", "--lab", LAB),
    )
    assert submitted(course) == {"ada": b"ada", "bob": b"bob", "cem": b"cem"}


def test_a_moodle_download_called_like_a_canvas_file_is_not_guessed_at(collect, course):
    name = f"ml_2026_2_DCGAN-{LAB}-4711.zip"
    files = {moodle(101): b"ada", moodle(102): b"sean"}
    out = collect((name, zipped(files)), code=2)
    assert "rename it (all.zip)" in out and "cannot be read" not in out
    assert not (course / "submitted").exists()
    collect((f"zoe_9003_70001_{LAB}.zip", zipped({BOOK: b"zoe"})))
    assert submitted(course) == {"zoe_9003": b"zoe"}


@pytest.mark.parametrize("as_zip", [True, False])
@pytest.mark.parametrize("outer", ["", "week 4/"])
def test_a_single_student_in_a_folder(collect, course, tmp_path, as_zip, outer):
    name = f"{outer}ada/{LAB}/{BOOK}"
    if as_zip:
        collect(("class.zip", zipped({name: b"1"})))
    else:
        put(tmp_path / "class" / name, b"1")
        collect(options=(tmp_path / "class",))
    assert submitted(course) == {"ada": b"1"}


@pytest.mark.parametrize("name", ["ada/homework.ipynb", "week 4/ada/homework.ipynb"])
def test_the_roster_tells_a_student_from_a_folder_around(
    collect, course, tmp_path, name
):
    roster = put(tmp_path / "people.csv", b"id,name\nada,Ada Lovelace\n")
    options = ("--lab", LAB, "--roster", roster)
    collect(("class.zip", zipped({name: b"1"})), options=options)
    assert submitted(course) == {"ada": b"1"}
    put(tmp_path / "ada" / "homework.ipynb", b"2")
    collect(options=(tmp_path / "ada", *options))
    assert submitted(course) == {"ada": b"2"}


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        ([BOOK, f"{LAB}_backup.ipynb"], BOOK),
        ([f"old/{LAB}-mine.ipynb", BOOK, "zzz.zip"], BOOK),
        ([f"old/{LAB} (1).ipynb", BOOK], BOOK),
        ([f"{LAB} (1).ipynb", BOOK, f"{LAB} copy (7).ipynb"], f"{LAB} (1).ipynb"),
    ],
)
@pytest.mark.parametrize("style", [moodle(101, ""), "ada/"])
def test_the_labs_own_name_comes_before_a_backup(collect, course, files, counts, style):
    contents = {f"{style}{name}": name.encode() for name in files}
    if f"{style}zzz.zip" in contents:
        contents[f"{style}zzz.zip"] = zipped({BOOK: b"in a zip"})
    out = collect(("all.zip", zipped({**contents, f"bob/{BOOK}": b"b"})))
    (student,) = set(submitted(course)) - {"bob"}
    assert submitted(course)[student] == counts.encode()
    assert len(earlier(course, student)) == len(files) - 1
    assert f"{counts} counts, of {len(files)} names" in out


def test_the_newest_download_stays_known_when_an_older_one_says_the_same(
    collect, course
):
    first, second, third = (
        (f"{day}.zip", zipped({moodle(101): content}, f"2026-11-{day} 10:00"))
        for day, content in ((20, b"X"), (21, b"Y"), (22, b"X"))
    )
    for download in (first, second, third, first):
        collect(download)
    assert "older than what is there" in collect(second)
    assert submitted(course) == {"Ada_Lovelace_101": b"X"}


def test_a_new_notebook_with_the_old_time_is_told(collect, course, worksheet_file):
    old = ("old.zip", zipped({moodle(101): b"1", moodle(102): b"2"}))
    new = {moodle(101): b"late", moodle(102): b"2"}
    assert "too old" not in collect(old, options=worksheet_file)
    out = collect(("new.zip", zipped(new, "2026-11-25 10:00")), options=worksheet_file)
    assert out.count("The roster may be too old") == 1


def test_a_blind_worksheet_never_calls_a_folder_by_the_number_alone(
    collect, course, tmp_path
):
    roster = put(tmp_path / "blind.csv", b"Identifier,Grade\nParticipant 102,\n")
    files = {f"Participant_102_assignsubmission_file_/{BOOK}": b"1"}
    collect(("all.zip", zipped(files)), options=("--roster", roster))
    assert submitted(course) == {"Participant_102": b"1"}
