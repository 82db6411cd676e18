/*
 * steps-t.c - jobs as they are written, frozen and run in the sandbox: what
 * their steps print, how each ends, and what the job gives on.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/execute.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "t/lib/tap.h"

struct job_case {
	const char *name;
	const char *job; /* what stands under its id, indented by four */
	const char *told; /* steps "NUMBER HOW;", in order of their ends */
	const char *log;  /* lines of Pawl are left out */
	const char *outputs; /* NULL: none */
};

static const struct job_case cases[] = {
	{ "conditions",
	    "    steps:\n"
	    "      - {run: 'echo a', if: \"github.ref_name == 'main'\"}\n"
	    "      - {run: 'echo b', if: \"github.ref_name == 'x'\"}\n"
	    "      - {run: 'echo c', if: \"env.X == 'step'\", "
	    "env: {X: step}}\n"
	    "      - {run: 'exit 1', id: bad}\n"
	    "      - {run: 'echo d'}\n"
	    "      - {run: 'echo ${{ steps.bad.outcome }}', if: failure()}\n"
	    "      - {run: 'echo ${{ job.status }}', if: always()}\n"
	    "      - {run: 'echo e', if: cancelled()}\n",
	    "1 succeed;2 skip if: success() && (github.ref_name == 'x') => "
	    "false;3 succeed;4 fail exit code 1;5 skip a step before it "
	    "failed;6 succeed;7 succeed;8 skip if: cancelled() => false;"
	    "job fail: step 4 \"Run exit 1\": exit code 1",
	    "a\nc\nfailure\nfailure\n", NULL },
	{ "continue",
	    "    steps:\n"
	    "      - {run: 'exit 2', id: a, continue-on-error: true}\n"
	    "      - run: echo ${{ steps.a.outcome }} "
	    "${{ steps.a.conclusion }}\n",
	    "1 fail exit code 2;2 succeed;job succeed",
	    "failure success\n", NULL },
	{ "outputs",
	    "    outputs: {v: \"${{ steps.s.outputs.v }}\", "
	    "long: \"${{ steps.s.outputs.long }}\", "
	    "secret: \"x${{ secrets.TOKEN }}\", none: \"\"}\n"
	    "    steps:\n"
	    "      - id: s\n"
	    "        run: |\n"
	    "          echo v=1=2 >> $GITHUB_OUTPUT\n"
	    "          echo 'long<<END' >> $GITHUB_OUTPUT\n"
	    "          printf 'one\\ntwo\\nEND\\n' >> $GITHUB_OUTPUT\n"
	    "          echo 'A=b c' >> $GITHUB_ENV\n"
	    "          echo GITHUB_SHA=mine >> $GITHUB_ENV\n"
	    "          mkdir bin; printf '#!/bin/sh\\necho mine\\n' > bin/my\n"
	    "          chmod +x bin/my; echo $PWD/bin >> $GITHUB_PATH\n"
	    "          test -z \"$A\" && echo '# hi' >> "
	    "$GITHUB_STEP_SUMMARY\n"
	    "      - run: echo \"$A $GITHUB_SHA ${{ env.A }}\"; my; "
	    "cat $GITHUB_OUTPUT\n",
	    "summary # hi\n;1 succeed;2 succeed;job succeed",
	    "b c 0123 b c\nmine\n",
	    "{\"v\": \"1=2\", \"long\": \"one\\ntwo\", "
	    "\"none\": \"\"}" },
	{ "files",
	    "    steps:\n"
	    "      - {run: 'echo nothing > $GITHUB_OUTPUT', "
	    "continue-on-error: true}\n"
	    "      - {run: 'echo \"A<<B\" > $GITHUB_ENV', "
	    "continue-on-error: true, shell: sh}\n"
	    "      - {run: 'rm $GITHUB_ENV; ln -s /etc/passwd $GITHUB_ENV', "
	    "continue-on-error: true}\n"
	    "      - {run: 'rm $GITHUB_ENV; mkfifo $GITHUB_ENV', "
	    "continue-on-error: true}\n"
	    "      - {run: 'rm $GITHUB_OUTPUT; mkdir $GITHUB_OUTPUT', "
	    "continue-on-error: true}\n"
	    "      - {run: 'head -c 5000000 /dev/zero > $GITHUB_OUTPUT', "
	    "continue-on-error: true}\n"
	    "      - {run: 'rm $GITHUB_OUTPUT $GITHUB_ENV $GITHUB_PATH'}\n",
	    "1 fail GITHUB_OUTPUT:1: Invalid format 'nothing';"
	    "2 fail GITHUB_ENV:1: Invalid value. Matching delimiter not "
	    "found 'B';"
	    "3 fail GITHUB_ENV cannot be read: it is a symbolic link;"
	    "4 fail GITHUB_ENV is no plain file;"
	    "5 fail GITHUB_OUTPUT is no plain file;"
	    "6 fail GITHUB_OUTPUT is larger than 4194304 bytes;"
	    "7 succeed;job succeed", NULL, NULL },
	{ "variables",
	    "    env: {A: job, B: job, C: job, MATRIX_V: job}\n"
	    "    strategy: {matrix: {os: [debian], v: [1]}}\n"
	    "    env-file: vars/ci.env\n"
	    "    steps:\n"
	    "      - run: echo \"$F $A $B $C $MATRIX_OS $MATRIX_V "
	    "${{ env.F }}\"\n"
	    "        env: {C: step}\n"
	    "      - run: echo \"$GITHUB_JOB $GITHUB_REF_NAME $CI "
	    "$RUNNER_OS $GITHUB_ACTION\"\n"
	    "        id: named\n"
	    "        env: {GITHUB_JOB: mine, CI: mine}\n"
	    "      - {run: 'cat $GITHUB_EVENT_PATH | tr -d \" \\n\"; echo'}\n",
	    "1 succeed;2 succeed;3 succeed;job succeed",
	    "file job job step debian job file\n"
	    "j main mine Linux named\n{\"n\":1}\n", NULL },
	{ "secrets",
	    "    env: {TOKEN: \"${{ secrets.TOKEN }}\"}\n"
	    "    steps:\n"
	    "      - {run: 'echo $TOKEN', env: {TOKEN: other}, "
	    "continue-on-error: true}\n"
	    "      - {run: 'echo TOKEN=x >> $GITHUB_ENV'}\n",
	    "1 fail the variable \"TOKEN\" holds the secret of its name, "
	    "which cannot be redefined: give the other value another name;"
	    "2 fail the variable \"TOKEN\" holds the secret of its name, "
	    "which cannot be redefined;"
	    "job fail: step 2 \"Run echo TOKEN=x >> $GITHUB_ENV\": the "
	    "variable \"TOKEN\" holds the secret of its name, which cannot "
	    "be redefined", "", NULL },
	{ "secrets in what is told",
	    "    steps:\n"
	    "      - name: \"named ${{ secrets.TOKEN }}\"\n"
	    "        run: echo ${{ secrets.TOKEN }} >> $GITHUB_OUTPUT\n",
	    "1 fail GITHUB_OUTPUT:1: Invalid format '***';"
	    "job fail: step 1 \"named ${{ secrets.TOKEN }}\": "
	    "GITHUB_OUTPUT:1: Invalid format '***'", "", NULL },
	{ "commands",
	    "    steps:\n"
	    "      - run: |\n"
	    "          echo ::add-mask::topsecret\n"
	    "          echo topsecret\n"
	    "          echo ::set-output name=a::topsecret\n"
	    "          printf '::add-mask::inpi'; sleep 0.1; printf 'eces\\n'\n"
	    "          echo inpieces\n"
	    "          echo ::stop-commands::T\n"
	    "          echo ::add-mask::visible\n"
	    "          echo visible\n"
	    "          echo ::T::\n"
	    "          echo ::group::name\n"
	    "        id: s\n"
	    "      - {run: 'echo ${{ steps.s.outputs.a }} | wc -c'}\n"
	    "      - {run: 'echo ::set-env name=X::1', "
	    "continue-on-error: true}\n"
	    "      - {run: 'echo ::set-env name=X::1', "
	    "env: {ACTIONS_ALLOW_UNSECURE_COMMANDS: true}}\n"
	    "      - {run: 'echo $X'}\n",
	    "1 succeed;2 succeed;3 fail it printed a command that is disabled "
	    "or wrong"
	    ";4 succeed;5 succeed;job succeed",
	    "::add-mask::***\n***\n::set-output name=a::***\n"
	    "::add-mask::***\n***\n::stop-commands::T\n"
	    "::add-mask::visible\nvisible\n::T::\n::group::name\n10\n"
	    "::set-env name=X::1\n::set-env name=X::1\n1\n", NULL },
	{ "strangers",
	    "    steps:\n"
	    "      - run: echo \"<${{ github.event.title }}>\"\n"
	    "      - run: echo '<${{ github.event.title }}>'\n"
	    "      - {run: '${{ github.event.title }}', "
	    "continue-on-error: true}\n"
	    "      - {run: 'print(\"${{ github.event.title }}\")', "
	    "shell: python, continue-on-error: true}\n"
	    "      - run: echo ${{ github.ref_name }} ${{ 'a b' }}\n"
	    "      - run: echo \"${{ env.T }}\" $T\n"
	    "        env: {T: \"${{ github.event.title }}\"}\n"
	    "      - {run: 'echo \"x=$TITLE\" >> $GITHUB_OUTPUT', id: o, "
	    "env: {TITLE: \"${{ github.event.title }}\"}}\n"
	    "      - run: echo \"${{ steps.o.outputs.x }}\"\n",
	    "1 succeed;2 succeed;"
	    "3 fail the value of \"${{ github.event.title }}\" comes from "
	    "outside and stands as the name of a command: give it to the "
	    "step with \"env:\" and use the variable;"
	    "4 fail the value of \"${{ github.event.title }}\" comes from "
	    "outside and stands in a script of a shell whose quotes Pawl "
	    "does not know: give it to the step with \"env:\" and use the "
	    "variable;5 succeed;6 succeed;7 succeed;8 succeed;job succeed",
	    "<$(id)\"`id`'>\n<$(id)\"`id`'>\nmain a b\n"
	    "$(id)\"`id`' $(id)\"`id`'\n$(id)\"`id`'\n", NULL },
	{ "shells",
	    "    defaults: {run: {shell: sh, working-directory: vars}}\n"
	    "    steps:\n"
	    "      - run: echo ${0##*.} $PWD ${BASH_VERSION:-no}\n"
	    "      - {run: 'false | true; echo $PWD', shell: bash, "
	    "working-directory: ., continue-on-error: true}\n"
	    "      - {run: 'cat \"$1\"', shell: 'sh {0} ci.env'}\n",
	    "1 succeed;2 fail exit code 1;3 succeed;job succeed",
	    "sh /workspace/vars no\nF=file\nA=file\n", NULL },
	{ "timeout",
	    "    steps:\n"
	    "      - {run: 'sleep 1000', timeout: 1s, id: t, "
	    "continue-on-error: true}\n"
	    "      - {run: 'echo ${{ steps.t.outcome }}'}\n"
	    "      - {run: 'true', timeout-minutes: '${{ 0 }}', "
	    "continue-on-error: true}\n",
	    "1 fail timed out after 1 s (\"timeout-minutes\" of the step);"
	    "2 succeed;3 fail w.yml:8:40: \"timeout-minutes\" must be a "
	    "number above 0 and of 30 days at most;job succeed",
	    "failure\n", NULL },
	{ "retry",
	    "    steps:\n"
	    "      - run: echo x >> n; test $(wc -l < n) = 3\n"
	    "        retry: {max-attempts: 3, backoff: 0}\n"
	    "      - run: cat n | tr -d '\\n'; echo; exit 4\n"
	    "        retry: {max-attempts: 2, backoff: 0, on: timeout}\n",
	    "1 succeed;2 fail exit code 4;"
	    "job fail: step 2 \"Run cat n | tr -d '\\n'; echo; exit 4\": "
	    "exit code 4", "xxx\n", NULL },
	{ "retries of what timed out",
	    "    steps:\n"
	    "      - run: echo x >> n; test $(wc -l < n) = 2 || sleep 1000\n"
	    "        timeout-seconds: 1\n"
	    "        retry_on_timeout: true\n"
	    "      - run: echo y >> n; test $(wc -l < n) = 5 || sleep 1000\n"
	    "        TimeoutSeconds: 1\n"
	    "        retry_on_timeout: true\n"
	    "        retry: {max-attempts: 3, backoff: 0}\n"
	    "      - {run: 'echo z >> n; exit 1', retry_on_timeout: true, "
	    "continue-on-error: true}\n"
	    "      - run: tr -d '\\n' < n; echo\n",
	    "1 succeed;2 succeed;3 fail exit code 1;4 succeed;job succeed",
	    "xxyyyz\n", NULL },
	{ "background",
	    "    steps:\n"
	    "      - {run: 'while ! test -e go; do sleep 0.01; done; "
	    "echo bg >> order; echo o=1 >> $GITHUB_OUTPUT', id: b, "
	    "background: true}\n"
	    "      - {run: 'echo fg \"${{ steps.b.outputs.o }}\" >> order; "
	    "touch go'}\n"
	    "      - wait: b\n"
	    "      - {run: 'cat order; echo ${{ steps.b.outputs.o }}'}\n"
	    "      - {run: 'touch up; sleep 1000', id: server, "
	    "background: true}\n"
	    "      - {run: 'while ! test -e up; do sleep 0.01; done'}\n"
	    "      - cancel: server\n"
	    "      - {run: 'echo ${{ steps.server.outcome }}'}\n"
	    "      - {run: 'touch bad; exit 1', background: true}\n"
	    "      - {run: 'while ! test -e bad; do sleep 0.01; done; "
	    "echo still'}\n",
	    NULL, "fg \nbg\n1\ncancelled\nstill\n", NULL },
	{ "parallel",
	    "    steps:\n"
	    "      - parallel:\n"
	    "          - {run: 'touch p1; while ! test -e p2; do sleep 0.01; "
	    "done', id: one}\n"
	    "          - {run: 'touch p2; while ! test -e p1; do sleep 0.01; "
	    "done; exit 1', id: two}\n"
	    "          - {uses: ./act}\n"
	    "      - {run: 'echo ${{ steps.one.outcome }} "
	    "${{ steps.two.outcome }}', if: always()}\n",
	    NULL, "in\ncode /workspace/act\nsuccess failure\n", NULL },
	{ "composite",
	    "    steps:\n"
	    "      - {uses: ./act, id: a, with: {who: 'you'}, env: {E: e}}\n"
	    "      - {run: 'echo ${{ steps.a.outputs.said }} "
	    "${{ steps.a.outcome }} [$E] ${{ steps.inner.outcome }}'}\n"
	    "      - {uses: ./act, if: 'false', id: s}\n"
	    "      - {run: 'echo ${{ steps.s.outcome }}'}\n"
	    "      - {uses: ./bad, id: b, continue-on-error: true}\n"
	    "      - {run: 'echo ${{ steps.b.outcome }} "
	    "${{ steps.b.conclusion }}'}\n"
	    "      - {uses: ./bad}\n"
	    "      - {run: 'echo never'}\n",
	    "1 succeed;2 succeed;3 succeed;"
	    "4 skip if: success() && (false) => false;"
	    "5 skip if: success() && (false) => false;6 succeed;"
	    "7 fail exit code 3;8 succeed;9 succeed;"
	    "10 fail exit code 3;11 succeed;12 skip a step before it failed;"
	    "job fail: step 10 \"Run exit 3\": exit code 3",
	    "in you e\ncode /workspace/act\nyou success []\nskipped\n"
	    "after failure\nfailure success\nafter failure\n", NULL },
	{ "background in an action",
	    "    steps:\n"
	    "      - {uses: ./bg, id: a, background: true}\n"
	    "      - {run: 'echo first >> order; touch go'}\n"
	    "      - wait: a\n"
	    "      - {run: 'cat order; echo ${{ steps.a.outputs.o }} "
	    "${{ steps.a.outcome }}'}\n",
	    NULL, "first\nin\nlast\n7 success\n", NULL },
	{ "limits of an action",
	    "    steps:\n"
	    "      - {uses: ./slow, timeout: 1s, continue-on-error: true}\n"
	    "      - {uses: ./act, retry: 2}\n",
	    "1 fail timed out (\"timeout-minutes\" of the step that uses the "
	    "action);2 skip a step before it failed;3 skip w.yml:7:30: "
	    "\"retry\" of a step that uses a composite action is not known "
	    "to this version of Pawl: write it at the steps of the action;"
	    "4 skip w.yml:7:30: \"retry\" of a step that uses a composite "
	    "action is not known to this version of Pawl: write it at the "
	    "steps of the action;job fail: Run ./act: w.yml:7:30: \"retry\" "
	    "of a step that uses a composite action is not known to this "
	    "version of Pawl: write it at the steps of the action", "",
	    NULL },
	{ "uses",
	    "    steps:\n"
	    "      - {uses: actions/checkout@v4}\n"
	    "      - {uses: actions/checkout@v4, with: {ref: other}, "
	    "continue-on-error: true}\n"
	    "      - {uses: actions/setup-go@v5, continue-on-error: true}\n"
	    "      - {uses: actions/cache@v4, with: {key: k, path: p}}\n",
	    "1 succeed;2 fail the repository has no branch, tag or commit "
	    "\"other\";"
	    "3 fail this version of Pawl does not run the action "
	    "\"actions/setup-go@v5\": do it with a command;4 succeed;"
	    "5 succeed;job succeed", "Cache not found for input keys: k\n",
	    NULL },
	{ "hashes",
	    "    steps:\n"
	    "      - {run: 'echo ${{ hashFiles(''vars/*.env'') }}'}\n"
	    "      - {run: 'echo [${{ hashFiles(''none*'') }}]'}\n"
	    "      - {run: 'ln -s /etc/passwd vars/p.env; mkfifo "
	    "vars/f.env'}\n"
	    "      - {run: 'echo ${{ hashFiles(''**/*.env'') }}'}\n",
	    "1 succeed;2 succeed;3 succeed;4 succeed;job succeed",
	    "9d58a8e2df7007a8fb46063163a0a8b1f2f1969cf9044785e974f2e80a1a3901"
	    "\n[]\n"
	    "9d58a8e2df7007a8fb46063163a0a8b1f2f1969cf9044785e974f2e80a1a3901"
	    "\n", NULL },
	{ "folders",
	    "    defaults: {run: {working-directory: /tmp}}\n"
	    "    steps:\n"
	    "      - {run: pwd}\n"
	    "      - {run: pwd, working-directory: .., shell: sh}\n"
	    "      - {run: pwd, working-directory: vars/../vars}\n"
	    "      - {run: pwd, working-directory: /none, "
	    "continue-on-error: true}\n"
	    "      - {run: pwd, working-directory: /etc/passwd, "
	    "continue-on-error: true}\n",
	    "1 succeed;2 succeed;3 succeed;4 fail cannot enter the folder "
	    "\"/none\": No such file or directory;5 fail cannot enter the "
	    "folder \"/etc/passwd\": Not a directory;job succeed",
	    "/tmp\n/\n/workspace/vars\n", NULL },
	{ "mistakes",
	    "    steps:\n"
	    "      - {run: 'true', env: {A: \"${{ fromJSON('{') }}\"}, "
	    "continue-on-error: true}\n"
	    "      - {run: 'true', working-directory: none, if: always()}\n",
	    NULL, "", NULL },
};

