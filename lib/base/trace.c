/*
 * trace.c - see trace.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/trace.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

void
trace_id(const char *uuid, char out[TRACE_ID_SIZE])
{
	size_t n = 0;

	for (; *uuid != '\0' && n < TRACE_ID_SIZE - 1; uuid++)
		if (*uuid != '-')
			out[n++] = *uuid;
	out[n] = '\0';
}

void
trace_span(const char *uuid, int64_t job, int attempt, int step,
    char out[TRACE_SPAN_SIZE])
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	char text[128];
	int len = snprintf(text, sizeof(text), "%.36s %" PRId64 " %d %d", uuid,
	    job, attempt, step);

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)text,
	    (size_t)len, NULL, 0);
	hash[0] |= 1; /* all zeros is no id */
	sodium_bin2hex(out, TRACE_SPAN_SIZE, hash, (TRACE_SPAN_SIZE - 1) / 2);
}

void
trace_parent(const char *uuid, int64_t job, int attempt, int step,
    char out[TRACE_PARENT_SIZE])
{
	char trace[TRACE_ID_SIZE], span[TRACE_SPAN_SIZE];

	trace_id(uuid, trace);
	trace_span(uuid, job, attempt, step, span);
	snprintf(out, TRACE_PARENT_SIZE, "00-%s-%s-01", trace, span);
}
