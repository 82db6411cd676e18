#!/bin/bash
# s3.t - the second copy of artifacts, in a real S3 service: Swift with its
# s3api, which checks signatures.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/worker.sh"

# Debian's, whatever else is in PATH.
python=/usr/bin/python3
"$python" -c 'import swift.common.middleware.s3api' 2>/dev/null ||
	{
		test_skip 'the second copy of artifacts' \
			'python3-swift is not installed'
		test_done
		exit
	}
blob=$builddir/t/lib/blob-tool
port=$(free_port)

s3_start()
{
	: >"$T/s3.log"
	"$python" "$srcdir/t/lib/s3_server.py" "$T/s3" "$port" \
		>"$T/s3.log" 2>&1 &
	s3=$!
	disown "$s3"
	wait_for 60 grep -q '^ready' "$T/s3.log" || bail "$(cat "$T/s3.log")"
}

s3_stop()
{
	[ -n "${s3:-}" ] && stop_pid "$s3"
	s3=
}

mkdir "$T/s3" && s3_start && at_end s3_stop
printf 'a-secret-of-tests\n' >"$T/key"
worker_setup 'artifacts-store: s3' "s3-endpoint: http://127.0.0.1:$port" \
	's3-bucket: bucket' 's3-key-id: "test:tester"' "s3-secret-file: $T/key" \
	's3-prefix: "ci files/"'
worker_start
echo hello >one && : >none && head -c 300000 /dev/urandom >big

test_expect 'a file is put, seen, listed, got and removed' '
	"$blob" "$PAWL_CONFIG" put "a/b c+~&é.txt" one &&
	"$blob" "$PAWL_CONFIG" put a/none none &&
	"$blob" "$PAWL_CONFIG" put big big &&
	is "$("$blob" "$PAWL_CONFIG" list a/ | sort)" "0 a/none
6 a/b c+~&é.txt" && is "$("$blob" "$PAWL_CONFIG" stat big)" 300000 &&
	"$blob" "$PAWL_CONFIG" get "a/b c+~&é.txt" two && cmp one two &&
	"$blob" "$PAWL_CONFIG" get big big2 && cmp big big2 &&
	"$blob" "$PAWL_CONFIG" remove a/none &&
	"$blob" "$PAWL_CONFIG" remove a/none &&
	! "$blob" "$PAWL_CONFIG" stat a/none && ! "$blob" "$PAWL_CONFIG" get a/none x &&
	[ ! -e x ]
'

test_expect 'another key is refused, at once and in words' '
	sed "s/^s3-secret-file.*/s3-secret-file: one/" "$PAWL_CONFIG" >bad.yaml &&
	! "$blob" "$T/bad.yaml" put x one 2>err &&
	grep -q "403.*SignatureDoesNotMatch" err
'

test_expect 'the table does the same in a folder' '
	"$blob" dir put "a/b c" one && "$blob" dir put a/none none &&
	is "$("$blob" dir list a/ | sort)" "0 a/none
6 a/b c" && "$blob" dir get "a/b c" three && cmp one three &&
	"$blob" dir remove a/none && ! "$blob" dir stat a/none &&
	! "$blob" dir put ../x one
'

stored()
{
	[ "$(sql "SELECT count(*) FROM artifacts WHERE stored_at_ms > 0
		AND name = '$1'")" = 1 ]
}

test_expect 'an artifact has a second copy, with its manifest' '
	one_job "    - {run: echo kept > f}" \
		"    - uses: actions/upload-artifact@v4" \
		"      with: {name: copied, path: f}" && push_run &&
	wait_for 60 run_is "$run" succeeded && wait_for 60 stored copied &&
	"$blob" "$PAWL_CONFIG" get "artifacts/demo/app/$run/copied/f" back &&
	is "$(cat back)" kept && "$blob" "$PAWL_CONFIG" get \
		"artifacts/demo/app/$run/copied~manifest.json" m &&
	is "$(sha256sum <m | cut -d " " -f 1)" \
		"$(sql "SELECT digest FROM artifacts WHERE name = '"'copied'"'")"
'

test_expect 'files that are lost here come back for the job that asks' '
	first=$run && rm -r "$state/public/artifacts/demo/app/$first" &&
	one_job "    - uses: actions/download-artifact@v4" \
		"      with: {name: copied, path: got, run-id: $first}" \
		"    - {run: grep -qx kept got/f}" && push_run &&
	wait_for 60 run_is "$run" succeeded &&
	is "$(cat "$state/public/artifacts/demo/app/$first/copied/f")" kept
'

test_expect 'a service that is down holds no job up and loses nothing' '
	s3_stop && one_job "    - {run: echo late > f}" \
		"    - uses: actions/upload-artifact@v4" \
		"      with: {name: late, path: f}" && push_run &&
	wait_for 60 run_is "$run" succeeded && ! stored late &&
	is "$(cat "$state/public/artifacts/demo/app/$run/late/f")" late &&
	s3_start && wait_for 60 stored late &&
	"$blob" "$PAWL_CONFIG" get "artifacts/demo/app/$run/late/f" l &&
	is "$(cat l)" late
'

test_expect 'a copy goes with its artifact' '
	sqlite3 -cmd ".timeout 10000" "$state/pawl.db" "UPDATE artifacts
		SET expires_at_ms = 1 WHERE name = '"'late'"'" &&
	"$PAWL_LIBEXEC_DIR/pawl-janitor" >>janitor.log 2>&1 &&
	! "$blob" "$PAWL_CONFIG" stat "artifacts/demo/app/$run/late/f" &&
	"$blob" "$PAWL_CONFIG" stat "artifacts/demo/app/$first/copied/f"
'

test_done