static const struct {
	const char *uses, *text;
} actions[] = {
	{ "./act", "name: Act\ninputs: {who: {default: ''}}\n"
	    "outputs: {said: {value: \"${{ steps.inner.outputs.o }}\"}}\n"
	    "runs:\n  using: composite\n  steps:\n"
	    "    - id: inner\n      shell: bash\n"
	    "      run: echo in ${{ inputs.who }} $E; "
	    "echo \"o=${{ inputs.who }}\" >> $GITHUB_OUTPUT\n"
	    "    - {run: 'echo code $GITHUB_ACTION_PATH', shell: sh}\n" },
	{ "./bg", "name: Bg\n"
	    "outputs: {o: {value: \"${{ steps.b.outputs.o }}\"}}\n"
	    "runs:\n  using: composite\n  steps:\n"
	    "    - {id: b, shell: sh, background: true, run: 'while ! test "
	    "-e go; do sleep 0.01; done; echo in >> order; touch on; "
	    "echo o=7 >> $GITHUB_OUTPUT'}\n"
	    "    - {shell: sh, run: 'while ! test -e on; do sleep 0.01; "
	    "done; echo last >> order'}\n" },
	{ "./slow", "name: Slow\nruns:\n  using: composite\n  steps:\n"
	    "    - {shell: sh, run: sleep 1000}\n"
	    "    - {shell: sh, run: echo never}\n" },
	{ "./bad", "name: Bad\nruns:\n  using: composite\n  steps:\n"
	    "    - {run: exit 3, shell: sh}\n"
	    "    - {run: 'echo after ${{ github.action_status }}', "
	    "shell: sh, if: always()}\n" },
};

