-- Connectors in Python: what a server knows of them, beside their functions.

ALTER TABLE connectors DROP CONSTRAINT connectors_kind_check,
    ADD CONSTRAINT connectors_kind_check CHECK (kind IN ('openapi', 'declared', 'python'));
