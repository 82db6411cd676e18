#!/bin/bash
# checkout.t - what is in the workspace: before the first step, and behind
# steps that use actions/checkout.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup
workerd_start

# in_clone NAME GIT-WORD... - git there.
in_clone()
{
	git -C "$T/clone/$1" "${@:2}" >"$T/git.out" 2>&1 ||
		{ cat "$T/git.out"; return 1; }
}

# put NAME PATH - standard input as a file of the clone.
put()
{
	mkdir -p "$(dirname "$T/clone/$1/$2")" && cat >"$T/clone/$1/$2"
}

# commit NAME [MESSAGE] - all that has changed; sets sha.
commit()
{
	in_clone "$1" add -A && in_clone "$1" commit -q --allow-empty \
		-m "${2:-change}" && sha=$(git -C "$T/clone/$1" rev-parse HEAD)
}

# printed NAME N JOB <lines - what the steps of a job have printed.
printed()
{
	cat >want && log_of "$@" | grep -v "^pawl: " >got && test_cmp want got
}

test_expect 'before the first step it is the branch, with its origin' '
	repo_new ada app && commit app && in_clone app tag -a -m one v1 &&
	in_clone app push -q origin v1 &&
	push app <<-\YML && wait_run 20 app 1 &&
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
	push app <<-\YML && wait_run 20 app 2 &&
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
	push app <<-YML && wait_run 20 app 3 &&
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
	push app <<-\YML && wait_run 20 app 4 &&
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

test_no_leaks
test_done
