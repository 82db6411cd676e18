#!/bin/bash
# cache.t - files that jobs leave to later ones: scopes, keys, limits, and
# entries that are not what they should be.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/worker.sh"

worker_setup 'cache-max-bytes: 1 MiB'
worker_start

# push_to BRANCH - what is committed, as a push to it; its run ends well.
push_to()
{
	push_run "$(git -C "$src" rev-parse HEAD)" "refs/heads/$1" &&
		wait_for 60 run_is "$run" succeeded
}

log_is()
{
	grep -qx -- "$1" "$state"/public/logs/demo/app/"$run"/test.log
}

uses()
{
	sql "SELECT group_concat(u.key || '=' || coalesce(u.matched, ''))
		FROM cache_uses u JOIN jobs j ON j.id = u.job
		JOIN runs r ON r.id = j.run WHERE r.number = $run"
}

# cached KEY - a job with a cache of that key, that adds a file to it.
cached()
{
	commit_pipeline 'on: push' 'jobs:' '  test:' '    runs-on: x' \
		'    cache:' "      key: $1" '      restore-keys: [deps-]' \
		'      paths: [~/.deps, node_modules, "/tmp/else/*"]' \
		'    steps:' '      - run: |' \
		'          echo "had $(ls ~/.deps node_modules /tmp/else 2>/dev/null | xargs)"' \
		'          mkdir -p ~/.deps node_modules /tmp/else' \
		"          echo x >~/.deps/$1; ln -sf $1 ~/.deps/link" \
		"          echo y >node_modules/tool; chmod 755 node_modules/tool" \
		'          echo z >/tmp/else/far'
}

test_expect 'nothing is found at first, and saved' '
	cached deps-1 && push_to main && log_is "had *" &&
	log_is "Cache saved with key: deps-1 .*" && is "$(uses)" "deps-1="
'

test_expect 'the same key is found: home, workspace and elsewhere' '
	cached deps-1 && push_to main && is "$(uses)" deps-1=deps-1 &&
	log_is "had /tmp/else: far /home/[a-z]*/.deps: deps-1 link node_modules: tool\|had .*deps-1 link.*tool.*" &&
	log_is "Cache hit occurred on the primary key deps-1, not saving cache."
'

test_expect 'a branch finds what the default branch has, and saves its own' '
	cached deps-2 && push_to topic && is "$(uses)" deps-2=deps-1 &&
	cached deps-2 && push_to topic && is "$(uses)" deps-2=deps-2
'

test_expect 'nobody else finds that' '
	cached deps-2 && push_to main && is "$(uses)" deps-2=deps-1 &&
	cached deps-9 && push_to other && is "$(uses)" deps-9=deps-2 &&
	is "$(sql "SELECT scope FROM caches WHERE key = '"'deps-2'"' ORDER BY id")" \
		"refs/heads/topic
refs/heads/main"
'

test_expect 'the same files are there once' '
	one_job "    - {run: mkdir d; echo same >d/f; touch -d @1 d/f}" \
		"    - uses: actions/cache/save@v4" \
		"      with: {path: d, key: same-1}" \
		"    - uses: actions/cache/save@v4" \
		"      with: {path: d, key: same-2}" && push_to main &&
	is "$(sql "SELECT count(*), count(DISTINCT digest) FROM caches
		WHERE key LIKE '"'same-%'"'")" "2|1"
'

test_expect 'what goes wrong with a save fails no job' '
	one_job "    - {run: head -c 2000000 /dev/zero >big}" \
		"    - uses: actions/cache/save@v4" \
		"      with: {path: big, key: big}" \
		"    - uses: actions/cache/save@v4" \
		"      with: {path: nothing, key: none}" && push_to main &&
	log_is ".*not saved: it is larger than 1 MiB.*cache-max-bytes.*" &&
	log_is ".*not saved: no path that it is made of exists" &&
	is "$(sql "SELECT count(*) FROM caches WHERE key IN ('"'big', 'none'"')")" 0
'

# forge KEY FILE - put another file in the place of an entry's.
forge()
{
	local digest
	digest=$(sql "SELECT digest FROM caches WHERE key = '$1'
		AND scope = 'refs/heads/main'")
	cat "$2" >"$state/caches/${digest:0:2}/$digest"
}

test_expect 'an entry that leads out is refused, and the job goes on' '
	mkdir -p evil/1 && echo bad >evil/1/pwned && ln -s /tmp evil/1/l &&
	tar -C evil --format=ustar -cf evil.tar --transform "s,^1/pwned,1/../../pwned," 1/pwned -P &&
	"$(command -v zstd)" -q -f evil.tar -o evil.zst && forge deps-2 evil.zst &&
	cached deps-2 && push_to main && is "$(uses)" "deps-2=" &&
	log_is ".*could not be restored: the archive is malformed.*"
'

test_expect 'through a link of its own it leads nowhere either' '
	tar -C evil --format=ustar -cf evil.tar 1/l && mkdir -p evil2/1/l &&
	echo bad >evil2/1/l/pwned && tar -C evil2 --format=ustar -rf evil.tar 1/l/pwned &&
	zstd -q -f evil.tar -o evil.zst && forge deps-2 evil.zst &&
	cached deps-2 && push_to main && is "$(uses)" "deps-2=" &&
	log_is ".*could not be restored:.*cannot be written.*"
'

test_expect 'so is one that was damaged or is lost' '
	printf garbage >junk && forge deps-2 junk && cached deps-2 &&
	push_to main && is "$(uses)" "deps-2=" &&
	rm -r "$state/caches" && cached deps-2 && push_to main &&
	is "$(uses)" "deps-2=" && log_is "Cache saved with key: deps-2 .*"
'

test_expect 'over the limit those go that were used longest ago' '
	cached deps-3 && push_to main &&
	bytes=$(sql "SELECT bytes FROM caches WHERE key = '"'deps-3'"'") &&
	sed -i "\$a caches-max-bytes: $((bytes + 1))" "$PAWL_CONFIG" &&
	find "$state/caches" -type f -exec touch -d "2 hours ago" {} + &&
	"$PAWL_LIBEXEC_DIR/pawl-janitor" >>janitor.log 2>&1 &&
	is "$(sql "SELECT key FROM caches")" deps-3 &&
	is "$(find "$state/caches" -type f | wc -l)" 1
'

test_done
