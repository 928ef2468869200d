"""Trying, as students, to read and to change what is not theirs."""

from tests.hub.machine import Machine

EXCHANGE = "/srv/nbgrader/exchange"
COURSE = f"{EXCHANGE}/dcgan"


def files(machine: Machine, *places: str) -> list[str]:
    """All files and folders in some places, as root sees them."""
    found = machine.run("root", "find", *places, "-ignore_readdir_race").splitlines()
    assert len(found) >= len(places), found
    return found


def refused(machine: Machine, user: str, *command: str) -> None:
    """Run a command, which the machine has to refuse for want of permission."""
    tried = machine.tried(user, *command)
    assert tried.returncode, f"{user} may {command}: {tried.stdout[:500]}"
    assert "Permission denied" in tried.stdout or "not permitted" in tried.stdout, (
        tried.stdout
    )


def nothing_readable(machine: Machine, user: str, paths: list[str]) -> None:
    """Try to open each of these; also those that only root can find."""
    script = (
        "import sys, os\n"
        "for path in sys.stdin.read().splitlines():\n"
        "    try:\n"
        "        os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(1)\n"
        "        print('READ', path)\n"
        "    except PermissionError:\n"
        "        pass\n"
    )
    tried = machine.tried(user, "python", "-c", script, said="\n".join(paths))
    assert tried.returncode == 0, tried.stdout
    assert not tried.stdout, f"{user}: {tried.stdout[:2000]}"


def homes(machine: Machine) -> None:
    """Nobody's home opens for a student but the own one."""
    for user, other in (("alice", "bob"), ("bob", "alice")):
        theirs = files(machine, f"/home/{other}", "/home/teacher", "/var/lib/dcgan-hub")
        assert any(path.endswith("04_losses.ipynb") for path in theirs)
        assert any(path.endswith("gradebook.db") for path in theirs)
        nothing_readable(machine, user, theirs)
        refused(machine, user, "ls", f"/home/{other}")
        refused(machine, user, "cat", "/home/teacher/course/gradebook.db")


def inbound(machine: Machine) -> None:
    """What was handed in: its names cannot be listed, and they cannot be guessed."""
    handed_in = files(machine, f"{COURSE}/inbound")
    names = [path.split("/")[-1] for path in handed_in if path.count("/") == 6]
    assert {name.split("+")[0] for name in names} == {"alice", "bob"}, names
    assert all(len(name.split("+")[3]) >= 12 for name in names), names
    for user in ("alice", "bob"):
        refused(machine, user, "ls", f"{COURSE}/inbound")


def plant(machine: Machine) -> None:
    """Bob hands in once more for himself and for Alice: links to the grade book."""
    for name in ("alice", "bob"):
        forged = f"{COURSE}/inbound/{name}+04_losses+2099-01-01 00:00:00 UTC+{'0' * 36}"
        machine.run("bob", "mkdir", forged)
        machine.run(
            "bob", "ln", "-s", "/home/teacher/course/gradebook.db",
            f"{forged}/04_losses.ipynb",
        )  # fmt: skip


def planted_in_vain(machine: Machine, told: str) -> None:
    """What was planted is named, and nothing of it was collected.

    Args:
        told: what Collect said.
    """
    assert "belongs to user" in told  # not Alice's
    assert "is a symbolic link" in told
    for path in files(machine, "/home/teacher/course/submitted"):
        if path.endswith(".ipynb"):
            assert machine.read(path).startswith("{"), path


def feedback(machine: Machine) -> None:
    """Pages lie under names that only their students can work out."""
    pages = files(machine, f"{COURSE}/feedback")[1:]
    assert len(pages) == 2, pages
    for user in ("alice", "bob"):
        refused(machine, user, "ls", f"{COURSE}/feedback")
        refused(machine, user, "touch", f"{COURSE}/feedback/forged.html")


def the_course_stays(machine: Machine) -> None:
    """No student can put another course in the place of this one, or change a lab."""
    for user in ("alice", "bob"):
        refused(machine, user, "mv", COURSE, f"{EXCHANGE}/old")
        refused(machine, user, "touch", f"{COURSE}/outbound/04_losses/more.ipynb")
        refused(machine, user, "touch", "/opt/dcgan/labkit/labkit/losses.py")
        refused(machine, user, "touch", "/opt/dcgan/env/bin/labkit")
