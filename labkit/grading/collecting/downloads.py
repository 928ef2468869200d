"""What a download is: many students' files, or those of one; and where they begin."""

import contextlib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

from labkit.errors import BadValue
from labkit.grading.collecting.files import BAD_ZIP, File, in_folder, members, on_disk
from labkit.grading.collecting.names import kind, parse
from labkit.grading.rosters.people import Roster


class Downloads:
    """The files of some downloads; a context manager, for their zips stay open.

    Args:
        paths: zips, folders or single files.
        labs: of the course; a folder that holds a file of that name is a student's.
        roster: who the students are, if that is known.

    Raises:
        BadValue: one of them is not there, is no zip, or may be two things.
    """

    def __init__(
        self, paths: list[Path], labs: list[str], roster: Roster | None = None
    ) -> None:
        self._labs = labs
        self._roster = roster
        self._open = contextlib.ExitStack()
        self._files: list[File] = []
        try:
            for path in paths:
                self._files += self._of(path)
        except BaseException:
            self._open.close()
            raise

    def __iter__(self) -> Iterator[File]:
        return iter(self._files)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _of(self, path: Path) -> list[File]:
        try:
            return self._in_folder(path) if path.is_dir() else self._in_file(path)
        except BadValue:  # a ValueError, as some of those below
            raise
        except FileNotFoundError:
            raise BadValue(
                f"there is no file or folder {path}. Expected is what the platform "
                "gave you: a zip, the folder it was unpacked into, or notebooks."
            ) from None
        except BAD_ZIP as error:
            raise BadValue(
                f"{path} cannot be read: {error}. Was the download complete? Nothing "
                "has been collected."
            ) from None

    def _in_folder(self, path: Path) -> list[File]:
        name = path.resolve().name
        files = list(in_folder(path, ""))
        one = parse(f"{name}/x", self._labs).system != "plain" or self._listed(name)
        if one or self._is_kit(files):
            return list(in_folder(path, f"{name}/"))
        return self._unwrapped(files)

    def _in_file(self, path: Path) -> list[File]:
        """A zip's files; the file itself where it is what one student has handed in."""
        itself = [on_disk(path, path.name, path.name)]
        system = parse(path.name, self._labs).system
        if system == "canvas" and self._is_moodles(path):
            # Not told apart: a student can make a zip with others' names in it.
            raise BadValue(
                f"{path} is called as Canvas calls one student's file, and holds files "
                "as Moodle calls them. If it is Moodle's download, rename it (all.zip); "
                "if a student has made it, leave it out."
            )
        if system != "plain" or path.suffix.lower() != ".zip":
            return itself
        archive = self._open.enter_context(zipfile.ZipFile(path))
        files = list(members(archive, path.name))
        return itself if self._is_kit(files) else self._unwrapped(files)

    def _is_moodles(self, path: Path) -> bool:
        if path.suffix.lower() != ".zip":
            return False
        try:
            with zipfile.ZipFile(path) as archive:
                paths = [file.path for file in members(archive, path.name)]
        except BAD_ZIP:
            return False
        return any(parse(path, self._labs).system == "moodle" for path in paths)

    def _is_kit(self, files: list[File]) -> bool:
        """Tell whether this is the whole kit of one student."""
        paths = {file.path for file in files}
        if len({path.partition("/")[0] for path in paths}) == 1:
            paths |= {path.partition("/")[2] for path in paths}
        return any(f"notebooks/{lab}/{lab}.ipynb" in paths for lab in self._labs)

    def _listed(self, name: str) -> bool:
        """Tell whether the roster has a student of this name."""
        roster = self._roster
        return bool(roster and (roster.called(name) or roster.named(name)))

    def _unwrapped(self, files: list[File]) -> list[File]:
        """Leave out a folder around everything that is no student's."""
        while tops := {file.path.partition("/")[0] for file in files}:
            inner = [file.path.partition("/")[2] for file in files]
            students = self._nameless(inner) or any(map(self._listed, tops))
            known = any(
                parse(file.path, self._labs).system != "plain" for file in files
            )
            moodle = any("_assignsubmission_" in top for top in tops)
            if len(tops) > 1 or not all(inner) or moodle or (students and not known):
                break
            files = [
                replace(file, path=path)
                for file, path in zip(files, inner, strict=True)
            ]
        return files

    def _nameless(self, paths: list[str]) -> bool:
        """Tell whether files no longer say whose they are: LAB.ipynb, LAB/LAB.ipynb."""
        handed = [path for path in paths if kind(path)]
        nameless = [path for path in handed if not parse(path, self._labs).name]
        return bool(nameless) and (
            nameless == handed or any("/" not in path for path in nameless)
        )
