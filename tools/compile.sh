#!/usr/bin/env bash
# Compiles the hot modules again after one of them was edited (./run and ./test do it themselves):
#   tools/compile.sh           compile what tools/compiled_modules.txt lists
#   tools/compile.sh --clean   remove what was compiled: plain Python, until the next ./run, ./test or tools/compile.sh
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh"

rm -f "$venv/.compile-failed"
exec flock "$root_directory/.bootstrap.lock" "$venv/bin/python" "$root_directory/tools/compile.py" "$@"
