#!/bin/bash
# artifacts.t - files that jobs keep: through nginx, by later jobs and runs,
# by the CLI, and until their time is over.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'artifact-max-files: 50' 'run-artifacts-max-bytes: 1 MiB'
repo_new ada kept
workerd_start

files=$base_url/artifacts/ada/kept

# fetch ADDRESS - its body; the head is in $T/head.
fetch()
{
	curl -sS -f -D "$T/head" "$files/$1"
}

push kept <<-'YML'
on: push
jobs:
  build:
    runs-on: linux
    outputs: {id: '${{ steps.up.outputs.artifact-id }}'}
    steps:
      - run: |
          mkdir -p out/bin out/.hidden /tmp/else
          echo '<script>alert(1)</script>' >out/page.html
          printf '#!/bin/sh\necho ran\n' >out/bin/tool && chmod 755 out/bin/tool
          echo x >"out/a b&c.txt" && echo h >out/.hidden/h && echo no >out/no.log
          ln -s /etc/passwd out/passwd && echo far >/tmp/else/far
      - id: up
        uses: actions/upload-artifact@v4
        with:
          name: dist
          path: |
            out
            !out/*.log
      - uses: actions/upload-artifact@v4
        with: {name: both, path: "out/bin\nmissing/*.txt\nabsent"}
      - uses: actions/upload-artifact@v4
        with: {name: far, path: /tmp/else/far, include-hidden-files: true}
      - id: twice
        continue-on-error: true
        uses: actions/upload-artifact@v4
        with: {name: far, path: out/page.html}
      - uses: actions/upload-artifact@v4
        with: {name: far, path: out/page.html, overwrite: true}
      - id: none
        continue-on-error: true
        uses: actions/upload-artifact@v4
        with: {name: none, path: nothing, if-no-files-found: error}
      - run: test "${{ steps.twice.outcome }}${{ steps.none.outcome }}" = failurefailure
      - id: many
        continue-on-error: true
        run: for i in $(seq 60); do echo >f$i; done
      - continue-on-error: true
        uses: actions/upload-artifact@v4
        with: {name: many, path: f*}
      - run: head -c 1200000 /dev/zero >big
      - continue-on-error: true
        uses: actions/upload-artifact@v4
        with: {name: big, path: big}
  use:
    needs: build
    runs-on: linux
    artifacts: {name: report, paths: ['got/**/*.txt'], expire-in: 1d}
    steps:
      - id: all
        uses: actions/download-artifact@v4
        with: {path: all}
      - run: test "$(all/dist/bin/tool)" = ran && test -f all/far/page.html && ! test -e all/dist/.hidden
      - uses: actions/download-artifact@v4
        with: {name: dist, path: got}
      - uses: actions/download-artifact@v4
        with: {artifact-ids: '${{ needs.build.outputs.id }}', path: byid}
      - run: cmp got/page.html byid/page.html && test "$(wc -l <got/passwd)" -gt 0
  wrong:
    needs: build
    runs-on: linux
    steps:
      - uses: actions/download-artifact@v4
        with: {name: dits}
YML

test_expect 'jobs keep files, and later jobs of the run have them' '
	wait_run 60 kept 1 failed && is "$(job state kept 1 build)" succeeded &&
	is "$(job state kept 1 use)" succeeded
'

test_expect 'a name that is not there is told with those that are' '
	job reason kept 1 wrong | grep "no artifact \"dits\"" | grep "\"dist\""
'

test_expect 'a pattern without a file is warned of, with the place' '
	log_of kept 1 build | grep "missing/\*.txt" |
	grep "looked for /workspace/missing/\*.txt" &&
	log_of kept 1 build | grep "\"absent\" matches nothing"
'

test_expect 'limits are told by the name of their key' '
	log_of kept 1 build >log; sql "SELECT reason FROM steps" >>log
	grep -q artifact-max-files log && grep -q run-artifacts-max-bytes log
'

test_expect 'files are plain files of nginx, folders are kept' '
	is "$(fetch 1/dist/bin/tool | head -1)" "#!/bin/sh" &&
	is "$(fetch 1/dist/a%20b%26c.txt)" x &&
	fetch 1/both/out/bin/tool >/dev/null && ! fetch 1/dist/no.log && ! fetch 1/dist/.hidden/h &&
	fetch 1/dist/ | grep -q page.html
'

test_expect 'what strangers keep never runs as a page of the host' '
	fetch 1/dist/page.html >/dev/null &&
	grep -qi "^content-security-policy:.*sandbox" head &&
	grep -qi "^x-content-type-options: nosniff" head
'

test_expect 'a link is the file that the job sees, none of the host' '
	fetch 1/dist/passwd >passwd && ! cmp -s passwd /etc/passwd
'

test_expect 'the manifest says what there is, and is the digest' '
	fetch 1/dist~manifest.json >manifest &&
	is "$(jq -r ".files[] | select(.path == \"bin/tool\") | .mode" manifest)" 0755 &&
	fetch 1/dist/page.html >page &&
	is "$(jq -r ".files[] | select(.path == \"page.html\") | .sha256" manifest)" \
		"$(sha256sum <page | cut -d " " -f 1)" &&
	is "$(sql "SELECT digest FROM artifacts WHERE name = '"'dist'"'")" \
		"$(sha256sum <manifest | cut -d " " -f 1)"
