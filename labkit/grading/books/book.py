"""gradebook.db: opened for one transaction, and what a lab looks like in it."""

import contextlib
import json
from collections.abc import Collection, Iterator
from pathlib import Path

import nbgrader
import sqlalchemy
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Base,
    Comment,
    Grade,
    Gradebook,
    InvalidEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.utils import is_grade, is_locked, is_solution
from sqlalchemy.orm import joinedload, scoped_session, selectinload, sessionmaker
from tornado.log import app_log

from labkit.grading.books.errors import GradebookError
from labkit.grading.books.unchanged import contents
from labkit.runtime import atomic_write

WAIT_SECONDS = 30  # for formgrader, when it is just saving a mark

# What SQLite says -> what to do.
ADVICE = {
    "locked": "Another program is writing in it: let it finish, then run this again.",
    "full": "Make room on the disk, then run this again.",
    "I/O error": "Is there room left on the disk? Make some, then run this again.",
    "readonly": "Allow this user to write the file and its folder.",
    "no such column": "An older nbgrader made it: run nbgrader db upgrade.",
    "not a database": "Move the file away: a new one is made, without manual marks.",
}


@contextlib.contextmanager
def opened(path: Path, course_id: str) -> Iterator[Gradebook]:
    """Open the grade book for writing; all that is written counts at the end, or nothing.

    nbgrader's interface commits after every call, which is slow, and leaves half a
    class behind when the power goes. Here its session works inside a transaction of
    ours, which its commits do not end.

    Raises:
        GradebookError: it cannot be written; it is as it was before.
    """
    with _told(path):
        if not path.exists() or not path.stat().st_size:
            atomic_write(path, _make)
        engine = sqlalchemy.create_engine(
            _url(path), connect_args={"timeout": WAIT_SECONDS}
        )
        with contextlib.closing(Gradebook(_url(path), course_id)) as book:
            book.close()
            book.engine = engine
            with engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                book.db = scoped_session(
                    sessionmaker(
                        connection,
                        join_transaction_mode="rollback_only",
                        expire_on_commit=False,
                        autoflush=False,
                    )
                )
                yield book
                book.db.flush()
                connection.commit()


@contextlib.contextmanager
def looked_at(path: Path) -> Iterator[Gradebook]:
    """Open a grade book that exists, to read it.

    Raises:
        GradebookError: it cannot be read.
    """
    with _told(path), contextlib.closing(Gradebook(_url(path), "")) as book:
        yield book


def describe(book: Gradebook, lab: str, released: NotebookNode) -> Notebook:
    """Enter a lab: its notebook and its cells, as nbgrader's generate_assignment does.

    Cells that the lab no longer has go, unless a person wrote marks or comments there.
    """
    book.update_or_create_assignment(lab)
    kernel = json.dumps(released.metadata.get("kernelspec", {}))
    notebook = book.update_or_create_notebook(lab, lab, kernelspec=kernel)
    kept = set()
    for cell in released.cells:
        if not (is_grade(cell) or is_solution(cell) or is_locked(cell)):
            continue
        role, where = (
            cell.metadata.nbgrader,
            (cell.metadata.nbgrader.grade_id, lab, lab),
        )
        if is_grade(cell):
            points = {"max_score": float(role.points), "cell_type": cell.cell_type}
            kept.add(book.update_or_create_grade_cell(*where, **points).id)
        if is_solution(cell):
            kept.add(book.update_or_create_solution_cell(*where).id)
        made = book.update_or_create_source_cell(
            *where,
            cell_type=cell.cell_type,
            locked=is_locked(cell),
            source=cell.source,
            checksum=role.checksum,
        )
        kept.add(made.id)
    _forget(book, notebook, kept)
    return notebook


def _forget(book: Gradebook, notebook: Notebook, kept: set[str]) -> None:
    """Take cells out that the lab no longer has, with the marks that we gave there."""
    for cell in (*notebook.grade_cells, *notebook.solution_cells):
        if cell.id in kept:
            continue
        ours = [*(cell.grades or ()), *(cell.comments or ())]
        if any(map(by_hand, ours)):
            continue
        for entry in (*ours, cell):
            book.db.delete(entry)
    for cell in notebook.source_cells:
        if cell.id not in kept:
            book.db.delete(cell)
    book.db.flush()
    book.db.expire(notebook)


def submitted(
    book: Gradebook, lab: str, students: Collection[str] | None = None
) -> dict[str, SubmittedNotebook]:
    """Student -> what was handed in, all read at once with marks and comments."""
    entries = (
        book.db.query(SubmittedNotebook)
        .join(Notebook)
        .join(SubmittedNotebook.assignment)
        .join(SubmittedAssignment.assignment)
        .filter(Assignment.name == lab, Notebook.name == lab)
        .options(
            joinedload(SubmittedNotebook.assignment),
            selectinload(SubmittedNotebook.grades).joinedload(Grade.cell),
            selectinload(SubmittedNotebook.comments).joinedload(Comment.cell),
        )
    )
    if students is not None:
        entries = entries.filter(SubmittedAssignment.student_id.in_(students))
    return {entry.assignment.student_id: entry for entry in entries}


def complete(book: Gradebook, entry: SubmittedNotebook) -> None:
    """Make a place for the marks and comments of cells that are newer than the entry."""
    graded = {grade.cell_id for grade in entry.grades}
    for cell in entry.notebook.grade_cells:
        if cell.id not in graded:
            book.db.add(Grade(cell=cell, notebook=entry))
    told = {comment.cell_id for comment in entry.comments}
    for cell in entry.notebook.solution_cells:
        if cell.id not in told:
            book.db.add(Comment(cell=cell, notebook=entry))


def contents_now(book: Gradebook) -> str:
    """The hash of all that is in an open grade book, or "" if it cannot be told."""
    book.db.flush()
    return contents(book.db.connection().connection.driver_connection)


def by_hand(entry: Grade | Comment) -> bool:
    """Whether a person wrote here."""
    if isinstance(entry, Comment):
        return bool(entry.manual_comment)
    return entry.manual_score is not None or bool(entry.extra_credit)


def _make(path: Path) -> None:
    """Make an empty grade book; nbgrader's own way starts a program and takes seconds."""
    engine = sqlalchemy.create_engine(_url(path))
    Base.metadata.create_all(engine)
    versions = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic"))
    with engine.begin() as connection:
        MigrationContext.configure(connection).stamp(versions, "heads")
    engine.dispose()


def _url(path: Path) -> sqlalchemy.URL:
    return sqlalchemy.URL.create("sqlite", database=str(path))


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn the database's errors into one that says what to do."""
    app_log.disabled = True  # nbgrader's, where it prints a traceback as well
    try:
        yield
    except (sqlalchemy.exc.DatabaseError, InvalidEntry) as error:
        said = str(getattr(error, "orig", error)).splitlines()[0]
        advice = next((text for sign, text in ADVICE.items() if sign in said), "")
        raise GradebookError(
            f"{path}: {said}. Nothing in it was changed. {advice}".strip()
        ) from error
    finally:
        app_log.disabled = False
