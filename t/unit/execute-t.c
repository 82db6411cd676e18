/*
 * execute-t.c - whole jobs in the sandbox: what they leave in the log, in
 * their result, and on the host.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/execute.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/run/git.h"
#include "t/lib/tap.h"

#define MAX_STEPS 4

/* One job, its order and what came of it. */
struct fixture {
	struct config config;
	struct config_secret secrets[2];
	struct job_plan plan;
	struct job_plan_step steps[MAX_STEPS];
	struct job_order order;
	struct job_observer obs;
	struct job_end result;
	struct err err;
	int rc;
	struct str log;  /* after run() */
	struct str told; /* what the observer heard */
	int cancel[2];   /* write to cancel */
	const char *cancel_at; /* cancel when this step's name starts */
	bool refuse;     /* the observer fails at the first step */
	int ticks;
};

static struct arena names = ARENA_INIT(0);

/* Values of a workflow, as its reader makes them. */
static struct value *
text(const char *s)
{
	struct value *v = arena_alloc(&names, sizeof(*v));

	v->kind = VALUE_STRING;
	v->text = s;
	return v;
}

static struct value *
expression(const char *source)
{
	struct value *v = arena_alloc(&names, sizeof(*v));
	struct expr *e = arena_alloc(&names, sizeof(*e));
	struct expr_error error;

	if (expr_parse(source, strlen(source), NULL, &names, e, &error) ==
	    -1)
		abort();
	v->kind = VALUE_EXPR;
	v->text = source;
	v->expr = e;
	return v;
}

static const char *
in_dir(const char *name)
{
	return arena_printf(&names, "%s/%s", tap_dir(), name);
}

static int
on_started(void *ctx, const char *engine, struct err *err)
{
	struct fixture *f = ctx;

	(void)err;
	str_addf(&f->told, "started %s;", engine);
	return 0;
}

static int
on_step_started(void *ctx, const struct job_plan_step *step, const char *name,
    int64_t offset, struct err *err)
{
	struct fixture *f = ctx;

	(void)name;
	(void)offset;
	str_addf(&f->told, "%d;", step->number);
	if (f->refuse)
		return err_set(err, ERR_BUSY, "the database is locked");
	if (f->cancel_at != NULL && strcmp(f->cancel_at, step->title) == 0 &&
	    write(f->cancel[1], "x", 1) != 1)
		abort();
	return 0;
}

static int
on_step_finished(void *ctx, const struct job_plan_step *step, const char *on,
    int exit_code, const char *reason, struct err *err)
{
	struct fixture *f = ctx;

	(void)step;
	(void)reason;
	(void)err;
	str_addf(&f->told, "%s %d;", on, exit_code);
	return 0;
}

static int
on_completing(void *ctx, struct err *err)
{
	struct fixture *f = ctx;

	(void)err;
	str_add(&f->told, "completing;");
	return 0;
}

static int
on_tick(void *ctx, struct err *err)
{
	struct fixture *f = ctx;

	(void)err;
	f->ticks++;
	return 0;
}

/* A job named `name` whose workspace is the test's source folder. */
static void
begin(struct fixture *f, const char *name)
{
	memset(f, 0, sizeof(*f));
	str_init(&f->log);
	str_init(&f->told);
	f->config = (struct config){
		.state_dir = tap_dir(), .engine = "sandbox",
		.sandbox_user = "nobody", .step_timeout_ms = 120000,
		.job_timeout_ms = 240000, .cancel_grace_ms = 60000,
		.lease_ms = 60000, .log_max_bytes = 100 << 20,
		.git_protocols = "file", .git_timeout_ms = 60000,
	};
	if (pipe2(f->cancel, O_CLOEXEC) == -1)
		abort();
	f->plan.key = f->plan.id = f->plan.name = name;
	f->plan.file = f->plan.workflow = "ci.yml";
	f->plan.needs = f->plan.matrix = f->plan.strategy = f->plan.inputs =
	    expr_object_new(&names);
	f->plan.steps = f->steps;
	f->obs = (struct job_observer){ .ctx = f, .started = on_started,
		.step_started = on_step_started,
		.step_finished = on_step_finished,
		.completing = on_completing, .tick = on_tick };
	f->order = (struct job_order){
		.config = &f->config, .plan = &f->plan, .run = "a/b#1",
		.instance = "test", .job = 1, .attempt = 1,
		.source = { .folder = in_dir("source") },
		.work_dir = arena_printf(&names, "%s/work/%s", tap_dir(),
		    name),
		.log_path = arena_printf(&names, "%s/log/%s.log", tap_dir(),
		    name),
		.index_path = arena_printf(&names, "%s/log/%s.idx",
		    tap_dir(), name),
		.echo_fd = -1, .cancel_fd = f->cancel[0],
	};
}

