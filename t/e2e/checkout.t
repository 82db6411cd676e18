#!/bin/bash
# checkout.t - what is in the workspace: before the first step, and behind
# steps that use actions/checkout.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/forge.sh"

pawl_setup "allow-actions: [ok/*, other/one@v1]"
workerd_start

# printed NAME N JOB <lines - what the steps of a job have printed.
printed()
{
	cat >want && log_of "$@" | grep -v "^pawl: " >got && test_cmp want got
}

test_expect 'before the first step it is the branch, with its origin' '
	repo_new ada app && commit app && in_clone app tag -a -m one v1 &&
	in_clone app push -q origin v1 &&
	push app <<-\YML && wait_run 60 app 1 &&
	on: push
	jobs:
	  a:
	    runs-on: x
	    steps:
	      - run: |
	          git status --short --branch
	          git rev-parse --abbrev-ref HEAD
	          git rev-list --count HEAD
	          git remote get-url origin | sed "s/.*ada/ada/"
	          git diff --stat origin/main
	YML
	printed app 1 a <<-\END
	## main...origin/main
	main
	1
	ada/app
	END
'

test_expect 'fetch-depth of the first checkout is that of the workspace' '
	push app <<-\YML && wait_run 60 app 2 &&
	on: push
	jobs:
	  a:
	    runs-on: x
	    steps:
	      - {uses: actions/checkout@v4, id: c, with: {fetch-depth: 0}}
	      - run: |
	          git describe | cut -d- -f1,2
	          test $(git rev-list --count HEAD) -gt 2 && echo history
	          test ${{ steps.c.outputs.commit }} = $GITHUB_SHA && echo commit
	          echo ${{ steps.c.outputs.ref }}
	YML
	printed app 2 a <<-\END
	v1-2
	history
	commit
	refs/heads/main
	END
'

test_expect 'another repository, ref and path are checked out beside' '
	repo_new ada lib && echo one | put lib file && commit lib &&
	old=$sha && in_clone lib tag v1 && echo two | put lib file &&
	commit lib && in_clone lib push -q origin main v1 &&
	push app <<-YML && wait_run 60 app 3 &&
	on: push
	jobs:
	  a:
	    runs-on: x
	    steps:
	      - run: touch mine
	      - {uses: actions/checkout@v4, with: {repository: Ada/lib, path: deps/lib}}
	      - {uses: actions/checkout@v4, with: {repository: ada/lib, ref: v1, path: deps/tag}}
	      - {uses: actions/checkout@v4, with: {repository: ada/lib, ref: $old, path: sha}}
	      - run: |
	          cat deps/lib/file deps/tag/file sha/file; ls mine
	          git -C deps/lib rev-parse --abbrev-ref HEAD
	          git -C deps/tag describe --tags
	          echo writable >deps/lib/new && cat deps/lib/new
	      - uses: actions/checkout@v4
	        with: {repository: ada/lib}
	      - run: ls
	      - {uses: actions/checkout@v4, with: {ref: v1}}
	      - run: git describe
	YML
	printed app 3 a <<-END
	checked out $(git -C "$T/clone/lib" rev-parse --short=12 main) (refs/heads/main) to deps/lib
	checked out $(git -C "$T/clone/lib" rev-parse --short=12 v1) (v1) to deps/tag
	checked out $(echo $old | cut -c-12) ($old) to sha
	two
	one
	one
	mine
	main
	v1
	writable
	checked out $(git -C "$T/clone/lib" rev-parse --short=12 main) (refs/heads/main)
	file
	checked out $(git -C "$T/clone/app" rev-parse --short=12 v1^{}) (v1)
	v1
	END
'

test_expect 'what cannot be had, or is no path, fails the step' '
	push app <<-\YML && wait_run 60 app 4 &&
	on: push
	jobs:
	  a:
	    runs-on: x
	    continue-on-error: true
	    steps:
	      - {uses: actions/checkout@v4, with: {repository: none/here}, continue-on-error: true}
	      - {uses: actions/checkout@v4, with: {ref: nowhere}, continue-on-error: true}
	      - {uses: actions/checkout@v4, with: {path: ../up, ref: v1}, continue-on-error: true}
	      - {uses: actions/checkout@v4, with: {ssh-key: x}, continue-on-error: true}
	      - {run: ln -s /tmp link}
	      - {uses: actions/checkout@v4, with: {path: link/in, ref: v1}, continue-on-error: true}
	      - {run: ls -a /tmp | grep -c in$ || true}
	YML
	pawl show ada/app#4 >shown &&
	grep -q "\"none/here\" is not registered here" shown &&
	grep -q "no branch, tag or commit \"nowhere\"" shown &&
	grep -q "the \"path\" \"../up\" is not below the workspace" shown &&
	grep -q "\"ssh-key\" is not used" shown &&
	grep -q "leads through \"link\", which is no folder" shown &&
	log_of app 4 a | grep -qx 0
'

