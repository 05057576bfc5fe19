#!/bin/sh
# Bring what tools/system_needs.txt lists: with apt-get as root on Debian or Ubuntu, elsewhere say in one line what to install.
# Never fails: tests whose tool is missing count as not run, and say so.
set -u
list=$(dirname "$0")/system_needs.txt
missing=""
while read -r tool package _; do
    case $tool in "" | "#"*) continue ;; esac
    command -v "$tool" >/dev/null 2>&1 || missing="$missing $package"
done <"$list"
[ -n "$missing" ] || exit 0

if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing for the tests:$missing" >&2
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # the list is words
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >/dev/null 2>&1 ||
        echo "apt-get could not install$missing; tests that need them will count as not run." >&2
else
    echo "For all tests install:$missing (tests that need them will count as not run)." >&2
fi
exit 0
