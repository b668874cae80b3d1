"""The console's files on their way to CloudFront."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from statewright_cli.site_files import FOREVER, upload


def test_files_are_kept_as_long_as_their_names_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    files = {"index.html": "<p>", "icon.svg": "<svg/>", "assets/a-1.js": "1", "assets/a-1.css": "p{}"}  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="site")
        s3.put_object(Bucket="site", Key="assets/a-0.js", Body=b"an earlier build's")
        order: list[str] = []
        s3.meta.events.register("provide-client-params.s3.PutObject", lambda params, **_: order.append(params["Key"]))  # fmt: skip
        assert upload(tmp_path, "site", s3) == 4
        told = {name: s3.get_object(Bucket="site", Key=name) for name in files}
        listed = s3.list_objects_v2(Bucket="site")["Contents"]
    assert [each["CacheControl"] for each in told.values()] == ["no-cache", "no-cache", FOREVER, FOREVER]  # fmt: skip
    assert [each["ContentType"] for each in told.values()][:2] == ["text/html", "image/svg+xml"]
    assert order[-1] == "index.html", "no page asks for what is not there yet"
    assert "assets/a-0.js" in {each["Key"] for each in listed}, "pages that are open still load it"
