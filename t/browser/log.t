#!/bin/bash
# log.t - the log of a job in a real browser: of every kind, of every size.
#
# PAWL_TEST_LOG_MB says how large the large one is (else 200). Pictures are
# left in t/output/ for people to look at.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"
. "$srcdir/t/lib/browser.sh"

# shellcheck disable=SC2034 # pawl_setup reads it
handlers='hook api web events'
pawl_setup
mkdir -p "$test_output"
mb=${PAWL_TEST_LOG_MB:-200}

# walk PATH-BEHIND-THE-RUN STEPS [MORE-MEMBERS] - as a person would.
walk()
{
	browser_ask "{\"do\":\"walk\", \"url\":\"$base_url/ada/demo/runs/$1\",
		\"steps\":[$2]${3:+, $3}}" >"$T/walk" || return 1
	is "$(said '.errors[]')" "" && is "$(said .wider)" 0
}

# What the viewer shows, as expressions of the page.
rows='[...document.querySelectorAll("#view .row")]'
full="!$rows.some(e => e.querySelector(\"code\").textContent === \"\u2026\")"
ready="document.getElementById(\"view\") && $rows.length > 0 && $full"
seen="(() => { const v = document.getElementById(\"view\")
	.getBoundingClientRect(); return [...document.querySelectorAll(
	\"#view .row, #view .hd\")].filter(e => { const r = e
	.getBoundingClientRect(); return r.bottom > v.top + 1 && r.top <
	Math.min(v.bottom, innerHeight) - 1; }).map(e => e.textContent); })()"
has() { printf '%s.some(t => t.includes(%s))' "$seen" "$(jq -n --arg t "$1" '$t')"; }
wait_for_it() { jq -cn --arg e "$1" '{wait: $e}'; }
tell() { jq -cn --arg e "$1" '{tell: $e}'; }
eval_it() { tell "($1, 0)"; }
go='document.getElementById("view")'

test_expect 'Chromium is up' 'browser_start'
[ "$(said .ready)" = true ] || bail "no browser: $(tail -n 3 "$T/browser.log")"

repo_new ada demo
workerd_start
push demo <<YML
name: logs
on: push
jobs:
  fail:
    runs-on: linux
    steps:
      - name: Fetch
        run: |
          for i in 1 2 3; do
            echo "::group::Package \$i"
            for k in \$(seq 30); do echo "part \$k of package \$i"; done
            echo "::endgroup::"
          done
          for i in \$(seq 100); do printf "at %d%%\r" "\$i"; done; echo
      - name: Compile
        run: |
          printf "\033[1;31mred\033[0m \033[38;2;80;200;120mtrue\033[0m\n"
          echo "see https://example.org/x?a=1&b=2."
          head -c 30000 /dev/zero | tr "\0" x; echo
          printf "evil \342\200\256txt <b>&amp;</b>\n"
          seq -f "line %g of the compiler" 2000
          sleep 0.2; echo "to stderr" >&2; sleep 0.2
          echo "::error file=src/a.c,line=7::no such type"
          exit 2
      - name: Never
        run: echo never
  large:
    runs-on: linux
    steps:
      - name: Print
        run: |
          seq -f "line %.0f of a log that goes on and on" 100000000 |
            head -c $((mb * 1000000))
          echo; echo "the needle"; seq 100
  clock:
    runs-on: linux
    steps:
      - run: |
          i=0
          while [ \$i -lt 1400 ]; do
            i=\$((i + 1)); echo "tick \$i"; sleep 0.2
          done
          echo "the end"
YML

