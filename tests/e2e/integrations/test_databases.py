"""``db.*`` on real databases: PostgreSQL, MariaDB and SQLite, the same for each."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from statewright.aws import objects
from statewright.errors import ConflictError
from statewright.integrations.credentials import Credentials
from statewright.integrations.databases import exporting, mysql, postgresql, sqlite, sqlserver
from statewright.integrations.databases.driver import Driver, Limits
from statewright.integrations.databases.errors import (
    DatabaseConflictError,
    DatabaseError,
    DatabaseInvalidError,
    DatabaseRefusedError,
    DatabaseTimeoutError,
    DatabaseTooLargeError,
    DatabaseUnavailableError,
)
from statewright.integrations.databases.opening import opened
from statewright.integrations.databases.step import asked
from statewright.integrations.files.errors import FileInvalidError
from statewright.integrations.reach import PUBLIC, parse_reach
from tests.e2e.integrations.test_files import put
from tests.support import databases
from tests.support.server import Client, Server, free_port

ANY = Limits()
HERE = parse_reach("127.0.0.0/8")
Open = Callable[..., AbstractContextManager[Driver]]
TABLE = "CREATE TABLE orders (id int PRIMARY KEY, city varchar(50) NOT NULL, total decimal(10,2))"


@pytest.fixture(scope="module")
def postgres_url(database: str) -> Iterator[str]:
    with databases.postgresql(database) as url:
        yield url


@pytest.fixture(scope="module")
def mariadb_url(data_root: Path) -> Iterator[str]:
    binary = databases.mariadb_binary()
    if binary is None:
        pytest.skip("MariaDB is not here, and cannot be installed")
    with databases.mariadb(binary, data_root / "mariadb") as url:
        yield url


@pytest.fixture(scope="module", params=["postgresql", "mariadb", "sqlite"])
def prepared(request: pytest.FixtureRequest, data_root: Path) -> Open:
    """Opens connections to a database with an empty table."""

    def by_url(module: Any, url: str) -> Open:
        return lambda limits=ANY, read_only=False: module.opened(url, HERE, limits, read_only=read_only)  # fmt: skip

    if request.param == "sqlite":
        file = data_root / "shop.sqlite3"
        opening: Open = lambda limits=ANY, read_only=False: sqlite.opened_file(file, limits, time.monotonic, read_only=read_only)  # noqa: E731  # fmt: skip
    elif request.param == "postgresql":
        opening = by_url(postgresql, request.getfixturevalue("postgres_url"))
    else:
        opening = by_url(mysql, request.getfixturevalue("mariadb_url"))
    with opening() as driver:
        driver.execute("DROP TABLE IF EXISTS orders", {}, 0)
        driver.execute(TABLE, {}, 0)
    return opening


@pytest.fixture
def engine(prepared: Open) -> Open:
    """The same, with three rows in the table."""
    with prepared() as driver:
        driver.execute("DELETE FROM orders", {}, 0)
        rows = [{"id": n, "city": city, "total": n * 1.5} for n, city in enumerate(["Rome", "Oslo", "Bonn"], 1)]  # fmt: skip
        assert driver.write("orders", rows, None) == 3
    return prepared


def ask(engine: Open, sql: str, limits: Limits = ANY, **values: Any) -> list[dict[str, Any]]:
    with engine(limits) as driver:
        return asked(driver, sql, values, limits)


def test_values_are_parameters(engine: Open) -> None:
    evil = "x'; DROP TABLE orders; --"
    sql = "SELECT city, total FROM orders WHERE city = :city OR id > :id ORDER BY id"
    assert ask(engine, sql, city=evil, id=2) == [{"city": "Bonn", "total": 4.5}]
    with engine() as driver:
        change = "UPDATE orders SET city = :city WHERE id = :id"
        assert driver.execute(change, {"city": evil, "id": 1}, 10)[0] == 1
    assert ask(engine, "SELECT city FROM orders WHERE id = 1 AND city LIKE '%'") == [{"city": evil}]


def test_a_query_changes_nothing(engine: Open) -> None:
    with pytest.raises(DatabaseError) as raised:
        ask(engine, "DELETE FROM orders")
    assert isinstance(raised.value, DatabaseRefusedError | DatabaseInvalidError)
    for statement in ("DELETE FROM orders", "INSERT INTO orders (id, city) VALUES (9, 'x')"):
        with pytest.raises(DatabaseRefusedError), engine(read_only=True) as driver:
            driver.execute(statement, {}, 0)
    with pytest.raises(DatabaseRefusedError), engine(read_only=True) as driver:
        driver.write("orders", [{"id": 9, "city": "x"}], ["id"])
    assert ask(engine, "SELECT count(*) AS n FROM orders") == [{"n": 3}]


def test_one_statement_at_a_time(engine: Open) -> None:
    for sql in ("SELECT 1; DELETE FROM orders", "SELECT 1; SELECT 2"):
        with pytest.raises(DatabaseError):
            ask(engine, sql)
        with pytest.raises(DatabaseError), engine() as driver:
            driver.execute(sql, {}, 0)
    assert ask(engine, "SELECT count(*) AS n FROM orders") == [{"n": 3}]


def test_upserts_insert_or_change(engine: Open) -> None:
    with engine() as driver:
        rows = [{"id": 3, "city": "Köln", "total": None}, {"id": 4, "city": "Ulm", "total": 7}]
        assert driver.write("orders", rows, ["id"]) == 2
    found = ask(engine, "SELECT id, city, total FROM orders WHERE id >= 3 ORDER BY id")
    assert found == [{"id": 3, "city": "Köln", "total": None}, {"id": 4, "city": "Ulm", "total": 7}]


def test_rows_go_in_all_or_none(engine: Open) -> None:
    with pytest.raises(DatabaseConflictError), engine() as driver:
        driver.write("orders", [{"id": 10, "city": "a"}, {"id": 1, "city": "b"}], None)
    with pytest.raises(DatabaseConflictError), engine() as driver:
        driver.write("orders", [{"id": 11, "city": None}], None)
    assert ask(engine, "SELECT count(*) AS n FROM orders") == [{"n": 3}]


def test_limits_on_rows_and_bytes(engine: Open) -> None:
    sql = "SELECT a.id FROM orders a, orders b, orders c, orders d"
    assert len(ask(engine, sql, Limits(rows=81))) == 81
    for limits in (Limits(rows=80), Limits(size=500)):
        with pytest.raises(DatabaseTooLargeError):
            ask(engine, sql, limits)


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What would be put into the store."""
    found: dict[str, bytes] = {}

    def kept(workspace_id: str, key: str, inputs: Any, name: str, content: Any) -> dict[str, Any]:
        found[name] = content.read()
        return {"file": name, "size": len(found[name])}

    monkeypatch.setattr(exporting, "kept", kept)
    return found