/* --- running one ----------------------------------------------------------------- */

struct fixture {
	struct arena a;
	struct config config;
	struct config_secret secret;
	struct job_plan plan;
	struct job_order order;
	struct job_observer obs;
	struct job_end end;
	struct err err;
	struct str told, outputs, log;
	int cancel[2];
	int cancel_at; /* when this step starts */
};

static int
fetch(void *ctx, const char *uses, struct arena *a, const char **text,
    size_t *len, struct err *err)
{
	(void)ctx;
	(void)a;
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].uses, uses) == 0) {
			*text = actions[i].text;
			*len = strlen(*text);
			return 0;
		}
	if (uses[0] != '.')
		return 1;
	return err_set(err, ERR_NOT_FOUND, "there is no %s", uses);
}

static int
on_step_started(void *ctx, const struct job_plan_step *step, const char *name,
    int64_t offset, struct err *err)
{
	struct fixture *f = ctx;

	(void)name;
	(void)offset;
	(void)err;
	if (f->cancel_at == step->number && write(f->cancel[1], "x", 1) != 1)
		abort();
	return 0;
}

static int
on_step_finished(void *ctx, const struct job_plan_step *step, const char *on,
    int exit_code, const char *reason, struct err *err)
{
	struct fixture *f = ctx;

	(void)exit_code;
	(void)err;
	str_addf(&f->told, "%d %s%s%s;", step->number, on,
	    reason[0] != '\0' ? " " : "", reason);
	return 0;
}