'

test_expect 'all of it is one zip archive by address' '
	fetch 1/dist.zip >dist.zip && grep -qi "^content-type: application/zip" head &&
	/usr/bin/python3 -c "import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(*sorted(z.namelist()), sep=chr(10))
print(oct(z.getinfo(\"bin/tool\").external_attr >> 16 & 0o777))" \
		dist.zip >names && grep -qx "bin/tool" names &&
	grep -qx "a b&c.txt" names && is "$(tail -1 names)" 0o755 &&
	! fetch 1/none.zip
'

test_expect 'the API, the pages and the CLI list them' '
	curl -sf "$base_url/api/v1/repos/ada/kept/runs/1/artifacts" >api &&
	is "$(jq -r ".artifacts[] | select(.name == \"dist\") | .files" api)" 4 &&
	curl -sf "$(jq -r ".artifacts[] | select(.name == \"dist\") | .zip_url" \
		api)" | cmp - dist.zip &&
	curl -sf "$base_url/ada/kept/runs/1" | grep -q "artifacts/ada/kept/1/dist.zip" &&
	curl -sf "$base_url/ada/kept/runs/1/jobs/use" >page &&
	grep -q "artifacts/ada/kept/1/report" page &&
	! grep -q "artifacts/ada/kept/1/dist" page &&
	pawl artifacts ada/kept#1 | grep "^dist" | grep "4 files" &&
	pawl artifacts ada/kept#1 dist -o copy && [ -x copy/bin/tool ] &&
	is "$(cat "copy/a b&c.txt")" x &&
	! pawl artifacts ada/kept#1 dits 2>err && grep -q dits err
'

test_expect 'overwrite takes the place of what was there, whole' '
	fetch 1/far/page.html >/dev/null && ! fetch 1/far/far &&
	is "$(sql "SELECT count(*) FROM artifacts WHERE name = '"'far'"'
		AND removed_at_ms IS NOT NULL")" 1
'

test_expect 'a failed run is no latest one' '
	! fetch latest/main/dist/page.html
'

push kept <<-'YML'
on: push
jobs:
  one:
    runs-on: linux
    artifacts: [one.txt]
    steps:
      - run: echo "run ${{ github.run_number }}" >one.txt
YML

test_expect 'a good one is, under an address that stays' '
	wait_run 60 kept 2 && wait_for 20 fetch latest/main/one/one.txt &&
	is "$(fetch latest/main/one/one.txt)" "run 2"
'

push kept <<-'YML'
on: push
jobs:
  one:
    runs-on: linux
    steps:
      - type: step.artifact_pull
        config: {source: previous_execution, key: one, dest: before}
      - type: step.shell_exec
        config:
          commands: ['cat before/one.txt', 'echo "run 3" >one.txt']
          artifacts_out: [{key: one, path: one.txt}]
      - uses: actions/download-artifact@v4
        with: {name: dist, path: first, run-id: 1}
      - run: ls first
YML

test_expect 'typed steps keep and fetch; another run is asked by its id' '
	wait_run 60 kept 3 && log_of kept 3 one >log &&
	grep -qx "run 2" log && grep -qx page.html log
'

test_expect 'the newest good run is the latest' '
	wait_for 20 sh -c "curl -s $files/latest/main/one/one.txt |
		grep -qx \"run 3\""
'

all_sent()
{
	[ "$(sql "SELECT count(*) FROM outbox WHERE state = 'queued'")" = 0 ]
}

test_expect 'and a good one that keeps nothing takes nothing away' '
	push kept <<-\YML && wait_run 60 kept 4 && wait_for 20 all_sent &&
	on: push
	jobs: {none: {runs-on: linux, steps: [{run: "true"}]}}
	YML
	is "$(fetch latest/main/one/one.txt)" "run 3"
'

test_expect 'when its time is over its files go, its row and run stay' '
	sqlite3 -cmd ".timeout 10000" "$db" "UPDATE artifacts
		SET expires_at_ms = 1 WHERE name = '"'dist'"'" &&
	"$PAWL_LIBEXEC_DIR/pawl-janitor" >>janitor.log 2>&1 &&
	! fetch 1/dist/page.html && ! fetch 1/dist~manifest.json &&
	fetch 1/far/page.html >/dev/null &&
	is "$(sql "SELECT count(*) FROM artifacts WHERE name = '"'dist'"'
		AND removed_at_ms IS NOT NULL")" 1 &&
	is "$(event_count kept 1 artifact.expired)" 1
'

test_expect 'a folder that no row knows goes, once it is old' '
	lost=$state/public/artifacts/ada/kept/1/lost &&
	mkdir "$lost" && echo x >"$lost/x" && rm -f "$state/artifacts.swept" &&
	"$PAWL_LIBEXEC_DIR/pawl-janitor" >>janitor.log 2>&1 && [ -d "$lost" ]
'

test_no_leaks
test_done
