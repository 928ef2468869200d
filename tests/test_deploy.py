"""The configurations of deploy/: they can be read, and say what the others rely on.

The one for one machine is run by tests/hub. Of the one for Kubernetes nothing is run.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from traitlets.config import PyFileConfigLoader

REPO = Path(__file__).parents[1]
DEPLOY = REPO / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
SETTINGS = sorted(DEPLOY.rglob("*.py"))
SCRIPTS = sorted(DEPLOY.rglob("*.sh"))


def values(name: str) -> Any:
    return yaml.safe_load((KUBERNETES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SETTINGS, ids=lambda path: path.name)
def test_settings_are_python(path: Path) -> None:
    compile(path.read_text(encoding="utf-8"), path, "exec")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_shell(path: Path) -> None:
    subprocess.run(["bash", "-n", path], check=True)


def test_code_in_the_values_is_python() -> None:
    parts = values("values.yaml")["hub"]["extraConfig"]
    assert set(parts) == {"ngshare", "roles"}
    for name, code in parts.items():
        compile(code, name, "exec")


def test_hub_and_ngshare_know_each_other() -> None:
    hub, ngshare = values("values.yaml"), values("ngshare.yaml")["ngshare"]
    code = hub["hub"]["extraConfig"]["ngshare"]
    assert f'"{ngshare["hub_api_token"]}"' in code
    assert hub["hub"]["config"]["Authenticator"]["admin_users"] == ngshare["admins"]
    place = "http://ngshare:8080"
    assert f'"{place}"' in code
    nbgrader = (KUBERNETES / "nbgrader_config.py").read_text(encoding="utf-8")
    assert f'"{place}/services/ngshare"' in nbgrader


def test_servers_may_reach_ngshare_and_ngshare_the_hub() -> None:
    found = values("values.yaml")
    pods = [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "ngshare"}}}]
    assert found["singleuser"]["networkPolicy"]["egress"] == [
        {"ports": [{"port": 8080}], "to": pods}
    ]
    assert found["hub"]["networkPolicy"]["ingress"] == [
        {"ports": [{"port": 8081}], "from": pods}
    ]
    for role in found["hub"]["loadRoles"].values():
        assert "access:services!service=ngshare" in role["scopes"]


def test_a_class_fits_the_sums_in_the_page() -> None:
    memory = values("values.yaml")["singleuser"]["memory"]
    page = (KUBERNETES / "README.md").read_text(encoding="utf-8")
    for students in (10, 30, 100):
        guaranteed = students * int(memory["guarantee"].removesuffix("G"))
        limit = students * int(memory["limit"].removesuffix("G"))
        assert f"| {students} | {guaranteed} GB | {limit} GB |" in page


def test_the_image_has_no_labkit_but_the_kits() -> None:
    text = (KUBERNETES / "Dockerfile").read_text(encoding="utf-8")
    text = "\n".join(line for line in text.splitlines() if line[:1] != "#")
    lines = [shlex.split(line) for line in text.replace("\\\n", " ").splitlines()]
    copied = {
        source
        for keyword, *words in filter(None, lines)
        if keyword.upper() in {"COPY", "ADD"}
        for source in words[:-1]
    }
    handed_out = {"build/handed-out/labkit", "build/handed-out/data"}
    assert handed_out <= copied
    for source in copied - handed_out:
        place = REPO / source
        file = place.is_file() and place.parent == REPO
        assert file or place.is_relative_to(DEPLOY), source
    assert "data/kit.json" in text  # anything but a kit is refused


def test_requirements_are_those_of_labkit_without_it() -> None:
    command = [DEPLOY / "requirements.py", REPO / "pyproject.toml", "train", "grade"]
    done = subprocess.run(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, check=True
    )
    names = {Requirement(line).name for line in done.stdout.splitlines()}
    assert {"torch", "jupyterlab", "onnx", "nbgrader"} <= names
    assert not {"labkit", "pytest"} & names


@pytest.mark.parametrize(
    ("settings", "own"),
    [
        ("jupyterhub_config.py", "local.py"),
        ("nbgrader_config.py", "nbgrader_local.py"),
    ],
)
def test_what_a_site_changes_outlives_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, own: str
) -> None:
    script = (DEPLOY / "one-machine" / "install.sh").read_text(encoding="utf-8")
    assert f"/{settings}" in script
    assert f"/{own}" not in script
    text = (DEPLOY / "one-machine" / settings).read_text(encoding="utf-8")
    (tmp_path / settings).write_text(text, encoding="utf-8")

    def loaded() -> Any:
        return PyFileConfigLoader(settings, path=str(tmp_path)).load_config()

    monkeypatch.setattr(os, "umask", int)  # the hub's own
    assert "ssl_cert" not in loaded().JupyterHub
    change = 'c.JupyterHub.ssl_cert = "x"\nc.Exchange.root = "y"\n'
    (tmp_path / own).write_text(change, encoding="utf-8")
    found = loaded()
    assert (found.JupyterHub.ssl_cert, found.Exchange.root) == ("x", "y")
