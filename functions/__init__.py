"""Lambda entry points, one per endpoint, step, queue and authorizer. They only wire."""