static struct job_plan_step *
step(struct fixture *f, const char *run)
{
	struct job_plan_step *s = &f->steps[f->plan.n_steps++];

	s->number = (int)f->plan.n_steps;
	s->id = "made";
	s->action = -1;
	s->title = run;
	s->run = text(run);
	s->condition = expression("success()");
	return s;
}

static void
run(struct fixture *f)
{
	struct stat st;

	f->rc = job_execute(&f->order, &f->obs, &f->result, &f->err);
	str_clear(&f->log);
	if (file_read(f->order.log_path, 256 << 20, &f->log, NULL) == -1)
		tap_note("no log");
	if (stat(f->order.work_dir, &st) == 0)
		ok(false, "the workspace of %s is removed", f->plan.name);
}

static bool
logged(const struct fixture *f, const char *text)
{
	if (strstr(f->log.s, text) != NULL)
		return true;
	tap_note("not in the log: %s", text);
	if (f->log.len < 5000)
		tap_note("%s", f->log.s);
	return false;
}

static void
end(struct fixture *f)
{
	str_release(&f->log);
	str_release(&f->told);
	close(f->cancel[0]);
	close(f->cancel[1]);
}

/* How long a step sleeps, as an argument that no other test has: runs of this
 * test beside each other must not find each other's processes. */
static const char *
nap(int seconds)
{
	return arena_printf(&names, "%d.%ld", seconds, (long)getpid());
}

/* Is a process with this argument alive anywhere? */
static bool
alive(const char *argument)
{
	struct dirent *e;
	struct str line = STR_INIT;
	bool found = false;
	char path[300];
	DIR *dir = opendir("/proc");

	while (dir != NULL && !found && (e = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "/proc/%s/cmdline", e->d_name);
		str_clear(&line);
		if (file_read(path, 65536, &line, NULL) == -1)
			continue;
		for (size_t i = 0; i < line.len && !found;
		    i += strlen(line.s + i) + 1)
			found = strcmp(line.s + i, argument) == 0;
	}
	if (dir != NULL)
		closedir(dir);
	str_release(&line);
	return found;
}

static void
test_succeeds(void)
{
	struct fixture f;

	begin(&f, "good");
	step(&f, "echo one > file; cat hello.txt");
	step(&f, "cat file; pwd; test \"$0\" != /workspace/script");
	run(&f);
	is_int(f.rc, 0, "a job of two steps: %s", f.err.text);
	is_str(f.result.on, "succeed", "succeeds %s", f.result.reason);
	is_str(f.told.s, "started sandbox;1;succeed 0;2;succeed 0;"
	    "completing;", "and tells what happens");
	ok(!logged(&f, "pawl"), "the log is what the steps printed");
	is_str(f.log.s, "hello\none\n/workspace\n",
	    "and nothing else; the steps share the workspace");
	end(&f);
}

static void
test_fails(void)
{
	struct fixture f;

	begin(&f, "bad");
	step(&f, "exit 3");
	step(&f, "echo never");
	run(&f);
	is_int(f.rc, 0, "a step that fails is an end of its own");
	is_str(f.result.on, "fail", "the job fails");
	is_int(f.result.exit_code, 3, "with the step's code");
	is_str(f.result.reason, "step 1 \"exit 3\": exit code 3", "and says");
	is_str(f.told.s, "started sandbox;1;fail 3;skip -1;completing;",
	    "later steps do not run");
	ok(logged(&f, ": step 1 \"exit 3\": exit code 3\n"),
	    "the last line says why");
	end(&f);
}

