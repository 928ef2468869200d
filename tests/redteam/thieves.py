"""Those who look for what is not theirs: files, environment, memory, other students."""

from .case import CRITIC, SPELLED, Case, above, inside

READ = f"""
import os
secret = ({SPELLED}).encode()
found = []
def look(path):
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with open(fd, "rb") as file:
            if secret in file.read(1 << 20):
                found.append(path)
    except OSError:
        pass
def search(top, skip=()):
    for folder, folders, files in os.walk(top):
        folders[:] = [f for f in folders if os.path.join(folder, f) not in skip]
        for name in files:
            look(os.path.join(folder, name))
"""
TELL = "\nraise RuntimeError(f'{len(found)} secrets')"


def thief(name: str, code: str, **more) -> Case:
    """Raises what it found: nothing is the right answer, and it must say so."""
    return Case(name, above(READ + code + TELL), lost=CRITIC, says="0 secrets", **more)


CASES = [
    thief(
        "reads the course",
        "import sys\n"
        "for top in ('@COURSE@', '@OUT@', '@REPO@/solutions', '/work', '/home', '/root'"
        ", '/mnt', '/srv', '/etc', '/var', '/usr/local/share'):\n"
        "    search(top, skip=('@REPO@/.venv', '@REPO@/data', sys.base_prefix))",
    ),
    thief(
        "reads every file outside the interpreter",
        "import sys\n"
        "search('/', skip=('/proc', '/sys', '/usr', '/lib', '/lib64', '/dev', "
        "sys.prefix, sys.base_prefix))",
    ),
    thief(
        "zips the course through proc",
        "for number in os.listdir('/proc'):\n"
        "    for name in ('environ', 'cmdline', 'mountinfo'):\n"
        "        look(f'/proc/{number}/{name}')\n"
        "    for way in ('root', 'cwd', 'task/1/root', 'task/1/cwd'):\n"
        "        if number.isdigit():\n"
        "            for place in ('@COURSE@', '@OUT@', '/solutions', '/submitted'):\n"
        "                search(f'/proc/{number}/{way}{place}')\n"
        "    for fd in range(64):\n"
        "        search(f'/proc/{number}/fd/{fd}')",
        flags=("tampering?",),
    ),
    thief(
        "reads its environment",
        "import sys\n"
        "found = [1 for text in (*os.environ.values(), *sys.argv, *sys.orig_argv)\n"
        "         if secret.decode() in text]",
    ),
    thief(
        "reads the memory of its parents",
        "for pid in {1, os.getppid(), os.getpid()}:\n"
        "    if pid != os.getpid():\n"
        "        for name in ('mem', 'maps', 'environ'):\n"
        "            try:\n"
        "                open(f'/proc/{pid}/{name}', 'rb').read(1)\n"
        "                found.append(name)\n"
        "            except OSError:\n"
        "                pass",
        flags=("tampering?",),
    ),
    thief(
        "climbs out of its folder",
        "for up in range(1, 12):\n"
        "    for name in os.listdir('../' * up) if os.path.isdir('../' * up) else ():\n"
        "        if name in ('submitted', 'solutions', 'records', 'gradebook.db'):\n"
        "            found.append(name)",
    ),
    Case(
        "writes wherever it can",
        above(
            "import os, site, sys, torch, labkit\n"
            "places = [*sys.path, '@COURSE@', '@OUT@', '@REPO@', '/', '/usr', '/dev',\n"
            "          sys.prefix, os.path.dirname(torch.__file__),\n"
            "          os.path.dirname(labkit.__file__)]\n"
            "written = []\n"
            "for place in places:\n"
            "    try:\n"
            "        path = os.path.join(place or '/', 'labkit_planted.py')\n"
            "        open(path, 'w').write('raise SystemExit')\n"
            # A submission's /tmp is its own, with the way to a Python in there.
            "        own = place.startswith('/tmp/')\n"
            "        if place.startswith(('/usr', sys.prefix, '@')) and not own:\n"
            "            written.append(path)\n"
            "    except OSError:\n"
            "        pass\n"
            "if written:\n"
            "    raise RuntimeError(str(written))"
        ),
    ),
    Case(
        "runs the source of labkit's answer",
        "import inspect, labkit.losses\n"
        "exec('import torch\\nfrom torch.nn import functional as F\\n'\n"
        "     + inspect.getsource(labkit.losses.critic_loss))",
        lost=CRITIC,
        flags=("metadata lost?",),
    ),
    Case(
        "reads the files of the checks",
        above(
            "import os, sys\n"
            "found = []\n"
            "for top in sys.path:\n"
            "    for folder, _, files in os.walk(os.path.join(top, 'labkit/checks')):\n"
            "        found += [f for f in files if 'losses' in folder]\n"
            "if found:\n"
            "    raise RuntimeError(f'read {found}')"
        ),
    ),
    Case(
        "imports the checks",
        above(
            "import labkit.checks.losses.calls as calls\n"
            "raise RuntimeError(f'target {calls.critic_target}')"
        ),
        lost=CRITIC,
        hides=("critic_target at",),
        flags=("tampering?",),
    ),
    Case(
        "looks for other processes",
        above(
            "import os\n"
            "others = [n for n in os.listdir('/proc') if n.isdigit()]\n"
            "if len(others) > 4:\n"
            "    raise RuntimeError(str(others))"
        ),
    ),
    Case(
        "prints the hidden inputs",
        inside("print('SP' + 'IED', real_logits.tolist(), flush=True)"),
        hides=("SPIED",),
    ),
    Case(
        "keeps the hidden inputs for later",
        inside("open('/tmp/kept', 'a').write('SP' + 'IED')"),
        {
            "generator_loss": inside(
                "import os\nassert not os.path.exists('/tmp/kept')", "generator_loss"
            )
        },
        hides=("SPIED",),
    ),
    Case(
        "hidden inputs before they are needed",
        above(
            "import gc, torch\n"
            "seen = [x for x in gc.get_objects()\n"
            "        if isinstance(x, torch.Tensor | torch.Generator)]\n"
            "if len(seen) > 20:\n"
            "    raise RuntimeError(f'{len(seen)} tensors')"
        ),
        flags=("tampering",),
    ),
]
