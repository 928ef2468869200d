"""What the grade book adds to the records: marks by hand, and who is in the class."""

from pathlib import Path
from typing import Any

from labkit.grading.books.unchanged import BOOK


def marks_and_roster(
    out: Path, lab: str
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Read the grade book.

    Args:
        out: its folder; without a grade book both results are empty.
        lab: "04_losses" say.

    Returns:
        What `gradebook.marks` gives, and the names of all students in the book.

    Raises:
        GradebookError: it cannot be read.
    """
    if not (out / BOOK).exists():
        return {}, []
    from labkit.grading.books.book import looked_at  # here: nbgrader takes seconds
    from labkit.grading.books.gradebook import marks

    with looked_at(out / BOOK) as book:
        roster = [student.id for student in book.students]
    return marks(out, lab), roster