static void
test_mistakes(void)
{
	struct fixture f;

	begin(&f, "folder");
	step(&f, "true")->working_directory = text("none");
	run(&f);
	ok(f.rc == 0 && strcmp(f.result.on, "fail") == 0 &&
	    strstr(f.result.reason, "/workspace/none") != NULL,
	    "a folder that is not there: %s", f.result.reason);
	end(&f);
	begin(&f, "shell");
	step(&f, "true")->shell = text("fish-or-so {0}");
	run(&f);
	ok(f.rc == 0 && strstr(f.result.reason, "fish-or-so") != NULL,
	    "a shell that is not there: %s", f.result.reason);
	end(&f);
	begin(&f, "template");
	step(&f, "true")->shell = text("perl");
	run(&f);
	ok(f.rc == 0 && strstr(f.result.reason, "{0}") != NULL,
	    "a shell that is no template: %s", f.result.reason);
	end(&f);
}

static void
test_shells(void)
{
	struct fixture f;

	begin(&f, "shells");
	step(&f, "false | true; echo \"$BASH_VERSION\" | grep -q . &&"
	    " echo default is bash");
	step(&f, "echo \"sh:$0\"")->shell = text("sh");
	step(&f, "false | true")->shell = text("bash");
	run(&f);
	ok(logged(&f, "default is bash\n"), "bash, without pipefail");
	ok(logged(&f, "sh:/tmp/.pawl-step-2.sh\n"), "sh");
	is_int(f.result.exit_code, 1, "bash by name has pipefail");
	end(&f);
}

static void
test_secrets(void)
{
	struct named_value env[] = { { "KEY", expression("secrets.TOKEN") },
		{ "NONE", expression("secrets.MISSING") },
		{ "SHORT", expression("secrets.PIN") } };
	struct fixture f;

	begin(&f, "env");
	f.plan.env = env;
	f.plan.n_env = ARRAY_LEN(env);
	f.secrets[0] = (struct config_secret){ .name = "TOKEN",
		.value = "hunter22" };
	f.secrets[1] = (struct config_secret){ .name = "PIN",
		.value = "123" };
	f.config.secrets = f.secrets;
	f.config.n_secrets = 2;
	step(&f, "echo \"key=$KEY ${#KEY} [$NONE]\";"
	    "printf %s \"$KEY\" | base64; command -v ls; echo \"$HOME\"");
	run(&f);
	ok(logged(&f, "key=*** 8 []\n"), "secrets arrive, and are masked");
	ok(strstr(f.log.s, "aHVudGVy") == NULL, "in base64 too");
	ok(logged(&f, "so it is empty: MISSING\n"), "so is one that is not "
	    "there");
	ok(logged(&f, "too short to be masked: \"PIN\""),
	    "short ones are told of");
	ok(logged(&f, "/bin/ls\n"), "the container's own PATH stays");
	end(&f);
}

/* A pull request of this head, as a run's context. */
static struct expr_object *
pull_context(const char *event, const char *head)
{
	const char *json = arena_printf(&names, "{\"event_name\": \"%s\", "
	    "\"event\": {\"repository\": {\"full_name\": \"ada/demo\"}, "
	    "\"pull_request\": {\"head\": {\"repo\": %s}}}}", event, head);
	struct expr_value v;
	struct err err = { 0 };

	if (expr_json_read(json, strlen(json), 1 << 20, &names, &v, &err) ==
	    -1)
		abort();
	return v.object;
}

