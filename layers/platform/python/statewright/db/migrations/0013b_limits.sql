-- Limits are counted in buckets alone: a day's quota is a bucket that is not filled again.
DROP TABLE gateway_usage;

-- Takes tokens out of a bucket, as many as there are, after filling it for the time that has passed.
-- The clock is the database's: one for all processes. Called with other buckets in one statement, in
-- the order of their keys.
CREATE FUNCTION take_tokens(p_key text, p_capacity float8, p_rate float8, p_wanted float8,
                            OUT granted float8, OUT left_over float8)
    LANGUAGE plpgsql AS $$
DECLARE since timestamptz; moment timestamptz;
BEGIN
    INSERT INTO rate_buckets VALUES (p_key, p_capacity, clock_timestamp()) ON CONFLICT DO NOTHING;
    SELECT tokens, filled_at INTO left_over, since FROM rate_buckets WHERE key = p_key FOR UPDATE;
    moment := greatest(since, clock_timestamp());  -- read when the bucket is ours
    left_over := least(p_capacity, left_over + p_rate * extract(epoch FROM moment - since));
    granted := least(p_wanted, floor(left_over));
    left_over := left_over - granted;
    UPDATE rate_buckets SET tokens = left_over, filled_at = moment WHERE key = p_key;
END $$;
REVOKE EXECUTE ON FUNCTION take_tokens FROM PUBLIC;