def test_a_query_becomes_a_file_row_by_row(engine: Open, stored: dict[str, bytes]) -> None:
    with engine() as driver:
        rows = [{"id": n, "city": "Lima", "total": None} for n in range(10, 20_000)]
        assert driver.write("orders", rows, None) == 19_990

    def export(**inputs: Any) -> dict[str, Any]:
        event = {"workspace_id": "w", "key": "k", "with": inputs}
        sql = "SELECT id, city, total FROM orders WHERE id >= :least ORDER BY id"
        return exporting.export(event, engine, sql, {"least": 3})

    assert export(to="o.csv") == {"file": "o.csv", "size": len(stored["o.csv"]), "count": 19_991}
    head = b"id,city,total\r\n3,Bonn,4.5\r\n10,Lima,\r\n"
    assert stored["o.csv"].startswith(head)
    assert stored["o.csv"].count(b"\n") == 19_992
    export(to="o", into="jsonl")
    assert stored["o"].startswith(b'{"id": 3, "city": "Bonn", "total": 4.5}\n')
    with pytest.raises(DatabaseTooLargeError, match="more than 100 rows"):
        export(to="p.csv", limit=100)
    with pytest.raises(FileInvalidError, match="xlsx is none of"):
        export(to="p.xlsx")
    assert "p.csv" not in stored


def test_limits_on_time(engine: Open) -> None:
    tables = ", ".join(f"orders o{n}" for n in range(18))
    started = time.monotonic()
    with pytest.raises(DatabaseTimeoutError):
        ask(
            engine, f"SELECT sum(o0.id * o1.id + o17.total) AS s FROM {tables}", Limits(seconds=0.5)
        )
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT * FROM nothing", "SELECT :missing", "SELECT nothing FROM orders", ""])  # fmt: skip
def test_what_is_no_statement_is_refused(engine: Open, sql: str) -> None:
    with pytest.raises(DatabaseInvalidError):
        ask(engine, sql)


def test_names_of_tables_cannot_be_code(engine: Open) -> None:
    for table in ('orders"; DROP TABLE orders; --', "orders` (id) VALUES (1); --", "a.b.c.d", ""):
        with pytest.raises(DatabaseInvalidError), engine() as driver:
            driver.write(table, [{"id": 1}], None)
    with pytest.raises(DatabaseInvalidError), engine() as driver:
        driver.write("orders", [{'id") VALUES (1); --': 1}], None)


