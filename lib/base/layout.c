/*
 * layout.c - paths of the state directory and the addresses they have.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/layout.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/percent.h"

void
layout_db(struct str *out, const char *state)
{
	str_addf(out, "%s/pawl.db", state);
}

void
layout_wake_socket(struct str *out, const char *run_dir)
{
	str_addf(out, "%s/wake.sock", run_dir);
}

void
layout_mirror(struct str *out, const char *state, const char *owner,
    const char *name)
{
	str_addf(out, "%s/mirrors/", state);
	path_add_component(out, owner);
	str_add_char(out, '/');
	path_add_component(out, name);
	str_add(out, ".git");
}

/* No owner begins with a point there. */
void
layout_other_mirrors(struct str *out, const char *state)
{
	str_addf(out, "%s/mirrors/.other", state);
}

void
layout_other_mirror(struct str *out, const char *state, const char *address)
{
	layout_other_mirrors(out, state);
	str_add_char(out, '/');
	path_add_component(out, address);
	str_add(out, ".git");
}

void
layout_work(struct str *out, const char *state, int64_t job, int attempt)
{
	str_addf(out, "%s/work/%" PRId64 "-%d", state, job, attempt);
}

void
layout_kept(struct str *out, const char *state, int64_t job, int attempt)
{
	str_addf(out, "%s/kept/%" PRId64 "-%d", state, job, attempt);
}

void
layout_process_log(struct str *out, const char *state, int64_t job,
    int attempt)
{
	str_addf(out, "%s/log/job-%" PRId64 "-%d.log", state, job, attempt);
}

/* KIND/OWNER/NAME/ of a repository */
static void
add_repo(struct str *out, const char *kind, const char *owner,
    const char *name)
{
	str_addf(out, "%s/", kind);
	path_add_component(out, owner);
	str_add_char(out, '/');
	path_add_component(out, name);
	str_add_char(out, '/');
}

/* KIND/OWNER/NAME/RUN/ */
static void
add_run(struct str *out, const char *kind, const struct layout_run *run)
{
	add_repo(out, kind, run->owner, run->name);
	str_addf(out, "%" PRId64, run->number);
	if (run->attempt > 1)
		str_addf(out, ".%d", run->attempt);
	str_add_char(out, '/');
}

bool
layout_run_parse(const char *text, int64_t *number, int *attempt)
{
	size_t len = strcspn(text, ".");
	char digits[24];
	long long n, a = 0;

	if (len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (!str_to_int64(digits, 1, INT64_MAX, &n) || (text[len] == '.' &&
	    !str_to_int64(text + len + 1, 1, INT32_MAX, &a)))
		return false;
	*number = n;
	*attempt = (int)a;
	return true;
}

void
layout_job_log(struct str *out, enum layout_public what,
    const struct layout_run *run, const char *job_name, int attempt)
{
	add_run(out, "logs", run);
	path_add_component(out, job_name);
	if (attempt > 1)
		str_addf(out, ".%d", attempt);
	str_add(out, what == LAYOUT_LOG ? ".log" : ".idx");
}

void
layout_service_log(struct str *out, const char *job_log, const char *service)
{
	size_t len = strlen(job_log);

	if (str_ends_with(job_log, ".log"))
		len -= strlen(".log");
	str_add_len(out, job_log, len);
	str_add(out, ".service-");
	path_add_component(out, service);
	str_add(out, ".log");
}

void
layout_badge(struct str *out, const char *owner, const char *name,
    const char *branch, const char *suffix)
{
	add_repo(out, "badges", owner, name);
	path_add_component(out, branch);
	str_addf(out, ".%s", suffix);
}

void
layout_status(struct str *out, const char *owner, const char *name,
    const char *branch)
{
	add_repo(out, "status", owner, name);
	path_add_component(out, branch);
	str_add(out, ".json");
}

void
layout_feed(struct str *out, const char *owner, const char *name,
    const char *feed)
{
	add_repo(out, "status", owner, name);
	str_add(out, feed);
}

/* "~w" begins no encoded name, so no branch has this folder. */
static void
add_workflow(struct str *out, const char *file, const char *branch)
{
	const char *base = strrchr(file, '/');

	str_add(out, "~workflow/");
	path_add_component(out, base != NULL ? base + 1 : file);
	str_add_char(out, '/');
	path_add_component(out, branch);
}

void
layout_badge_of(struct str *out, const char *owner, const char *name,
    const char *file, const char *branch, const char *suffix)
{
	add_repo(out, "badges", owner, name);
	add_workflow(out, file, branch);
	str_addf(out, ".%s", suffix);
}

void
layout_status_of(struct str *out, const char *owner, const char *name,
    const char *file, const char *branch)
{
	add_repo(out, "status", owner, name);
	add_workflow(out, file, branch);
	str_add(out, ".json");
}

void
layout_artifact(struct str *out, const struct layout_run *run,
    const char *artifact, int attempt)
{
	add_run(out, "artifacts", run);
	path_add_component(out, artifact);
	/* No encoded name has a small letter behind "~". */
	if (attempt > 1)
		str_addf(out, "~a%d", attempt);
}

void
layout_artifacts_latest(struct str *out, const char *owner,
    const char *name, const char *branch)
{
	add_repo(out, "artifacts", owner, name);
	str_add(out, "latest/");
	path_add_component(out, branch);
}

void
layout_caches(struct str *out, const char *state)
{
	str_addf(out, "%s/caches", state);
}

bool
layout_is_taken(const char *owner)
{
	static const char *const taken[] = { "api", "artifacts", "auth",
		"badge", "badges", "feeds", "hook", "inbox", "logs", "private", "static", "status",
		"webhook", "webhooks" };

	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		if (strcmp(owner, taken[i]) == 0)
			return true;
	return false;
}

void
layout_page_repo(struct str *out, const char *owner, const char *name)
{
	percent_encode(out, owner);
	str_add_char(out, '/');
	percent_encode(out, name);
}

void
layout_page_run(struct str *out, const char *owner, const char *name,
    int64_t number)
{
	layout_page_repo(out, owner, name);
	str_addf(out, "/runs/%" PRId64, number);
}

void
layout_page_attempt(struct str *out, const struct layout_run *run)
{
	layout_page_run(out, run->owner, run->name, run->number);
	if (run->attempt > 0)
		str_addf(out, "/attempts/%d", run->attempt);
}

void
layout_page_job(struct str *out, const char *owner, const char *name,
    int64_t number, const char *job_key)
{
	layout_page_run(out, owner, name, number);
	str_add(out, "/jobs/");
	percent_encode(out, job_key);
}

static const char *const kinds[LAYOUT_KINDS] = {
	[LAYOUT_LOGS] = "logs",
	[LAYOUT_BADGES] = "badges",
	[LAYOUT_STATUS] = "status",
	[LAYOUT_ARTIFACTS] = "artifacts",
};

bool
layout_kind_parse(const char *word, size_t len, enum layout_kind *out)
{
	for (int k = 0; k < LAYOUT_KINDS; k++) {
		if (strlen(kinds[k]) == len &&
		    strncmp(kinds[k], word, len) == 0) {
			*out = (enum layout_kind)k;
			return true;
		}
	}
	return false;
}

void
layout_repo_files(struct str *out, enum layout_kind kind, const char *owner,
    const char *name)
{
	add_repo(out, kinds[kind], owner, name);
	str_cut(out, out->len - 1);
}

void
layout_public_file(struct str *out, const char *state, const char *relative)
{
	str_addf(out, "%s/private/%s", state, relative);
}
