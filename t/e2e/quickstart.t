#!/bin/bash
# quickstart.t - ./quickstart from a shallow clone below a folder that only
# its owner may enter: Pawl builds and tests itself; then other repositories.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/tap.sh
. "${srcdir:-.}/t/lib/tap.sh"

export GIT_CONFIG_GLOBAL=$T/gitconfig GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR PAWL_CONFIG PAWL_LIBEXEC_DIR
git config --global user.name Ada
git config --global user.email ada@example.org
git config --global init.defaultBranch main
git config --global safe.directory '*'

mkdir -m 700 "$T/home"
clone=$T/home/pawl
PAWL_PORT=$(free_port)
export PAWL_PORT
base=http://127.0.0.1:$PAWL_PORT

# The source as a repository of its own, without what a build has left.
make_clone()
{
	mkdir "$T/origin" &&
	tar -C "$srcdir" --exclude=./.git --exclude=./.check \
		--exclude=./.quickstart --exclude=autom4te.cache -cf - . |
		tar -C "$T/origin" -xf - &&
	git -C "$T/origin" init -q && git -C "$T/origin" add -A &&
	git -C "$T/origin" commit -q -m "first" &&
	git -C "$T/origin" commit -q --allow-empty -m "second" &&
	git clone -q --depth 1 "file://$T/origin" "$clone"
}

# small NAME COMMAND - a repository with one job
small()
{
	mkdir -p "$T/$1" && git -C "$T/$1" init -q &&
	printf 'on: push\njobs: {t: {runs-on: x, steps: [{run: "%s"}]}}\n' \
		"$2" >"$T/$1/.ci.yml" &&
	git -C "$T/$1" add -A && git -C "$T/$1" commit -q -m "$1"
}

# quickstart CODE [ARGUMENT] - ends with this code; output in the file out
quickstart()
{
	local want=$1 got=0
	shift
	(cd "$clone" && ./quickstart "$@") >"$T/out" 2>&1 </dev/null || got=$?
	[ "$got" -eq "$want" ] && return 0
	echo "exit code $got, not $want: quickstart $*"
	tail -n 40 "$T/out"
	return 1
}

processes()
{
	local dir
	for dir in /proc/[0-9]*; do
		tr '\0' ' ' <"$dir/cmdline" 2>/dev/null |
			grep -F "$clone/.quickstart/"
	done
}

stop_quickstart()
{
	[ ! -x "$clone/quickstart" ] || (cd "$clone" && ./quickstart stop)
}
at_end stop_quickstart

test_expect 'Pawl builds and tests itself after a push' '
	make_clone && quickstart 0 && grep -q "shallow clone" "$T/out" &&
	grep -q "^All tests successful" "$T/out"
'

test_expect 'page, log and badge have the addresses that it printed' '
	grep -q "^quickstart: page   $base/local/pawl\$" "$T/out" &&
	curl -sSf "$base/local/pawl" | grep -qi "<html" &&
	curl -sSf "$(sed -n "s/^quickstart: log    //p" "$T/out")" |
		grep -q "All tests successful" &&
	curl -sSf "$(sed -n "s/^quickstart: badge  //p" "$T/out")" |
		grep -q passing
'

test_expect 'the log of the handlers tells of the webhook' '
	grep -q "webhook accepted" "$clone/.quickstart/log/handlers.log"
'

test_expect 'admin check finds nothing wrong with it' '
	PAWL_CONFIG="$clone/.quickstart/pawl.yaml" \
		"$clone/.quickstart/prefix/bin/pawl" admin check
'

test_expect 'the checkout itself stays as it was' '
	[ -z "$(git -C "$clone" status --porcelain)" ]
'

test_expect 'another repository, on the instance that runs' '
	small good "echo all is well" && quickstart 0 "$T/good" &&
	grep -qx "all is well" "$T/out" && grep -q "local/good#1" "$T/out"
'

test_expect 'again: the same commit is told again and runs again' '
	quickstart 0 "$T/good" && grep -q "sending the webhook again" "$T/out" &&
	grep -q "local/good#2" "$T/out"
'

test_expect 'the exit code is that of the run' '
	small bad "exit 3" && quickstart 1 "$T/bad" &&
	grep -q "exit code 3" "$T/out"
'

test_expect 'what is no repository is said' '
	mkdir "$T/nothing" && quickstart 1 "$T/nothing" &&
	grep -q "could not be cloned" "$T/out"
'

test_expect 'stop ends everything' '
	[ -n "$(processes)" ] && quickstart 0 stop && [ -z "$(processes)" ] ||
		{ processes; false; }
'

test_expect 'a port that is taken is said' '
	{ perl -MIO::Socket::INET -e "
		my \$s = IO::Socket::INET->new(Listen => 5, LocalAddr =>
			q(127.0.0.1:$PAWL_PORT), ReuseAddr => 1) or die;
		while (my \$c = \$s->accept) { close \$c }" & } &&
	listener=$! && at_end stop_pid "$listener" &&
	wait_for 10 eval "curl -s $base/ -o /dev/null; [ \$? -ne 7 ]" &&
	quickstart 1 "$T/good" && grep -q "is taken" "$T/out" &&
	stop_pid "$listener"
'

test_expect 'stop of what does not run is fine' '
	quickstart 0 stop
'

test_done
