/*
 * checkout.c - see checkout.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/checkout.h"

#include "lib/base/proc.h"

#define MAX_BYTES (64 * 1024)
#define TIMEOUT_MS 5000

static void
ask(const char *const *argv, struct str *out)
{
	struct proc_spec spec = { .argv = argv };
	struct err ignored = { 0 };

	if (proc_run_ok(&spec, NULL, MAX_BYTES, TIMEOUT_MS, out, &ignored) ==
	    -1)
		str_clear(out);
}

void
checkout_urls(struct str *out)
{
	static const char *const argv[] = { "git", "config", "--get-regexp",
		"^remote\\..*\\.url$", NULL };

	ask(argv, out);
}

void
checkout_branch(struct str *out)
{
	static const char *const argv[] = { "git", "symbolic-ref", "--short",
		"-q", "HEAD", NULL };

	ask(argv, out);
	while (out->len > 0 && out->s[out->len - 1] == '\n')
		str_cut(out, out->len - 1);
}
