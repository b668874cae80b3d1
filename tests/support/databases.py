"""Databases of other people's: PostgreSQL by TCP, and MariaDB in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pymysql

from tests.support.server import free_port, until


@contextmanager
def forwarded(target: str) -> Iterator[int]:
    """A TCP port that leads to a Unix socket; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                sink.sendall(piece)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                inner = socket.socket(socket.AF_UNIX)
                inner.connect(target)
                for ends in ((caller, inner), (inner, caller)):
                    threading.Thread(target=pump, args=ends, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


@contextmanager
def postgresql(uri: str) -> Iterator[str]:
    """The embedded PostgreSQL as a URL with a host and a port."""
    with psycopg.connect(uri) as connection:
        info = connection.info
        path = f"{info.host}/.s.PGSQL.{info.port}"
        user, name = info.user, info.dbname
    with forwarded(path) as port:
        yield f"postgresql://{user}@127.0.0.1:{port}/{name}?sslmode=disable"


def mariadb_binary() -> str | None:
    """Where MariaDB is; installed by apt where it is not, and this may be done."""
    found = shutil.which("mariadbd") or shutil.which("mysqld", path="/usr/sbin:/usr/bin")
    if found or os.geteuid() != 0 or not shutil.which("apt-get"):
        return found
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", "mariadb-server"],
    ):
        try:
            subprocess.run(
                ["apt-get", *command], env=environment, capture_output=True, check=True, timeout=180
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return None
    return shutil.which("mariadbd")


@contextmanager
def mariadb(binary: str, folder: Path) -> Iterator[str]:
    """A MariaDB that is gone afterwards; gives the URL of an empty database."""
    folder.mkdir()
    root = os.geteuid() == 0
    if root:
        user = pwd.getpwnam("mysql")
        os.chown(folder, user.pw_uid, user.pw_gid)
    options = [f"--datadir={folder}/data", *(["--user=mysql"] if root else [])]
    install = ["mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal", *options]  # fmt: skip
    subprocess.run(install, check=True, capture_output=True)
    port = free_port()
    process = subprocess.Popen(
        [binary, "--no-defaults", *options, f"--port={port}", "--bind-address=127.0.0.1",
         f"--socket={folder}/socket", f"--pid-file={folder}/pid", "--skip-name-resolve"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def is_ready() -> bool:
        assert process.poll() is None, "MariaDB ended"
        try:
            with pymysql.connect(unix_socket=f"{folder}/socket", user="root", autocommit=True) as admin:  # fmt: skip
                cursor = admin.cursor()
                cursor.execute("CREATE DATABASE IF NOT EXISTS shop")
                cursor.execute("CREATE USER IF NOT EXISTS shop@'%' IDENTIFIED BY 'a secret: @/'")
                cursor.execute("GRANT ALL ON shop.* TO shop@'%'")
            return True
        except pymysql.err.OperationalError:
            return False

    try:
        until(is_ready, "MariaDB")
        yield f"mysql://shop:a%20secret%3A%20%40%2F@127.0.0.1:{port}/shop"
    finally:
        process.terminate()
        process.wait(30)