static int
on_outputs(void *ctx, struct expr_object *outputs, struct err *err)
{
	const struct expr_value v = expr_from_object(outputs);
	struct fixture *f = ctx;

	(void)err;
	expr_json_write(&v, SIZE_MAX, &f->outputs);
	return 0;
}

static int
on_summary(void *ctx, const struct job_plan_step *step, const char *text,
    size_t len, struct err *err)
{
	struct fixture *f = ctx;

	(void)step;
	(void)err;
	str_addf(&f->told, "summary %.*s;", (int)len, text);
	return 0;
}

static struct expr_object *
object(struct arena *a, const char *json)
{
	struct expr_value v;

	if (expr_json_read(json, strlen(json), 1 << 20, a, &v, NULL) == -1)
		abort();
	return v.object;
}

static bool
make_plan(struct fixture *f, const char *job)
{
	const char *text = arena_printf(&f->a, "on: push\njobs:\n  j:\n"
	    "    runs-on: here\n%s", job);
	struct run_facts facts = { .github = f->order.github };
	struct run_plan run;
	struct workflow *w;
	struct diags d;

	diags_init(&d, &f->a, "w.yml", text, strlen(text));
	w = workflow_read(text, strlen(text), &f->a, &d);
	if (w != NULL && d.n_errors == 0 &&
	    run_decide(w, &facts, &f->a, &d, &run) == 0 && run.n_jobs == 1 &&
	    job_plan_make(&run.jobs[0], &facts, fetch, NULL, &f->a, &d,
	    &f->plan) == 0)
		return true;
	tap_note("%s", d.n > 0 ? d.list[0].text : "no plan");
	return false;
}

