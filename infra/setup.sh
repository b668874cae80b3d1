#!/bin/sh
# Makes the virtual environment: with uv where there is one (seconds), else with venv and pip.
set -eu
venv=$1 python=$2

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Statewright needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1 || echo missing). Try: make run PY=python3.12" >&2
    exit 1
fi
echo "Setting up $venv …"
if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --allow-existing --python "$python" "$venv"
    VIRTUAL_ENV="$venv" uv pip install --quiet --require-hashes -r requirements.lock
    VIRTUAL_ENV="$venv" uv pip install --quiet --no-deps -e .
else
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -e .
fi
