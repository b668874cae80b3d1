"""``table.*``, as a step's Lambda performs it."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from statewright.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from statewright.integrations.tables import rows
from statewright.integrations.tables.models import Condition

_CONDITIONS = TypeAdapter(list[Condition])


class TableError(Exception):
    """Base: the class's name is the error's name in the workflow."""


def _named(name: str, doc: str) -> type[TableError]:
    return type(name, (TableError,), {"__doc__": doc})


Invalid = _named("Table.Invalid", "Values or conditions do not fit the table.")
Conflict = _named("Table.Conflict", "A row of the same key is there, or too many rows.")
NotFound = _named("Table.NotFound", "There is no such table.")
Unavailable = _named("Table.Unavailable", "The database does not answer (try again).")


def perform(event: dict[str, Any]) -> dict[str, Any]:
    """The result of a step. A step that runs again inserts nothing again.

    Raises:
        TableError: under the name of what went wrong.
    """
    try:
        return _performed(event["workspace_id"], event["key"], event["with"])
    except (InvalidError, ValidationError) as error:
        raise Invalid(str(error)[:1000]) from error
    except ConflictError as error:
        raise Conflict(str(error)) from error
    except NotFoundError as error:
        raise NotFound(str(error)) from error
    except UnavailableError as error:
        raise Unavailable(str(error)) from error


def _performed(workspace_id: str, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    table = inputs["table"]
    where = _CONDITIONS.validate_python(inputs.get("where") or [])
    match inputs["operation"]:
        case "insert":
            ids = rows.insert(workspace_id, table, inputs["rows"], once=key)
            return {"count": len(ids), "ids": ids}
        case "upsert":
            row = rows.upsert(workspace_id, table, inputs["values"])
            return {"id": row.id, "values": row.values}
        case "find":
            found = rows.find(
                workspace_id,
                table,
                where,
                inputs.get("order_by"),
                descending=bool(inputs.get("descending")),
                limit=int(inputs.get("limit") or 100),
            ).items
            return {"rows": [{"id": r.id, **r.values} for r in found], "count": len(found)}
        case "update":
            return {"count": rows.update(workspace_id, table, where, inputs["values"])}
    return {"count": rows.remove(workspace_id, table, where)}
