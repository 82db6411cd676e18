/*
 * log_line.c - see log_line.h. Commands are those of docs.github.com,
 * "Workflow commands"; the job has acted on them when it printed them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/log_line.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/size.h"
#include "lib/base/utf8.h"
#include "lib/web/html.h"

static const struct { const char *name, *class, *word; } kinds[] = {
	[LOG_LINE_TEXT] = { "", "text", NULL },
	[LOG_LINE_GROUP] = { "group", "group", NULL },
	[LOG_LINE_ENDGROUP] = { "endgroup", "endgroup", NULL },
	[LOG_LINE_ERROR] = { "error", "error", "Error: " },
	[LOG_LINE_WARNING] = { "warning", "warning", "Warning: " },
	[LOG_LINE_NOTICE] = { "notice", "notice", "Notice: " },
	[LOG_LINE_DEBUG] = { "debug", "debug", "Debug: " },
	[LOG_LINE_COMMAND] = { "", "command", NULL },
};

const char *
log_line_class(enum log_line_kind kind)
{
	return kinds[kind].class;
}

enum log_line_kind
log_line_kind(const char *line, size_t len, size_t *text)
{
	const char *p = line, *end = line + len, *name, *close;

	*text = 0;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (end - p < 5 || memcmp(p, "::", 2) != 0)
		return LOG_LINE_TEXT;
	name = p += 2;
	while (p < end && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' &&
	    *p <= 'Z') || *p == '-'))
		p++;
	close = p;
	while (close + 1 < end && memcmp(close, "::", 2) != 0)
		close++;
	if (p == name || p == end || (*p != ' ' && *p != ':') ||
	    close + 1 >= end)
		return LOG_LINE_TEXT;
	for (size_t i = LOG_LINE_GROUP; i < LOG_LINE_COMMAND; i++) {
		if (strlen(kinds[i].name) == (size_t)(p - name) &&
		    strncasecmp(name, kinds[i].name, (size_t)(p - name)) ==
		    0) {
			*text = (size_t)(close + 2 - line);
			return (enum log_line_kind)i;
		}
	}
	return LOG_LINE_COMMAND;
}

/* What commands write for bytes that would end them; lines become one. */
static void
decode(struct str *out, const char *text, size_t len)
{
	static const struct { const char *code, *means; } codes[] = {
		{ "%0D", "" }, { "%0A", " \342\217\216 " }, { "%25", "%" },
	};

	for (size_t i = 0; i < len; i++) {
		size_t c;

		for (c = 0; c < ARRAY_LEN(codes); c++)
			if (len - i >= 3 && strncasecmp(text + i,
			    codes[c].code, 3) == 0)
				break;
		if (c == ARRAY_LEN(codes)) {
			str_add_char(out, text[i]);
			continue;
		}
		str_add(out, codes[c].means);
		i += 2;
	}
}

/* Of a progress bar that filled its line a thousand times the last picture
 * counts. */
static void
pass_overwritten(const char **line, size_t *len)
{
	const char *end = *line + *len;

	while (end > *line && end[-1] == '\r')
		end--;
	for (const char *p = end; p > *line; p--) {
		if (p[-1] == '\r') {
			*line = p;
			break;
		}
	}
	*len = (size_t)(end - *line);
}

void
log_line_html(struct str *out, struct ansi *state, const char *line,
    size_t len, size_t whole)
{
	struct str text = STR_INIT;
	char size[SIZE_TEXT_SIZE];
	enum log_line_kind kind;
	size_t shown, begin;

	if (len > LOG_LINE_SHOWN)
		pass_overwritten(&line, &len);
	kind = log_line_kind(line, len, &begin);
	shown = len > LOG_LINE_SHOWN ? utf8_cut_len(line, len,
	    LOG_LINE_SHOWN) : len;
	if (kinds[kind].word != NULL) {
		html_markup(out, "<b>");
		html_text(out, kinds[kind].word);
		html_markup(out, "</b>");
	}
	if (begin > 0 && begin <= shown) {
		decode(&text, line + begin, shown - begin);
		ansi_html(out, state, text.s, text.len);
	} else {
		ansi_html(out, state, line, shown);
	}
	if (whole > shown) {
		html_markup(out, "<span class=\"cut\">");
		html_text(out, size_text((int64_t)(whole - shown), size));
		html_markup(out, " more</span>");
	}
	str_release(&text);
}
