"""The mistakes that mutants are made of: for a node of the syntax tree, what it becomes."""

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# What is easily written for something else; each goes one way.
INSTEAD: dict[str, tuple[str, ...]] = {
    "tanh": ("sigmoid",),
    "sigmoid": ("tanh",),
    "Tanh": ("Sigmoid", "Identity"),
    "ReLU": ("LeakyReLU", "Tanh"),
    "LeakyReLU": ("ReLU", "Tanh"),
    "BatchNorm2d": ("InstanceNorm2d", "Identity"),
    "Dropout2d": ("Dropout", "Identity"),
    "Adam": ("SGD", "RMSprop"),
    "mean": ("sum",),
    "sum": ("mean",),
    "trace": ("det", "sum"),
    "square": ("abs",),
    "sqrt": ("square",),
    "softplus": ("relu", "sigmoid"),
    "logsigmoid": ("sigmoid",),
    "binary_cross_entropy_with_logits": ("binary_cross_entropy", "mse_loss"),
    "ones_like": ("zeros_like",),
    "zeros_like": ("ones_like",),
    "zeros_": ("ones_",),
    "normal_": ("uniform_",),
    "randn": ("rand", "zeros"),
    "rand": ("randn", "zeros"),
    "randn_like": ("rand_like",),
    "sin": ("cos",),
    "acos": ("asin",),
    "argmin": ("argmax",),
    "min": ("max",),
    "max": ("min",),
    "clamp_": ("clamp",),
    "eval": ("train",),
    "no_grad": ("enable_grad",),
    "cdist": ("mm",),
    "unique": ("flatten",),
    "nearest": ("bilinear",),
}
# Parts of names that tell one player, one side or one end from the other.
SIDES = (("real", "fake"), ("critic", "generator"), ("_a", "_b"), ("0", "1"))
OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
MODULES = {"F", "autograd", "functional", "init", "labkit", "math", "nn", "np", "torch"}
WIDTH = 40  # of a piece of code in a label


@dataclass(frozen=True)
class Change:
    """What becomes of a node.

    Attributes:
        label: "tanh -> sigmoid".
        nodes: take its place; none drops a statement or an element.
    """

    label: str
    nodes: list[Any]


def changes(node: ast.AST, parent: ast.AST, known: set[str]) -> Iterator[Change]:
    """The mistakes to be made at one node.

    Args:
        node: a statement or an expression of an answer.
        parent: what it is part of.
        known: the answer's variables.
    """
    if isinstance(node, ast.stmt):
        yield from _statement(node, known)
    if isinstance(node, (ast.Name, ast.Attribute)):
        yield from _name(node, known)
    if isinstance(node, ast.Constant):
        yield from (
            Change(f"{node.value!r} -> {other!r}", [ast.Constant(other)])
            for other in _values(node.value)
        )
    if isinstance(node, ast.Call):
        yield from _call(node)
    if isinstance(node, (ast.List, ast.Tuple)) and isinstance(node.ctx, ast.Load):
        yield from _elements(node, "elts")
    yield from _operator(node, loses_sign=_loses_sign(parent))


def _statement(node: ast.stmt, known: set[str]) -> Iterator[Change]:
    """Left out; a block without its head; another result."""
    if isinstance(node, ast.Return):
        yield from _result(node, known)
    elif isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign, ast.For)):
        yield Change(f"dropped: {_text(node)}", [])
    elif isinstance(node, (ast.With, ast.If)):
        head = node.items[0].context_expr if isinstance(node, ast.With) else node.test
        what = "with" if isinstance(node, ast.With) else "if"
        yield Change(f"dropped: {what} {_text(head)}", node.body)
    if isinstance(node, ast.If):
        yield Change(f"dropped: the case of {_text(node.test)}", node.orelse)
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.decorator_list:
        plain = _with(node, decorator_list=[])
        yield Change(f"dropped: @{_text(node.decorator_list[0])}", [plain])


def _result(node: ast.Return, known: set[str]) -> Iterator[Change]:
    value = node.value
    if isinstance(value, (ast.BinOp, ast.UnaryOp, ast.Call, ast.Name)):
        minus = ast.Return(ast.UnaryOp(ast.USub(), value))
        yield Change(f"{_text(value)} -> -({_text(value)})", [minus])
    if isinstance(value, ast.Name):
        for other in sorted(known - {value.id, "self"}):
            yield Change(f"return {value.id} -> {other}", [ast.Return(ast.Name(other))])