/* As it is stored and read again by another process. */
static bool
freeze(struct fixture *f)
{
	struct str text = STR_INIT;
	int rc;

	job_plan_write(&f->plan, &text);
	rc = job_plan_read(text.s, &f->a, &f->plan, &f->err);
	str_release(&text);
	return rc == 0;
}

static void
begin(struct fixture *f, const char *name)
{
	memset(f, 0, sizeof(*f));
	str_init(&f->told);
	str_init(&f->outputs);
	str_init(&f->log);
	arena_init(&f->a, 0);
	f->secret = (struct config_secret){ .name = "TOKEN",
		.value = "hunter22" };
	f->config = (struct config){ .state_dir = tap_dir(),
		.engine = "sandbox", .sandbox_user = "nobody",
		.step_timeout_ms = 120000, .job_timeout_ms = 240000,
		.cancel_grace_ms = 20000, .lease_ms = 60000,
		.log_max_bytes = 1 << 20, .git_protocols = "file",
		.git_timeout_ms = 60000, .secrets = &f->secret,
		.n_secrets = 1 };
	f->obs = (struct job_observer){ .ctx = f,
		.step_started = on_step_started,
		.step_finished = on_step_finished, .outputs = on_outputs,
		.summary = on_summary };
	if (pipe(f->cancel) == -1)
		abort();
	f->order = (struct job_order){ .config = &f->config,
		.plan = &f->plan, .run = "a/b#1", .instance = "test",
		.job = 1, .attempt = 1, .echo_fd = -1,
		.cancel_fd = f->cancel[0],
		.github = object(&f->a, "{\"ref_name\": \"main\", "
		    "\"sha\": \"0123\", \"event\": {\"n\": 1}}"),
		.source.folder = arena_printf(&f->a, "%s/source", tap_dir()),
		.work_dir = arena_printf(&f->a, "%s/work/%s", tap_dir(),
		    name),
		.log_path = arena_printf(&f->a, "%s/%s.log", tap_dir(),
		    name),
		.index_path = arena_printf(&f->a, "%s/%s.idx", tap_dir(),
		    name) };
}