/* What the configuration allows is not for everybody. */
static void
test_privileges(void)
{
	static const struct {
		const char *event, *options, *volume, *port;
		bool given;
	} cases[] = {
		{ "pull_request", "--privileged", NULL, NULL, false },
		{ "pull_request", "--cap-add SYS_PTRACE", NULL, NULL, false },
		{ "pull_request", "", "/usr:/usr", NULL, false },
		{ "pull_request", "", NULL, "8080:80", false },
		{ "push", "--cap-add SYS_PTRACE", "/usr:/usr", "8080:80",
		    true },
	};
	static const char *caps[] = { "SYS_PTRACE" }, *paths[] = { "/usr" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture f;

		begin(&f, arena_printf(&names, "privileges-%zu", i));
		f.config.allow_privileged = true;
		f.config.allow_cap_add = (struct config_list){ caps, 1 };
		f.config.allow_volumes = (struct config_list){ paths, 1 };
		f.plan.container.options = text(cases[i].options);
		if (cases[i].volume != NULL)
			f.plan.container.volumes = text(cases[i].volume);
		if (cases[i].port != NULL)
			f.plan.container.ports = text(cases[i].port);
		f.order.github = pull_context(cases[i].event,
		    "{\"full_name\": \"eve/demo\"}");
		step(&f, "echo ran");
		run(&f);
		ok(logged(&f, "pull requests from forks have no privileges")
		    != cases[i].given && logged(&f, "ran\n") ==
		    cases[i].given, "%s asks for %s: %s", cases[i].event,
		    cases[i].options[0] != '\0' ? cases[i].options :
		    cases[i].volume != NULL ? cases[i].volume : cases[i].port,
		    cases[i].given ? "granted" : "refused");
		end(&f);
	}
}

/* What is allowed, and yet cannot be had. */
static void
test_privileged_sandbox(void)
{
	struct fixture f;

	begin(&f, "privileged-sandbox");
	f.config.allow_privileged = true;
	f.plan.container.options = text("--privileged");
	step(&f, "echo ran");
	run(&f);
	ok(!logged(&f, "ran\n") && logged(&f, "the sandbox has no "
	    "\"--privileged\""), "the sandbox refuses --privileged");
	is_str(f.result.on, "fail", "and the job fails");
	end(&f);
}

static void
test_strangers(void)
{
	static const struct {
		const char *event, *head;
		bool given;
	} cases[] = {
		{ "pull_request", "{\"full_name\": \"eve/demo\"}", false },
		{ "pull_request", "null", false },
		{ "pull_request_review", "{\"full_name\": \"e/d\"}", false },
		{ "pull_request", "{\"full_name\": \"Ada/demo\"}", true },
		{ "pull_request_target", "{\"full_name\": \"e/d\"}", true },
		{ "push", "null", true },
	};
	struct named_value env[] = { { "KEY", expression("secrets.TOKEN") } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture f;

		begin(&f, arena_printf(&names, "stranger-%zu", i));
		f.plan.env = env;
		f.plan.n_env = ARRAY_LEN(env);
		f.secrets[0] = (struct config_secret){ .name = "TOKEN",
			.value = "hunter22" };
		f.config.secrets = f.secrets;
		f.config.n_secrets = 1;
		f.order.github = pull_context(cases[i].event, cases[i].head);
		step(&f, "echo \"[$KEY]\"");
		run(&f);
		ok(logged(&f, cases[i].given ? "[***]\n" : "[]\n") &&
		    logged(&f, "pull requests from forks, so they are empty: "
		    "TOKEN\n") != cases[i].given, "%s of %s: %s",
		    cases[i].event, cases[i].head, cases[i].given ?
		    "given" : "not given, and said so");
		end(&f);
	}
}

