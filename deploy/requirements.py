"""Print what labkit needs, a line each: requirements.py pyproject.toml EXTRA...

For pip's -r, where labkit itself must not come along: the full one has all answers.
"""

import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["project"]
needed = project["dependencies"]
for extra in sys.argv[2:]:
    needed += project["optional-dependencies"][extra]
print(*needed, sep="\n")
