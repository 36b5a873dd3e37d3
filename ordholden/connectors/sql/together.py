"""Several statements on one PostgreSQL connection in one journey, past everything that is not needed for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy.engine import Connection, Engine

from ordholden.connectors.sql.prepared import Question, Row

__all__ = ["asked", "asked_within", "streamed"]


def asked(engine: Engine, questions: Sequence[Question]) -> list[Sequence[Row]]:
    """The answers to questions that change nothing, each in a transaction of its own."""
    with engine.connect() as connection, _driver(connection) as driver:
        # No BEGIN before and no ROLLBACK after: these would be two more journeys.
        before = driver.autocommit
        driver.autocommit = True
        try:
            return _answers(driver, questions)
        finally:
            if not driver.closed and driver.autocommit != before:
                driver.autocommit = before


def asked_within(connection: Connection, questions: Sequence[Question]) -> list[Sequence[Row]]:
    """The answers inside the connection's transaction, in order; the first that fails fails all."""
    with _driver(connection) as driver:
        return _answers(driver, questions)


def streamed(engine: Engine, question: Question, batch: int) -> Iterator[Sequence[Row]]:
    """The answer page by page, however long it is."""
    with engine.connect() as connection:
        options = connection.execution_options(stream_results=True, yield_per=batch)
        result = options.exec_driver_sql(question.prepared.text, question.parameters)
        for page in result.partitions():
            yield question.prepared.read(page)


def _answers(driver: psycopg.Connection[Row], questions: Sequence[Question]) -> list[Sequence[Row]]:
    if len(questions) == 1:
        cursors = [driver.execute(q.prepared.text, q.parameters) for q in questions]
    else:
        with driver.pipeline():
            cursors = [driver.execute(q.prepared.text, q.parameters) for q in questions]
    return [q.prepared.read(c.fetchall()) for q, c in zip(questions, cursors, strict=True)]


@contextmanager
def _driver(connection: Connection) -> Iterator[psycopg.Connection[Row]]:
    driver: Any = connection.connection.driver_connection
    try:
        yield driver
    except psycopg.Error:
        if driver.closed:
            connection.invalidate()
        raise