static void
test_timeouts(void)
{
	struct fixture f;

	begin(&f, "step-time");
	step(&f, arena_printf(&names, "trap 'echo asked; exit 1' TERM; "
	    "echo ready; sleep %s & wait", nap(7654)))->timeout = text("1s");
	run(&f);
	is_str(f.result.on, "fail", "a step over its time fails");
	ok(strstr(f.result.reason, "timed out after 1 s (\"timeout-minutes\" "
	    "of the step)") != NULL, "naming its limit: %s",
	    f.result.reason);
	ok(logged(&f, "asked\n"), "it is asked to end first");
	end(&f);

	begin(&f, "job-time");
	f.config.job_timeout_ms = 2000;
	f.config.cancel_grace_ms = 300;
	step(&f, arena_printf(&names, "trap '' TERM; echo ready; while :; "
	    "do sleep %s; done", nap(7655)));
	step(&f, "echo never");
	run(&f);
	ok(strstr(f.result.reason, "the job timed out after 2 s "
	    "(\"job-timeout\" of the configuration)") != NULL,
	    "a job over its time: %s", f.result.reason);
	ok(logged(&f, "did not end within 300 ms (\"cancel-grace\"): "
	    "killed\n"), "one that ignores TERM is killed");
	ok(!alive(nap(7654)) && !alive(nap(7655)), "nothing is left running");
	is_str(f.told.s, "started sandbox;1;fail -1;skip -1;completing;",
	    "the next step does not run");
	end(&f);
}

static void
test_cancel(void)
{
	struct fixture f;

	begin(&f, "cancel");
	step(&f, "true");
	step(&f, arena_printf(&names, "sleep %s", nap(7656)));
	f.cancel_at = f.steps[1].title;
	run(&f);
	is_int(f.rc, 0, "a cancelled job has an end of its own");
	is_str(f.result.on, "cancel", "cancelled");
	is_str(f.told.s, "started sandbox;1;succeed 0;2;cancel -1;"
	    "completing;", "so is its step");
	ok(logged(&f, "pawl: job cancelled after "), "says the log");
	ok(!alive(nap(7656)), "nothing is left running");
	end(&f);

	begin(&f, "cancel-early");
	step(&f, "true");
	if (write(f.cancel[1], "x", 1) != 1)
		abort();
	run(&f);
	is_str(f.result.on, "cancel", "cancelled before the first step");
	end(&f);
}

/* Processes that a step leaves behind: they neither hold it up nor survive
 * the job, and one of them prints without end. */
static void
test_left_behind(void)
{
	struct fixture f;

	begin(&f, "behind");
	step(&f, arena_printf(&names, "setsid sleep %s & yes & echo done",
	    nap(7657)));
	step(&f, "echo next");
	run(&f);
	is_str(f.result.on, "succeed", "a step ends with its own process");
	ok(logged(&f, "next\n"), "the next one runs");
	ok(!alive(nap(7657)), "the job's end ends them all");
	end(&f);
}

static void
test_output(void)
{
	struct fixture f;
	const char *start;
	size_t n = 0;

	begin(&f, "bytes");
	step(&f, "printf '<'; head -c 8000000 /dev/zero | tr '\\0' '\\377';"
	    "printf '>'")->title = "bytes";
	run(&f);
	start = memchr(f.log.s, '<', f.log.len);
	while (start != NULL && (unsigned char)start[1 + n] == 0xff)
		n++;
	is_int((long long)n, 8000000, "no newline and no UTF-8: all there");
	ok(start != NULL && start[1 + n] == '>', "to the last byte");
	end(&f);

	begin(&f, "much");
	f.config.log_max_bytes = 100000;
	step(&f, "yes | head -c 30000000; echo");
	run(&f);
	is_str(f.result.on, "succeed", "a job that prints too much goes on");
	ok(f.log.len < 101000 + 65536 && logged(&f, "log-max-bytes") &&
	    logged(&f, "pawl: 29834466 bytes were dropped here"),
	    "and its log has the start and the end: %zu bytes", f.log.len);
	end(&f);
}

static void
test_infrastructure(void)
{
	struct fixture f;

	begin(&f, "refused");
	step(&f, "true");
	f.refuse = true;
	run(&f);
	is_int(f.rc, -1, "an observer that fails ends the job");
	is_int(f.result.kind, ERR_KIND_INFRA, "as infrastructure");
	ok(logged(&f, "not by its own fault: the database is locked\n"),
	    "and the log says so");
	end(&f);

	begin(&f, "no-source");
	f.order.source = (struct job_source){ .mirror = in_dir("none.git"),
		.sha = "0123456789012345678901234567890123456789" };
	step(&f, "true");
	run(&f);
	is_int(f.rc, -1, "a mirror that is gone: %s", f.err.text);
	end(&f);
}

