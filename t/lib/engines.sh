# engines.sh - private container engines and a registry for tests: each with
# its own folder, socket and network namespace, so that two test runs and the
# host's own services never meet. Needs root. Source it after tap.sh.
#
#	docker_start DIR [OPTION...]   then the socket is DIR/docker.sock
#	podman_start DIR     then the socket is DIR/podman.sock
#	registry_start DIR   beside docker_start or podman_start of the same
#	                     DIR: 127.0.0.1:5001 for that engine
#	registry_start DIR locked   another, 127.0.0.1:5002, for the user "ci"
#	                     with the password "s3cret" alone
#	image_load SOCKET    makes the image "busybox:latest" from /bin/busybox
#	engines_stop DIR     ends all of these and removes what they mounted
#
# Each start returns 0 when the service answers. The namespace reaches
# nothing outside; what containers reach is each other and the engine's host.
# A missing engine fails where CI is set, else engine_missing says why.
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash

# How long a service may take to start or end on a busy machine, in seconds.
ENGINE_PATIENCE=${ENGINE_PATIENCE:-120}

# engine_missing NAME - prints why an engine cannot be started here.
engine_missing()
{
	local program

	[ "$(id -u)" -eq 0 ] || { echo "starting $1 needs root"; return 0; }
	case $1 in
	docker) set -- dockerd containerd runc ip nsenter curl busybox ;;
	podman) set -- podman runc conmon ip nsenter curl busybox ;;
	sandbox) set -- bwrap ;;
	sandbox-images) set -- bwrap skopeo umoci busybox ;;
	esac
	for program; do
		command -v "$program" >/dev/null ||
			{ echo "$program is not installed"; return 0; }
	done
	return 1
}

# The network namespace of a folder; named by it, so that stop finds it.
engine_namespace()
{
	printf 'pawl-%s' "$(printf '%s' "$1" | cksum | cut -d' ' -f1)"
}

engine_namespace_make()
{
	local ns
	ns=$(engine_namespace "$1")
	[ -e "/run/netns/$ns" ] && return 0
	ip netns add "$ns" &&
	nsenter --net="/run/netns/$ns" ip link set lo up
}

# engine_run DIR COMMAND... - in the namespace; not with "ip netns exec",
# which would hide /sys/fs/cgroup. In the background; the pid is in $!.
engine_spawn()
{
	local ns
	ns=/run/netns/$(engine_namespace "$1")
	shift
	nsenter --net="$ns" "$@" &
}

engine_answers()
{
	curl -fs -o /dev/null --max-time 5 --unix-socket "$1" http://d/_ping
}

# wait_service PID COMMAND... - until it answers or has died.
wait_service()
{
	local pid=$1 deadline=$((SECONDS + ENGINE_PATIENCE))
	shift
	until "$@"; do
		if ! kill -0 "$pid" 2>/dev/null ||
		    [ "$SECONDS" -ge "$deadline" ]; then
			return 1
		fi
		sleep 0.1
	done
}

docker_start()
{
	local dir=$1 pid
	shift
	mkdir -p "$dir/docker" && engine_namespace_make "$dir" || return 1
	# The limits keep containers from depending on those of this shell.
	engine_spawn "$dir" dockerd --data-root "$dir/docker/data" \
		--exec-root "$dir/docker/exec" --pidfile "$dir/docker/pid" \
		--default-ulimit nofile=1024:1024 \
		--default-ulimit nproc=4096:4096 \
		-H "unix://$dir/docker.sock" "$@" \
		>"$dir/docker/log" 2>&1 </dev/null
	pid=$!
	echo "$pid" >"$dir/docker/spawned"
	wait_service "$pid" engine_answers "$dir/docker.sock"
}

# crun, Podman's default, refuses a host that mixes both versions of control
# groups; and the default limits may be above what this host allows.
podman_settings()
{
	printf '[containers]\n'
	printf 'default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n'
	printf '[engine]\nevents_logger = "file"\ncgroup_manager = "cgroupfs"\n'
	[ -e /sys/fs/cgroup/cgroup.controllers ] || printf 'runtime = "runc"\n'
}

