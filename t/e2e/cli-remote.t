#!/bin/bash
# cli-remote.t - the same commands on the database of the host and against the
# server, through a real nginx: the same JSON, byte for byte, and the same
# exit codes. And who may: tokens, servers, TLS.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

export XDG_CONFIG_HOME=$T/xdg
unset PAWL_SERVER PAWL_TOKEN PAWL_REPO PAWL_CONFIG NO_COLOR

web_setup /ci || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" fill &&
    "$builddir/t/lib/web-seed" "$config" render || bail 'no database'
web_start || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"
pawl token add tester --role admin >"$T/token" || bail 'no token'

# remote COMMAND... - against the server, without a look at this host.
remote()
{
	"$builddir/pawl" --server "$base_url" "$@"
}

# code NAME COMMAND... - run, keep what it prints in NAME.out and NAME.err, and
# print how it ends.
code()
{
	local name=$1 rc=0
	shift
	"$@" >"$T/$name.out" 2>"$T/$name.err" || rc=$?
	printf '%s' "$rc"
}

# same COMMAND... - both ways end alike and print the same JSON.
same()
{
	local here there
	here=$(code here pawl "$@")
	there=$(code there remote "$@")
	is "$there" "$here" &&
	    cmp "$T/here.out" "$T/there.out" &&
	    case $* in
	    *--json*) [ "$here" != 0 ] || jq . "$T/here.out" >"$T/jq.out" ;;
	    esac
}

test_expect 'a token is kept in a file that only its owner may read' '
	is "$(code login "$builddir/pawl" login "$base_url" --name ci \
	    <"$T/token")" 0 &&
	is "$(stat -c %a "$XDG_CONFIG_HOME/pawl/servers.json")" 600 &&
	! grep -q pawl_ "$T/login.out" "$T/login.err" &&
	is "$(remote servers --json | jq -r ".[0].name")" ci &&
	is "$(remote servers --json | jq -r ".[0].default")" true
'

test_expect 'reading gives the same JSON here and there' '
	while read -r words; do
		# shellcheck disable=SC2086
		same $words || { echo "not the same: $words"; return 1; }
	done <"$srcdir/t/data/cli/same"
'

test_expect 'secrets and repositories are changed from elsewhere' '
	is "$(code x remote repo add far/away https://github.com/far/away)" 0 &&
	grep -q "^webhook *$base_url/hook/github/far/away" "$T/x.out" &&
	is "$(code x remote repo add far/away https://github.com/far/away)" 1 &&
	is "$(code x remote repo set far/away --private)" 0 &&
	is "$(pawl repo show far/away --json --jq .visibility)" private &&
	printf "hush-hush-hush" >"$T/value" &&
	is "$(code x remote secret set key --repo far/away --env prod \
	    <"$T/value")" 0 &&
	is "$(cat "$T/x.out")" "set KEY (environment prod of far/away)" &&
	is "$(code x remote secret set all --owner far -f "$T/value")" 0 &&
	same secret list --repo far/away --json &&
	is "$(jq -r ".[].name" "$T/here.out")" KEY &&
	is "$(pawl secret list --owner far --json --jq ".[].scope")" \
	    "owner far" &&
	is "$(code x remote secret delete KEY --repo far/away)" 3 &&
	is "$(code x remote secret delete KEY --repo far/away --env prod)" 0 &&
	is "$(code x remote secret delete all --owner far)" 0 &&
	is "$(code x remote repo remove far/away </dev/null)" 1 &&
	is "$(code x remote repo remove far/away --yes)" 0 &&
	is "$(code x pawl repo show far/away)" 3
'

test_expect 'what has no route says that it is for the server itself' '
	while read -r words; do
		# shellcheck disable=SC2086
		is "$(code x remote $words <"$T/value")" 1 &&
		    grep -q "only on the server itself" "$T/x.err" ||
		    { echo "not refused: $words"; return 1; }
	done <<-\END
		secret set KEY
		secret list
		secret delete KEY
		repo show octo/demo --secret
		repo set octo/demo
		repo set octo/demo --trust mona
		repo add far/away https://github.com/far/away --secret-file -
	END
'

test_expect 'what is not found, or not allowed, ends with its code' '
	is "$(code x remote show octo/demo#999)" 3 &&
	is "$(code x remote show nobody/nothing#1)" 3 &&
	is "$(code x remote show)" 2 &&
	is "$(code x "$builddir/pawl" --server "$base_url" queue pause)" 0 &&
	is "$(code x remote queue resume)" 0 &&
	is "$(code x "$builddir/pawl" --server nowhere runs)" 3 &&
	is "$(code x "$builddir/pawl" --server http://127.0.0.1:9 runs)" 5
