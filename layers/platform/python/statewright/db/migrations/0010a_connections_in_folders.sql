-- Connections lie in folders too, and grants on a folder decide who sees them.
CALL narrow_to_grants('connections');
