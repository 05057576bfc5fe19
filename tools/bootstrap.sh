#!/bin/sh
# usage: bootstrap.sh run|dev
# Make .venv with Python 3.11 or newer and the packages of requirements/run.txt or dev.txt, each checked against its hash,
# and the package itself from src. Does nothing when that is already so. Only this step needs a network.
set -eu
cd "$(dirname "$0")/.."
kind=$1
root=$(pwd)
python=.venv/bin/python

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 python; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "OpenSPS needs Python 3.11 or newer; name it with PYTHON=/path/to/python3." >&2
    exit 1
}

make_environment() {
    base=$(find_python) || exit 1
    rm -rf .venv
    "$base" -m venv .venv >/dev/null 2>&1 && return
    # Python without its venv module (Debian packs it apart): uv, brought by pip, makes the same.
    rm -rf .venv
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --seed --python "$base" .venv
    elif "$base" -m pip --version >/dev/null 2>&1; then
        mkdir -p .venv.tools
        grep -A 40 '^uv==' requirements/dev.txt | awk 'NR > 1 && /^[a-z]/ { exit } { print }' >.venv.tools/uv.txt
        "$base" -m pip install -qq --disable-pip-version-check --require-hashes \
            --target .venv.tools/packages -r .venv.tools/uv.txt
        PYTHONPATH=.venv.tools/packages "$base" -m uv venv --quiet --seed --python "$base" .venv
        rm -rf .venv.tools
    else
        echo "This Python has neither venv nor pip; install one of them (on Debian: apt-get install python3-venv)." >&2
        exit 1
    fi
}

install_packages() {
    echo "Installing packages ($1) ..." >&2
    "$python" -m pip install -qq --disable-pip-version-check --require-hashes -r "requirements/$1.txt"
    cp "requirements/$1.txt" ".venv/installed-$1.txt"
}

is_installed() { cmp -s "requirements/$1.txt" ".venv/installed-$1.txt"; }

put_package_on_path() {
    site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$root/src" >"$site/opensps.pth"
    cat >.venv/bin/opensps <<END
#!$root/.venv/bin/python
from opensps.project.command import main

main()
END
    chmod +x .venv/bin/opensps
    echo "$root" >.venv/installed-root
}

# An environment that was moved with its folder names the old place: make it anew.
if [ -f .venv/installed-root ] && [ "$(cat .venv/installed-root)" != "$root" ]; then rm -rf .venv; fi
is_new_enough "$python" || make_environment
if [ "$kind" = dev ]; then
    is_installed dev || install_packages dev
else
    is_installed dev || is_installed run || install_packages run
fi
[ -x .venv/bin/opensps ] && [ -f .venv/installed-root ] || put_package_on_path
catalogue=src/opensps/web/html/locale/zh_Hans/LC_MESSAGES/django
if [ -f "$catalogue.po" ] && ! [ "$catalogue.mo" -nt "$catalogue.po" ]; then
    "$python" tools/messages.py compile
fi
