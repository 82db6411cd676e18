/*
 * health_read.c - how a service is asked whether it is up: from options of
 * "docker create", from what its image says, or from `ready`.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/health.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

/* Docker's, where neither the image nor the options say otherwise. */
#define INTERVAL_MS 30000
#define TIMEOUT_MS 30000
#define RETRIES 3

/* Ours, of `ready`. */
#define READY_MS 60000
#define READY_PROBE_MS 10000

/* Nobody who waits for a service wants to learn later that it is up. */
#define PAUSE_MAX_MS 1000

#define MAX_MS (INT64_C(24) * 3600 * 1000)
#define MAX_RETRIES 10000

enum option { COMMAND, INTERVAL, TIMEOUT, START, RETRY, NONE, N_OPTIONS };

static const char *const names[N_OPTIONS] = {
	[COMMAND] = "--health-cmd",
	[INTERVAL] = "--health-interval",
	[TIMEOUT] = "--health-timeout",
	[START] = "--health-start-period",
	[RETRY] = "--health-retries",
	[NONE] = "--no-healthcheck",
};

struct settings {
	const char *const *argv;
	const char *about;
	int64_t interval_ms, timeout_ms, start_ms;
	long long retries;
};

static const char *const *
list_of(struct arena *a, const char *const *words, size_t n)
{
	const char **list = arena_alloc(a, (n + 1) * sizeof(*list));

	for (size_t i = 0; i < n; i++)
		list[i] = words[i];
	return list;
}

static const char *const *
shell(struct arena *a, const char *command)
{
	const char *const words[] = { "/bin/sh", "-c", command };

	return list_of(a, words, ARRAY_LEN(words));
}

/* Go's durations have parts, "1m30s". */
static bool
read_ms(const char *text, int64_t *out)
{
	char part[32];
	int64_t sum = 0, ms;

	if (text[0] == '\0')
		return false;
	while (*text != '\0') {
		size_t digits = strspn(text, "0123456789.");
		size_t unit = strspn(text + digits, "hmsun");

		if (digits == 0 || digits + unit >= sizeof(part))
			return false;
		memcpy(part, text, digits + unit);
		part[digits + unit] = '\0';
		if (unit == 0 && strcmp(part, "0") != 0)
			return false;
		if (!clock_parse_duration(part, 1, &ms) || ms > MAX_MS)
			return false;
		sum += ms;
		text += digits + unit;
	}
	*out = sum;
	return sum <= MAX_MS;
}

static int
set_option(struct settings *s, enum option which, const char *value,
    struct arena *a, struct err *err)
{
	bool good = true;

	switch (which) {
	case COMMAND:
		/* "none" is what Docker calls a check that is none. */
		s->argv = strcmp(value, "none") == 0 ? NULL :
		    shell(a, value);
		s->about = names[COMMAND];
		break;
	case INTERVAL:
		good = read_ms(value, &s->interval_ms);
		break;
	case TIMEOUT:
		good = read_ms(value, &s->timeout_ms);
		break;
	case START:
		good = read_ms(value, &s->start_ms);
		break;
	case RETRY:
		good = str_to_int64(value, 0, MAX_RETRIES, &s->retries);
		break;
	case NONE:
		s->argv = NULL;
		break;
	case N_OPTIONS:
		break;
	}
	if (good)
		return 0;
	return err_set(err, ERR_INVALID, "option \"%s\" cannot be \"%s\": %s",
	    names[which], value, which == RETRY ? "it is a number, such as 5" :
	    "it is a time, such as 10s or 1m30s");
}

/* "--name=value" and "--name value". */
static int
take_option(struct settings *s, const char *const **at, struct arena *a,
    struct err *err)
{
	const char *word = **at, *equals = strchr(word, '=');
	size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);
	int i = 0;

	while (i < N_OPTIONS && (strncmp(names[i], word, len) != 0 ||
	    names[i][len] != '\0'))
		i++;
	if (i == N_OPTIONS)
		return err_set(err, ERR_INVALID, "option \"%s\" is not known",
		    word);
	if (i == NONE) {
		if (equals == NULL || strcmp(equals, "=true") == 0)
			s->argv = NULL;
		return 0;
	}
	if (equals != NULL)
		return set_option(s, (enum option)i, equals + 1, a, err);
	if ((*at)[1] == NULL)
		return err_set(err, ERR_INVALID, "option \"%s\" needs a "
		    "value", word);
	++*at;
	return set_option(s, (enum option)i, **at, a, err);
}

static void
take_image(struct settings *s, const struct image_about *image)
{
	if (image == NULL || image->health_argv == NULL)
		return;
	s->argv = image->health_argv;
	s->about = "HEALTHCHECK of its image";
	s->interval_ms = image->health_interval_ms;
	s->timeout_ms = image->health_timeout_ms;
	s->start_ms = image->health_start_ms;
	s->retries = image->health_retries;
}

int
health_read_options(const char *const *options,
    const struct image_about *image, struct arena *a,
    struct health_plan *out, struct err *err)
{
	struct settings s = { 0 };

	take_image(&s, image);
	for (; options != NULL && *options != NULL; options++)
		if (take_option(&s, &options, a, err) == -1)
			return -1;
	if (s.interval_ms <= 0)
		s.interval_ms = INTERVAL_MS;
	if (s.timeout_ms <= 0)
		s.timeout_ms = TIMEOUT_MS;
	if (s.retries <= 0)
		s.retries = RETRIES;
	*out = (struct health_plan){ .argv = s.argv, .about = s.about,
		.pause_max_ms = s.interval_ms < PAUSE_MAX_MS ? s.interval_ms :
		    PAUSE_MAX_MS,
		.timeout_ms = s.timeout_ms,
		.limit_ms = s.start_ms + s.interval_ms * s.retries };
	return 0;
}

static void
ready(const char *const *argv, int64_t timeout_ms, struct health_plan *out)
{
	if (timeout_ms <= 0)
		timeout_ms = READY_MS;
	*out = (struct health_plan){ .argv = argv, .about = "\"ready\"",
		.pause_max_ms = PAUSE_MAX_MS,
		.timeout_ms = timeout_ms < READY_PROBE_MS ? timeout_ms :
		    READY_PROBE_MS,
		.limit_ms = timeout_ms };
}

void
health_plan_tcp(struct arena *a, int port, int64_t timeout_ms,
    struct health_plan *out)
{
	const char *const words[] = { ENGINE_INIT, "probe", "tcp",
		"127.0.0.1", arena_printf(a, "%d", port) };

	ready(list_of(a, words, ARRAY_LEN(words)), timeout_ms, out);
}

void
health_plan_http(struct arena *a, int port, const char *path,
    int64_t timeout_ms, struct health_plan *out)
{
	const char *const words[] = { ENGINE_INIT, "probe", "http", path,
		arena_printf(a, "%d", port) };

	ready(list_of(a, words, ARRAY_LEN(words)), timeout_ms, out);
}

void
health_plan_command(struct arena *a, const char *command,
    int64_t timeout_ms, struct health_plan *out)
{
	ready(shell(a, command), timeout_ms, out);
}
