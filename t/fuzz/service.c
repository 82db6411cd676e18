/*
 * service.c - fuzz: `ports` and the health check in `options` of a service.
 *
 * Whatever the text is: ports are ports, times have bounds, and what is refused
 * is so with a message.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/run/wish.h"
#include "t/fuzz/require.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct config strict;

static bool
is_port(int number)
{
	return number >= 1 && number <= 65535;
}

static void
check_ports(const char *text, struct arena *a)
{
	struct container_port *list = NULL;
	struct err err = { ERR_NONE, "" };
	size_t n = 0;

	if (ports_read(text, a, &list, &n, &err) == -1) {
		require(err.code != ERR_NONE && err.text[0] != '\0');
		return;
	}
	require(n >= 1 && n <= WISH_MAX_PORTS);
	for (size_t i = 0; i < n; i++)
		require(is_port(list[i].container) &&
		    (list[i].host == 0 || is_port(list[i].host)));
}

static void
check_health(const char *text, struct arena *a)
{
	struct container_options o;
	const char *const *rest;
	struct health_plan plan;
	struct err err = { ERR_NONE, "" };

	if (container_options_read(text, &strict, a, &o, &rest, &err) == -1)
		return;
	if (health_read_options(rest, NULL, a, &plan, &err) == -1) {
		require(err.code != ERR_NONE && err.text[0] != '\0');
		return;
	}
	require(plan.timeout_ms > 0 && plan.timeout_ms <= DAY_MS);
	require(plan.pause_max_ms > 0 && plan.pause_max_ms <= 1000);
	require(plan.limit_ms > 0 && plan.limit_ms <= DAY_MS * 10001);
	require(plan.argv == NULL || strcmp(plan.argv[0], "/bin/sh") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT(0);
	char *text = malloc(size + 1);

	require(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_ports(text, &a);
	check_health(text, &a);
	free(text);
	arena_release(&a);
	return 0;
}