static void
user_git(const char *folder, const char *const *argv)
{
	struct proc_spec spec = { .argv = argv, .cwd = folder };
	struct err err = { 0 };

	if (proc_run_ok(&spec, NULL, 65536, 60000, NULL, &err) == -1) {
		tap_note("%s", err.text);
		abort();
	}
}

#define GIT(folder, ...) user_git(folder, (const char *const[]){ "git", \
	"-c", "user.name=A", "-c", "user.email=a@example.org", __VA_ARGS__, \
	NULL })

static void
write_file(const char *name, const char *text)
{
	struct err err = { 0 };

	if (file_replace(in_dir(name), text, strlen(text), 0755, false,
	    &err) == -1) {
		tap_note("%s", err.text);
		abort();
	}
}

/* The current folder as source, with and without git. */
static void
test_folder(void)
{
	struct fixture f;

	write_file("tree/kept", "");
	write_file("tree/.gitignore", "*.o\n");
	write_file("tree/a.o", "");
	write_file("tree/deep/new file", "");
	if (symlink("kept", in_dir("tree/link")) == -1)
		abort();
	begin(&f, "all");
	f.order.source.folder = in_dir("tree");
	step(&f, "find . ! -type d | sort | tr '\\n' ,; test -x kept");
	run(&f);
	ok(logged(&f, "./.gitignore,./a.o,./deep/new file,./kept,./link,"),
	    "without git everything is copied");
	is_str(f.result.on, "succeed", "with its mode");
	end(&f);
	GIT(in_dir("tree"), "init", "-q");
	GIT(in_dir("tree"), "add", "kept");
	begin(&f, "tracked");
	f.order.source.folder = in_dir("tree");
	step(&f, "find . ! -type d | sort | tr '\\n' ,");
	run(&f);
	ok(logged(&f, "./.gitignore,./deep/new file,./kept,./link,"),
	    "with git what it ignores stays behind");
	end(&f);
}

static void
test_mirror(void)
{
	struct fixture f;
	char sha[GIT_SHA_SIZE];
	struct str head = STR_INIT;

	GIT(in_dir("tree"), "add", "-A");
	GIT(in_dir("tree"), "commit", "-q", "-m", "first");
	GIT(tap_dir(), "clone", "-q", "--bare", "tree", "mirror.git");
	begin(&f, "mirror");
	user_git(in_dir("tree"), (const char *const[]){ "sh", "-c",
	    "git rev-parse HEAD > ../sha", NULL });
	file_read(in_dir("sha"), 100, &head, &f.err);
	snprintf(sha, sizeof(sha), "%.40s", head.s);
	f.order.source = (struct job_source){ .mirror = in_dir("mirror.git"),
		.sha = sha };
	step(&f, "test -f kept && git log -1 --format='%H is %s'");
	run(&f);
	str_clear(&head);
	str_addf(&head, "%s is first\n", sha);
	ok(logged(&f, head.s), "a commit is checked out, and git works");
	str_release(&head);
	end(&f);
}

int
main(void)
{
	char here[PATH_MAX];

	if (getenv("PAWL_LIBEXEC_DIR") == NULL &&
	    realpath("libexec", here) != NULL)
		setenv("PAWL_LIBEXEC_DIR", here, 1);
	write_file("source/hello.txt", "hello\n");
	test_succeeds();
	test_fails();
	test_mistakes();
	test_shells();
	test_secrets();
	test_privileged_sandbox();
	test_strangers();
	test_privileges();
	test_timeouts();
	test_cancel();
	test_left_behind();
	test_output();
	test_infrastructure();
	test_folder();
	test_mirror();
	arena_release(&names);
	return tap_done();
}
