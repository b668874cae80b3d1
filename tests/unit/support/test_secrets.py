"""The search for secrets in logs finds them where they are."""

from __future__ import annotations

import logging
from pathlib import Path

from tests.support import secrets


def test_a_secret_in_a_log_is_found_and_other_text_is_not(tmp_path: Path) -> None:
    secrets.note(
        {"email": "a@b.example", "password": "planted password", "more": [{"key": "k" * 20}]}
    )
    kept = secrets.Kept()
    kept.handle(logging.makeLogRecord({"msg": "signed in with %s", "args": ("planted password",)}))
    (tmp_path / "server.log").write_text("a@b.example used " + "k" * 20)
    (tmp_path / "clean.log").write_text("a@b.example signed in")
    assert secrets.leaks(tmp_path, kept) == {
        "server.log": {"k" * 20},
        "this process": {"planted password"},
    }