def test_the_schema_says_tables_and_columns(engine: Open) -> None:
    with engine(read_only=True) as driver:
        found = [row for row in driver.schema() if row["table"].endswith("orders")]
    assert [(row["name"], row["nullable"]) for row in found] == [("id", False), ("city", False), ("total", True)] or found[0]["nullable"]  # SQLite's keys may be null  # fmt: skip
    assert {row["name"] for row in found} == {"id", "city", "total"}


def test_only_addresses_that_may_be_reached(postgres_url: str, mariadb_url: str) -> None:
    for module, url in ((postgresql, postgres_url), (mysql, mariadb_url), (sqlserver, "sqlserver://sa:x@127.0.0.1:1433/x")):  # fmt: skip
        with pytest.raises(DatabaseRefusedError), module.opened(url, PUBLIC, Limits(), read_only=True):  # fmt: skip
            pass
        nobody = f"{url.partition('@')[0]}@127.0.0.1:{free_port()}/x"
        with pytest.raises(DatabaseUnavailableError), module.opened(nobody, HERE, Limits(), read_only=True):  # fmt: skip
            pass
        with pytest.raises(DatabaseInvalidError), module.opened("http://127.0.0.1/", HERE, Limits(), read_only=True):  # fmt: skip
            pass


def test_wrong_passwords_are_refused(mariadb_url: str) -> None:
    wrong = mariadb_url.replace("shop:a", "shop:b", 1)
    with pytest.raises(DatabaseRefusedError) as raised, mysql.opened(wrong, HERE, Limits(), read_only=True):  # fmt: skip
        pass
    assert "secret" not in str(raised.value)


def test_sqlite_reaches_no_other_file(data_root: Path) -> None:
    file, other = data_root / "own.sqlite3", data_root / "other.sqlite3"
    sqlite3.connect(other).execute("CREATE TABLE secret (a)").connection.close()
    with sqlite.opened_file(file, Limits(), time.monotonic, read_only=False) as driver:
        driver.execute("CREATE TABLE t (a)", {}, 0)
    for sql in (f"ATTACH '{other}' AS o", "PRAGMA writable_schema = 1", f"VACUUM INTO '{data_root}/x'", "SELECT load_extension('x')"):  # fmt: skip
        with pytest.raises(DatabaseError), sqlite.opened_file(file, Limits(), time.monotonic, read_only=False) as driver:  # fmt: skip
            driver.execute(sql, {}, 0)
    assert not (data_root / "x").exists()


def test_a_stored_sqlite_file_is_changed_unless_somebody_else_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = {"content": b"", "etag": "1"}

    def download(key: str, target: Any, most: int) -> str:
        assert key == "files/w/shop/own.db"
        target.write(stored["content"])
        return str(stored["etag"])

    def put(key: str, content: Any, content_type: str, if_match: str | None) -> str:
        if if_match != stored["etag"]:
            raise ConflictError("The file has been changed meanwhile.")
        stored.update(content=content.read(), etag=str(stored["etag"]) + "1")
        return str(stored["etag"])

    monkeypatch.setattr(objects, "download", download)
    monkeypatch.setattr(objects, "put", put)

    def stock(url: str) -> Credentials:
        chosen = {"engine": "sqlite", "read_only": False}
        return Credentials("c", "w", "stock", "database", chosen, 1, "works", {"url": url}, {})

    own = stock("file:shop/own.db")
    with opened(own, ANY, read_only=False) as driver:
        driver.execute("CREATE TABLE t (a)", {}, 0)
    assert stored["etag"] == "11"
    with opened(own, ANY, read_only=True) as driver:
        assert [row["table"] for row in driver.schema()] == ["t"]
    assert stored["etag"] == "11", "nothing is stored where nothing has changed"
    with pytest.raises(DatabaseConflictError), opened(own, ANY, read_only=False) as driver:  # noqa: PT012
        driver.write("t", [{"a": 1}], None)
        stored["etag"] = "somebody else's"
    for url in ("file:../other/own.db", "file:/etc/passwd", "/etc/passwd", "file:"):
        with pytest.raises(DatabaseError), opened(stock(url), ANY, read_only=True):
            pass


def test_a_file_of_sqlite_is_a_connection_that_works(owner: Client, data_root: Path) -> None:
    file = data_root / "tested.sqlite3"
    sqlite3.connect(file).execute("CREATE TABLE t (a)").connection.close()
    put(owner, "shop/tested.db", file.read_bytes())
    auth = {"kind": "database", "engine": "sqlite", "url": "file:shop/tested.db"}
    made = owner.ok("POST", "/v1/connections", {"name": "stored", "auth": auth})
    tested = owner.ok("POST", f"/v1/connections/{made['id']}/test")
    assert tested == {"works": True, "detail": "The database has 1 tables."}


