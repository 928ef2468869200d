"""In every kernel: what a lecture showed, where an answer is left out of labkit.

A kit's notebooks have a cell for this; those that nbgrader releases have none. Installed
as /etc/ipython/ipython_kernel_config.py. With the whole labkit it does nothing.
"""

c = get_config()  # noqa: F821  (IPython puts it here)

c.InteractiveShellApp.extensions = ["labkit.recorded"]
