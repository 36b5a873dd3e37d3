"""What a live system says of itself: tables, columns, keys, and the references that it enforces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Column", "ForeignKey", "Schema", "TableSchema"]


@dataclass(frozen=True)
class Column:
    """A column as the live system has it; `length` in characters, where there is a limit."""

    name: str
    type: str
    nullable: bool
    length: int | None
    generated: bool


@dataclass(frozen=True)
class ForeignKey:
    """An enforced reference; `on_delete` is what the database itself does (NO ACTION, CASCADE, SET NULL …).

    It is `checked` where no row can be without the row it refers to: the database lets no writer past, and has looked at
    the rows that were there before.
    """

    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_delete: str
    on_update: str
    checked: bool = False


@dataclass(frozen=True)
class TableSchema:
    name: str
    columns: Mapping[str, Column]
    primary_key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    indexed: frozenset[str]  # columns that lead an index
    triggers: tuple[str, ...]


@dataclass(frozen=True)
class Schema:
    """What the live system says of itself; `digest` changes with it."""

    tables: Mapping[str, TableSchema]
    foreign_keys: tuple[ForeignKey, ...]
    digest: str
    undeclared: tuple[str, ...] = ()  # tables that are there, and that nobody has spoken of
