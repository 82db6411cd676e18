# cli.sh - the pawl command with a configuration and a state of the test's
# own, without any server. Source it instead of tap.sh.
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash

# shellcheck source=t/lib/tap.sh
. "${srcdir:-.}/t/lib/tap.sh"

export PAWL_CONFIG=$T/pawl.yaml PAWL_LIBEXEC_DIR=$builddir/libexec
export PATH=$builddir:$PATH
# What "pawl run" keeps is not to go to the home of who tests, who may have none.
export XDG_STATE_HOME=$T/xdg-state
unset XDG_CONFIG_HOME NO_COLOR
cd "$T" || exit 1

cat >"$PAWL_CONFIG" <<END
base-url: http://127.0.0.1:9/ci
state-dir: $T/state
engine: sandbox
END

# exits CODE COMMAND... - it ends with this code; what it prints is in the
# files out and err.
exits()
{
	local want=$1 got=0
	shift
	"$@" >out 2>err || got=$?
	[ "$got" -eq "$want" ] && return 0
	echo "exit code $got, not $want: $*"
	cat out err
	return 1
}
