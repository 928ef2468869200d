#!/usr/bin/env bash
# Makes a machine of its own: file systems that only its processes see, so accounts,
# settings and homes of this machine stay as they are, and all is gone at the end.
# Run by tests/hub/machine.py in fresh namespaces for mounts and processes.
#   machine.sh REPOSITORY BASE PYTHON; BASE: the prefix of Python's installation
set -euo pipefail
exec 3>&1 1>&2 # one word is for the test, the rest for the log
repository=$1 base=$2 python=$3
umask 022

mount -t tmpfs -o mode=755 tmpfs /opt
mkdir -p /opt/source /opt/base /opt/dcgan/{lab,hub}/site-packages /opt/dcgan/share
# Read by all users, wherever the repository lies and whoever may go there.
mount --bind -o ro "$repository" /opt/source
mount --bind "$repository/.venv/lib/$python/site-packages" /opt/dcgan/lab/site-packages
mount --bind "$repository/.venv-hub/site-packages" /opt/dcgan/hub/site-packages
mount --bind "$repository/.venv/share" /opt/dcgan/share
ln -s /opt/source/.venv-hub/proxy /opt/dcgan/proxy
mount --bind "$base" /opt/base

cp -a /etc /opt/etc
mount --bind /opt/etc /etc
for folder in /home /root /srv /var/lib /var/log /tmp; do
  mount -t tmpfs -o mode=755 tmpfs $folder
done
chmod 1777 /tmp
# A Python of root's own, at its place: it may look for its libraries there.
[ -d "$base" ] || { mkdir -p "$base" && mount --bind /opt/base "$base"; }

# What `install.sh packages` would install, from what the project's tests have already.
env=/opt/dcgan/env
"$base/bin/$python" -m venv --without-pip $env
printf '/opt/dcgan/%s/site-packages\n' hub lab > "$env/lib/$python/site-packages/class.pth"
mkdir -p $env/share
ln -s /opt/dcgan/share/jupyter $env/share/jupyter
ln -s /opt/dcgan/hub/site-packages/share/jupyterhub $env/share/jupyterhub
cp -r /opt/source/.venv/etc $env/etc
for program in jupyterhub:jupyterhub.app jupyterhub-singleuser:jupyterhub.singleuser \
  nbgrader:nbgrader.apps.nbgraderapp alembic:alembic.config; do
  printf '#!%s\nfrom %s import main\nmain()\n' $env/bin/python "${program#*:}" \
    > "$env/bin/${program%%:*}"
  chmod 755 "$env/bin/${program%%:*}"
done

install=/opt/source/deploy/one-machine/install.sh
$install settings
$install labkit /opt/source
$install teacher teacher
$install student alice bob
printf 'teacher:chalk-4\nalice:blue-1\nbob:green-2\n' | chpasswd

mkdir /home/teacher/course
cd /opt/source
cp -r labkit data nbgrader_config.py /home/teacher/course/
mkdir /home/teacher/course/{solutions,notebooks}
cp -r solutions/04_losses /home/teacher/course/solutions/
cp -r notebooks/04_losses /home/teacher/course/notebooks/
chown -R teacher: /home/teacher/course

echo ready >&3
exec cat >&2 # until the test ends, however it ends: then its end of the pipe is closed
