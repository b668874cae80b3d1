"""OpenAPI and Swagger documents to connectors."""
