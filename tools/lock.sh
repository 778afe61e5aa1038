#!/usr/bin/env bash
# Writes the lock files from pyproject.toml. Run it after a change of a dependency; `--upgrade` takes newer versions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

uv=${UV:-.venv/bin/uv}
compile() {
    "$uv" pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links "$@"
}

compile pyproject.toml --group build --output-file requirements.lock "$@"
compile pyproject.toml --group build --group dev --constraints requirements.lock --output-file requirements-dev.lock "$@"
echo 'uv' | compile - --output-file tools/uv.lock "$@"
