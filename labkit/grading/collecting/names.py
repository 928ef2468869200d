"""How learning platforms name what students hand in.

Read off the platforms' own sources, November 2026:

- Moodle, mod/assign/classes/downloader.php and locallib.php: "Full Name_123_" and the
  plugin, as a folder ("assignsubmission_file_/" up to about 4.0, later without the last
  _; files keep their names and folders below it) or, when "Download submissions in
  folders" is off, as the beginning of each file's name. In the name each _ has become a
  space. 123 is the participant's number in this one assignment, the same as in its
  grading worksheet. A blind assignment says "Participant" for all; a group submission has
  the group's name and number. Online text is a file onlinetext.html of its own plugin.
- Canvas, lib/content_zipper.rb: the sortable name in small letters without any sign,
  LATE if it is late, the user's number, the attachment's, and the file's name:
  "lovelaceada_LATE_123_456_04_losses-1.ipynb". Before the ending, Canvas puts -1, -2 …
  when the student's folder has had a file of that name. An anonymous assignment has
  anon_ and letters instead of name and number; text entries end in _text.html, links in
  _link.html.

Neither zip tells when a file was handed in: both write the time of the download.
"""

import re
from dataclasses import dataclass

MOODLE = re.compile(
    r"(?P<name>[^/]*)_(?P<number>\d+)_assignsubmission_(?P<plugin>[a-z]+)"
    r"(?:_?/|_)(?P<file>.+)",
    re.DOTALL,
)
CANVAS = re.compile(
    r"(?P<name>\w+?)_(?P<late>LATE_|late_)?(?P<number>[1-9]\d*)_"
    r"(?:(?P<attachment>[1-9]\d*)_(?P<file>.+)|(?P<other>text|link)\.html)",
    re.DOTALL,
)
ANONYMOUS = re.compile(
    r"(?:LATE_)?anon_(?P<number>\w+?)_(?:\d+_(?P<file>.+)|(?:text|link)\.html)",
    re.DOTALL,
)
AGAIN = re.compile(r"(?:-(\d{1,3})|_? ?\((\d{1,3})\))$")
UNKNOWN = "its name does not tell whose it is"
OTHER_KINDS = {
    "onlinetext": "it is online text, not a notebook",
    "text": "it is a text entry, not a notebook",
    "link": "it is a link, not a notebook",
}


@dataclass(frozen=True)
class Piece:
    """What a file's name tells.

    Attributes:
        system: "moodle", "canvas" or "plain".
        name: the student's name, or what stands for it.
        number: the platform's own number of the student; "" if there is none. Without
            name and number, nobody knows whose it is.
        file: the file's own name, folders of the student's included.
        late: whether the platform has marked it as late.
        attachment: Canvas's number of the file, which grows with time; else 0.
        problem: why it cannot be a submission; "" if it can.
    """

    system: str
    name: str
    number: str
    file: str
    late: bool = False
    attachment: int = 0
    problem: str = ""

    @property
    def student(self) -> tuple[str, str, str]:
        """What tells one student of a download from another."""
        return self.system, self.number or self.name, self.number and self.name

    @property
    def again(self) -> int:
        """The number in "losses-2.ipynb" or "losses (2).ipynb"; 0 without one."""
        found = AGAIN.search(re.sub(r"(\.\w+)+$", "", self.file))
        return int(found[1] or found[2]) if found else 0


def parse(path: str, labs: list[str]) -> Piece:
    """Tell who has handed a file in, from its path within a download.

    Args:
        path: with / between folders. A folder around everything is left out before.
        labs: of the course; no student is called like one.
    """
    if found := MOODLE.fullmatch(path):
        problem = "" if found["plugin"] == "file" else found["plugin"]
        problem = OTHER_KINDS.get(problem, problem and f"Moodle's {problem}, no file")
        return Piece(
            "moodle", found["name"], found["number"], found["file"], problem=problem
        )
    name = path.rpartition("/")[2]
    if found := ANONYMOUS.fullmatch(name):
        problem = "it is anonymous in Canvas: whose it is cannot be told"
        return Piece("canvas", "", "", name, problem=problem)
    if "_assignsubmission_" in path.partition("/")[0]:
        problem = (
            "Moodle gives no number with it, as for group work of students without a "
            "group. Put it into a folder named after its student"
        )
        return Piece("moodle", "", "", path, problem=problem)
    if (found := CANVAS.fullmatch(name)) and not _has_number(found, labs):
        return Piece(
            "canvas",
            found["name"],
            found["number"],
            found["file"] or name,
            late=bool(found["late"]),
            attachment=int(found["attachment"] or 0),
            problem=OTHER_KINDS.get(found["other"], ""),
        )
    return _plain(path, labs)


def kind(name: str) -> str:
    """ "notebook", "zip" or ""; browsers save lab.ipynb.txt or lab.ipynb.json."""
    name = name.casefold()
    if name.endswith(".ipynb") or ".ipynb." in name:
        return "notebook"
    return "zip" if name.endswith(".zip") else ""


def is_called(file: str, lab: str) -> bool:
    """Tell whether a file has the lab's name and no more than a number behind it."""
    return AGAIN.sub("", _stem(file)).casefold() == lab.casefold()


def lab_of(file: str, labs: list[str]) -> str | None:
    """The lab in whose name a file's name begins or ends, the longest such."""
    stem = _stem(file).casefold()
    found = [
        lab
        for lab in labs
        if re.search(rf"(^|[\W_]){re.escape(lab.casefold())}($|[\W_])", stem)
    ]
    return max(found, key=len, default=None)


def _has_number(found: re.Match[str], labs: list[str]) -> bool:
    """Tell whether Canvas's number is a lab's: anna_3_10_colour.ipynb, lab 10_colour."""
    lab = lab_of(found[0], labs)
    return lab is not None and lab_of(found["file"] or "", labs) != lab


def _plain(path: str, labs: list[str]) -> Piece:
    """student/….ipynb, student.ipynb, or a name with both the student and the lab."""
    folder, _, file = path.partition("/")
    if file:
        if folder in labs:  # LAB/student.ipynb
            return _plain(file, labs)
        return Piece("plain", folder, "", file, problem="" if folder else UNKNOWN)
    name, lab = _stem(path), lab_of(path, labs)
    if lab:
        at = name.casefold().rindex(lab.casefold())
        name = name[:at] + name[at + len(lab) :]
    name = AGAIN.sub("", name).strip(" _-.")
    return Piece("plain", name, "", path, problem="" if name else UNKNOWN)


def _stem(path: str) -> str:
    return re.sub(r"(\.[A-Za-z]\w*)+$", "", path.rpartition("/")[2])
