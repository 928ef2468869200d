"""Rosters: every byte that nobody changes stays, and everybody has one folder."""

import codecs
import csv
import io
from datetime import UTC, datetime

import pytest

from labkit.errors import BadValue
from labkit.grading.rosters.people import folder_name, roster
from labkit.grading.rosters.sheet import Sheet
from labkit.grading.rosters.times import moodle_time
from tests.grading.platforms import CLASS, GRADEBOOK, worksheet

TABLES = [
    b"a,b\n1,2\n",
    b"a,b\r\n1,2",
    codecs.BOM_UTF8 + b'"a";b\r\n"x, ""y"" \xc3\xa9";2\r\n',
    b'a,b\n"two\r\nlines",\n\n,,\n',
    b"a\tb\r1\t2\r",
    b"a,b,\n1,",
    "näme;b\né;1".encode("cp1252"),
    codecs.BOM_UTF16_LE + "näme\tb\né\t1\n".encode("utf-16-le"),
    worksheet(),
    GRADEBOOK.encode(),
]


@pytest.mark.parametrize("content", TABLES)
def test_an_untouched_table_keeps_its_bytes(content):
    assert bytes(Sheet(content, "roster.csv")) == content


def test_a_changed_cell_changes_nothing_else():
    table = Sheet(b'a;"b";c\r\n"x;y";"1";\r\nz\r\n', "roster.csv")
    table.put(1, 1, "2,5")
    table.put(1, 2, 'say "hi"; bye')
    table.put(2, 2, "7")
    added = table.add_column("04_losses")
    table.put(2, added, "1")
    made = bytes(table)
    assert made == (
        b'a;"b";c;04_losses\r\n"x;y";"2,5";"say ""hi""; bye";\r\nz;;7;1\r\n'
    )
    rows = list(csv.reader(io.StringIO(made.decode(), ""), delimiter=";"))
    assert rows == table.rows


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'id,name\n1,"Ada\n', "line 2 is never closed"),
        (b'id,name\n1,"Ada" "B"\n,"', "never closed"),
        (b"", "is empty"),
        (b"PK\x03\x04....", "workbook or a zip"),
        (b"id,\0\n", "no text file"),
    ],
)
def test_what_is_no_table_is_refused(content, said):
    with pytest.raises(BadValue, match=said):
        Sheet(content, "roster.csv")


def test_moodles_worksheet_names_everybody():
    found = roster(Sheet(worksheet(), "worksheet.csv"))
    assert [one.folder for one in found.people] == [who[1] for who in CLASS.values()]
    assert [one.has["participant"] for one in found.people] == list(map(str, CLASS))
    assert [one.row for one in found.called("S002@example.org")] == [2]
    assert [one.row for one in found.called("Kim Lee")] == [5, 6]
    assert found.people[5].submitted is None


def test_canvas_rows_that_are_no_students_are_left_out():
    found = roster(Sheet(GRADEBOOK.encode(), "canvas.csv"))
    logins = [*(f"s00{number}" for number in range(1, 7)), "0123abc"]
    assert [one.folder for one in found.people] == logins
    assert [one.folder for one in found.called("lovelaceada_9001")] == ["s001"]
    assert [one.folder for one in found.called("Ada Lovelace")] == ["s001"]


@pytest.mark.parametrize(
    ("table", "text", "folders"),
    [
        # Moodle's number is nobody's name: 102 may be the ID number of another student.
        ("Identifier,Full name,Email\nParticipant 102,Ada,ada@x\n", "102", []),
        (
            "Identifier,ID number\nParticipant 101,102\nParticipant 102,103\n",
            "102",
            ["102"],
        ),
        ("Identifier,Full name\nParticipant 101,Ada\n", "Ada_101", ["Ada_101"]),
        # Canvas's own id neither, if there is a login.
        ("Student,ID,SIS Login ID\nAda,7,s1\nBob,8,7\n", "7", ["7"]),
        ("Student,ID,SIS Login ID\nAda,7,s1\nBob,8,s2\n", "7", []),
        ("Student,ID,SIS Login ID\nAda,7,s1\nBob,8,s2\n", "ada_7", ["s1"]),
        ("Student,ID,Section\nAda,7,A\nBob,8,A\n", "7", ["7"]),
        # In a table of one's own an id is what people are called by.
        ("id,name,email\nada,Ada,ada@x\n", "ada", ["ada@x"]),
        # The one whose folder it is, though it is another's number or name.
        ("Username,ID number,Full name\nada,1,Ada\nbob,ada,Ada\n", "Ada", ["ada"]),
    ],
)
def test_nobody_is_called_by_anothers_number(table, text, folders):
    found = roster(Sheet(table.encode(), "roster.csv")).called(text)
    assert [one.folder for one in found] == folders


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Kennung;Name\n1;Ada\n", "no column that tells students apart.*Kennung, Name"),
        ("id,name\nada,Ada\nAda,Bob\n", "lines 2 and 3 are two students called 'Ada'"),
        ("id,name\n///,Ada\n", "line 2.*no letter or digit"),
        ("id,name\n\n", "headings and no students"),
    ],
)
def test_a_roster_that_tells_nobody_apart_is_refused(text, said):
    with pytest.raises(BadValue, match=said):
        roster(Sheet(text.encode(), "roster.csv"))


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("../../etc/passwd", "etc_passwd"),
        (".git", "git"),
        ('O\'Brien, "Jr"', "O_Brien_Jr"),
        ("ada@example.org", "ada@example.org"),
        ("Mu\u0308ller", "Müller"),
        ("علی\u202e", "علی"),
        ("a\nb\0c", "a_b_c"),
        ("x" * 300, "x" * 100),
        ("-rf", "rf"),
    ],
)
def test_a_folders_name_is_one_harmless_word(text, folder):
    assert folder_name(text) == folder


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Friday, 20 November 2026, 5:00 PM", (2026, 11, 20, 17, 0)),
        ("Friday, 20 November 2026, 12:05 AM", (2026, 11, 20, 0, 5)),
        ("20 November 2026, 17:00", (2026, 11, 20, 17, 0)),
        ("Friday, November 20, 2026, 5:00\u202fPM", (2026, 11, 20, 17, 0)),
        ("vendredi 20 novembre 2026, 17:00", None),
        ("-", None),
        ("Friday, 31 November 2026, 5:00 PM", None),
    ],
)
def test_moodles_times_are_local(text, said, monkeypatch):
    expected = said and datetime(*said).astimezone(UTC)
    found = moodle_time(text)
    assert (found and found.astimezone(UTC)) == expected
