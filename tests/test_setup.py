"""The set-up: pins, conda's copy of them, packages, wheel, and what `make venv` does."""

import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.markers import Environment, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from labkit.doctor import HASHES, ZOO, read_hashes

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib"}
PLATFORMS = {"linux": "posix", "darwin": "posix", "win32": "nt"}


# ----------------------------------------------------------------------------- pins


def constraints() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines]


def pins(environment: Environment) -> dict[str, str]:
    """Name -> version for one platform and Python."""
    return {
        canonicalize_name(pin.name): next(iter(pin.specifier)).version
        for pin in constraints()
        if pin.marker is None or pin.marker.evaluate(environment)
    }


def needed(distribution: str, extras: frozenset[str], seen: set[str]) -> Iterator[str]:
    """Every installed distribution that `distribution[extras]` needs, itself included."""
    key = f"{canonicalize_name(distribution)}[{','.join(sorted(extras))}]"
    if key in seen:
        return
    seen.add(key)
    yield canonicalize_name(distribution)
    for text in importlib.metadata.requires(distribution) or ():
        requirement = Requirement(text)
        if requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in {"", *extras}
        ):
            yield from needed(requirement.name, frozenset(requirement.extras), seen)


def test_constraints_are_exact_versions_and_nothing_else() -> None:
    for pin in constraints():
        assert pin.url is None
        assert re.fullmatch(r"==[0-9][0-9a-z.]*", str(pin.specifier)), pin
        assert not pin.extras, pin
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--|@|/", text)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_everything_labkit_asks_for_is_pinned_once_on_every_platform(
    platform: str, python: str
) -> None:
    environment = default_environment() | {
        "sys_platform": platform,
        "os_name": PLATFORMS[platform],
        "python_version": python,
        "python_full_version": f"{python}.5",
    }
    names = [
        canonicalize_name(pin.name)
        for pin in constraints()
        if pin.marker is None or pin.marker.evaluate(environment)
    ]
    assert len(names) == len(set(names))
    chosen = pins(environment)
    groups = PROJECT["project"]["optional-dependencies"].values()
    for text in sum(groups, PROJECT["project"]["dependencies"]):
        requirement = Requirement(text)
        version = chosen[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), text


def test_installed_versions_are_the_pinned_ones() -> None:
    chosen = pins(default_environment())
    extras = frozenset(PROJECT["project"]["optional-dependencies"])
    found = set(needed("labkit", extras, set())) - {"labkit"}
    assert {"torch", "jupyterlab", "nbgrader", "pytest"} <= found
    installed = {name: Version(importlib.metadata.version(name)) for name in found}
    # 2.15.0+cpu is 2.15.0, built for the CPU
    assert {n: v.public for n, v in installed.items()} == {n: chosen[n] for n in found}


def test_environment_yml_has_the_versions_of_the_constraints() -> None:
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *packages, last = conda["dependencies"]
    versions = dict(package.split("=")[:2] for package in packages if "=" in package)
    python = versions.pop("python")
    environment = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.9",
    }
    chosen = pins(environment)
    assert versions == {name: chosen[CONDA_NAMES.get(name, name)] for name in versions}
    assert "pytorch=2.15.0=cpu*" in packages
    extras = ",".join(PROJECT["project"]["optional-dependencies"])
    assert last == {"pip": ["-c constraints.txt", f"-e .[{extras}]"]}
    assert Requirement(f"x{PROJECT['project']['requires-python']}").specifier.contains(
        python
    )


# -------------------------------------------------------------------- package and data


def test_every_package_is_listed() -> None:
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "labkit").rglob("__init__.py")
    }
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found | {"labkit._data"}


