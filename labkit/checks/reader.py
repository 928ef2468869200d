"""Going through a statement as Python would: which names it binds, needs, changes."""

import ast
from collections.abc import Iterable

MUTATORS = frozenset(
    ("add", "append", "clear", "discard", "extend", "insert", "pop", "remove")
    + ("reverse", "setdefault", "sort", "update")
)


class Reader(ast.NodeVisitor):
    """Goes through a statement in the order in which Python would run it.

    Bodies of functions are left out: they run later.
    """

    def __init__(self, bound: set[str]) -> None:
        self.bound = bound  # by the statement itself, so far
        self.sure: set[str] = set()
        self.perhaps: set[str] = set()
        self.needs: set[str] = set()
        self.touches: set[str] = set()
        self.functions = False  # whether there are any
        self._branches = 0
        self._inner: list[set[str]] = []  # the variables of comprehensions

    def _bind(self, name: str) -> None:
        self.bound.add(name)
        if not self._branches:
            self.sure.add(name)
        elif name not in self.sure:
            self.perhaps.add(name)

    def _several(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _branch(self, *parts: Iterable[ast.AST | None]) -> None:
        self._branches += 1
        for part in parts:
            self._several(part)
        self._branches -= 1

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self._bind(node.id)
        elif node.id not in self.bound and not any(
            node.id in names for names in self._inner
        ):
            self.needs.add(node.id)

    def _touch(self, node: ast.AST) -> None:
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        if isinstance(node, ast.Name) and node.id not in self.bound:
            self.touches.add(node.id)

    def visit_Attribute(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._touch(node)
        self.generic_visit(node)

    visit_Subscript = visit_Attribute

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in MUTATORS:
            self._touch(function.value)
        if isinstance(function, ast.Name) and function.id == "setattr" and node.args:
            self._touch(node.args[0])
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._several([node.value, *node.targets])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and node.target.id not in self.bound:
            self.needs.add(node.target.id)
        self._several([node.value, node.target])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._several([node.annotation, node.value])
        if node.value is not None:
            self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._several([node.value, node.target])

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                self._bind(alias.asname or alias.name.partition(".")[0])

    visit_ImportFrom = visit_Import

    def visit_FunctionDef(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    ) -> None:
        self.functions = True
        self._several(getattr(node, "decorator_list", ()))
        self._several([*node.args.defaults, *node.args.kw_defaults])
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg) and argument.annotation:
                self.visit(argument.annotation)
        if not isinstance(node, ast.Lambda):
            self._several([node.returns])
            self._bind(node.name)

    visit_AsyncFunctionDef = visit_Lambda = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._several([*node.decorator_list, *node.bases, *node.keywords])
        body = Reader(set(self.bound))
        body._several(node.body)
        self.needs |= body.needs
        self.functions |= body.functions
        self._bind(node.name)

    def visit_ListComp(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        self.visit(node.generators[0].iter)
        targets = [generator.target for generator in node.generators]
        self._inner.append(
            {
                leaf.id
                for target in targets
                for leaf in ast.walk(target)
                if isinstance(leaf, ast.Name)
            }
        )
        for place, generator in enumerate(node.generators):
            self._several([generator.iter] if place else [])
            self._several(generator.ifs)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._several(parts)
        self._inner.pop()

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        before = set(self.bound)
        self._branch(node.body)
        first, self.bound = self.bound, before
        self._branch(node.orelse)
        self.bound &= first

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._branch([node.target], node.body, node.orelse)

    visit_AsyncFor = visit_For

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        self._branch(node.body, node.orelse)

    def visit_Try(self, node: ast.Try) -> None:
        before = set(self.bound)
        self._branch(node.body, node.orelse)
        after = self.bound
        for handler in node.handlers:
            self.bound = before | {handler.name or ""}
            self._branch([handler.type], handler.body)
        self.bound = after
        self._several(node.finalbody)

    visit_TryStar = visit_Try

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        before = set(self.bound)
        for case in node.cases:
            self.bound = set(before)
            self._branch([case.pattern, case.guard], case.body)
        self.bound = before

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        self._several([getattr(node, "pattern", None)])
        if node.name:
            self._bind(node.name)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self._several([*node.keys, *node.patterns])
        if node.rest:
            self._bind(node.rest)
