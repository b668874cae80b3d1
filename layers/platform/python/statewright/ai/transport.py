"""The SDKs' way out: the guarded connections of every outbound call, under their HTTP client.

So a base URL leads to public addresses and those that the operator allows, nowhere else, and the
deadline of :func:`statewright.integrations.wire.within` ends every wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpcore
import httpx2

from statewright.integrations.reach import Reach
from statewright.integrations.wire import CONNECT_SECONDS, pool_of


class _Stream(httpx2.SyncByteStream):
    def __init__(self, response: httpcore.Response):
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _mapped():
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class GuardedTransport(httpx2.BaseTransport):
    """Sends an SDK's requests over guarded connections."""

    def __init__(self, reach: Reach):
        self._reach = reach

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One exchange."""
        url = request.url
        content = request.read()
        core = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=content,
            extensions={"timeout": {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS}},
        )
        with _mapped():
            response = pool_of(self._reach, None).handle_request(core)
        return httpx2.Response(response.status, headers=response.headers, stream=_Stream(response))


def client(reach: Reach) -> httpx2.Client:
    """An HTTP client for an SDK. Redirects are not followed: they would take the key along."""
    return httpx2.Client(transport=GuardedTransport(reach), follow_redirects=False)


@contextmanager
def _mapped() -> Iterator[None]:
    """httpcore's failures as the SDKs know them."""
    try:
        yield
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise httpx2.ReadTimeout(str(error)) from error
    except httpcore.RemoteProtocolError as error:
        raise httpx2.RemoteProtocolError(str(error)) from error
    except (httpcore.NetworkError, OSError) as error:
        raise httpx2.ConnectError(str(error)) from error
