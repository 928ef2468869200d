# Installed as /etc/profile.d/dcgan.sh: every terminal and login finds the environment.
PATH=/opt/dcgan/env/bin:$PATH
case " $(id -nG) " in
  *" dcgan-teachers "*)
    # The labkit of the course folder, with all answers, and formgrader's settings.
    export PYTHONPATH=$HOME/course JUPYTER_CONFIG_PATH=/etc/dcgan/teacher
    ;;
esac
