"""nbgrader's settings for this course; `labkit build` reads them too.

`labkit build` writes the source notebooks (solutions/*/*.ipynb) and the students'
(notebooks/). After that every nbgrader command works from this folder.
"""

import os
import sysconfig

from labkit.grading.books import formgrader

c = get_config()  # noqa: F821  (nbgrader puts it here)

c.CourseDirectory.course_id = "dcgan"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"

# nbgrader runs `alembic` by its bare name, which fails in an environment that was not
# activated.
os.environ["PATH"] = os.pathsep.join(
    (sysconfig.get_path("scripts"), os.environ.get("PATH", ""))
)

# nbgrader hands every other file of a lab's source folder to the students, and copies
# it beside the submission when it grades. The percent sources hold the solutions.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "__pycache__",
    "*.pyc",
    "feedback",
    "[0-9][0-9]_*.py",
]

# What a hole becomes. The checks take NotImplementedError for "not begun yet".
c.ClearSolutions.code_stub = {
    "python": 'raise NotImplementedError("your turn: replace this line")'
}
c.ClearSolutions.text_stub = "*Your answer here: double-click and write.*"

# Seconds for one cell, when grading and validating.
c.ExecutePreprocessor.timeout = 300

# A check that a student deleted comes back, instead of waiting for marks by hand.
c.OverwriteCells.add_missing_cells = True

# What handing in late costs: "none", "zero" (nbgrader's words), or "10% a day" of the
# score, which labkit grade knows. The due date is set in formgrader.
c.LateSubmissionPlugin.penalty_method = "none"

# formgrader shows students' names and notebooks to the teacher's browser as they are.
formgrader.protect(c)
