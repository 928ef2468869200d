"""Downloads and rosters as Moodle and Canvas make them, by their published formats."""

import io
import time
import zipfile
from pathlib import Path

LAB = "04_losses"
WORKSHEET = (
    'Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
    '"Feedback comments"'
)
SUBMITTED = "Submitted for grading"
# participant -> full name, ID number, status, time of the submission
CLASS = {
    101: ("Ada Lovelace", "s001", SUBMITTED, "Friday, 20 November 2026, 5:00 PM"),
    102: (
        *("Seán O'Brien, Jr", "s002", f"{SUBMITTED} - 2 hours 3 mins late"),
        "Friday, 20 November 2026, 7:03 PM",
    ),
    103: ("Zoë Müller", "s003", SUBMITTED, "Friday, 20 November 2026, 12:30 AM"),
    104: ('Kim "K" Lee', "s004", SUBMITTED, "Saturday, 21 November 2026, 9:05 AM"),
    105: ("Kim Lee", "s005", SUBMITTED, "Saturday, 21 November 2026, 9:05 AM"),
    106: ("Kim Lee", "s006", "No submission", "-"),
}
COMMENT = 'she said ""hi"",\r\ntwice'

GRADEBOOK = (
    'Student,ID,SIS User ID,SIS Login ID,Section,"Lab 4: Losses, again (555)",'
    "Old essay (12),Assignments Current Score,Final Score\r\n"
    ",,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,14.00,10.00,(read only),(read only)\r\n"
    '"Lovelace, Ada",9001,S-1,s001,A,,9.50,95.00,95.00\r\n'
    '"O\'Brien, Jr, Seán ""S""",9002,S-2,s002,"A, and B",,EX,,\r\n'
    '"Müller, Zoë",9003,S-3,s003,A,3.00,8.00,,\r\n'
    '"Lee, Kim",9004,S-4,s004,A,EX,8.00,,\r\n'
    '"=""=1+1""",9005,S-5,s005,A,,8.00,,\r\n'
    '"Lee, Kim",9006,S-6,s006,A,,,,\r\n'
    '"Student, Test",9999,,0123abc,A,,,,\r\n'
)


def worksheet(delimiter: str = ",", decimal: str = ".", most: str = "14.00") -> bytes:
    """A Moodle grading worksheet of CLASS."""
    lines = [WORKSHEET.replace(",", delimiter)]
    for number, (name, student, status, moment) in CLASS.items():
        cells = [
            f'"Participant {number}"',
            '"{}"'.format(name.replace('"', '""')),
            *(student, f"{student}@example.org", f'"{status}"', ""),
            '"{}"'.format(most.replace(".", decimal)),
            *("No" if number == 105 else "Yes", f'"{moment}"', "-"),
            f'"{COMMENT}"' if number == 101 else "",
        ]
        lines.append(delimiter.join(cells))
    return ("\r\n".join(lines) + "\r\n").encode()


def zipped(files: dict[str, bytes], when: str = "2026-11-21 10:00") -> bytes:
    """A zip of files, all with the time of the download."""
    made = io.BytesIO()
    moment = time.strptime(when, "%Y-%m-%d %H:%M")[:6]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, moment), content)
    return made.getvalue()


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
