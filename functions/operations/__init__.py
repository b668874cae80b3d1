"""Running the platform itself."""
