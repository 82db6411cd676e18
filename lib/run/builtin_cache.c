/*
 * builtin_cache.c - actions/cache where no cache is kept: every look-up is a
 * miss, which steps must live with.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

int
builtin_cache(struct step_run *s, struct err *err)
{
	bool strict;

	if (builtin_flag(s, "fail-on-cache-miss", &strict, err) == -1)
		return -1;
	if (strict)
		return err_set(err, ERR_UNSUPPORTED, "nothing was found in "
		    "the cache: this version of Pawl keeps none");
	builtin_output(s, "cache-hit", "");
	s->outcome.on = "succeed";
	return joblog_note(s->x->log, s->plan->number, err, "this version of "
	    "Pawl keeps no cache: nothing was restored or saved");
}