static void
release(struct fixture *f)
{
	str_release(&f->told);
	str_release(&f->outputs);
	str_release(&f->log);
	arena_release(&f->a);
	close(f->cancel[0]);
	close(f->cancel[1]);
}

/* The log without what Pawl says in it. */
static void
read_log(struct fixture *f)
{
	struct str all = STR_INIT;
	const char *p, *end;

	file_read(f->order.log_path, 10 << 20, &all, NULL);
	for (p = all.s; *p != '\0'; p = end) {
		end = p + strcspn(p, "\n");
		end += *end == '\n';
		if (strncmp(p, "pawl: ", 6) != 0)
			str_add_len(&f->log, p, (size_t)(end - p));
	}
	str_release(&all);
}

static void
run(struct fixture *f, const char *job)
{
	if (!make_plan(f, job) || !freeze(f)) {
		ok(false, "it can be planned: %s", f->err.text);
		return;
	}
	if (job_execute(&f->order, &f->obs, &f->end, &f->err) == -1)
		tap_note("%s", f->err.text);
	str_addf(&f->told, "job %s%s%s", f->end.on, f->end.reason[0] != '\0' ?
	    ": " : "", f->end.reason);
	read_log(f);
}

static void
test_case(const struct job_case *c)
{
	struct fixture f;

	begin(&f, c->name);
	if (strcmp(c->name, "strangers") == 0)
		f.order.github = object(&f.a, "{\"ref_name\": \"main\", "
		    "\"event\": {\"title\": \"$(id)\\\"`id`'\"}}");
	run(&f, c->job);
	if (c->told != NULL)
		is_str(f.told.s, c->told, "%s: how it ends", c->name);
	if (c->log != NULL)
		is_str(f.log.s, c->log, "%s: what it prints", c->name);
	if (c->outputs != NULL)
		is_str(f.outputs.s, c->outputs, "%s: outputs", c->name);
	release(&f);
}

