"""The API gateway's own endpoints: CORS, limits, documentation, published APIs."""
