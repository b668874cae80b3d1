"""Connections, webhooks, files and databases."""
