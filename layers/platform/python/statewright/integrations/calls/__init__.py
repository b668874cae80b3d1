"""HTTP calls that a workflow spells out itself: ``http.request`` and ``graphql.query``."""
