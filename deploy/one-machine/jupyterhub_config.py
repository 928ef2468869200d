"""JupyterHub for a class on one machine: accounts of the machine, a server for each.

Installed as /etc/dcgan/jupyterhub_config.py, and written anew by each `install.sh
settings`: what a site changes stands in /etc/dcgan/local.py, which comes last. Who is in the group `dcgan-teachers` gets
formgrader and the whole labkit of the course folder ~/course; who is in `dcgan-students`
gets the list of assignments and the labkit that was handed out.
"""

import grp
import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (JupyterHub puts it here)

ROLES = Path("/etc/dcgan")  # settings of Jupyter, a folder for each role
BIN = Path(sys.prefix, "bin")
STUDENTS, TEACHERS = "dcgan-students", "dcgan-teachers"


def is_teacher(spawner):
    return spawner.user.name in grp.getgrnam(TEACHERS).gr_mem


def settings(spawner):
    return str(ROLES / ("teacher" if is_teacher(spawner) else "student"))


def modules(spawner):
    """A teacher's labkit is the one in the course folder, with all answers."""
    home = os.path.expanduser(f"~{spawner.user.name}")
    return f"{home}/course" if is_teacher(spawner) else ""


# The proxy listens to the world, the hub to this machine only. With a certificate and
# its key in local.py (c.JupyterHub.ssl_cert and .ssl_key), the proxy speaks HTTPS;
# without, put one that does in front of it.
c.JupyterHub.bind_url = "http://:8000"
c.JupyterHub.hub_ip = "127.0.0.1"
c.ConfigurableHTTPProxy.command = "/opt/dcgan/proxy/bin/configurable-http-proxy"
c.JupyterHub.db_url = "sqlite:////var/lib/dcgan-hub/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = "/var/lib/dcgan-hub/cookie_secret"
c.ConfigurableHTTPProxy.pid_file = "/var/lib/dcgan-hub/proxy.pid"

# Names and passwords are those of the machine.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {STUDENTS, TEACHERS}
c.PAMAuthenticator.admin_groups = {TEACHERS}  # may see and stop everybody's servers

# Each server belongs to its user, with limits that the kernel keeps. Its /tmp is its own.
c.JupyterHub.spawner_class = "systemd"
c.Spawner.mem_limit = "3G"
c.Spawner.cpu_limit = 2.0
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.isolate_devices = True
c.SystemdSpawner.disable_user_sudo = True
c.Spawner.cmd = [str(BIN / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab"
# A server starts in 3 s; thirty at the same moment, at the start of an hour, do not.
c.Spawner.start_timeout = 300
c.Spawner.http_timeout = 300
c.Spawner.environment = {
    "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin",
    "JUPYTER_CONFIG_PATH": settings,
    "PYTHONPATH": modules,
    "OMP_NUM_THREADS": "2",  # thirty kernels with all processors each are slow for all
}
# nbgrader's exchange hides what was handed in behind names that cannot be listed. What
# servers write must not be for groups or others beyond that.
os.umask(0o022)

# A kernel that nobody uses for half an hour goes, then its server; notebooks are saved.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=1800",
    "--MappingKernelManager.cull_interval=300",
]
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": [
            "list:users",
            "read:users:activity",
            "read:servers",
            "delete:servers",
        ],
    }
]

# What the site changes.
load_subconfig(str(Path(__file__).with_name("local.py")))  # noqa: F821
