"""The SQL statements of a version, as PostgreSQL prepares them; `make previous REF=<commit>` records one.

What is recorded is the version before the newest migrations. That its statements still can be prepared
on the schema of today shows that its functions go on working while a release's traffic is shifted:
a table, column, function or type that they name would be missed. Its Python is run there too
(``tests/e2e/test_previous_version.py``). That rows can still be added without
what a migration has added is a rule for migrations themselves (``test_migrations.py``).
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).parents[1] / "contract" / "previous_statements.json"
PACKAGE = "layers/platform/python/statewright"
_NAMED = re.compile(r"^-- name: (\w+)\n-- .+\n", re.MULTILINE)
_VERB = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
_PARAMETER = re.compile(r"%(?:\((\w+)\))?[sbt]|%%")
_SENT = {"now": "timestamptz"}
_UNKNOWN = re.compile(r"could not determine data type of parameter \$(\d+)")


def statements(package: Path) -> Iterator[tuple[str, str]]:
    """Where each statement of a package stands, and its text."""
    for file in sorted(package.rglob("*.sql")):
        if file.parent.name != "migrations":
            parts = _NAMED.split(file.read_text())
            for name, text in zip(parts[1::2], parts[2::2], strict=True):
                yield f"{file.relative_to(package)}:{name}", text.strip().rstrip(";")
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, bytes):
                text = node.value.decode(errors="replace")
                if _VERB.match(text):
                    yield f"{file.relative_to(package)}:{node.lineno}", text.strip()


def numbered(text: str) -> tuple[str, list[str]]:
    """A statement with PostgreSQL's own parameters, and their names."""
    names: dict[str, int] = {}

    def replaced(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        return f"${names.setdefault(found[1] or f'#{len(names)}', len(names) + 1)}"

    return _PARAMETER.sub(replaced, text), list(names)


def prepare(connection: psycopg.Connection[Any], text: str, types: list[str]) -> None:
    """Has PostgreSQL parse and plan a statement.

    Raises:
        psycopg.Error: it cannot be run on this schema.
    """
    declared = f"({', '.join(types)})" if types else ""
    with connection.transaction(force_rollback=True):
        connection.execute(f"PREPARE recorded{declared} AS {text}".encode())
        connection.execute(b"DEALLOCATE recorded")


def typed(connection: psycopg.Connection[Any], text: str, names: list[str]) -> list[str]:
    """The types of parameters, where a statement alone does not tell them.

    As psycopg sends them: the time as such, and what nothing tells as text.
    """
    for types in (["unknown"] * len(names), [_SENT.get(name, "unknown") for name in names]):
        try:
            _guess(connection, text, types)
            return types if set(types) > {"unknown"} else []
        except psycopg.Error as error:
            failure = error
    raise failure


def _guess(connection: psycopg.Connection[Any], text: str, types: list[str]) -> None:
    for _ in range(len(types) + 1):
        try:
            prepare(connection, text, types)
            return
        except psycopg.errors.IndeterminateDatatype as error:
            found = _UNKNOWN.search(str(error))
            if found is None:
                raise
            types[int(found[1]) - 1] = "text"


def apply(url: str, migrations: Path) -> None:
    """Makes a schema by a version's own migrations."""
    with psycopg.connect(url) as connection:
        for script in sorted(migrations.glob("*.sql")):
            connection.execute(script.read_text().encode())


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


def is_known(commit: str) -> bool:
    """Whether the history here has a commit: that of a shallow clone may not, an archive has none."""
    asked = ["git", "cat-file", "-e", f"{commit}^{{commit}}"]
    return subprocess.run(asked, cwd=ROOT, check=False, capture_output=True).returncode == 0


def extract(ref: str, folder: Path, *paths: str) -> None:
    """Writes files of a commit, all of them if none are named, into a folder."""
    archive = _git("archive", ref, *paths)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)


def record(ref: str, url: str, folder: Path) -> dict[str, Any]:
    """The statements of a commit, each prepared on its own schema."""
    extract(ref, folder, PACKAGE)
    package = folder / PACKAGE
    apply(url, package / "db" / "migrations")
    kept, left_out = [], []
    with psycopg.connect(url, autocommit=True) as connection:
        for where, text in statements(package):
            plain, names = numbered(text)
            try:
                types = typed(connection, plain, names)
            except psycopg.Error:
                left_out.append(where)  # put together when it runs, or of another database
                continue
            kept.append({"where": where, "sql": plain, "types": types})
    migrations = sorted(file.stem for file in (package / "db" / "migrations").glob("*.sql"))
    found = {"migrations": migrations, "left_out": left_out, "statements": kept}
    return {"commit": _git("rev-parse", f"{ref}^{{commit}}").decode().strip(), **found}


def main(ref: str) -> None:
    """Writes the record of a commit."""
    from localcloud.database import EmbeddedDatabase

    with tempfile.TemporaryDirectory(prefix="statewright-previous-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        database = EmbeddedDatabase(folder / "postgres")
        try:
            found = record(ref, database.start(), folder)
        finally:
            database.stop()
    RECORD.write_text(json.dumps(found, indent=1) + "\n")
    said = f"{len(found['statements'])} statements, {len(found['left_out'])} left out\n"
    sys.stdout.write(said)


if __name__ == "__main__":
    main(sys.argv[1])
