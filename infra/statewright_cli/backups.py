"""``backup`` and ``restore``: everything of one machine's data folder as one file.

The database as ``pg_dump`` writes it (one consistent moment, also while a server runs), then the
files beside it: workspaces' objects, kept mails and the keys without which secrets cannot be read.
So the archive is as secret as the data folder.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import typer

from localcloud.database import EmbeddedDatabase, programs
from statewright_cli.files import problems

_DUMP = "database.dump"
_ROLES = "roles.sql"
"""Roles are the server's, not the database's: without them its policies cannot be made."""
_LEFT = {"postgres", "postgres.lock", "lock", "logs"}
"""What is made anew: the database's files are in its dump."""


def back_up(data: Path, file: Path) -> None:
    """Writes the archive; an unfinished one never has its name."""
    if not (data / "postgres" / "PG_VERSION").exists():
        raise _refused(f"{data} holds no data of a server with its own PostgreSQL.")
    unfinished = file.with_name(f".{file.name}.unfinished")
    database = EmbeddedDatabase(data / "postgres")
    with tempfile.TemporaryDirectory() as folder:
        dump, roles = Path(folder) / _DUMP, Path(folder) / _ROLES
        try:
            url = database.start()
            _run("pg_dumpall", "--roles-only", "--file", str(roles), "--dbname", url)
            _run("pg_dump", "--format=custom", "--file", str(dump), url)
        finally:
            database.stop()
        unfinished.touch(mode=0o600)
        with tarfile.open(unfinished, "w:gz") as archive:
            archive.add(dump, _DUMP)
            archive.add(roles, _ROLES)
            for kept in sorted(data.iterdir()):
                if kept.name not in _LEFT:
                    archive.add(kept, kept.name)
    unfinished.replace(file)


def restore(file: Path, data: Path) -> None:
    """Makes a data folder of an archive."""
    if data.exists() and any(data.iterdir()):
        raise _refused(f"{data} is not empty; restore into a new folder.")
    if not tarfile.is_tarfile(file):
        raise _refused(f"{file} is not a backup.")
    with tarfile.open(file) as archive, tempfile.TemporaryDirectory() as folder:
        if not {_DUMP, _ROLES} <= set(archive.getnames()):
            raise _refused(f"{file} is not a backup.")
        data.mkdir(parents=True, exist_ok=True)
        for member in archive:
            place = Path(folder) if member.name in {_DUMP, _ROLES} else data
            archive.extract(member, place, filter="data")
        _fill(data / "postgres", Path(folder) / _ROLES, Path(folder) / _DUMP)


def _fill(postgres: Path, roles: Path, dump: Path) -> None:
    made = roles.read_text().replace("CREATE ROLE postgres;\n", "")  # every server has it
    database = EmbeddedDatabase(postgres)
    try:
        url = database.start()
        with psycopg.connect(url) as connection:
            connection.execute("\n".join(_statements(made)).encode())
        _run("pg_restore", "--exit-on-error", "--dbname", url, str(dump))
    finally:
        database.stop()


def _statements(script: str) -> Iterator[str]:
    """A script of ``pg_dumpall`` without what only ``psql`` understands."""
    return (line for line in script.splitlines() if not line.startswith("\\"))


def _run(program: str, *arguments: str) -> None:
    """Runs a program of the embedded PostgreSQL's version."""
    command = [str(programs() / program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise _refused(f"{program}: {done.stderr.strip()}")


def _refused(why: str) -> typer.Exit:
    problems.print(why, style="red")
    return typer.Exit(1)
