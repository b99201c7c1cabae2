# Shared by the scripts beside it; sourced, never run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# install PACKAGE…: by apt where we may; otherwise the sentence that helps.
install() {
  if [ "$(id -u)" -eq 0 ] && has apt-get; then
    say "Installing $*"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  else
    fail "missing: $*. Install them (on Debian: sudo apt-get install $*) and run this again."
  fi
}

# What every build needs: Rust, Node, a C compiler for the SQL engine and the allocator.
need_build_tools() {
  has cargo || fail "cargo is missing. Install Rust 1.95 or newer (https://rustup.rs) and run this again."
  has npm || fail "npm is missing. Install Node 20 or newer and run this again."
  has cc || install build-essential
}
