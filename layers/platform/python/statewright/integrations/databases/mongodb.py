"""MongoDB, by pymongo: documents instead of rows, filters instead of SQL.

Filters are data, so there is nothing to inject into; operators that run code are refused.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pymongo
from bson import ObjectId
from bson.errors import BSONError
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
)

from statewright.integrations.databases.driver import CONNECT_SECONDS, Limits, Row, address_of
from statewright.integrations.databases.errors import (
    DatabaseConflictError,
    DatabaseInvalidError,
    DatabaseRefusedError,
    DatabaseTimeoutError,
    DatabaseUnavailableError,
)
from statewright.integrations.reach import Reach

_CODE = frozenset({"$where", "$function", "$accumulator", "$out", "$merge"})


class MongoDb:
    """A connection to a database of MongoDB."""

    def __init__(self, database: Any, limits: Limits, *, read_only: bool):
        self._database, self._limits, self._read_only = database, limits, read_only

    def query(self, statement: str, values: Mapping[str, Any]) -> Generator[Row, None, None]:
        """The documents of the collection ``statement``: ``filter projection sort skip``."""
        cursor = self._database[statement].find(
            checked(values.get("filter") or {}),
            checked(values.get("projection")) or None,
            skip=int(values.get("skip") or 0),
            max_time_ms=int(self._limits.seconds * 1000),
        )
        if values.get("sort"):
            cursor = cursor.sort(list(values["sort"].items()))
        for document in cursor:
            yield {name: _plain(value) for name, value in document.items()}

    def execute(
        self, statement: str, values: Mapping[str, Any], most: int
    ) -> tuple[int, list[Row]]:
        """Updates (``filter update``), or deletes (``filter delete: true``), many documents."""
        self._refuse_changes()
        wanted, collection = checked(values.get("filter") or {}), self._database[statement]
        if values.get("delete"):
            return collection.delete_many(wanted).deleted_count, []
        return collection.update_many(wanted, checked(values.get("update"))).modified_count, []

    def write(self, table: str, rows: Sequence[Row], key: Sequence[str] | None) -> int:
        """Inserts documents in order; with a key, replaces those of the same key."""
        self._refuse_changes()
        documents = [checked(row) for row in rows]
        if key is None:
            return len(self._database[table].insert_many(documents).inserted_ids)
        changes = [
            pymongo.UpdateOne({name: row.get(name) for name in key}, {"$set": row}, upsert=True)
            for row in documents
        ]
        self._database[table].bulk_write(changes)
        return len(rows)

    def _refuse_changes(self) -> None:
        if self._read_only:
            raise DatabaseRefusedError("the connection is read-only")

    def schema(self) -> list[dict[str, Any]]:
        """Collections, with the fields of one document of each."""
        found = []
        for name in sorted(self._database.list_collection_names())[:500]:
            sample = self._database[name].find_one(max_time_ms=5000) or {}
            found += [
                {"table": name, "name": field, "type": type(value).__name__, "nullable": True}
                for field, value in sample.items()
            ]
        return found


def checked(value: Any) -> Any:
    """A filter or document without what runs code; ``{"$oid": …}`` is an id.

    Raises:
        DatabaseRefusedError: it holds an operator that runs code.
    """
    if isinstance(value, Mapping):
        if value.keys() == {"$oid"}:
            try:
                return ObjectId(value["$oid"])
            except BSONError as error:
                raise DatabaseInvalidError(str(error)) from None
        refused = sorted(_CODE & value.keys())
        if refused:
            raise DatabaseRefusedError(f"{refused[0]} is not allowed")
        return {name: checked(inner) for name, inner in value.items()}
    return [checked(inner) for inner in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, ObjectId):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


@contextmanager
def opened(url: str, reach: Reach, limits: Limits, *, read_only: bool) -> Iterator[MongoDb]:
    """A connection, for as long as it is needed, to one host (``directConnection``)."""
    parts = urlsplit(url)
    if parts.scheme != "mongodb" or not parts.hostname or "," in parts.netloc:
        raise DatabaseInvalidError("the connection's URL has to begin with mongodb:// and one host")
    port = parts.port or 27017
    address = address_of(reach, parts.hostname, port)
    netloc = parts.netloc.rpartition("@")[0]
    host = f"[{address}]" if ":" in address else address
    direct = parts._replace(netloc=f"{netloc}@{host}:{port}" if netloc else f"{host}:{port}")
    with _mapped(limits):
        client: Any = pymongo.MongoClient(
            direct.geturl(),
            directConnection=True,
            serverSelectionTimeoutMS=CONNECT_SECONDS * 1000,
            connectTimeoutMS=CONNECT_SECONDS * 1000,
            socketTimeoutMS=int(limits.seconds * 1000) + 5000,
            appname="statewright",
            maxPoolSize=1,
        )
        with client:
            name = parts.path.lstrip("/")
            if not name:
                raise DatabaseInvalidError("the connection's URL has to name a database")
            yield MongoDb(client[name], limits, read_only=read_only)


@contextmanager
def _mapped(limits: Limits) -> Iterator[None]:
    try:
        yield
    except ExecutionTimeout:
        raise DatabaseTimeoutError(f"the database took more than {limits.seconds:g} s") from None
    except (DuplicateKeyError, BulkWriteError) as error:
        raise DatabaseConflictError(str(error)[:500]) from None
    except OperationFailure as error:
        kind = DatabaseRefusedError if error.code in {13, 18} else DatabaseInvalidError
        raise kind(str(error)[:500]) from None
    except (ConfigurationError, BSONError, TypeError, ValueError) as error:
        raise DatabaseInvalidError(str(error)[:500]) from None
    except PyMongoError as error:
        raise DatabaseUnavailableError(str(error)[:500]) from None
