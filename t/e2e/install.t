#!/bin/bash
# install.t - what "make install" puts where, and whether systemd likes it.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"

cd "$T" || exit 1
root=$T/root
make_in_build()
{
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$builddir" \
		DESTDIR="$root" "$@"
}

installed_files()
{
	(cd "$root" && find . ! -type d | sort)
}

test_expect 'make install DESTDIR works' '
	make_in_build install && installed_files >files &&
	grep -q /bin/pawl\$ files && grep -q /pawl/pawl-init\$ files
'

test_expect 'no file has a placeholder or the staging folder in it' '
	! grep -rIlE "@[a-z]+@" "$root" && ! grep -rIl "$root" "$root"
'

# Its own units need those of the system: sysinit.target and so on.
units=$(cd "$root" && find . -path '*/systemd/system/pawl*' -type f |
	sed 's/^\.//' | sort)
if command -v systemd-analyze >/dev/null; then
	mkdir -p "$root/usr/lib/systemd"
	cp -a /usr/lib/systemd/system "$root/usr/lib/systemd/host"
	mkdir -p "$root/etc/systemd/system"
	cp -a "$root"/usr/lib/systemd/host/*.{target,slice,mount} \
		"$root/etc/systemd/system/" 2>/dev/null
	rm -rf "$root/usr/lib/systemd/host"
	for unit in $units; do
		test_expect "systemd finds nothing wrong with ${unit##*/}" '
			systemd-analyze verify --man=no --root="$root" \
				"$unit" >verify.out 2>&1
			result=$?
			cat verify.out
			[ "$result" -eq 0 ] && [ ! -s verify.out ]
		'
	done
	test_expect 'the user and the folders are understood' '
		conf=$(find "$root" -path "*/sysusers.d/pawl.conf") &&
		systemd-sysusers --root="$root" - <"$conf" &&
		grep "^pawl:" "$root/etc/passwd"
	'
else
	test_skip 'systemd finds nothing wrong with the units' \
		'there is no systemd-analyze'
fi

test_expect 'make uninstall leaves no file' '
	rm -rf "$root" && make_in_build install &&
	make_in_build uninstall && installed_files >left &&
	test_cmp /dev/null left
'

test_done
