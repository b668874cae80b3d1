"""GET /.well-known/jwks.json: the keys that verify access tokens."""

from statewright.auth import signing
from statewright.auth.signing_models import KeySetDocument
from statewright.http import Api

app = Api(permission=None)


@app.get("/.well-known/jwks.json", summary="Show the public signing keys", tags=["auth"])
def get_key_set() -> KeySetDocument:
    """The keys that access tokens can be verified with (RFC 7517)."""
    return KeySetDocument.model_validate(signing.key_set())


handler = app.handler()