test_expect 'a failed job opens where it failed' '
	wait_for 120 job_is failed demo 1 fail &&
	walk 1/jobs/fail "$(wait_for_it "$ready"),
		$(wait_for_it "$(has "Error: no such type src/a.c:7")"),
		$(tell "$rows.filter(e => e.classList.contains(\"err\"))
			.map(e => e.textContent).join()"),
		$(tell "document.getElementById(\"mistakes\").textContent"),
		$(tell "document.querySelector(\".banner\").innerText")" \
		"\"file\":\"$test_output/log-fail.png\", \"width\":1440" &&
	said ".told[0]" | grep -q "^[0-9]*to stderr$" &&
	is "$(said ".told[1]")" "1 error" &&
	said ".told[2]" | grep -q "exit code 2"
'

test_expect 'colours, links, long lines and hidden signs are shown so' '
	walk "1/jobs/fail#step-2" "$(wait_for_it "$(has "true")"),
		$(tell "$rows.slice(0, 4).map(e => e.querySelector(\"code\")
			.innerHTML.replace(/x{2000}/, \"X\")).join(\"\\n\")")" &&
	cat >expect <<-\END &&
	<span class="c1 b">red</span> <span class="h9">true</span>
	see <a rel="noopener nofollow" href="https://example.org/x?a=1&amp;b=2">https://example.org/x?a=1&amp;b=2</a>.
	X<button class="cut" type="button">27.3 KiB more</button>
	evil <span class="x">U+202E</span>txt &lt;b&gt;&amp;amp;&lt;/b&gt;
	END
	said ".told[0]" >actual && test_cmp expect actual
'

test_expect 'one line of the terminal is the same by the server and by script' '
	cases=$(jq -c . "$srcdir/t/data/ansi.json") &&
	walk 1/jobs/fail "$(tell "JSON.parse($(jq -n --arg c "$cases" \
		"\$c")).filter(([, text, want]) => {
		const got = document.createElement(\"p\");
		const wanted = document.createElement(\"p\");
		pawlAnsi.line(got, pawlAnsi.fresh(), text);
		wanted.innerHTML = want; got.normalize(); wanted.normalize();
		return !got.isEqualNode(wanted); }).map((c) => c[0]).join()")" &&
	is "$(said ".told[0]")" ""
'

test_expect 'steps and groups fold; a line that is folded is unfolded by its address' '
	walk 1/jobs/fail "$(wait_for_it "$ready"), {\"key\":\"Home\"},
		$(wait_for_it "$(has Fetch)"),
		$(tell "$(has "part 7 of package 2")"),
		$(eval_it "location.hash = \"#L40-L41\""),
		$(wait_for_it "$(has "part 7 of package 2")"),
		$(tell "$rows.filter(e => e.classList.contains(\"sel\"))
			.map(e => e.textContent).join()"),
		{\"click\":\".hd button\"}, $(tell "!$(has "part 7 of")"),
		{\"click\":\"#copy\"},
		$(wait_for_it "document.getElementById(\"copy\").textContent ===
			\"Copied\""), $(tell "navigator.clipboard.readText()")" &&
	is "$(said ".told[0]")" false &&
	is "$(said ".told[2]")" "40part 7 of package 2,41part 8 of package 2" &&
	is "$(said ".told[3]")" true &&
	is "$(said ".told[4]")" "part 7 of package 2
part 8 of package 2"
'

test_expect 'lines are marked by their numbers, and the address says so' '
	walk "1/jobs/fail#L2" "$(wait_for_it "$(has "part 1 of")"),
		{\"click\":\"#view .row:nth-child(3) a.no\"},
		{\"click\":\"#view .row:nth-child(6) a.no\", \"with\":[\"Shift\"]},
		$(tell location.hash)" && is "$(said ".told[0]")" "#L2-L5"
'

test_expect 'a search counts, goes on and back, and keys do all that' '
	walk 1/jobs/fail "$(wait_for_it "$ready"), {\"key\":\"Home\"},
		{\"key\":\"/\"}, {\"type\":\"LINE 77\"}, {\"key\":\"Enter\"},
		$(wait_for_it "document.getElementById(\"found\").textContent
			=== \"1 of 11\""), $(wait_for_it "$(has "line 77 of")"),
		$(eval_it "document.activeElement.blur()"),
		{\"key\":\"n\"}, $(wait_for_it "$(has "line 770 of")"),
		{\"key\":\"N\"}, {\"key\":\"N\"},
		$(tell "document.getElementById(\"found\").textContent"),
		$(tell "document.querySelector(\".now mark\").textContent"),
		{\"key\":\"e\"}, $(wait_for_it "$(has "no such type")"),
		$(tell location.hash), {\"key\":\"t\"},
		$(wait_for_it "$rows.every(e => /[0-9]:[0-9][0-9][.][0-9]/.test(
			e.querySelector(\"time\")?.textContent))"),
		{\"key\":\"w\"}, $(tell "$go.classList.contains(\"wrap\")")" &&
	is "$(said ".told[1]")" "11 of 11" && is "$(said ".told[2]")" "line 77" &&
	said ".told[3]" | grep -q "^#L[0-9]*$" && is "$(said ".told[4]")" true
'

test_expect 'without script there are all lines, by pages' '
	walk 1/jobs/fail "" "\"script\":false" &&
	said .text | grep -q "no such type" &&
	! said .text | grep -q "part 7 of package 2" &&
	walk "1/jobs/fail?from=40" "" "\"script\":false" &&
	said .text | grep -q "part 7 of package 2" &&
	said .text | grep -q "more lines"
'

test_expect 'a phone, and the dark' '
	walk 1/jobs/fail "$(wait_for_it "$ready")" "\"width\":320,
		\"scheme\":\"dark\", \"file\":\"$test_output/log-phone.png\"" &&
	walk "1/jobs/fail#step-2" "$(wait_for_it "$ready")" "\"width\":1440,
		\"scheme\":\"dark\", \"file\":\"$test_output/log-dark.png\""
'

test_expect 'nothing is in the way of anybody (axe)' '
	for at in "1/jobs/fail#L2" "1/jobs/fail?from=40" \
	    "../../../search?in=logs&q=part+7"; do
		browser_ask "{\"do\":\"visit\", \"url\":
			\"$base_url/ada/demo/runs/$at\", \"views\":[
			{\"scheme\":\"light\",\"width\":1440,\"axe\":true,
			\"file\":\"$test_output/log-axe.png\"},
			{\"scheme\":\"dark\",\"width\":320,\"axe\":true,
			\"file\":\"$test_output/log-axe-320.png\"}]}" >"$T/axe" &&
		is "$(said ".wider[], .barriers[], .errors[], .others[]")" "" ||
			return 1
	done
'

# Contrast of every colour that a program can switch on, in both schemes.
luminance='const lum = (c) => { const v = c.match(/[0-9.]+/g).slice(0, 3)
	.map((x) => { x /= 255; return x <= .03928 ? x / 12.92 :
	((x + .055) / 1.055) ** 2.4; });
	return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };'
contrast="(() => { $luminance const t = $go, bad = [];
	const names = [\"d\", \"v\", \"x\"];
	for (let i = 0; i < 24; i++) names.push(\"h\" + i);
	for (let i = 0; i < 16; i++) names.push(\"c\" + i, \"g\" + i);
	const base = getComputedStyle(document.getElementById(\"log\"))
		.backgroundColor;
	for (const n of names) { const e = document.createElement(\"span\");
		e.className = n; t.append(e); const s = getComputedStyle(e);
		const back = /^rgba.*, 0[)]$/.test(s.backgroundColor) ? base :
			s.backgroundColor;
		const [a, b] = [lum(s.color), lum(back)].sort((p, q) => q - p);
		if ((a + .05) / (b + .05) < 4.5) bad.push(n + \" \" + s.color +
			\" \" + back); e.remove(); }
	return bad.join(); })()"

test_expect 'every colour of a terminal can be read' '
	for scheme in light dark; do
		walk 1/jobs/fail "$(wait_for_it "$ready"), $(tell "$contrast")" \
			"\"scheme\":\"$scheme\"" &&
		is "$(said ".told[0]")" "" || return 1
	done
'

# While somebody looks: the stream ends, nginx reads its configuration again,
# the job ends.
break_stream()
{
	sleep 2
	kill -9 "$events_pid"
	sleep 1
	nginx_reload
	sleep 2
	pawl cancel ada/demo#1 clock
}

test_expect 'a running job is followed, through the end of its stream' '
	walk 1/jobs/clock "$(wait_for_it "$(has "tick ")"),
		$(tell "document.getElementById(\"follow\")
			.getAttribute(\"aria-pressed\")")" &&
	is "$(said ".told[0]")" true && { break_stream & } &&
	browser_ask "{\"do\":\"walk\", \"url\":\"$base_url/ada/demo/runs/1/jobs/clock\",
		\"steps\":[$(wait_for_it "$(has "pawl: ")"),
		$(tell "$rows.map(e => e.lastChild.textContent).filter(
			t => t.startsWith(\"tick\")).join(\"\\n\")")]}" >"$T/walk" &&
	said ".told[0]" >ticks && [ "$(wc -l <ticks)" -gt 20 ] &&
	seq -f "tick %g" "$(wc -l <ticks)" | cmp - ticks
'

test_expect "a log of $mb MB: its first screen, its last line, any line" '
	wait_for 300 job_is succeeded demo 1 large &&
	walk 1/jobs/large "$(wait_for_it "$ready"),
		$(tell "document.getElementById(\"size\").textContent"),
		{\"key\":\"End\"}, $(wait_for_it "$(has 100)"),
		$(eval_it "location.hash = \"#L300000\""),
		$(wait_for_it "$(has "300000line 300000 of a log")"),
		$(eval_it "$go.scrollTop = $go.scrollHeight / 2"),
		$(wait_for_it "$full"),
		$(eval_it "location.hash = \"#L2\""),
		$(wait_for_it "$(has "2line 2 of a log")"),
		{\"key\":\"/\"}, {\"type\":\"the needle\"}, {\"key\":\"Enter\"},
		$(wait_for_it "document.getElementById(\"found\").textContent
			=== \"1 of 1\""), $(wait_for_it "$(has "the needle")"),
		$(tell "document.querySelectorAll(\"*\").length")" \
		"\"file\":\"$test_output/log-large.png\"" &&
	note "$(said ".told[0]"), first screen after $(said .painted) ms," \
		"heap $(said .heap) bytes, $(said ".told[-1]") elements" &&
	[ "$(said .heap)" -lt 20000000 ] && [ "$(said ".told[-1]")" -lt 3000 ]
'

test_expect 'and when it was compressed' '
	wait_run 60 demo 1 failed && workerd_stop &&
	config_write "compress-logs-after: 1 s" &&
	sqlite3 -cmd ".timeout 10000" "$db" "UPDATE runs SET
		finished_at_ms = finished_at_ms - 100000" &&
	pawl admin sweep 2>sweep.log &&
	[ -e "$state/public/$(log_file demo 1 large).gz" ] &&
	walk "1/jobs/large#L300000" "$(wait_for_it \
		"$(has "300000line 300000 of a log")"),
		{\"key\":\"End\"}, $(wait_for_it "$(has 100)")"
'

test_expect 'the browser ends' 'browser_stop'
test_no_leaks
test_done
