"""The AI service."""
