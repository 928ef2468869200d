"""What every user's nbgrader has to know; installed as /etc/jupyter/nbgrader_config.py.

A server without it lists no assignments: the course has a name only here. Each
`install.sh settings` writes it anew; what a site changes stands in nbgrader_local.py
beside it.
"""

from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader puts it here)

c.CourseDirectory.course_id = "dcgan"
c.Exchange.root = "/srv/nbgrader/exchange"

# Seconds for one cell, when a student validates.
c.ExecutePreprocessor.timeout = 300

load_subconfig(str(Path(__file__).with_name("nbgrader_local.py")))  # noqa: F821
