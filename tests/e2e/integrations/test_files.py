"""Files of a workspace: to S3 and from there by signed URLs, listed, linked, deleted, and kept apart."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.server import Client, Server, until


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@files.example").register()


def send(upload: dict[str, Any], content: bytes) -> httpx.Response:
    request = upload["upload"]
    kind = {"Content-Type": request["headers"]["Content-Type"]}
    return httpx.request(request["method"], request["url"], content=content, headers=kind)


def put(owner: Client, name: str, content: bytes, **more: Any) -> dict[str, Any]:
    """Uploads a file; returns it as it is kept."""
    upload = owner.ok("POST", "/v1/files", {"name": name, "size": len(content), **more})
    assert send(upload, content).status_code == 200
    return dict(owner.ok("GET", f"/v1/files/{upload['file']['id']}"))


def fetched(owner: Client, file: dict[str, Any]) -> httpx.Response:
    return httpx.get(owner.ok("POST", f"/v1/files/{file['id']}/links", {"seconds": 60})["url"])


def test_a_file_goes_to_s3_and_comes_from_there(owner: Client) -> None:
    upload = owner.ok("POST", "/v1/files", {"name": "2026/März „neu“.csv", "size": 6})
    assert upload["file"]["state"] == "uploading"
    assert upload["file"]["content_type"] == "text/csv"
    early = owner.request("POST", f"/v1/files/{upload['file']['id']}/links", {})
    assert (early.status_code, early.json()["detail"]) == (409, "The file has not been uploaded yet.")  # fmt: skip
    assert send(upload, b"a,b,c\n, and more").status_code == 403, "a size that was not announced"
    assert send(upload, b"a,b,c\n").status_code == 200
    file = owner.ok("GET", f"/v1/files/{upload['file']['id']}")
    assert (file["state"], file["size"], file["etag"] is not None) == ("stored", 6, True)
    answer = fetched(owner, file)
    assert answer.content == b"a,b,c\n"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''M%C3%A4rz")  # fmt: skip
    actions = [event["action"] for event in owner.ok("GET", "/v1/audit/events")["items"]]
    assert {"create_file", "file.linked"} <= set(actions)


def test_what_comes_to_s3_is_listed_without_being_asked_for(owner: Client) -> None:
    upload = owner.ok("POST", "/v1/files", {"name": "quiet/a.txt", "size": 1})
    send(upload, b"a")

    def stored() -> bool:
        (file,) = owner.ok("GET", "/v1/files?prefix=quiet/")["items"]
        return bool(file["state"] == "stored")

    until(stored, "S3's event")


def test_a_name_is_taken_until_it_may_be_replaced(owner: Client) -> None:
    first = put(owner, "taken.txt", b"one")
    again = owner.request("POST", "/v1/files", {"name": "taken.txt", "size": 3})
    assert again.status_code == 409
    second = put(owner, "taken.txt", b"three", replace=True)
    assert second["id"] == first["id"]
    until(lambda: owner.ok("GET", f"/v1/files/{first['id']}")["size"] == 5, "the new size")
    assert fetched(owner, first).content == b"three"


def test_files_come_in_pages_by_name(owner: Client) -> None:
    for name in ["p/b", "p/a", "p/C", "p/ä", "p2/x", "p_/x"]:
        owner.ok("POST", "/v1/files", {"name": name, "size": 1})
    names, cursor = [], ""
    while cursor is not None:
        page = owner.ok("GET", f"/v1/files?prefix=p/&limit=1{cursor}")
        names += [file["name"] for file in page["items"]]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    assert names == ["p/C", "p/a", "p/b", "p/ä"]
    assert owner.request("GET", "/v1/files?cursor=nonsense").status_code == 400


def test_a_deleted_file_is_gone_with_its_content(owner: Client) -> None:
    file = put(owner, "gone.txt", b"x")
    url = owner.ok("POST", f"/v1/files/{file['id']}/links", {})["url"]
    owner.ok("DELETE", f"/v1/files/{file['id']}")
    assert httpx.get(url).status_code == 404
    assert owner.request("GET", f"/v1/files/{file['id']}").status_code == 404
    assert owner.request("DELETE", f"/v1/files/{file['id']}").status_code == 404


def test_another_workspace_sees_nothing_of_it(owner: Client, server: Server) -> None:
    file = put(owner, "mine.txt", b"x")
    other = Client(server, "other@files.example").register()
    assert other.ok("GET", "/v1/files")["items"] == []
    for method, path in [("GET", ""), ("DELETE", ""), ("POST", "/links")]:
        body = {} if method == "POST" else None
        assert other.request(method, f"/v1/files/{file['id']}{path}", body).status_code == 404
    assert put(other, "mine.txt", b"theirs")["id"] != file["id"]
    assert fetched(owner, file).content == b"x"


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"name": "../x", "size": 1}, "/name"),
        ({"name": "/etc/passwd", "size": 1}, "/name"),
        ({"name": "a\u202eb", "size": 1}, "/name"),
        ({"name": "uploads/a/b/c/d", "size": 1}, "/name"),
        ({"name": "", "size": 1}, "/name"),
        ({"name": "x" * 501, "size": 1}, "/name"),
        ({"name": "a", "size": -1}, "/size"),
        ({"name": "a", "size": 6 * 1024**3}, "/size"),
        ({"name": "a"}, "/size"),
        ({"name": "a", "size": 1, "content_type": "text/html\r\nx: y"}, "/content_type"),
        ({"name": "a", "size": 1, "key": "x"}, "/key"),
    ],
)
def test_what_is_no_file(owner: Client, wanted: dict[str, Any], pointer: str) -> None:
    answer = owner.request("POST", "/v1/files", wanted)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_workspace_has_a_limit(owner: Client) -> None:
    for index in range(20):  # each is allowed by itself
        wanted = {"name": f"large/{index}", "size": 5 * 1024**3}
        answer = owner.request("POST", "/v1/files", wanted)
        if answer.status_code != 201:
            break
    assert (answer.status_code, "bytes together" in answer.json()["detail"]) == (409, True)
    for file in owner.ok("GET", "/v1/files?prefix=large/")["items"]:
        owner.ok("DELETE", f"/v1/files/{file['id']}")
