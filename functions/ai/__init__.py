"""Endpoints of the AI service."""