/* --- more than a table can say ---------------------------------------------------- */

static void
test_cancel(void)
{
	struct fixture f;

	begin(&f, "cancel");
	f.cancel_at = 2;
	run(&f, "    steps:\n"
	    "      - {run: 'echo a', background: true}\n"
	    "      - {run: 'echo b; sleep 1000'}\n"
	    "      - {run: 'echo c'}\n"
	    "      - {run: 'echo d ${{ job.status }}', if: always()}\n"
	    "      - {run: 'echo e', if: cancelled()}\n"
	    "      - {run: 'echo f', if: failure()}\n");
	is_str(f.end.on, "cancel", "a cancelled job is cancelled");
	ok(strstr(f.log.s, "d cancelled\ne\n") != NULL,
	    "steps that are for it still run");
	ok(strstr(f.log.s, "c\n") == NULL && strstr(f.log.s, "f\n") == NULL,
	    "others do not");
	ok(strstr(f.told.s, "3 skip the job was stopped before it;") != NULL,
	    "and say why: %s", f.told.s);
	release(&f);

	begin(&f, "cancel-grace");
	f.cancel_at = 1;
	f.config.cancel_grace_ms = 500;
	run(&f, "    steps:\n"
	    "      - {run: 'sleep 1000'}\n"
	    "      - {run: 'echo up; sleep 1000', if: always()}\n"
	    "      - {run: 'echo more', if: always()}\n");
	is_str(f.end.on, "cancel", "they have so long as a job may take");
	ok(strstr(f.told.s, "2 cancel cancelled") != NULL, "not longer: %s",
	    f.told.s);
	release(&f);
}

