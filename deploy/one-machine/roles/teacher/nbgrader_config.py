"""A teacher's course is ~/course, whatever folder the server was started in."""

from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader puts it here)

COURSE = Path.home() / "course"
if (COURSE / "nbgrader_config.py").is_file():
    load_subconfig(str(COURSE / "nbgrader_config.py"))  # noqa: F821
    c.CourseDirectory.root = str(COURSE)

# Students write into this folder. (On Kubernetes ngshare takes its place.)
if Path("/srv/nbgrader/exchange").is_dir():
    c.ExchangeFactory.collect = "labkit.grading.collecting.exchange.Collect"