def test_every_data_file_has_its_sha256() -> None:
    data = ROOT / "data"
    hashes = read_hashes(data / HASHES)
    files = {
        path.relative_to(data).as_posix()
        for path in data.rglob("*")
        if path.is_file() and path.name not in (HASHES, Path(ZOO).name)
    }
    assert set(hashes) == files, f"the sha256 of each in data/{HASHES} or {ZOO}"
    for name, digest in hashes.items():
        assert hashlib.sha256((data / name).read_bytes()).hexdigest() == digest, name


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of what git would give, so that nothing stays here."""
    folder = tmp_path_factory.mktemp("wheel")
    skip = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("labkit", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q"]
    command += ["--no-build-isolation", "--no-index", "-w", folder / "dist", folder]
    subprocess.run(command, check=True)
    return next((folder / "dist").glob("*.whl"))


@pytest.mark.slow
def test_a_wheel_has_all_modules_and_the_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    modules = {p.relative_to(ROOT).as_posix() for p in (ROOT / "labkit").rglob("*.py")}
    assert modules <= inside
    assert "labkit/jupyter/overrides.json" in inside
    data = {f"labkit/_data/{name}" for name in read_hashes(ROOT / "data" / HASHES)}
    assert data | {f"labkit/_data/{name}" for name in (HASHES, ZOO)} <= inside
    assert {name.split("/")[0] for name in inside} == {"labkit"}


@pytest.mark.slow
def test_an_installed_wheel_finds_its_data_and_says_where_notebooks_are(
    wheel: Path, tmp_path: Path
) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    (tmp_path / "away").mkdir()

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command],
            env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
            cwd=tmp_path / "away",
            capture_output=True,
            text=True,
            check=False,
        )

    program = (
        "from labkit import data, doctor\n"
        "print(data.data_folder(), len(data.load('digits')))\n"
        "print({line.state for line in doctor.embedded_data()})\n"
    )
    found = run("-c", program)
    data = tmp_path / "site" / "labkit" / "_data"
    assert found.stdout.splitlines() == [f"{data} 9000", "{'ok'}"], found.stderr
    lab = run("-m", "labkit", "lab", "--no-browser")
    assert lab.returncode == 2
    assert lab.stderr.startswith("labkit: no notebooks here")


# ---------------------------------------------------------------------------- make venv

# A Python that only pretends: it makes a "virtual environment" and notes what pip is
# asked for. The real ones are exercised by `make test` itself, in a fresh clone.
FAKE_PYTHON = """#!/bin/sh
case "$1 $2" in
  "-c import sys; sys.exit"*) exit ${FAKE_TOO_OLD:-0} ;;
  "-c import ensurepip"*) exit ${FAKE_NO_ENSUREPIP:-0} ;;
  "-c import sys; print"*) echo python3.12-venv ;;
  "-m venv") rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python
             echo venv >> log ;;
  "-m pip") shift 2; echo "pip $*" >> log; exit ${FAKE_PIP_FAILS:-0} ;;
esac
"""


class Folder:
    """A course folder with the real Makefile and a pretended Python."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, path)
        python = path / "fake-python"
        python.write_text(FAKE_PYTHON, encoding="utf-8")
        python.chmod(0o755)

    def make(self, **environment: str) -> subprocess.CompletedProcess[str]:
        # As a person types it: not as a part of the `make test` that runs the tests.
        outer = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")
        clean = {name: v for name, v in os.environ.items() if name not in outer}
        return subprocess.run(
            ["make", "venv", "PYTHON=./fake-python"],
            cwd=self.path,
            env=clean | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def log(self) -> list[str]:
        """What was called since the last look."""
        log = self.path / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "a course")


needs_make = pytest.mark.needs("make")
INSTALL = [
    "pip install -c constraints.txt setuptools",
    "pip install -c constraints.txt --no-build-isolation -e .[train,grade,scale,dev]",
]


@needs_make
def test_make_venv_installs_the_pins_once(folder: Folder) -> None:
    assert folder.make().returncode == 0
    assert folder.log() == ["venv", *INSTALL]
    again = folder.make()
    assert (again.returncode, again.stdout, folder.log()) == (0, "", [])


@needs_make
@pytest.mark.parametrize("changed", ["constraints.txt", "pyproject.toml"])
def test_make_venv_updates_when_the_pins_changed(folder: Folder, changed: str) -> None:
    folder.make()
    folder.log()
    later = time.time() + 10
    os.utime(folder.path / changed, (later, later))
    assert folder.make().returncode == 0
    assert folder.log() == INSTALL


@needs_make
def test_an_unfinished_installation_starts_over(folder: Folder) -> None:
    assert folder.make(FAKE_PIP_FAILS="1").returncode != 0
    folder.log()
    assert folder.make().returncode == 0
    assert folder.log() == ["venv", *INSTALL]


@needs_make
def test_a_moved_folder_gets_a_new_environment(folder: Folder) -> None:
    folder.make()
    folder.log()
    folder.path = folder.path.rename(folder.path.parent / "moved")
    assert folder.make().returncode == 0
    assert folder.log() == ["venv", *INSTALL]


@needs_make
def test_an_old_python_and_a_missing_ensurepip_are_explained(folder: Folder) -> None:
    old = folder.make(FAKE_TOO_OLD="1")
    assert old.returncode != 0
    assert "needs Python 3.11 or newer" in old.stderr
    bare = folder.make(FAKE_NO_ENSUREPIP="1")
    assert bare.returncode != 0
    assert "sudo apt-get install python3.12-venv" in bare.stderr
    assert folder.log() == []


# ------------------------------------------------------------------------ tests' tools


@pytest.mark.parametrize("ci", ["", "true"])
def test_a_missing_tool_fails_in_ci_and_skips_elsewhere(
    tmp_path: Path, ci: str
) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    needs: tools\n")
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n@pytest.mark.needs('no-such-tool')\ndef test(): pass\n"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env=os.environ | {"CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "needs no-such-tool, which is not installed" in ran.stdout
    assert ("1 error" if ci else "1 skipped") in ran.stdout