'

test_expect 'a token that is none is refused, and so is a file for all' '
	printf "pawl_wrong\n" >"$T/wrong" &&
	is "$(code x "$builddir/pawl" login "$base_url" --name bad \
	    --token-file "$T/wrong")" 4 &&
	chmod 644 "$XDG_CONFIG_HOME/pawl/servers.json" &&
	is "$(code x remote runs)" 4 && grep -q "chmod 600" "$T/x.err" &&
	chmod 600 "$XDG_CONFIG_HOME/pawl/servers.json"
'

# A proxy of the test's own in front of the server, with TLS.
tls_start()
{
	local port2
	port2=$(free_port)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$T/tls.key" -out "$T/tls.pem" -days 2 \
	    -subj /CN=localhost -addext "subjectAltName=DNS:localhost" \
	    2>/dev/null || return 1
	mkdir -p "$T/tls" && cat >"$T/tls/nginx.conf" <<-END
		pid $T/tls/pid;
		error_log $T/tls/error.log;
		events { }
		http {
			access_log $T/tls/access.log;
			client_body_temp_path $T/tls/body;
			proxy_temp_path $T/tls/proxy;
			fastcgi_temp_path $T/tls/fastcgi;
			uwsgi_temp_path $T/tls/uwsgi;
			scgi_temp_path $T/tls/scgi;
			server {
				listen 127.0.0.1:$port2 ssl;
				ssl_certificate $T/tls.pem;
				ssl_certificate_key $T/tls.key;
				location /ci/ { proxy_pass http://127.0.0.1:$port; }
				location / { return 302 $base_url\$request_uri; }
			}
		}
	END
	nginx -c "$T/tls/nginx.conf" -e "$T/tls/error.log" || return 1
	wait_for 10 test -s "$T/tls/pid"
	at_end stop_pid "$(cat "$T/tls/pid")"
	tls=https://localhost:$port2
}

test_expect 'a certificate that nobody vouches for ends it' '
	tls_start &&
	is "$(code x "$builddir/pawl" --server "$tls/ci" runs --json)" 5 &&
	grep -q "certificate" "$T/x.err" &&
	is "$(code x env SSL_CERT_FILE="$T/tls.pem" "$builddir/pawl" \
	    --server "$tls/ci" runs --json=number)" 0 &&
	is "$(jq length "$T/x.out")" "$(pawl runs --json | jq length)"
'

test_expect 'no redirect is followed' '
	is "$(code x env SSL_CERT_FILE="$T/tls.pem" "$builddir/pawl" \
	    --server "$tls/elsewhere" runs)" 1 &&
	grep -q "leads to" "$T/x.err"
'

test_expect 'a token goes nowhere in the clear' '
	is "$(code x env PAWL_TOKEN=pawl_x "$builddir/pawl" \
	    --server http://ci.example.org runs)" 4 &&
	grep -q "without https" "$T/x.err"
'

test_expect 'an artifact is compared with its digest' '
	line=$(pawl runs --json | jq -r ".[] | \"\(.owner)/\(.name)#\(.number)\"" |
	    while read -r run; do
		[ "$(pawl artifacts "$run" --json | jq length)" -gt 0 ] &&
		    echo "$run"
	    done | head -n 1) &&
	if [ -n "$line" ]; then
		remote download "$line" -o "$T/there" &&
		    pawl download "$line" -o "$T/here" &&
		    diff -r "$T/here" "$T/there"
	fi
'

test_expect 'what watches a run that is over shows it once, and how it ended' '
	is "$(code x remote runs watch octo/demo#2 --exit-status)" 1 &&
	sed "s/^[^ ]* //" "$T/x.out" >"$T/plain" &&
	cmp "$T/plain" "$srcdir/t/data/cli/watch.plain" &&
	script -qec "stty cols 200 rows 24 && \"$builddir/pawl\" \
	    --server \"$base_url\" --color=never runs watch octo/demo#2" \
	    /dev/null </dev/null | tr -d "\r" |
	    sed "s/\x1b\[[?0-9]*[a-zA-Z]//g; s/[0-9][0-9]* m*s/N ms/; s/  */ /g; s/ *$//" \
	    >"$T/picture" &&
	diff "$srcdir/t/data/cli/watch.picture" "$T/picture"
'

# offers WORD... - what the shells are told that may come next.
offers()
{
	PAWL_CONFIG=$config "$builddir/pawl" __complete "$@" | cut -f1
}

test_expect 'what may come next is known from the tables, and asked for' '
	offers ru >"$T/offers" && grep -qx runs "$T/offers" &&
	offers runs --sta >"$T/offers" && is "$(cat "$T/offers")" --state &&
	offers runs --state=f >"$T/offers" &&
	is "$(cat "$T/offers")" --state=failed &&
	offers runs --state fa | grep -qx failed &&
	offers show octo/demo#2 | grep -qx octo/demo#2 &&
	offers repo show octo/d | grep -qx octo/demo &&
	is "$(offers lint "")" :files
'

test_expect 'shells load their script and complete by it' '
	PATH=$builddir:$PATH && export PATH PAWL_CONFIG=$config &&
	is "$(bash -c "source <(pawl completion bash)
		COMP_WORDS=(pawl runs --sta) COMP_CWORD=2
		_pawl; echo \${COMPREPLY[*]}")" --state &&
	if command -v fish >"$T/which"; then
		is "$(HOME=$T fish -c "pawl completion fish | source
			complete -C \"pawl runs --sta\"" | cut -f1)" --state
	fi &&
	if command -v zsh >"$T/which"; then
		pawl completion zsh >"$T/_pawl" && zsh -n "$T/_pawl" &&
		HOME=$T zsh -fc "autoload -Uz compinit; compinit -D -u
			source $T/_pawl; whence -w _pawl" | grep -q function
	fi