# -- in workflows -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def owner(server: Server, postgres_url: str) -> Client:
    client = Client(server, "owner@databases.example").register()
    for name, url in (("shop", postgres_url.replace("postgres@", "postgres:a-secret-password@")), ("away", f"postgresql://u:a-secret-password@127.0.0.1:{free_port()}/x")):  # fmt: skip
        auth = {"kind": "database", "engine": "postgresql", "url": url}
        client.ok("POST", "/v1/connections", {"name": name, "auth": auth})
    return client


def run(owner: Client, name: str, *steps: dict[str, Any], body: Any = None) -> dict[str, Any]:
    output = {step["id"]: f"{{% ${step['id']} %}}" for step in steps}
    workflow = owner.publish(
        {
            "name": name,
            "triggers": [{"id": "h", "type": "webhook"}],
            "steps": list(steps),
            "output": output,
        }
    )
    return owner.ended(owner.call_webhook(workflow, body or {}).json()["execution_id"])


def test_steps_use_a_database_and_keep_its_password_to_themselves(owner: Client) -> None:
    with_ = {"connection": "shop"}
    evil = "x'; DROP TABLE stock; --"
    found = run(
        owner,
        "Stock",
        {"id": "made", "use": "db.execute", **with_, "with": {"sql": "CREATE TABLE IF NOT EXISTS stock (sku text PRIMARY KEY, n int)"}},
        {"id": "put", "use": "db.upsert", **with_, "with": {"table": "stock", "rows": [{"sku": "{% $trigger.body.sku %}", "n": 2}], "key": ["sku"]}},
        {"id": "added", "use": "db.execute", **with_, "with": {"sql": "INSERT INTO stock VALUES ('b', 7) ON CONFLICT DO NOTHING RETURNING n"}},
        {"id": "got", "use": "db.query", **with_, "with": {"sql": "SELECT sku, n FROM stock WHERE sku = :sku", "parameters": {"sku": "{% $trigger.body.sku %}"}}},
        {"id": "file", "use": "db.query", **with_, "with": {"sql": "SELECT sku, n FROM stock ORDER BY n", "to": "stock/all.csv"}},
        body={"sku": evil},
    )  # fmt: skip
    assert found["status"] == "succeeded", found
    file = found["output"]["file"]
    assert (file["file"], file["count"]) == ("stock/all.csv", 2)
    assert found["output"]["got"] == {"rows": [{"sku": evil, "n": 2}], "count": 1}
    failed = run(owner, "Away", {"id": "q", "use": "db.query", "connection": "away", "with": {"sql": "SELECT 1"}})  # fmt: skip
    assert failed["error"] == "Database.Unavailable"
    for execution in (found, failed):
        history = owner.request("GET", f"/v1/executions/{execution['id']}/history").text
        assert "a-secret-password" not in history + str(execution)


@pytest.mark.parametrize("name", ["../x.csv", "uploads/x.csv", 7])
def test_a_files_name_is_looked_at_before_the_database_is_asked(owner: Client, name: Any) -> None:
    step = {"id": "q", "use": "db.query", "connection": "away", "with": {"sql": "SELECT 1", "to": "{% $trigger.body.to %}"}}  # fmt: skip
    assert run(owner, f"Named {name}", step, body={"to": name})["error"] == "File.Invalid"


def test_a_statement_is_no_expression(owner: Client) -> None:
    step = {"id": "q", "use": "db.query", "connection": "shop", "with": {"sql": "SELECT {% $trigger.body.x %}"}}  # fmt: skip
    made = owner.ok("POST", "/v1/workflows", {"definition": {"name": "Injected", "steps": [step]}})
    answer = owner.request("POST", f"/v1/workflows/{made['id']}/versions")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/steps/0/with/sql"


def test_a_database_is_tested_and_browsed(owner: Client) -> None:
    ids = {made["name"]: made["id"] for made in owner.ok("GET", "/v1/connections")}
    assert owner.ok("POST", f"/v1/connections/{ids['shop']}/test")["works"] is True
    told = owner.ok("POST", f"/v1/connections/{ids['away']}/test")
    assert told["works"] is False
    assert "a-secret-password" not in told["detail"]
    run(owner, "Browsed", {"id": "m", "use": "db.execute", "connection": "shop", "with": {"sql": "CREATE TABLE IF NOT EXISTS browsed (id int NOT NULL, t text)"}})  # fmt: skip
    tables = owner.ok("GET", f"/v1/connections/{ids['shop']}/schema")
    columns = next(table["columns"] for table in tables if table["name"] == "public.browsed")
    assert columns == [
        {"name": "id", "type": "integer", "nullable": False},
        {"name": "t", "type": "text", "nullable": True},
    ]
    assert owner.request("GET", f"/v1/connections/{ids['away']}/schema").status_code == 503
