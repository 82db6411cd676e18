/*
 * tap.h - a small TAP producer for tests in C.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_TAP_H
#define PAWL_T_TAP_H

#include <stdbool.h>

/* Each prints one TAP line and, on failure, what was got and expected with
 * file and line. They return whether the test passed. */
#define ok(cond, ...) tap_ok(!!(cond), __FILE__, __LINE__, __VA_ARGS__)
#define is_int(got, want, ...) \
	tap_is_int((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define is_str(got, want, ...) \
	tap_is_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)

bool
tap_ok(bool passed, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
bool
tap_is_int(long long got, long long want, const char *file, int line,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
bool
tap_is_str(const char *got, const char *want, const char *file, int line,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* A line of comment. */
void
tap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A test that cannot run here, with the reason; counts as passed. */
void
tap_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A fresh folder for this test program, removed at its end. */
const char *
tap_dir(void);

/* Print the plan; the exit code for main(). */
int
tap_done(void);

#endif
