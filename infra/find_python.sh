#!/bin/sh
# Prints a working interpreter of a version (3.12): from the path, from pyenv, or from uv.
set -eu
for python in "python$1" "$(ls -d "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python 2>/dev/null | tail -1)" "$(uv python find "$1" 2>/dev/null || true)"; do
    if [ -n "$python" ] && "$python" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
        command -v "$python"
        exit
    fi
done
echo "Python $1 is needed: it is the functions' runtime." >&2
exit 1
