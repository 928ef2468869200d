"""The configurations of deploy/: they can be read, and say what the others rely on.

The one for one machine is run by tests/hub. Of the one for Kubernetes nothing is run.
"""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[1] / "deploy"
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
