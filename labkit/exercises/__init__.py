"""The exercises of every lab as plain modules, holes and all; made by `labkit build`.

For people who prefer an editor and pytest: copy one, fill it, and run `labkit check`
on the copy.
"""
