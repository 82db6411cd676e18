/*
 * log_line.c - fuzz target: whatever a job prints becomes a line of HTML in
 * which every tag is one of ours, and whatever stands in an index is a line of
 * it or none.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/log_line.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/render/log_index.h"
#include "t/fuzz/require.h"

static const char *const tags[] = {
	"<span class=\"", "</span>", "<b>", "</b>", "</a>",
	"<a rel=\"noopener nofollow\" href=\"http",
};

static bool
is_ours(const char *tag)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (str_starts_with(tag, tags[i]))
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *nl = size > 0 ? memchr(text, '\n', size) : NULL;
	size_t len = nl != NULL ? (size_t)(nl - text) : size;
	struct ansi state = ANSI_INIT;
	struct log_event event;
	struct str out = STR_INIT;

	log_line_html(&out, &state, text, len, size);
	for (const char *p = strchr(out.s, '<'); p != NULL;
	    p = strchr(p + 1, '<'))
		require(is_ours(p));
	require(strchr(out.s, '\033') == NULL);
	require(state.color >= -1 && state.color < 40);
	require(state.background >= -1 && state.background < 16);
	if (log_event_read(text, len, &event))
		require(event.offset >= 0 && event.step >= 0 &&
		    event.type <= LOG_EVENT_OTHER);
	str_release(&out);
	return 0;
}
