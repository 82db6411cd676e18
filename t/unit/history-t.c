/*
 * history-t.c - what is asked again and again costs the same after 20,000 runs
 * as after 400: counted in instructions of SQLite's machine, which no load of
 * the host changes. bench/history does the same with a million, and a clock.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "t/lib/fixture.h"
#include "t/lib/history.h"
#include "t/lib/tap.h"

/* Repositories with fewer runs than a page has, in the younger one, would
 * cost less for that alone. */
#define FEW 6000
#define MANY 20000

int
main(void)
{
	struct store *few = history_make(FEW, NULL);
	struct store *many = history_make(MANY, NULL);

	for (size_t i = 0; i < history_n_looks; i++) {
		const struct history_look *look = &history_looks[i];
		struct history_cost a, b;

		history_measure(few, look); /* prepares the statements */
		history_measure(many, look);
		a = history_measure(few, look);
		b = history_measure(many, look);
		ok(a.steps > 0 && b.steps <= a.steps + a.steps / 20,
		    "%s: %lld steps, and %lld", look->name,
		    (long long)a.steps, (long long)b.steps);
	}
	store_close(few);
	store_close(many);
	return tap_done();
}
