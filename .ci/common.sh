# common.sh - shared by ./quickstart and ./check: messages, packages, a copy
# of the source to build.
#
# The caller sets `here` (the checkout, absolute) and `me` (its own name).
#
# SPDX-License-Identifier: ISC
# shellcheck shell=sh

: "${me:?}" "${here:?}"

say()
{
	printf '%s: %s\n' "$me" "$*"
}

die()
{
	printf '%s: %s\n' "$me" "$*" >&2
	exit 1
}

# installed PACKAGE
installed()
{
	dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'
}

# satisfied PACKAGE - it is there, or what does its work
satisfied()
{
	case $1 in
	nginx-light) installed nginx && return ;;
	nodejs) command -v node >/dev/null && return ;;
	npm) command -v npm >/dev/null && return ;;
	esac
	installed "$1"
}

# packages_missing GROUP... - names, one a line
packages_missing()
{
	for group; do
		while read -r in name _; do
			[ "$in" = "$group" ] || continue
			satisfied "$name" || echo "$name"
		done <"$here/.ci/packages"
	done
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "needs root for: $* (there is no sudo here)"
	fi
}

apt_get()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# packages_install LOG GROUP... - those that are missing; asks nothing. The
# lists are only fetched when the packages cannot be had without.
packages_install()
{
	log=$1
	shift
	command -v dpkg-query >/dev/null || {
		say "no Debian: packages are not looked after; see" \
			"doc/dependencies.md"
		return 0
	}
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	# shellcheck disable=SC2086 # one word per package
	say "installing packages:" $missing
	# shellcheck disable=SC2086
	apt_get install --no-install-recommends $missing >"$log" 2>&1 && return
	say "fetching the package lists"
	apt_get update >>"$log" 2>&1 || { tail -n 5 "$log"; return 1; }
	# shellcheck disable=SC2086
	apt_get install --no-install-recommends $missing >>"$log" 2>&1 ||
		{ tail -n 20 "$log"; return 1; }
}

# git as if this checkout were ours, whoever owns it
our_git()
{
	git -c safe.directory="$here" -C "$here" "$@"
}

# source_copy TO - the files of the checkout with their times, so that make
# sees what has changed and the checkout itself stays as it is.
source_copy()
{
	mkdir -p "$1" || return 1
	if our_git rev-parse --git-dir >/dev/null 2>&1; then
		our_git ls-files -z --cached --others --exclude-standard
	else
		(cd "$here" && find . -path ./.check -prune -o \
			-path ./.quickstart -prune -o -type f -print0)
	fi | tar -C "$here" --null --no-recursion --ignore-failed-read \
		-T - -cf - 2>/dev/null | tar -C "$1" -xf -
}

# newer FILE THAN
newer()
{
	[ -n "$(find "$1" -newer "$2")" ]
}

# configured SOURCE BUILD OPTION... - configure BUILD unless the same was done
# before; the log is BUILD/setup.log. In a shell of its own: its variables are
# nobody else's.
configured()
(
	src=$1
	build=$2
	shift 2
	mkdir -p "$build" || return 1
	if [ ! -x "$src/configure" ] ||
		newer "$src/configure.ac" "$src/configure"; then
		(cd "$src" && autoreconf -fi) >"$build/setup.log" 2>&1 || {
			rm -f "$src/configure" # it may be there half
			tail -n 20 "$build/setup.log"
			return 1
		}
	fi
	compiler=${CC:-gcc}
	command -v ccache >/dev/null && compiler="ccache $compiler"
	set -- "CC=$compiler" "$@"
	if [ -f "$build/Makefile" ] &&
		newer "$build/Makefile" "$src/configure" &&
		[ "$(cat "$build/setup.options" 2>&1)" = "$src $*" ]; then
		return 0
	fi
	(cd "$build" && "$src/configure" "$@") >>"$build/setup.log" 2>&1 ||
		{ tail -n 20 "$build/setup.log"; return 1; }
	echo "$src $*" >"$build/setup.options"
)

jobs_at_once()
{
	nproc 2>/dev/null || echo 2
}
