"""A YAML file as a tree whose every key and value knows its place; `${NAME}` is filled from the environment."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from ordholden.problems import Place, Problems, nearest

__all__ = ["Node", "place_of", "places", "read_source"]


@dataclass(frozen=True)
class Node:
    """A value of the file, where it stands, and where its key stands."""

    value: Any
    at: Place
    key_at: Place

    def items(self) -> Iterator[tuple[str, Node]]:
        """Key and value of a mapping; nothing where it isn't one."""
        if isinstance(self.value, CommentedMap):
            for key in self.value:
                yield str(key), self[key]

    def elements(self) -> Iterator[Node]:
        """The values of a list; a single value counts as a list of one, nothing as none."""
        if isinstance(self.value, CommentedSeq):
            for index in range(len(self.value)):
                line, column = self.value.lc.item(index)
                place = Place(self.at.file, line + 1, column + 1)
                yield Node(self.value[index], place, place)
        elif self.value is not None:
            yield self

    def __getitem__(self, key: str) -> Node:
        line, column = self.value.lc.key(key)
        try:
            value_line, value_column = self.value.lc.value(key)
        except (KeyError, TypeError):
            value_line, value_column = line, column
        file = self.at.file
        return Node(
            self.value[key], Place(file, value_line + 1, value_column + 1), Place(file, line + 1, column + 1)
        )

    def get(self, key: str) -> Node | None:
        return self[key] if isinstance(self.value, CommentedMap) and key in self.value else None

    def text(self, key: str, default: str = "") -> str:
        found = self.get(key)
        return default if found is None or found.value is None else str(found.value)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, CommentedMap)

    @property
    def text_at(self) -> Place:
        """Where the text itself begins: one further when it is quoted."""
        style = getattr(self.value, "style", None)
        quoted = style in ("'", '"') or type(self.value).__name__ in (
            "DoubleQuotedScalarString",
            "SingleQuotedScalarString",
        )
        return self.at.shifted(1) if quoted else self.at


def places(root: Node) -> Mapping[tuple[str, ...], Place]:
    """Where each key stands, by its way from the top, and each text: by the way, then the text itself."""
    found: dict[tuple[str, ...], Place] = {}

    def walk(node: Node, way: tuple[str, ...]) -> None:
        for key, value in node.items():
            found[*way, key] = value.key_at
            if value.is_mapping:
                walk(value, (*way, key))
            else:
                found.update(
                    {(*way, key, str(e.value)): e.text_at for e in value.elements() if not e.is_mapping}
                )

    walk(root, ())
    return found


def place_of(known: Mapping[tuple[str, ...], Place], way: tuple[str, ...]) -> Place | None:
    """The place at the end of the way, or at the end of as much of it as is there."""
    while way and way not in known:
        way = way[:-1]
    return known.get(way)


def read_source(path: Path, *, shown_as: str, schema: str, problems: Problems) -> Node | None:
    """Reads and holds the file to its schema; None where nothing can be made of it. Every deviation is a problem."""
    start = Place(shown_as, 1, 1)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        problems.error("file-missing", start, file=path.name)
        return None
    except (OSError, UnicodeDecodeError) as error:
        problems.error("file-unreadable", start, file=path.name, reason=type(error).__name__)
        return None
    try:
        yaml = YAML(typ="rt")
        yaml.preserve_quotes = True
        value = yaml.load(io.StringIO(text))
    except DuplicateKeyError as error:
        mark = error.problem_mark
        problems.error(
            "yaml-twice",
            Place(shown_as, mark.line + 1, mark.column + 1),
            what=str(error.problem).split('"')[1],
        )
        return None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Place(shown_as, mark.line + 1, mark.column + 1) if mark else start
        problems.error("yaml-broken", at, reason=str(error.problem or error.context or "").strip())
        return None
    except (YAMLError, ValueError) as error:
        problems.error("yaml-broken", start, reason=str(error).split("\n")[0])
        return None
    if not isinstance(value, CommentedMap):
        problems.error("yaml-not-a-mapping", start, file=path.name)
        return None
    root = Node(value, start, start)
    for deviation in sorted(
        _validator(schema).iter_errors(value), key=lambda e: [str(p) for p in e.absolute_path]
    ):
        _report(root, deviation, problems)
    return root


@cache
def _validator(name: str) -> Draft202012Validator:
    schema = json.loads(files("ordholden.policy").joinpath(name).read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def _report(root: Node, error: ValidationError, problems: Problems) -> None:
    node = _at(root, list(error.absolute_path))
    path = " / ".join(str(p) for p in error.absolute_path)
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    if error.validator in ("anyOf", "oneOf") and error.context:
        # The branch that got furthest says more than "matches none".
        best = max(error.context, key=lambda e: (len(e.absolute_path), e.validator != "type"))
        if len(best.absolute_path) > len(error.absolute_path) or best.validator != "type":
            _report(root, best, problems)
            return
    match error.validator:
        case "additionalProperties" | "unevaluatedProperties":
            known = schema.get("properties", {})
            for key in node.value if node.is_mapping else ():
                if key not in known:
                    _report_key(str(key), node, path or "file", known, problems)
        case "required":
            missing = re.sub(r"^'(.*)' is a required.*$", r"\1", error.message)
            problems.error("key-missing", node.key_at, key=missing, within=path or "file")
        case "enum":
            known = [str(v) for v in error.validator_value]  # type: ignore[union-attr]
            problems.error(
                "value-unknown",
                node.at,
                value=node.value,
                known=", ".join(known),
                nearest=nearest(str(node.value), known),
            )
        case _:
            wanted = schema.get("description") or schema.get("type") or error.message
            problems.error(
                "value-form", node.at, within=path or "file", wanted=wanted, found=_kind(node.value)
            )


def _report_key(key: str, node: Node, within: str, known: Mapping[str, Any], problems: Problems) -> None:
    written = node[key]
    if written.value is None and node.value.fa.flow_style():
        # {da: Navn, adresse, en: Name}: what stands after the comma was meant as a part of the text.
        before = list(node.value)[: list(node.value).index(key)]
        problems.error(
            "text-comma", written.key_at, text=key, key=before[-1] if before else key, within=within
        )
        return
    problems.error("key-unknown", written.key_at, key=key, within=within, nearest=nearest(key, known))


def _kind(value: object) -> str:
    if isinstance(value, CommentedMap):
        return "a mapping"
    if isinstance(value, CommentedSeq):
        return "a list"
    return "nothing" if value is None else f"'{value}'"


def _at(root: Node, path: list[str | int]) -> Node:
    node = root
    for part in path:
        node = list(node.elements())[part] if isinstance(part, int) else node[part]
    return node
