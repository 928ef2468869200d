"""Which names a statement brings, needs and changes, read off its syntax tree."""

import ast
import functools
import symtable
from collections.abc import Iterable
from dataclasses import dataclass, field

from labkit.checks.reader import Reader

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Names:
    """The names of one statement of a module.

    Attributes:
        sure: those that it binds whenever it runs.
        perhaps: those that it binds in a branch or a loop.
        imported: those of `sure` that an import statement binds.
        needs: those that it reads while it runs, before it binds them itself.
        touches: those whose attributes or items it changes.
        star: whether it is `from ... import *`.
        statement: the statement itself, if there are functions in it.
    """

    sure: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    touches: set[str] = field(default_factory=set)
    star: bool = False
    statement: ast.stmt | None = None

    @functools.cached_property
    def later(self) -> set[str]:
        """The module's names that its functions read, or change, when they are called."""
        return self._in_functions("is_referenced") | self.sets

    @functools.cached_property
    def sets(self) -> set[str]:
        """The module's names that its functions bind, by `global`."""
        return self._in_functions("is_assigned")

    def _in_functions(self, how: str) -> set[str]:
        if self.statement is None:
            return set()
        text = ast.unparse(self.statement)
        return set(_globals(symtable.symtable(text, "<statement>", "exec"), how))


def names_of(statement: ast.stmt) -> Names:
    """Read one statement of a module's top level."""
    reader = Reader(set())
    reader.visit(statement)
    names = Names(reader.sure, reader.perhaps, set(), reader.needs, reader.touches)
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        names.imported = set(names.sure)
        names.star = any(alias.name == "*" for alias in statement.names)
    if reader.functions:
        names.statement = statement
        if not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            names.needs |= names.later - names.sure  # it may call them at once
    return names


def _globals(table: symtable.SymbolTable, how: str) -> Iterable[str]:
    """The module's names that the functions of a table read, or assign."""
    for child in table.get_children():
        yield from _globals(child, how)
        if child.get_type() == "function":
            for symbol in child.get_symbols():
                if symbol.is_global() and getattr(symbol, how)():
                    yield symbol.get_name()