def _name(node: ast.Name | ast.Attribute, known: set[str]) -> Iterator[Change]:
    """Something similar instead; the other player, side or end."""
    field = "id" if isinstance(node, ast.Name) else "attr"
    name = getattr(node, field)
    for other in INSTEAD.get(name, ()):
        yield Change(f"{name} -> {other}", [_with(node, **{field: other})])
    if isinstance(node.ctx, ast.Load):
        for pair in SIDES:
            for here, there in (pair, pair[::-1]):
                other = re.sub(re.escape(here), there, name)
                if other != name and (
                    other in known or here in ("critic", "generator")
                ):
                    yield Change(f"{name} -> {other}", [_with(node, **{field: other})])


def _values(value: Any) -> tuple[Any, ...]:
    """One off, ten times as much, a tenth, the other truth, another word."""
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value + 1, value - 1) if value else (1, -1)
    if isinstance(value, float):
        return value * 10, value / 10, value + 1
    return (*INSTEAD.get(value, ()), "") if isinstance(value, str) else ()


def _call(node: ast.Call) -> Iterator[Change]:
    """A method forgotten, arguments in another order, one of them left out."""
    function = node.func
    if isinstance(function, ast.Attribute) and not _is_module(function.value):
        yield Change(f"dropped: .{function.attr}()", [function.value])
    plain = [not isinstance(each, ast.Starred) for each in node.args]
    for at in range(len(node.args) - 1):
        if plain[at] and plain[at + 1]:
            swapped = list(node.args)
            swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
            label = f"{_text(node)} -> {_text(_with(node, args=swapped))}"
            yield Change(label, [_with(node, args=swapped)])
    for keyword in node.keywords:
        if keyword.arg != "device":
            others = [each for each in node.keywords if each is not keyword]
            yield Change(f"dropped: {_text(keyword)}", [_with(node, keywords=others)])
    if _text(function).endswith("Sequential"):
        yield from _elements(node, "args")
    elif len(node.args) > 1:
        shorter = _with(node, args=node.args[:-1])
        yield Change(f"dropped: {_text(node.args[-1])} in {_text(node)}", [shorter])


def _elements(node: ast.expr, field: str) -> Iterator[Change]:
    """Each element left out."""
    elements = getattr(node, field)
    for at, element in enumerate(elements):
        others = [*elements[:at], *elements[at + 1 :]]
        yield Change(f"dropped: {_text(element)}", [_with(node, **{field: others})])


def _operator(node: ast.AST, loses_sign: bool) -> Iterator[Change]:
    """Another operator, none, or its two sides swapped."""
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)):
        for other in OPERATORS.get(type(node.op), ()):
            changed = _with(node, op=other())
            yield Change(f"{_text(node)} -> {_text(changed)}", [changed])
    sided = ast.Div if loses_sign else (ast.Sub, ast.Div)
    if isinstance(node, ast.BinOp) and isinstance(node.op, sided):
        changed = _with(node, left=node.right, right=node.left)
        yield Change(f"{_text(node)} -> {_text(changed)}", [changed])
    if isinstance(node, ast.Compare):
        for other in OPERATORS.get(type(node.ops[0]), ()):
            changed = _with(node, ops=[other(), *node.ops[1:]])
            yield Change(f"{_text(node)} -> {_text(changed)}", [changed])
    if isinstance(node, ast.UnaryOp) and not loses_sign:
        yield Change(f"{_text(node)} -> {_text(node.operand)}", [node.operand])
    if isinstance(node, ast.IfExp):
        for kept in (node.body, node.orelse):
            yield Change(f"{_text(node)} -> {_text(kept)}", [kept])


def _loses_sign(parent: ast.AST) -> bool:
    """Tell whether a square or an absolute value is taken of what is below."""
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("square", "abs", "norm")
    is_power = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow)
    return is_power and getattr(parent.right, "value", None) == 2


def _is_module(node: ast.expr) -> bool:
    """Tell `torch.nn.init`, whose attributes are functions, from an object."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in MODULES


def _with(node: Any, **fields: Any) -> Any:
    """A copy of a node with some fields changed."""
    changed = copy.copy(node)
    for field, value in fields.items():
        setattr(changed, field, value)
    return changed


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
