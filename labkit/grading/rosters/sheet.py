"""A CSV file in which single cells are changed; all others keep their very bytes.

Python's csv module reads a table and forgets how it was written: which cells had quotes,
which separator, line ends and byte-order mark. A platform's own file goes back to that
platform, so all of this stays here as it was.
"""

import codecs
import csv
import io
import re
from pathlib import Path

from labkit.errors import BadValue

DELIMITERS = ",;\t:"  # those that Moodle offers; Canvas has the first two
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
MOST_BYTES = 50_000_000


class Sheet:
    """A table read from a file.

    Args:
        content: the file's bytes: UTF-8 or UTF-16 with or without its mark, or cp1252.
        name: of the file, for messages.

    Attributes:
        name: of the file.
        delimiter: between cells.
        rows: the values, one list a row; change them with `put` and `add_column` only.

    Raises:
        BadValue: it is no table of text.
    """

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        self._mark, self._encoding, text = _decoded(content, name)
        self.delimiter = _delimiter(text)
        self._cells, self._ends = _split(text, self.delimiter, name)
        self.rows = [[_value(cell) for cell in row] for row in self._cells]
        if not self.rows:
            raise BadValue(f"{name} is empty; a table of students was expected.")
        self._check(text)

    def line(self, row: int) -> int:
        """The line of the file in which a row begins, counted from 1."""
        before = zip(self._cells[:row], self._ends[:row], strict=True)
        return 1 + sum(
            bool(end) + sum(cell.count("\n") for cell in cells) for cells, end in before
        )

    def value(self, row: int, column: int) -> str:
        """A cell; "" where the row is too short to have it."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def put(self, row: int, column: int, value: str) -> None:
        """Change one cell; a row that is too short grows."""
        if self.value(row, column) == value:
            return
        for cells in (self._cells[row], self.rows[row]):
            cells += [""] * (column + 1 - len(cells))
        self._cells[row][column] = self._quoted(value, self._cells[row][column])
        self.rows[row][column] = value

    def add_column(self, title: str) -> int:
        """Append a column on the right of the longest row, empty below its title.

        Returns:
            Its number.
        """
        column = max(map(len, self.rows))
        for row in range(len(self.rows)):
            if any(self.rows[row]):  # an empty line stays one
                self.put(row, column, title if row == 0 else "")
                for cells in (self._cells[row], self.rows[row]):
                    cells += [""] * (column + 1 - len(cells))
        return column

    def __bytes__(self) -> bytes:
        """The file, with what was put in."""
        lines = zip(self._cells, self._ends, strict=True)
        text = "".join(self.delimiter.join(cells) + end for cells, end in lines)
        return self._mark + text.encode(self._encoding)

    def _quoted(self, value: str, before: str) -> str:
        special = any(sign in value for sign in (self.delimiter, '"', "\r", "\n"))
        if special or (before.startswith('"') and before != '"'):
            return '"' + value.replace('"', '""') + '"'
        return value

    def _check(self, text: str) -> None:
        """Compare with Python's own reading; a difference would be a mistake of ours."""
        try:
            read = list(csv.reader(io.StringIO(text, ""), delimiter=self.delimiter))
        except csv.Error as error:
            raise BadValue(f"{self.name} is no readable CSV: {error}.") from None
        if [row or [""] for row in read] != self.rows:
            raise BadValue(
                f"{self.name} is no regular CSV: a quotation mark stands inside a cell, "
                "or is not closed. Export the file from the platform again."
            )


def read(path: Path) -> Sheet:
    """Read a table.

    Raises:
        BadValue: it cannot be read, or is no table.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadValue(f"{path} cannot be read: {error.strerror}.") from None
    if len(content) > MOST_BYTES:
        raise BadValue(f"{path} is larger than {MOST_BYTES // 10**6} MB: no roster.")
    return Sheet(content, path.name)


def _decoded(content: bytes, name: str) -> tuple[bytes, str, str]:
    """The byte-order mark, the encoding and the text."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadValue(
            f"{name} is a workbook or a zip, not a CSV file. Export it as CSV; a "
            "spreadsheet saves one under File, Save as."
        )
    mark = next((mark for mark in MARKS if content.startswith(mark)), b"")
    encodings = [MARKS[mark]] if mark else ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = content[len(mark) :].decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return mark, encoding, text
    raise BadValue(f"{name} is no text file; a CSV in UTF-8 was expected.")


def _delimiter(text: str) -> str:
    """The sign that makes most cells of the first row; a comma if none does."""
    head = re.sub(r'"(?:[^"]|"")*"', "", text).splitlines()
    return max(DELIMITERS, key=(head or [""])[0].count)


def _split(text: str, delimiter: str, name: str) -> tuple[list[list[str]], list[str]]:
    """Cells as they are written, quotes included, and the end of each row."""
    other = rf"[^{re.escape(delimiter)}\r\n]*"
    cell = re.compile(
        rf'("(?:[^"]|"")*"{other}|(?!"){other})({re.escape(delimiter)}|\r\n|\r|\n|\Z)'
    )
    rows: list[list[str]] = []
    ends: list[str] = []
    row: list[str] = []
    place = 0
    while place < len(text) or row:
        found = cell.match(text, place)
        if found is None:
            raise BadValue(
                f"{name}: the quotation mark in line {text.count(chr(10), 0, place) + 1}"
                " is never closed. Export the file from the platform again."
            )
        place = found.end()
        row.append(found[1])
        if found[2] != delimiter:
            rows.append(row)
            ends.append(found[2])
            row = []
        elif place == len(text):  # the file ends behind a separator
            rows.append([*row, ""])
            ends.append("")
            row = []
    return rows, ends


def _value(cell: str) -> str:
    if not cell.startswith('"'):
        return cell
    inner, _, rest = cell[1:].rpartition('"')
    return inner.replace('""', '"') + rest


def write(rows: list[list[str]]) -> bytes:
    """A new table in UTF-8, with commas and quotes where they are needed."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode("utf-8", "backslashreplace")
