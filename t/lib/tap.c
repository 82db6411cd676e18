/*
 * tap.c - see tap.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "t/lib/tap.h"

static int n_run;
static int n_failed;
static char dir[256];
static pid_t dir_owner;

static bool
result(bool passed, const char *file, int line, const char *fmt, va_list ap)
    __attribute__((format(printf, 4, 0)));

static bool
result(bool passed, const char *file, int line, const char *fmt, va_list ap)
{
	n_run++;
	printf("%s %d - ", passed ? "ok" : "not ok", n_run);
	vprintf(fmt, ap);
	printf("\n");
	if (!passed) {
		n_failed++;
		printf("#   failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return passed;
}

bool
tap_ok(bool passed, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	result(passed, file, line, fmt, ap);
	va_end(ap);
	return passed;
}

bool
tap_is_int(long long got, long long want, const char *file, int line,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	result(got == want, file, line, fmt, ap);
	va_end(ap);
	if (got != want)
		printf("#   got %lld, want %lld\n", got, want);
	return got == want;
}

/* Multi-line values must stay comments, or they would read as TAP. */
static void
note_value(const char *name, const char *value)
{
	printf("#   %s: ", name);
	for (const char *p = value ? value : "(null)"; *p != '\0'; p++) {
		putchar(*p);
		if (*p == '\n')
			printf("#   | ");
	}
	putchar('\n');
}

bool
tap_is_str(const char *got, const char *want, const char *file, int line,
    const char *fmt, ...)
{
	bool same;
	va_list ap;

	same = got == want ||
	    (got != NULL && want != NULL && strcmp(got, want) == 0);
	va_start(ap, fmt);
	result(same, file, line, fmt, ap);
	va_end(ap);
	if (!same) {
		note_value("got ", got);
		note_value("want", want);
	}
	return same;
}

void
tap_skip(const char *fmt, ...)
{
	va_list ap;

	printf("ok %d # SKIP ", ++n_run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

void
tap_note(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

static void
remove_dir(void)
{
	struct err err = { 0 };

	if (getpid() == dir_owner && file_remove_tree(dir, &err) == -1)
		fprintf(stderr, "# %s\n", err.text);
}

const char *
tap_dir(void)
{
	if (dir[0] == '\0') {
		const char *tmp = getenv("TMPDIR");

		snprintf(dir, sizeof(dir), "%s/pawl-t-XXXXXX",
		    tmp != NULL ? tmp : "/tmp");
		if (mkdtemp(dir) == NULL) {
			printf("Bail out! mkdtemp failed\n");
			exit(1);
		}
		dir_owner = getpid();
		atexit(remove_dir);
	}
	return dir;
}

int
tap_done(void)
{
	printf("1..%d\n", n_run);
	return n_failed == 0 && n_run > 0 ? 0 : 1;
}