#define WAIT \
	"      - {run: 'while ! test -e go; do sleep 0.01; done', " \
	"background: true}\n"

/* Ten run, the limit: what comes behind them has not begun. */
static void
test_cancel_queued(void)
{
	struct fixture f;

	begin(&f, "cancel-queued");
	run(&f, "    steps:\n" WAIT WAIT WAIT WAIT WAIT WAIT WAIT WAIT WAIT
	    "      - {uses: ./slow, id: slow, background: true}\n"
	    "      - {run: echo never, id: s, background: true}\n"
	    "      - {uses: ./act, id: a, background: true}\n"
	    "      - cancel: s\n"
	    "      - cancel: a\n"
	    "      - cancel: slow\n"
	    "      - {run: 'echo ${{ steps.s.outcome }} "
	    "${{ steps.a.outcome }} ${{ steps.slow.outcome }}; touch go'}\n");
	ok(strstr(f.told.s, "12 cancel cancelled by a step before it began;"
	    "15 succeed;13 skip cancelled by a step before it began;"
	    "14 skip cancelled by a step before it began;16 succeed;"
	    "10 cancel cancelled by a step;11 skip its action was cancelled "
	    "before it;17 succeed;") == f.told.s, "steps that wait for "
	    "their turn can be cancelled, too: %s", f.told.s);
	is_str(f.log.s, "cancelled cancelled cancelled\n",
	    "and never begin");
	is_str(f.end.on, "succeed", "which is no failure");
	release(&f);
}

static void
test_annotations(void)
{
	struct str index = STR_INIT;
	struct fixture f;
	size_t n = 0;

	begin(&f, "notes");
	run(&f, "    env: {TOKEN: '${{ secrets.TOKEN }}'}\n    steps:\n"
	    "      - run: |\n"
	    "          echo '::error file=a.c,line=3,title=T::it %25 hunter22'\n"
	    "          for i in $(seq 30); do echo ::warning::w$i; done\n"
	    "          echo '  ::group::G'; echo ::endgroup::; "
	    "echo ::nothing::\n");
	file_read(f.order.index_path, 1 << 20, &index, NULL);
	ok(strstr(index.s, "\"type\":\"annotation\",\"level\":\"error\","
	    "\"title\":\"T\",\"file\":\"a.c\",\"line\":\"3\","
	    "\"text\":\"it % ***\"}") != NULL, "annotations are in the index");
	for (const char *p = index.s; (p = strstr(p, "\"warning\"")) != NULL;
	    p++)
		n++;
	is_int((long long)n, 10, "ten of a kind");
	ok(strstr(index.s, "\"type\":\"group\",\"text\":\"G\"") != NULL &&
	    strstr(index.s, "\"type\":\"endgroup\"") != NULL, "groups too");
	str_release(&index);
	release(&f);
}

static void
write_source(const char *name, const char *text)
{
	struct err err = { 0 };
	struct str path = STR_INIT;

	str_addf(&path, "%s/source/%s", tap_dir(), name);
	if (file_replace(path.s, text, strlen(text), 0644, false, &err) ==
	    -1)
		tap_note("%s", err.text);
	str_release(&path);
}

int
main(void)
{
	char here[PATH_MAX];

	if (getenv("PAWL_LIBEXEC_DIR") == NULL &&
	    realpath("libexec", here) != NULL)
		setenv("PAWL_LIBEXEC_DIR", here, 1);
	write_source("vars/ci.env", "F=file\nA=file\n");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		test_case(&cases[i]);
	test_cancel();
	test_cancel_queued();
	test_annotations();
	return tap_done();
}
