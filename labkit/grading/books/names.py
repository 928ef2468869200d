"""A student's name: the folder's."""

from labkit.grading.feedback.visible import visible

SHOWN = 60  # characters on a terminal


def student_id(student: str) -> str:
    """The name in the grade book and in tables: the folder's, verbatim.

    Bytes of a name that are not UTF-8, which no database takes, are written as \\xff.
    """
    return student.encode("utf-8", "surrogateescape").decode(
        "utf-8", "backslashreplace"
    )


def on_terminal(student: str) -> str:
    """The name in one line, with nothing in it that could move a cursor or hide."""
    name = visible(student).replace("\n", "⟨U+000A⟩").replace("\t", "⟨U+0009⟩")
    return name if len(name) <= SHOWN else name[: SHOWN - 1] + "…"
