#!/bin/sh
# One script for everything: makes the environment on first use, then runs the command. See --help.
# Messages of this script go to standard error; standard output belongs to the command.
set -eu

ROOT=$(cd "$(dirname "$0")" && pwd)
VENV="$ROOT/.venv"
PYTHON="$VENV/bin/python"
LOCK="$ROOT/requirements.lock"
STAMP="$VENV/.salesoffice-installed"
PANGO_PACKAGES="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

say() { printf '%s\n' "salesoffice: $*" >&2; }
fail() { say "$*"; exit 1; }

usage() {
  cat <<'TEXT'
usage: ./salesoffice.sh COMMAND …

  demo [--port N]                             a demonstration office in the browser
  test [pytest arguments]                     the whole test suite
  check                                       format, lint, types, imports, templates, translations, migrations
  serve [--host H] [--port N] [--workers N]   the production web server
  worker                                      jobs and mail
  anything else                               the command line; `./salesoffice.sh --help` after set-up lists it
TEXT
}

# ---- python ---------------------------------------------------------------------------------------------------------

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# find_python: print the first Python that is 3.11 or newer
find_python() {
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 && is_new_enough "$name"; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

can_make_venv() { command -v uv >/dev/null 2>&1 || "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

# python_packages: print the Debian packages that give a Python with which the environment can be made, if one is missing
python_packages() {
  if [ -x "$PYTHON" ] && is_new_enough "$PYTHON" && [ -f "$STAMP" ]; then
    return 0
  fi
  if found=$(find_python); then
    if ! can_make_venv "$found"; then
      case $found in
        */python3) printf ' python3-venv' ;;
        *) printf ' %s-venv' "${found##*/}" ;;
      esac
    fi
  elif command -v python3 >/dev/null 2>&1; then
    printf ' python3.11 python3.11-venv' # the distribution's own is too old
  else
    printf ' python3 python3-venv'
  fi
}

# ---- system packages ------------------------------------------------------------------------------------------------

is_mac() { [ "$(uname -s)" = Darwin ]; }

has_library() {
  for folder in /lib /usr/lib /usr/local/lib /lib64 /usr/lib64 /lib/*-linux-* /usr/lib/*-linux-* /opt/homebrew/lib; do
    if [ -e "$folder/$1.so.0" ] || [ -e "$folder/$1.0.dylib" ] || [ -e "$folder/$1.dylib" ]; then
      return 0
    fi
  done
  return 1
}

has_pango() { has_library libpango-1.0 && has_library libpangoft2-1.0 && has_library libharfbuzz-subset; }

has_postgresql() {
  for program in /usr/lib/postgresql/*/bin/initdb; do
    if [ -x "$program" ]; then
      return 0
    fi
  done
  command -v initdb >/dev/null 2>&1
}

has_chromium() {
  for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
      return 0
    fi
  done
  [ -d "/Applications/Google Chrome.app" ] || [ -d "/Applications/Chromium.app" ]
}

# missing_packages NEED…: print the Debian packages of the needs that this machine does not meet
missing_packages() {
  for need in "$@"; do
    case $need in
      python) python_packages ;;
      pango) has_pango || printf ' %s' "$PANGO_PACKAGES" ;;
      postgresql) has_postgresql || printf ' postgresql' ;;
      chromium) has_chromium || printf ' chromium' ;;
    esac
  done
}

# brew_names PACKAGE…: print what Homebrew calls them
brew_names() {
  for package in "$@"; do
    case $package in
      python3) printf ' python@3.12' ;;
      libpango-1.0-0) printf ' pango' ;;
      postgresql) printf ' postgresql@16' ;;
      chromium) printf ' --cask google-chrome' ;;
    esac
  done
}

# apt_install PREFIX PACKAGE…: install with apt-get, refreshing the package lists when they are absent or out of date
apt_install() {
  prefix=$1
  shift
  apt="$prefix env DEBIAN_FRONTEND=noninteractive apt-get"
  # shellcheck disable=SC2086 # the words of $apt are meant to be split
  if apt-cache show "$@" >/dev/null 2>&1; then
    $apt install -qq -y --no-install-recommends "$@" </dev/null >&2 && return 0
  fi
  # shellcheck disable=SC2086
  $apt update -qq </dev/null >&2 && $apt install -qq -y --no-install-recommends "$@" </dev/null >&2
}

