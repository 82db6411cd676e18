# own-command.sh - how an engine starts a container by its own command line.
# Source it after tap.sh, and after engines.sh for docker and podman.
#
#	own_command ENGINE	fills the array `command`: words that a command
#				to run in a container of busybox, or in a
#				sandbox of the kind that Pawl makes, follow
#
# $T/floor is its /workspace in a sandbox; $T/e has the engines.
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# shellcheck disable=SC2034 # read by those who source this

own_command()
{
	case $1 in
	sandbox) command=(bwrap --ro-bind /usr /usr --symlink usr/bin /bin
		--symlink usr/lib /lib --symlink usr/lib64 /lib64
		--ro-bind /etc /etc --proc /proc --dev /dev --tmpfs /tmp
		--bind "$T/floor" /workspace --chdir /workspace
		--unshare-all --cap-drop ALL --new-session
		--die-with-parent --as-pid-1 --clearenv) ;;
	docker) command=(docker -H "unix://$T/e/docker.sock" run --rm
		busybox) ;;
	podman) command=(env CONTAINERS_CONF="$T/e/podman/containers.conf"
		nsenter --net="/run/netns/$(engine_namespace "$T/e")"
		podman --root "$T/e/podman/root" --runroot "$T/e/podman/run"
		--network-config-dir "$T/e/podman/networks"
		--tmpdir "$T/e/podman/tmp" run --rm busybox) ;;
	esac
}
