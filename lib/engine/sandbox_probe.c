/*
 * sandbox_probe.c - does bubblewrap work here? It is tried, not guessed:
 * whether user namespaces are allowed depends on the kernel, its settings and
 * what Pawl itself runs in.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/programs.h"
#include "lib/engine/image_name.h"
#include "lib/engine/ops.h"

#define TRY_TIMEOUT_MS 20000

int
sandbox_failed(const char *text, const struct proc_end *end, struct err *err)
{
	struct str message = STR_INIT;

	image_last_line(text, &message);
	if (message.len == 0)
		proc_end_text(end, &message);
	err_set(err, ERR_UNAVAILABLE, "the sandbox does not start: %s%s",
	    message.s, sandbox_hint(message.s));
	str_release(&message);
	return -1;
}

int
sandbox_missing(struct err *err)
{
	if (err != NULL && err->code == ERR_NOT_FOUND)
		return err_set(err, ERR_UNSUPPORTED, "the sandbox needs "
		    "bubblewrap, which is not installed: install the package "
		    "\"bubblewrap\"");
	if (err != NULL && err->code == ERR_DENIED && geteuid() == 0)
		return err_set(err, ERR_UNSUPPORTED, "the sandbox does not "
		    "start: this root may not mount, as in a container; run "
		    "Pawl as an ordinary user there");
	return err_wrap(err, "the sandbox does not start");
}

/* Run bwrap once with nothing in it: are we allowed to? */
static int
try_sandbox(const struct sandbox_user *user, struct err *err)
{
	struct sandbox_child child = { .staged = user->change,
		.net = -1, .users = -1 };
	const struct proc_spec spec = { .argv = sandbox_try_args, .cwd = "/",
		.uid = user->uid, .gid = user->gid, .drop = user->change,
		.die_with_parent = true, .prepare = sandbox_prepare,
		.prepare_ctx = &child };
	struct str text = STR_INIT;
	struct proc_end end;
	int rc;

	rc = proc_run(&spec, NULL, SANDBOX_MAX_MESSAGES, TRY_TIMEOUT_MS, NULL, &text,
	    &end, err);
	if (rc == -1)
		sandbox_missing(err);
	else if (end.how != PROC_EXITED || end.code != 0)
		rc = sandbox_failed(text.s, &end, err);
	str_release(&text);
	return rc;
}

int
sandbox_open(struct engine *e, struct err *err)
{
	struct sandbox_user user;
	struct str init = STR_INIT;
	int rc = -1;

	program_path("pawl-init", &init);
	if (access(init.s, X_OK) == -1) {
		err_errno(err, "cannot use \"%s\" (install Pawl, or set "
		    "PAWL_LIBEXEC_DIR)", init.s);
		goto out;
	}
	if (sandbox_user_find(e->config, &user, err) == -1)
		goto out;
	rc = 0;
	if (!sandbox_known(e->config)) {
		rc = try_sandbox(&user, err);
		sandbox_remember(e->config, rc == 0);
	}
out:
	str_release(&init);
	return rc;
}

void
sandbox_close(struct engine *e)
{
	(void)e; /* holds nothing */
}

int
sandbox_probe(const struct config *config, struct str *about, struct err *err)
{
	static const char *const argv[] = { "bwrap", "--version", NULL };
	const struct proc_spec spec = { .argv = argv };
	struct engine e = { &sandbox_ops, config, NULL };
	struct str version = STR_INIT;
	int rc = -1;

	sandbox_remember(config, false);
	if (sandbox_open(&e, err) == -1)
		return -1;
	if (proc_run_ok(&spec, NULL, SANDBOX_MAX_MESSAGES, TRY_TIMEOUT_MS, &version,
		err) == 0) {
		str_addf(about, "sandbox: %.*s",
		    (int)strcspn(version.s, "\n"), version.s);
		if (geteuid() == 0)
			str_addf(about, ", jobs run as user \"%s\"",
			    config->sandbox_user);
		rc = 0;
	}
	str_release(&version);
	return rc;
}