# require NEED…: install the system packages that are missing, or say which command does and stop
require() {
  packages=$(missing_packages "$@")
  if [ -z "$packages" ]; then
    return 0
  fi
  if is_mac; then
    # shellcheck disable=SC2086
    fail "missing on this Mac; run: brew install$(brew_names $packages)"
  fi
  say "missing on this machine:$packages"
  if ! command -v apt-get >/dev/null 2>&1; then
    fail "install what corresponds to these Debian packages, then run this again"
  fi
  if [ "$(id -u)" -eq 0 ]; then
    prefix=""
  elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    prefix="sudo"
  else
    fail "run as root: apt-get update && apt-get install -y --no-install-recommends$packages"
  fi
  # shellcheck disable=SC2086
  apt_install "$prefix" $packages || fail "apt-get could not install:$packages"
}

# ---- environment ----------------------------------------------------------------------------------------------------

# wanted_stamp: print what identifies the environment that belongs to this clone
wanted_stamp() { cksum <"$LOCK"; }

make_environment() {
  if [ -x "$PYTHON" ] && [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$(wanted_stamp)" ]; then
    return 0
  fi
  say "setting up .venv (once, and after a change of requirements.lock)"
  if ! { [ -x "$PYTHON" ] && is_new_enough "$PYTHON"; }; then
    rm -rf "$VENV"
  fi
  base=$(find_python) || fail "Python 3.11 or newer was not found"
  if command -v uv >/dev/null 2>&1; then
    [ -x "$PYTHON" ] || uv venv --quiet --python "$base" "$VENV" >&2
    uv pip sync --quiet --require-hashes --python "$PYTHON" "$LOCK" >&2
  else
    "$PYTHON" -m pip --version >/dev/null 2>&1 || "$base" -m venv --clear "$VENV" >&2
    "$PYTHON" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$LOCK" >&2
  fi
  wanted_stamp >"$STAMP"
}

compile_translations() {
  folder="$ROOT/translations/zh_CN"
  compiled="$folder/LC_MESSAGES/messages.mo"
  if [ ! -d "$folder" ]; then
    return 0
  fi
  if [ -f "$compiled" ] && [ -z "$(find "$folder" -path '*/LC_MESSAGES*' -prune -o -newer "$compiled" -print)" ]; then
    return 0
  fi
  (cd "$ROOT" && "$PYTHON" -m tools.translations compile)
}

# prepare NEED…: everything a command needs before it starts
prepare() {
  require "$@"
  make_environment
  compile_translations
}

# ---- commands -------------------------------------------------------------------------------------------------------

# step NAME COMMAND…: run one check, remember whether it found something, go on
step() {
  name=$1
  shift
  say "check: $name"
  if ! "$@"; then
    findings="$findings $name"
  fi
}

check() {
  cd "$ROOT"
  findings=""
  typed=""
  for path in salesoffice tools tests bench config.py wsgi.py; do
    if [ -e "$path" ]; then
      typed="$typed $path"
    fi
  done
  step format "$PYTHON" -m ruff format --check .
  step lint "$PYTHON" -m ruff check .
  # shellcheck disable=SC2086
  step types "$PYTHON" -m mypy $typed
  step imports "$PYTHON" -c "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-logo'])"
  step templates "$PYTHON" -m djlint --lint --quiet templates
  # sizes, templates, translations, migrations and the like; the guards that visit every page run with the tests
  guards=$(for name in layout migrations sizes tables templates translations vendor; do printf 'tests/guards/test_%s.py ' "$name"; done)
  # shellcheck disable=SC2086
  step guards "$PYTHON" -m pytest -q $guards
  if [ -n "$findings" ]; then
    fail "findings in:$findings"
  fi
  say "check: nothing found"
}

run_tests() {
  cd "$ROOT"
  exec "$PYTHON" -m pytest -n "${SALESOFFICE_TEST_WORKERS:-auto}" --dist loadfile "$@"
}

export PYTHONPATH="$ROOT${PYTHONPATH:+:$PYTHONPATH}"
if is_mac; then
  export DYLD_FALLBACK_LIBRARY_PATH="/opt/homebrew/lib:/usr/local/lib${DYLD_FALLBACK_LIBRARY_PATH:+:$DYLD_FALLBACK_LIBRARY_PATH}"
fi

command=${1:-}
case $command in
  "" | help)
    usage
    ;;
  test)
    shift
    prepare python pango postgresql chromium
    run_tests "$@"
    ;;
  check)
    prepare python pango postgresql
    check
    ;;
  doctor)
    prepare python
    exec "$PYTHON" -m salesoffice.cli "$@"
    ;;
  *)
    prepare python pango
    exec "$PYTHON" -m salesoffice.cli "$@"
    ;;
esac
