"""Every problem code that the source uses, with the facts it comes with: read from the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2] / "ordholden"

# Calls whose first argument, or whose `code`, is a problem code.
EMITTERS = {"error", "warning", "note", "of", "say", "unlisted", "_problem", "Problem", "Finding", "Doubt"}


@dataclass(frozen=True)
class Use:
    """One place that says a code. `facts` is None where the place alone does not show them all."""

    code: str
    file: str
    facts: frozenset[str] | None


def uses() -> tuple[Use, ...]:
    found: dict[Use, None] = {}
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for code, facts in _said(tree):
            found[Use(code, str(path.relative_to(ROOT.parent)), facts)] = None
    return tuple(found)


def _said(tree: ast.Module) -> Iterator[tuple[str, frozenset[str] | None]]:
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    for scope in (tree, *functions):
        for call in ast.walk(scope):
            if isinstance(call, ast.Call) and _name(call.func) in EMITTERS:
                for code in _codes(call, scope, tree):
                    yield code, _facts(call)


def _codes(call: ast.Call, scope: ast.AST, tree: ast.Module) -> Iterator[str]:
    given = [k.value for k in call.keywords if k.arg == "code"] or call.args[:1]
    for expression in given:
        yield from _values(expression, scope, tree)


def _facts(call: ast.Call) -> frozenset[str] | None:
    names = {k.arg for k in call.keywords if k.arg is not None}
    dicts = [a for a in call.args if isinstance(a, ast.Dict)]
    whole = all(isinstance(k, ast.Constant) for d in dicts for k in d.keys)
    if any(k.arg is None for k in call.keywords) or not whole or _name(call.func) == "Doubt":
        return None
    if _name(call.func) in ("Problem", "Finding") and not dicts and len(call.args) > 1:
        return None
    return frozenset(names | {str(k.value) for d in dicts for k in d.keys if isinstance(k, ast.Constant)})


def _values(
    expression: ast.expr, scope: ast.AST, tree: ast.Module, seen: frozenset[str] = frozenset()
) -> Iterator[str]:
    """The texts that the expression can be: itself, either branch, or what a name here was given."""
    match expression:
        case ast.Constant(value=str(text)) if _is_code(text):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _values(body, scope, tree, seen)
            yield from _values(orelse, scope, tree, seen)
        case ast.Name(id=name) if isinstance(scope, ast.FunctionDef) and name not in seen:
            for node in ast.walk(scope):
                for value in _assigned(node, name):
                    yield from _values(value, scope, tree, seen | {name})
            if name in [a.arg for a in scope.args.args]:
                yield from _passed(scope, name, tree)


def _assigned(node: ast.AST, name: str) -> Iterator[ast.expr]:
    """What a statement gives the name: `code = …`, or its part of `code, facts = …, …`."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        if _name(target) == name:
            yield node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from (v for t, v in zip(target.elts, node.value.elts, strict=False) if _name(t) == name)


def _passed(function: ast.FunctionDef, name: str, tree: ast.Module) -> Iterator[str]:
    """What callers in the same file hand in for an argument."""
    names = [a.arg for a in function.args.args if a.arg not in ("self", "cls")]
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _name(call.func) == function.name:
            position = names.index(name)
            given = [k.value for k in call.keywords if k.arg == name] or call.args[position : position + 1]
            for expression in given:
                if isinstance(expression, ast.Constant | ast.IfExp):
                    yield from _values(expression, tree, tree)


def _is_code(text: str) -> bool:
    return text.replace("-", "").isalpha() and text.islower() and text.isascii()


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
