#!/usr/bin/env bash
# Sets up JupyterHub for DCGAN Lab on one machine with Debian or Ubuntu; as root.
#   install.sh packages           system packages, Python environment, proxy
#   install.sh settings           configuration, groups, exchange; local.py stays
#   install.sh labkit FOLDER      hand out the labkit (and data) of FOLDER, an unpacked kit
#   install.sh student|teacher NAME...   accounts, each with a home that nobody else reads
# Each step can be run again: it brings things up to date.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
opt=/opt/dcgan
env=$opt/env
exchange=/srv/nbgrader/exchange

packages() {
  apt-get update
  apt-get install -y --no-install-recommends python3-venv git bubblewrap libpam0g
  # Node.js from its makers has npm, and the distribution's would be in its way.
  command -v npm > /dev/null || apt-get install -y --no-install-recommends nodejs npm
  umask 022
  [ -x $env/bin/python ] || python3 -m venv $env
  # What labkit needs; itself it is handed out, and changes during the term.
  $env/bin/python "$here/../requirements.py" "$repository/pyproject.toml" train grade \
    > $env/labkit.txt
  $env/bin/pip install --no-cache-dir -c "$repository/constraints.txt" \
    -r $env/labkit.txt -r "$here/requirements.txt"
  npm install --global --prefix $opt/proxy configurable-http-proxy@5.1.0
}

settings() {
  umask 022
  groupadd --force dcgan-students
  groupadd --force dcgan-teachers
  mkdir -p /etc/dcgan /etc/jupyter /etc/ipython $opt
  cp "$here/jupyterhub_config.py" /etc/dcgan/
  cp "$here/nbgrader_config.py" /etc/jupyter/
  cp "$here/ipython_kernel_config.py" /etc/ipython/
  cp "$here/profile.sh" /etc/profile.d/dcgan.sh
  cp -r "$here/roles/." /etc/dcgan/
  for role in student teacher; do
    cp "$repository/labkit/jupyter/overrides.json" \
      /etc/dcgan/$role/labconfig/default_setting_overrides.json
  done
  mkdir -p -m 700 /var/lib/dcgan-hub
  # Everybody may make a folder in the exchange (nbgrader asks for that); the sticky bit
  # keeps everybody from moving away that of the course.
  mkdir -p "$exchange"
  chmod 1777 "$exchange"
  if [ -d /run/systemd/system ]; then
    cp "$here/dcgan-hub.service" /etc/systemd/system/
    systemctl daemon-reload
    systemctl enable dcgan-hub
  fi
}

labkit() {
  umask 022
  local fresh
  fresh=$(mktemp -d $opt/labkit-XXXXXX)
  chmod 755 "$fresh"
  cp -r "$1/labkit" "$1/data" "$fresh/"
  # Compiled here: those who import it may not write beside it.
  find "$fresh" -name __pycache__ -prune -exec rm -rf {} +
  $env/bin/python -m compileall -q "$fresh/labkit"
  chown -R root:root "$fresh"
  chmod -R u+rwX,go+rX,go-w "$fresh"
  ln -sfn "$fresh" $opt/labkit.new
  mv -T $opt/labkit.new $opt/labkit # at once: no kernel finds half of it
  # Modules of $opt/labkit are found by the environment; a command for terminals.
  echo $opt/labkit > "$($env/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/labkit.pth"
  printf '#!%s\nfrom labkit.cli import main\nmain()\n' $env/bin/python > $env/bin/labkit
  chmod 755 $env/bin/labkit
  # Those of before stay until the next handing out: kernels may be using the last one.
  find $opt -maxdepth 1 -name 'labkit-*' ! -path "$fresh" -mtime +7 -exec rm -rf {} +
}

account() {
  local group=$1 name
  shift
  for name in "$@"; do
    id "$name" > /dev/null 2>&1 || useradd --create-home --shell /bin/bash "$name"
    usermod -aG "$group" "$name"
    chmod 700 "$(getent passwd "$name" | cut -d: -f6)"
  done
}

case ${1:-} in
  packages | settings) "$1" ;;
  labkit) labkit "${2:?the folder that holds labkit and data}" ;;
  student | teacher) account "dcgan-${1}s" "${@:2}" ;;
  *)
    sed -n '2,7s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
