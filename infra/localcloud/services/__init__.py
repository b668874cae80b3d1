"""AWS services: the operations in use, with AWS's names, shapes and error codes."""