'

test_expect 'manual pages are well-formed, and one for each command' '
	for page in "$builddir"/man/*.[158]; do
		groff -ww -Tutf8 -mdoc -z "$page" 2>&1
		! command -v mandoc >"$T/which" ||
		    mandoc -Tlint -Wwarning "$page"
	done >"$T/lint" && is "$(cat "$T/lint")" "" &&
	pawl --help | sed -n "s/^  \([a-z]*\).*  .*/\1/p" | sort -u |
	    while read -r word; do
		test -s "$builddir/man/pawl-$word.1" ||
		    { echo "no page: $word"; return 1; }
	    done
'

test_expect 'a run is drawn as text: needs, times, differences' '
	remote graph octo/demo#2 | grep -q "^skipped  *Test .*needs build\$" &&
	remote timeline octo/demo#2 --steps >"$T/line" &&
	grep -q "^failed  *Build \* .* =" "$T/line" &&
	grep -q "^failed  *Compile everything " "$T/line" &&
	remote compare octo/demo#1 octo/demo#2 >"$T/sides" &&
	grep -q "^build  *status_different  *succeeded .*failed" "$T/sides" &&
	grep -q "^  exit_code  *-  *2\$" "$T/sides" &&
	grep -qx "2 of 2 jobs differ" "$T/sides" &&
	is "$(remote compare octo/demo#2 octo/demo#2 | tail -n 1)" \
	    "0 of 2 jobs differ"
'

test_expect 'events of a run are listed where the database is' '
	pawl events list octo/demo#2 --json >"$T/events" &&
	is "$(jq -c "[.[].seq] == [range(1; length + 1)]" "$T/events")" true &&
	jq -e "map(.type) | index(\"job.failed\")" "$T/events" >"$T/jq.out" &&
	is "$(pawl events list octo/demo#2 -a 1 -n 2 --json \
	    --jq "map(.seq) | tostring")" "[2,3]" &&
	is "$(pawl events list octo/demo#2 | wc -l)" "$(jq length "$T/events")" &&
	is "$(code x remote events list octo/demo#2)" 1 &&
	grep -q "only on the server itself" "$T/x.err"
'

test_expect 'a program pawl-WORD on PATH is a command; gh'"'"'s spellings work' '
	printf "#!/bin/sh\necho \"\$PAWL_SERVER \$*\"\n" >"$T/pawl-foo" &&
	chmod +x "$T/pawl-foo" &&
	is "$(PATH=$T:$PATH "$builddir/pawl" --server x foo a b)" "x a b" &&
	is "$(code x "$builddir/pawl" foo)" 2 &&
	is "$(pawl run view octo/demo#2 --json=number --jq .number)" 2
'

test_expect 'a backup is whole and can be used' '
	pawl db backup "$T/copy.db" && is "$(stat -c %a "$T/copy.db")" 600 &&
	is "$(code x pawl db backup "$T/copy.db")" 1 &&
	is "$(sqlite3 "$T/copy.db" "PRAGMA integrity_check;
		SELECT count(*) FROM runs" | tr "\n" " ")" \
	    "ok $(sqlite3 "$state/pawl.db" "SELECT count(*) FROM runs") " &&
	pawl db check && pawl db vacuum
'

test_done