# All of Podman's services on a host share one folder for the program that
# answers names, and so that program, in whose namespace it was started first:
# each gets a folder of its own.
podman_start()
{
	local dir=$1 p=$1/podman pid
	mkdir -p "$p" /run/containers/networks &&
	engine_namespace_make "$dir" || return 1
	podman_settings >"$p/containers.conf"
	printf '[[registry]]\nlocation = "127.0.0.1:%s"\ninsecure = true\n' \
		5001 5002 >"$p/registries.conf"
	CONTAINERS_CONF=$p/containers.conf \
	CONTAINERS_REGISTRIES_CONF=$p/registries.conf \
	engine_spawn "$dir" unshare -m sh -c \
		'mount -t tmpfs none /run/containers/networks && exec "$@"' sh \
		podman --root "$p/root" --runroot "$p/run" \
		--network-config-dir "$p/networks" --tmpdir "$p/tmp" \
		system service --time 0 "unix://$dir/podman.sock" \
		>"$p/log" 2>&1 </dev/null
	pid=$!
	echo "$pid" >"$p/spawned"
	wait_service "$pid" engine_answers "$dir/podman.sock"
}

registry_start()
{
	local dir=$1 r=$1/registry${2:+-$2} port=5001 pid
	[ $# -eq 1 ] || port=5002
	mkdir -p "$r" && engine_namespace_make "$dir" || return 1
	cat >"$r/config.yml" <<-X
	version: 0.1
	log: {level: warn}
	storage: {filesystem: {rootdirectory: $r/data}, delete: {enabled: true}}
	http: {addr: "127.0.0.1:$port"}
	X
	if [ $# -gt 1 ]; then
		htpasswd -Bbn ci s3cret >"$r/htpasswd" || return 1
		echo "auth: {htpasswd: {realm: ci, path: $r/htpasswd}}" \
			>>"$r/config.yml"
	fi
	engine_spawn "$dir" docker-registry serve "$r/config.yml" \
		>"$r/log" 2>&1 </dev/null
	pid=$!
	echo "$pid" >"$r/spawned"
	wait_service "$pid" nsenter \
		--net="/run/netns/$(engine_namespace "$dir")" \
		curl -fs -u ci:s3cret -o /dev/null --max-time 5 \
		"http://127.0.0.1:$port/v2/"
}

# image_tar DIR - the files of an image with busybox as all of its programs.
image_tar()
{
	local root=$1/rootfs
	[ -e "$1/busybox.tar" ] && return 0
	mkdir -p "$root/bin" "$root/etc" "$root/tmp" "$root/root" &&
	cp "$(command -v busybox)" "$root/bin/busybox" &&
	chroot "$root" /bin/busybox --install -s /bin &&
	printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' \
		'ci:x:1000:1000::/home/ci:/bin/sh' >"$root/etc/passwd" &&
	printf '%s\n' 'root:x:0:' 'ci:x:1000:' 'staff:x:50:nobody,ci' \
		>"$root/etc/group" &&
	chmod 1777 "$root/tmp" &&
	tar -C "$root" -cf "$1/busybox.tar" . && rm -rf "$root"
}

# image_load SOCKET [NAME [INSTRUCTION...]] - with a variable of its own,
# IMAGE_SAYS=hello, or as the instructions of a Dockerfile say.
image_load()
{
	local dir socket=$1 name=${2:-busybox} changes='' one
	dir=$(dirname "$1")
	[ $# -lt 2 ] || shift
	shift
	[ $# -gt 0 ] || set -- 'ENV IMAGE_SAYS=hello'
	for one; do
		changes="$changes&changes=$(jq -rn --arg x "$one" '$x|@uri')"
	done
	image_tar "$dir" &&
	curl -fsS -o "$dir/load.out" --max-time "$ENGINE_PATIENCE" \
		--unix-socket "$socket" -X POST \
		-H 'Content-Type: application/x-tar' \
		--data-binary "@$dir/busybox.tar" \
		"http://d/v1.41/images/create?fromSrc=-&repo=$name&tag=latest$changes"
}

# image_push SOCKET NAME [PORT] - to a registry of registry_start; then the
# image is removed here, so that it has to be pulled.
image_push()
{
	local name=127.0.0.1:${3:-5001}/$2 auth
	auth=$(printf '{"username":"ci","password":"s3cret"}' | base64 -w 0)
	image_load "$1" "$name" &&
	curl -fsS --max-time "$ENGINE_PATIENCE" --unix-socket "$1" -X POST \
		-H "X-Registry-Auth: $auth" \
		"http://d/v1.41/images/$name/push?tag=latest&tlsVerify=false" \
		>"$(dirname "$1")/push.out" &&
	! grep -q '"error"' "$(dirname "$1")/push.out" &&
	image_forget "$1" "$2" "${3:-5001}"
}

# image_forget SOCKET NAME [PORT] - so that it has to be pulled again.
image_forget()
{
	curl -fsS -o /dev/null --max-time "$ENGINE_PATIENCE" \
		--unix-socket "$1" -X DELETE \
		"http://d/v1.41/images/127.0.0.1:${3:-5001}/$2:latest?force=1"
}

# image_layout DIR [NAME] - the same image as a folder DIR/NAME for the sandbox
# ("busybox" without NAME), named oci:NAME:latest.
image_layout()
{
	local dir=$1 name=${2:-busybox} made
	mkdir -p "$dir" && made=$(mktemp -d "$dir/.make-XXXXXX") &&
	image_tar "$made" && umoci init --layout "$dir/$name" &&
	umoci new --image "$dir/$name:latest" &&
	umoci unpack --image "$dir/$name:latest" "$made/bundle" \
		>"$made/log" 2>&1 &&
	tar -C "$made/bundle/rootfs" -xf "$made/busybox.tar" &&
	umoci repack --image "$dir/$name:latest" "$made/bundle" \
		>"$made/log" 2>&1 &&
	umoci config --image "$dir/$name:latest" \
		--config.env IMAGE_SAYS=hello --config.cmd sh &&
	rm -rf "$made"
}

# service_stop FILE - by the pid in it.
service_stop()
{
	local pid deadline=$((SECONDS + ENGINE_PATIENCE))
	[ -e "$1" ] || return 0
	pid=$(cat "$1")
	kill "$pid" 2>/dev/null
	while kill -0 "$pid" 2>/dev/null; do
		if [ "$SECONDS" -ge "$deadline" ]; then
			kill -KILL "$pid"
			break
		fi
		sleep 0.1
	done
	wait "$pid" 2>/dev/null
	rm -f "$1"
}

docker_stop()
{
	service_stop "$1/docker/spawned"
}

podman_stop()
{
	service_stop "$1/podman/spawned"
}

# Mounts below a folder, the deepest first.
mounts_below()
{
	awk -v dir="$1/" 'index($5, dir) == 1 { print $5 }' \
		/proc/self/mountinfo | sort -r
}

# What a dockerd that was killed has left: its containerd, and a shim for each
# container, with what runs in it.
docker_remains()
{
	local pid child
	for pid in $(pgrep -f "containerd.* $1/docker/exec/containerd/"); do
		for child in $(pgrep -P "$pid"); do
			kill -KILL "$child"
		done
		kill -KILL "$pid"
	done 2>/dev/null
}

engines_stop()
{
	local dir=$1 ns point
	docker_stop "$dir"
	podman_stop "$dir"
	service_stop "$dir/registry/spawned"
	docker_remains "$dir"
	service_stop "$dir/registry-locked/spawned"
	for point in $(mounts_below "$dir"); do
		umount "$point" || umount -l "$point"
	done
	ns=$(engine_namespace "$dir")
	[ ! -e "/run/netns/$ns" ] || ip netns del "$ns"
}

# --- what the engines' own tests share ------------------------------------------

# engine_t ARGUMENT... - the test program, from the build tree; in the namespace
# of the folder engine_dir, where it is set, to reach the ports there.
engine_t()
{
	# shellcheck disable=SC2154 # builddir: tap.sh
	PAWL_LIBEXEC_DIR=$builddir/libexec timeout 900 \
		${engine_dir:+nsenter \
		--net="/run/netns/$(engine_namespace "$engine_dir")"} \
		"$builddir/t/engine/engine-t" "$@"
}

# tap_program TITLE COMMAND... - a whole TAP program as one test here; what
# failed in it is shown, and what the service has logged last (service_log).
tap_program()
{
	local title=$1
	shift
	# shellcheck disable=SC2034 # read by the test's text
	tap_command=("$@")
	test_expect "$title" '
		"${tap_command[@]}" >"$T/program.tap" 2>&1
		program_status=$?
		[ "$program_status" -eq 0 ] && return
		echo "it ended with $program_status"
		grep -m 5 -A6 -E "^(not ok|Bail out)" "$T/program.tap" ||
			tail -n 20 "$T/program.tap"
		[ -z "${service_log:-}" ] || tail -n 10 "$service_log"
		return 1
	'
}
