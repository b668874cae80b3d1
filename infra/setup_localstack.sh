#!/bin/sh
# LocalStack in an environment of its own (it needs Python 3.13), beside it AWS's runtime client for
# the functions' Python. Needs uv: LocalStack's last free edition wants its time's packages.
set -eu
venv=$1 functions=$2
python=$(sh infra/find_python.sh 3.13)
echo "Setting up $venv …"
uv venv --quiet --allow-existing --python "$python" "$venv"
uv pip install --quiet --python "$venv/bin/python" --require-hashes -r tests/localstack/requirements.lock
uv pip install --quiet --python "$venv/bin/python" --no-deps -e tests/localstack/plugin
uv pip install --quiet --python "$functions" --target "$venv/runtime" --no-deps \
    awslambdaric==4.2.2 simplejson==4.3.0 snapshot-restore-py==1.0.0
