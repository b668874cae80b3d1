"""Connectors in the database: stored whole, read by the operations that somebody needs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.db import Session, load_queries
from statewright.integrations.connectors.model import Operation, Schema, operation_of
from statewright.integrations.openapi.importing import Imported
from statewright.integrations.openapi.schemas import closure, references

_sql = load_queries(__package__, "connectors.sql")


def put(
    session: Session, workspace_id: str, name: str, found: Imported, facts: dict[str, Any]
) -> None:
    """Stores what an import found, in the place of what is there.

    Args:
        facts: kind, source, server and created_by.
    """
    row = session.one(
        _sql.put_connector,
        id=world.new_id(),
        workspace_id=workspace_id,
        name=name,
        title=found.title,
        description=found.description,
        version=found.version,
        dialect=found.dialect,
        servers=Jsonb(found.servers),
        security=Jsonb(found.security),
        total=found.total,
        problems=Jsonb([[p.place, p.detail, p.fatal] for p in found.problems]),
        now=world.now(),
        **facts,
    )
    own = {"id": (row or {})["id"], "workspace_id": workspace_id}
    session.run(_sql.delete_operations, id=own["id"])
    session.run(_sql.delete_schemas, id=own["id"])
    prints = fingerprints(found)
    rows = [_row(operation, prints[operation.name]) for operation in found.operations]
    session.run(_sql.insert_operations, rows=Jsonb(rows), **own)
    schemas = [
        {"name": key, "schema": schema, "refers_to": sorted(references(schema))}
        for key, schema in found.definitions.items()
    ]
    session.run(_sql.insert_schemas, rows=Jsonb(schemas), **own)


def _row(operation: Operation, fingerprint: str) -> dict[str, Any]:
    spoken = re.sub(r"(?<=[a-z])(?=[A-Z])|[_/{}.-]+", " ", f"{operation.name} {operation.path}")
    return {
        "name": operation.name,
        "title": operation.title,
        "method": operation.method,
        "path": operation.path,
        "tags": list(operation.tags),
        "deprecated": operation.deprecated,
        "pages": operation.paging is not None,
        "fingerprint": fingerprint,
        "spec": operation.to_json(),
        "words": f"{operation.title} {spoken} {' '.join(operation.tags)}",
        "description": operation.description,
    }


def fingerprints(found: Imported) -> dict[str, str]:
    """Each operation's fingerprint: of what is sent, what may be given, and what comes back."""
    deep: dict[str, str] = {
        name: _digest(_bare(schema)) for name, schema in found.definitions.items()
    }
    prints = {}
    for operation in found.operations:
        spec = operation.to_json()
        for words in ("title", "description", "tags", "deprecated"):
            del spec[words]
        names = sorted(closure([spec["inputs"], spec["result"]], found.definitions))
        prints[operation.name] = _digest([_bare(spec), [(name, deep[name]) for name in names]])
    return prints


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def _bare(value: Any) -> Any:
    """A schema without the words that only people read."""
    if isinstance(value, dict):
        plain = {"description", "examples", "title", "$comment"}
        return {
            k: _bare(v) for k, v in value.items() if k not in plain or not isinstance(v, str | list)
        }
    return [_bare(item) for item in value] if isinstance(value, list) else value


def find_operations(
    session: Session, names: Iterable[tuple[str, str]]
) -> list[tuple[str, str, Operation, str]]:
    """Connector, server, operation and the connector's id of each that there is."""
    wanted = [{"connector": connector, "name": name} for connector, name in names]
    rows = session.all(_sql.find_operations, names=Jsonb(wanted)) if wanted else []
    return [
        (row["connector"], row["server"], operation_of(row["spec"]), row["connector_id"])
        for row in rows
    ]


def definitions_of(session: Session, connector_id: str, schema: Any) -> dict[str, Schema]:
    """The schemas that one needs."""
    names = sorted(references(schema))
    rows = session.all(_sql.find_schemas, id=connector_id, names=names) if names else []
    return {row["name"]: row["schema"] for row in rows}


def operation_names(session: Session, connectors: Iterable[str]) -> list[str]:
    """The actions of some connectors."""
    rows = session.all(_sql.list_operation_names, connectors=list(connectors))
    return [row["name"] for row in rows]
