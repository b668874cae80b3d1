"""What happens every minute: scheduled requests start, and whatever a crash left behind goes on."""

from __future__ import annotations

from collections.abc import Callable

from statewright.notifications import outbox, sending, waiting


def sweep(has_time: Callable[[], bool]) -> dict[str, int]:
    """Does what is due and says how much; what there is no time for is due again next time."""
    started = sending.start_scheduled()
    published = outbox.sweep(has_time)
    return {"started": started, "published": published, "answered": waiting.tell_all()}