test_expect 'submodules come from registered repositories, of each other too' '
	repo_new ada deep && echo deep | put deep file && commit deep &&
	in_clone deep push -q origin main &&
	in_clone lib submodule add -q ../deep.git in/deep &&
	commit lib && in_clone lib push -q origin main &&
	in_clone app submodule add -q \
		"http://127.0.0.1:$port/git/ada/lib.git" sub &&
	push app <<-\YML && wait_run 60 app 5 &&
	on: push
	jobs:
	  a:
	    runs-on: x
	    steps:
	      - run: ls sub
	      - {uses: actions/checkout@v4, with: {submodules: recursive}}
	      - run: |
	          cat sub/file sub/in/deep/file
	          git submodule status --recursive | cut -d" " -f1,3
	          git -C sub remote get-url origin | sed "s/.*git.ada/ada/"
	YML
	log_of app 5 a | grep -v "^pawl: " | grep -v "^checked\|^submodule" \
		>got &&
	cat >want <<-\END && test_cmp want got
	two
	deep
	 sub
	 sub/in/deep
	ada/lib.git
	END
'

test_expect 'a part of the files, all tags' '
	mkdir -p "$T/clone/app/a" "$T/clone/app/b" &&
	echo a | put app a/file && echo b | put app b/file &&
	push app <<-\YML && wait_run 60 app 6 &&
	on: push
	jobs:
	  a:
	    runs-on: x
	    steps:
	      - {uses: actions/checkout@v4, with: {sparse-checkout: b, path: cone}}
	      - uses: actions/checkout@v4
	        with: {sparse-checkout: /a/file, sparse-checkout-cone-mode: false, path: free}
	      - {uses: actions/checkout@v4, with: {fetch-tags: true, path: tags}}
	      - run: (cd cone && ls -d [ab]); (cd free && ls); git -C tags tag
	YML
	log_of app 6 a | grep -v "^pawl: \|^checked" >got &&
	printf "%s\n" b a v1 >want && test_cmp want got
'

test_expect 'the head of a pull request is a ref as others' '
	in_clone app checkout -q -b topic && echo c | put app c &&
	commit app topic && in_clone app push -q origin HEAD:refs/pull/7/head &&
	in_clone app checkout -q main && echo d | put app d &&
	commit app && in_clone app push -q origin main &&
	wait_run 60 app 7 &&
	push app <<-\YML && wait_run 60 app 8 &&
	on: push
	jobs:
	  a:
	    runs-on: x
	    steps:
	      - {uses: actions/checkout@v4, with: {ref: refs/pull/7/head}}
	      - run: ls c d || true
	YML
	log_of app 8 a >got && cat got && grep -qx c got
'

# --- actions of repositories that are not registered ---------------------------------

# elsewhere OWNER NAME - a repository of the forge, with a clone, that Pawl does
# not know; it has a composite action.
elsewhere()
{
	git init -q --bare "$T/git/$1/$2.git" &&
	git clone -q "$T/git/$1/$2.git" "$T/clone/$2" 2>"$T/clone.out" &&
	put "$2" action.yml <<-YML &&
	runs: {using: composite, steps: [{run: cat "\$GITHUB_ACTION_PATH/say", shell: sh}]}
	YML
	echo "$1 one" | put "$2" say && commit "$2" &&
	in_clone "$2" tag v1 && in_clone "$2" push -q origin main v1
}

test_expect 'actions of other repositories run when they are allowed' '
	elsewhere ok act && pinned=$sha && elsewhere other one &&
	echo "ok two" | put act say && commit act &&
	in_clone act branch "$pinned" && in_clone act push -q origin main &&
	in_clone act push -q origin "refs/heads/$pinned" &&
	push app <<-YML && wait_run 60 app 9 &&
	on: push
	jobs:
	  a:
	    runs-on: x
	    steps:
	      - {uses: ok/act@v1}
	      - {uses: ok/act@main}
	      - {uses: ok/act@$pinned}
	      - {uses: other/one@v1}
	YML
	printed app 9 a <<-\END
	ok one
	ok two
	ok one
	other one
	END
'

test_expect 'and are refused with the key to set when they are not' '
	push app <<-\YML && wait_run 60 app 10 failed &&
	on: push
	jobs:
	  ref: {runs-on: x, steps: [{uses: other/one@main}]}
	  name: {runs-on: x, steps: [{uses: none/here@v1}]}
	  lost: {runs-on: x, steps: [{uses: ok/lost@v1}]}
	  tag: {runs-on: x, steps: [{uses: ok/act@v9}]}
	YML
	pawl show ada/app#10 >shown &&
	grep -q "\"none/here\" is not registered.*\"allow-actions\"" shown &&
	grep -q "\"other/one\" is not registered.*\"allow-actions\"" shown &&
	grep -q "\"ok/act\" has no branch, tag or commit \"v9\"" shown
'

test_expect 'actions-require-sha wants a commit, and nothing that looks like one' '
	printf "%s\n" "actions-require-sha: true" >>"$config" &&
	workerd_stop && workerd_start &&
	tag=0123456789012345678901234567890123456789 &&
	git -C "$T/git/ok/act.git" update-ref refs/tags/$tag main &&
	push app <<-YML && wait_run 60 app 11 failed &&
	on: push
	jobs:
	  ref: {runs-on: x, steps: [{uses: ok/act@v1}]}
	  fake: {runs-on: x, steps: [{uses: ok/act@$tag}]}
	  well: {runs-on: x, steps: [{uses: ok/act@$pinned}]}
	YML
	job_is succeeded app 11 well && job_is failed app 11 fake &&
	pawl show ada/app#11 >shown && grep -q actions-require-sha shown &&
	grep -q "no branch, tag or commit \"$tag\"" shown
'

test_no_leaks
test_done
