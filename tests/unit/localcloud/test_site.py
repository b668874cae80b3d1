"""The console's files: what is served, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from localcloud.gateway import Request, Response
from localcloud.site import Site


class Routes:
    """A gateway that knows the API's addresses."""

    def has(self, path: str) -> bool:
        return path.startswith("/v1/")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<p>index")
    (folder / "assets" / "a-1.js").write_text("1")
    (tmp_path / "secret.txt").write_text("no")
    gateway: Any = Routes()
    return Site(folder, gateway)


def get(site: Site, path: str, accept: str = "text/html", method: str = "GET") -> Response | None:
    return site.answer(Request(method, path, "", [("accept", accept)], b"", "127.0.0.1"))


def test_a_page_of_the_console_is_its_index(site: Site) -> None:
    for path in ("/", "/workflows/1", "/index.html"):
        answer = get(site, path)
        assert answer is not None
        assert answer.body == b"<p>index"
        assert dict(answer.headers)["Cache-Control"] == "no-cache"
        assert "frame-ancestors 'none'" in dict(answer.headers)["Content-Security-Policy"]


def test_a_file_with_a_hash_in_its_name_stays(site: Site) -> None:
    answer = get(site, "/assets/a-1.js", "*/*")
    assert answer is not None
    assert "immutable" in dict(answer.headers)["Cache-Control"]
    assert "javascript" in dict(answer.headers)["Content-Type"]


@pytest.mark.parametrize(
    ("path", "accept", "method"),
    [
        ("/v1/workflows", "text/html", "GET"),
        ("/anything", "application/json", "GET"),
        ("/", "text/html", "POST"),
        ("/assets/missing.js", "text/html", "GET"),
        ("/assets/../../secret.txt", "text/html", "GET"),
        ("/assets/%2e%2e/secret.txt", "*/*", "GET"),
    ],
)
def test_everything_else_is_the_apis(site: Site, path: str, accept: str, method: str) -> None:
    assert get(site, path, accept, method) is None
