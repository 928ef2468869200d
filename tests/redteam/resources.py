"""Memory, disk, output, time: those who want too much of it."""

from .case import CRITIC, Case, above, inside

HOG = "hog = []\nwhile True:\n    hog.append(bytearray(1 << 30))"
FILL = """
import os
try:
    with open("@FOLDER@/full", "wb") as file:
        while True:
            file.write(b"x" * (1 << 20))
except OSError:
    pass
"""
NOISE = "import os\nfor _ in range(@COUNT@):\n    print('noise ' * 20_000)"

CASES = [
    Case(
        "memory hog in the cell",
        above(HOG),
        lost=CRITIC,
        flags=("memory limit|time limit", "memory limit?", "time limit?"),
    ),
    Case(
        "memory hog when called",
        inside(HOG),
        lost=CRITIC,
        flags=("memory limit?", "time limit?"),
    ),
    Case(
        "memory hog of tensors",
        above("import torch\nhog = torch.ones(30 * 10**9 // 4)"),
        lost=CRITIC,
        flags=("memory limit?",),
        says="emory",
    ),
    Case(
        "eight hogs of 1 GB",
        above(
            "import os\n"
            "for _ in range(8):\n"
            "    if os.fork() == 0:\n"
            "        hog = bytearray(1 << 30)\n"
            "        for place in range(0, 1 << 30, 4096):\n"
            "            hog[place] = 1\n"
            "        while True:\n"
            "            pass\n"
            "while True:\n"
            "    pass"
        ),
        lost=CRITIC,
        flags=("time limit|memory limit|died", "time limit?", "memory limit?", "died?"),
    ),
    Case(
        "maps a huge file",
        above(
            "import mmap\n"
            "with open('huge', 'w+b') as file:\n"
            "    file.truncate(1 << 40)\n"
            "    held = mmap.mmap(file.fileno(), 1 << 40)"
        ),
        lost=CRITIC,
        flags=("died?", "memory limit?"),
    ),
    Case("fills tmp", above(FILL.replace("@FOLDER@", "/tmp"))),
    Case("fills dev-shm", above(FILL.replace("@FOLDER@", "/dev/shm"))),
    Case("fills its folder", above(FILL.replace("@FOLDER@", "."))),
    Case(
        "a hundred thousand files",
        above(
            "try:\n"
            "    for number in range(100_000):\n"
            "        open(f'/tmp/{number}', 'w').close()\n"
            "except OSError:\n"
            "    pass"
        ),
        flags=("time limit?",),
        points={CRITIC: None},
    ),
    Case(
        "opens every fd",
        above("held = []\nwhile True:\n    held.append(open('/dev/null'))"),
        lost=CRITIC,
        says="Too many open files",
    ),
    Case(
        "prints 1 GB in the cell",
        above(NOISE.replace("@COUNT@", "9_000")),
        flags=("output capped|time limit", "output capped?", "time limit?"),
        points={CRITIC: None},
    ),
    Case(
        "prints 100 MB when called",
        inside(NOISE.replace("@COUNT@", "20")),
        flags=("output capped?", "memory limit?", "time limit?"),
        points={CRITIC: None},
    ),
    Case(
        "writes 100 MB to fd 1 and 2",
        above(
            "import os\n"
            "for _ in range(100):\n"
            "    os.write(1, b'n' * (1 << 20))\n"
            "    os.write(2, b'n' * (1 << 20))"
        ),
        flags=("output capped?",),
    ),
    Case(
        "exception of 100 MB",
        inside("raise ValueError('long ' * 20_000_000)"),
        lost=CRITIC,
        flags=("memory limit?", "time limit?"),
    ),
    Case(
        "exception that a regex could choke on",
        inside("raise ValueError('a' * 5_000 + '!' + '\\\\' * 5_000 + '(((((' * 99)"),
        lost=CRITIC,
        says="ValueError: aaaa",
    ),
    Case(
        "exception whose text fails",
        inside(
            "class Nasty(Exception):\n"
            "    def __str__(self):\n"
            "        raise KeyError('nasty')\n"
            "    __repr__ = __str__\n"
            "raise Nasty()"
        ),
        lost=CRITIC,
    ),
    Case(
        "exception that never ends",
        inside(
            "class Nasty(Exception):\n"
            "    def __str__(self):\n"
            "        while True:\n"
            "            pass\n"
            "raise Nasty()"
        ),
        lost=CRITIC,
        flags=("time limit",),
    ),
    Case(
        "loop when called",
        inside("while True:\n    pass"),
        lost=CRITIC,
        flags=("time limit",),
    ),
    Case(
        "time.sleep and time.time patched",
        above(
            "import time\n"
            "time.sleep = lambda seconds: None\n"
            "time.time = time.perf_counter = time.monotonic = lambda: 0.0"
        ),
        flags=("tampering?",),
    ),
    Case(
        "recursion without end",
        above("import sys\nsys.setrecursionlimit(10**9)\ndef f():\n    f()\nf()"),
        lost=CRITIC,
        flags=("died?", "memory limit?", "time limit?", "tampering?"),
    ),
    Case(
        "a tensor of a billion elements",
        "import torch\n\n\ndef critic_loss(real_logits, fake_logits, smoothing=0.0):\n"
        "    return torch.zeros(1).expand(10**9)\n",
        lost=CRITIC,
        flags=("memory limit?",),
    ),
    Case(
        "an integer of a hundred million bits",
        inside("return 1 << 100_000_000"),
        lost=CRITIC,
        flags=("memory limit?", "time limit?"),
    ),
    Case(
        "a generator that never ends",
        inside("import itertools\nreturn itertools.count()"),
        lost=CRITIC,
    ),
    Case(
        "a result nested 100 000 deep",
        inside("nest = []\nfor _ in range(100_000):\n    nest = [nest]\nreturn nest"),
        lost=CRITIC,
        flags=("died?", "time limit?"),
    ),
]
