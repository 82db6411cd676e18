#!/bin/bash
# cli-check.t - pawl admin check: each thing that can be wrong has its line,
# which says how to mend it.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

state=$T/state
pawl admin migrate >/dev/null || bail 'no database'

# check WORD NAME [PATTERN] - the check has such a line; fails on FAIL only
says()
{
	local want=0
	pawl admin check >out 2>&1
	grep -q '^FAIL' out && want=1
	exits "$want" pawl admin check || return 1
	grep -qE "^$1 +$2 .*${3:-}" out || { cat out; return 1; }
}

# listen SOCKET - somebody takes datagrams there
listen()
{
	perl -MIO::Socket::UNIX -e '
		my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM,
			Local => $ARGV[0]) or die;
		$s->recv(my $m, 10) while 1' "$1" &
	listener=$!
	disown "$listener"
	at_end stop_pid "$listener"
	wait_for 10 test -S "$1"
}

# answer HANDLER [FILE] - a web server that gives these statuses for healthz
# and for all else; sets base-url
answer()
{
	local port
	port=$(free_port)
	perl -MIO::Socket::INET -e '
		my $port = shift;
		my $s = IO::Socket::INET->new(Listen => 5, ReuseAddr => 1,
			LocalAddr => "127.0.0.1:$port") or die;
		while (my $c = $s->accept) {
			my $code = $ARGV[<$c> =~ /healthz/ ? 0 : -1];
			while (<$c>) { last if /^\r/ }
			print $c "HTTP/1.0 $code x\r\n\r\n";
			close $c;
		}' "$port" "$@" &
	server=$!
	disown "$server"
	at_end stop_pid "$server"
	sed -i "s|^base-url:.*|base-url: http://127.0.0.1:$port/ci|" \
		"$PAWL_CONFIG"
	wait_for 10 curl -so /dev/null "http://127.0.0.1:$port/"
}

test_expect 'a sound part is "ok"' '
	says ok configuration pawl.yaml && says ok database "version [0-9]" &&
	says ok state && says ok git "git version" && says ok clock &&
	says ok webhooks
'

test_expect 'a workerd that is away' '
	says FAIL workerd wake.sock && grep -A 1 "^FAIL *workerd" out |
		grep -q "mend: .*pawl-workerd"
'

test_expect 'a workerd that is there' '
	mkdir -p "$state/run" && listen "$state/run/wake.sock" &&
	says ok workerd
'

test_expect 'nobody at base-url' '
	says FAIL nginx healthz
'

test_expect 'handlers that do not answer' '
	answer 502 && says FAIL nginx "status 502"
'

test_expect 'all is well: exit code 0' '
	answer 200 && PAWL_LIBEXEC_DIR=$builddir/libexec \
		exits 0 pawl admin check && ! grep -q "^FAIL" out
'

test_expect 'files that nginx cannot read' '
	pawl repo add a/a https://github.com/a/a >/dev/null &&
	answer 200 403 && exits 1 pawl admin check &&
	grep -q "badges/a/a/main.svg: HTTP status 403" out &&
	grep -q "o+x" out && answer 200
'

test_expect 'the same as JSON' '
	exits 0 pawl admin check --json &&
	jq -e "all(.level == \"ok\" or .level == \"warn\")" out &&
	jq -e "any(.check == \"database\")" out
'

test_expect 'helper programs that are not there' '
	PAWL_LIBEXEC_DIR=$T/nowhere says FAIL programs nowhere/pawl-job
'

test_expect 'a mistake in the configuration, in full' '
	sed "s/^engine/engien/" "$PAWL_CONFIG" >wrong.yaml &&
	exits 1 pawl admin check --config wrong.yaml &&
	grep -q "^FAIL *configuration .*wrong.yaml:3:1" out &&
	grep -q "did you mean \"engine\"" out && ! grep -q database out
'

test_expect 'an engine that does not answer' '
	sed "s/^engine:.*/engine: docker/" "$PAWL_CONFIG" >docker.yaml &&
	echo "docker-socket: $T/none.sock" >>docker.yaml &&
	exits 1 pawl admin check --config docker.yaml &&
	grep -q "^FAIL *engine .*docker" out
'

test_expect 'git that is away' '
	mkdir -p path && PATH=$T/path exits 1 "$builddir/pawl" admin check &&
	grep -q "^FAIL *git " out
'

test_expect 'git that is too old' '
	printf "#!/bin/sh\necho git version 2.11.0\n" >path/git &&
	chmod +x path/git &&
	PATH=$T/path:$PATH exits 1 "$builddir/pawl" admin check &&
	grep -q "^FAIL *git .*older than" out
'

test_expect 'a webhook secret under another key' '
	mv "$state/hook.key" key && head -c 32 /dev/urandom >"$state/hook.key" &&
	chmod 600 "$state/hook.key" && says FAIL webhooks a/a &&
	grep -q "hook.key from the backup" out && mv key "$state/hook.key"
'

test_expect 'a state directory that everybody may write' '
	chmod o+w "$state" && says FAIL state "everybody" && chmod o-w "$state"
'

test_expect 'a clock that was set back' '
	sqlite3 "$state/pawl.db" "INSERT INTO runs (uuid, repo, number, workflow,
		file, event, ref, branch, sha, state, created_at_ms, priority,
		finished_at_ms, updated_at_ms, title, actor, why) SELECT
		\"00000000-0000-4000-8000-000000000000\", id, 1, \"w\", \"f\", \"push\",
		\"refs/heads/main\", \"main\", \"abc\", \"skipped\",
		4102444800000, 1, 4102444800000, 0, \"\", \"\", \"\"
		FROM repos" &&
	says FAIL clock 2100-01-01 &&
	sqlite3 "$state/pawl.db" "DELETE FROM runs" && says ok clock
'

test_expect 'a damaged database' '
	sqlite3 "$state/pawl.db" "PRAGMA wal_checkpoint(TRUNCATE)" >note &&
	cp "$state/pawl.db" whole.db &&
	size=$(sqlite3 whole.db "PRAGMA page_size") &&
	head -c 200 /dev/urandom | dd of="$state/pawl.db" bs=1 \
		seek="$((2 * size))" conv=notrunc status=none &&
	says FAIL database
'

test_expect 'a database of a newer Pawl' '
	rm -f "$state"/pawl.db* && cp whole.db "$state/pawl.db" &&
	sqlite3 "$state/pawl.db" "PRAGMA user_version = 9999" &&
	says FAIL database 9999
'

test_expect 'no database' '
	rm -f "$state"/pawl.db* && says FAIL database &&
	grep -q "mend: pawl admin migrate" out
'

test_expect 'no state directory' '
	mv "$state" gone && says FAIL state "No such file" && mv gone "$state"
'

test_done
