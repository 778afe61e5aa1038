#!/usr/bin/env bash
# Brings the catalogues of locale/ up to date with the texts of templates and programs. Needs GNU gettext; for developers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

ln -sfn ui/locale locale
trap 'rm -f locale' EXIT
env -u DJANGO_SETTINGS_MODULE python -m django makemessages --locale ru --no-obsolete --add-location file \
    --ignore 'ui/node_modules/*' --ignore 'ui/dist/*'
