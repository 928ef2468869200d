"""Stands before the real one, which nobody asks: its import alone takes 2-3 seconds.

jsonschema tries to import it wherever nbformat, nbgrader or Jupyter is loaded, to check
web addresses by a grammar; without it, it checks the rest. `labkit grade`'s sandbox
does without it too.
"""

raise ImportError("the tests do without a grammar of web addresses")
