# userland.sh - images for tests, made of this host's own programs. Source it
# after engines.sh.
#
#	userland_load SOCKET [NAME]	bash, coreutils, grep, sed, awk, find, tar,
#					make, git and python3
#	busybox_load SOCKET NAME [FILE...]	busybox, with these scripts as
#					programs
#
# No registry can be asked in a test, and busybox alone runs no script that was
# written for a runner. What the programs need is asked of ldd; nothing of it is
# kept behind the test.
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash

userland_packages='bash coreutils dash diffutils findutils grep gzip hostname
	make mawk sed tar util-linux'
userland_programs='git python3 ldd uname'

# userland_files - the programs, the libraries and the data, one a line
userland_files()
{
	local package program
	for package in $userland_packages; do
		dpkg -L "$package" 2>/dev/null | grep -E '^(/usr)?/s?bin/.'
	done
	for program in $userland_programs; do
		[ ! -x "/usr/bin/$program" ] || echo "/usr/bin/$program"
	done
	find /usr/lib/git-core -name git-sh-setup -o -name git-upload-pack
	find /usr/lib/python3.* -maxdepth 6 -type f -name '*.py' \
		! -path '*/test*' ! -path '*/idlelib/*' ! -path '*-packages/*'
	find /usr/lib/python3.*/lib-dynload -type f
	echo /usr/bin/awk
}

# Libraries of what is in a list of files.
userland_libraries()
{
	xargs ldd 2>/dev/null | awk '$3 ~ /^\// { print $3 }
		$1 ~ /^\/.*ld-/ { print $1 }' | sort -u
}

# userland_tar FILE
userland_tar()
{
	local root=$1.d
	[ -e "$1" ] && return 0
	mkdir -p "$root/tmp" "$root/etc" "$root/root" "$root/usr/bin" \
		"$root/usr/sbin" "$root/usr/lib" "$root/usr/lib64" &&
	ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root/" &&
	userland_files | sort -u >"$1.files" &&
	userland_libraries <"$1.files" >"$1.libraries" || return 1
	# As the links of the host are: /bin is /usr/bin. Links are followed, so
	# that a program by another name is there, too.
	sed -E 's,^/(bin|sbin|lib|lib64)/,/usr/\1/,' "$1.files" "$1.libraries" |
		sort -u | while read -r file; do
			[ ! -e "$file" ] || printf '%s\n' "${file#/}"
		done | tar -C / -hcf - -T - | tar -C "$root" -xf - &&
	echo 'root:x:0:0:root:/root:/bin/bash' >"$root/etc/passwd" &&
	echo 'root:x:0:' >"$root/etc/group" &&
	chmod 1777 "$root/tmp" &&
	tar -C "$root" -cf "$1" . &&
		rm -rf "$root" "$1.files" "$1.libraries"
}

# image_import SOCKET TAR NAME[:TAG] - Podman imports under "latest" alone, so
# another tag is given afterwards.
image_import()
{
	local tag=latest name=$3
	case $name in
	*:*) tag=${name##*:} name=${name%:*} ;;
	esac
	curl -sS --fail-with-body -o "$2.out" --max-time "$ENGINE_PATIENCE" \
		--unix-socket "$1" -X POST \
		-H 'Content-Type: application/x-tar' --data-binary "@$2" \
		"http://d/v1.41/images/create?fromSrc=-&repo=$name&tag=latest&changes=CMD%20%5B%22sh%22%2C%22-c%22%2C%22sleep%20600%22%5D" &&
	{ [ "$tag" = latest ] || curl -sS --fail-with-body \
		--max-time "$ENGINE_PATIENCE" --unix-socket "$1" -X POST \
		"http://d/v1.41/images/$name:latest/tag?repo=$name&tag=$tag"; }
}

userland_load()
{
	userland_tar "$T/userland.tar" &&
		image_import "$1" "$T/userland.tar" "${2:-userland}"
}

busybox_load()
{
	local socket=$1 name=$2 dir=$T/busybox-image
	shift 2
	mkdir -p "$dir/bin" && image_tar "$T" &&
		cp "$T/busybox.tar" "$dir.tar" || return 1
	if [ $# -gt 0 ]; then
		# Without their folder: that is there, and none may be twice.
		cp "$@" "$dir/bin/" && (cd "$dir" && find ./bin -type f |
			tar -rf "$dir.tar" -T -) || return 1
	fi
	image_import "$socket" "$dir.tar" "$name" && rm -rf "$dir" "$dir.tar"
}
