"""The edge of an endpoint: routing, the caller, validation, problem documents, paging."""

from statewright.http.api import Api
from statewright.http.caller import Caller, Origin
from statewright.http.forms import form_of
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.http.redirects import redirect
from statewright.http.session_api import SessionApi

__all__ = [
    "Api",
    "Caller",
    "Origin",
    "Page",
    "SessionApi",
    "decode_cursor",
    "encode_cursor",
    "form_of",
    "redirect",
]
