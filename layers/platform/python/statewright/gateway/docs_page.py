"""The documentation's page: Swagger UI, as Powertools brings it along, over the API's description.

Addresses are relative, since API Gateway puts a stage before them.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from statewright.errors import NotFoundError

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
}
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Statewright API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{parts}/swagger-ui.css"></head>
<body><div id="page"></div>
<script src="{parts}/swagger-ui.js"></script><script src="{parts}/start.js"></script>
</body></html>"""


def page(parts: str) -> str:
    """The page, which shows the ``openapi.json`` beside it.

    Args:
        parts: where its parts are, seen from the page.
    """
    return _PAGE.format(parts=parts)


PAGE = page("docs")
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""
_BUNDLED = {
    "swagger-ui.js": ("text/javascript; charset=utf-8", "swagger-ui-bundle.min.js"),
    "swagger-ui.css": ("text/css; charset=utf-8", "swagger-ui.min.css"),
}


@lru_cache(maxsize=4)
def asset(name: str) -> tuple[str, str]:
    """Media type and text of a part of the page.

    Raises:
        NotFoundError: the page has no such part.
    """
    if name == "start.js":
        return "text/javascript; charset=utf-8", _START
    if name not in _BUNDLED:
        raise NotFoundError("The documentation has no such part.")
    kind, file = _BUNDLED[name]
    folder = resources.files("aws_lambda_powertools.event_handler.openapi.swagger_ui")
    return kind, folder.joinpath(file).read_text()
