/*
 * yaml_marks.c - from libyaml's marks to bytes, lines and columns.
 *
 * libyaml takes U+0085, U+2028 and U+2029 for line ends, as YAML 1.1 had
 * it; editors and grep do not. So only its count of characters is used.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/yaml_internal.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/base/utf8.h"

#define STRIDE 64

static size_t
char_size(const char *text, size_t len)
{
	size_t n = (unsigned char)*text < 0x80 ? 1 :
	    utf8_char_len(text, len);

	return n > 0 ? n : 1;
}

void
yaml_marks_init(struct yaml_marks *m, const char *text, size_t len)
{
	size_t n = 0;

	lines_init(&m->lines, text, len);
	m->offsets = mem_calloc(len / STRIDE + 1, sizeof(*m->offsets));
	for (size_t at = 0; at < len; n++) {
		if (n % STRIDE == 0)
			m->offsets[n / STRIDE] = (uint32_t)at;
		at += char_size(text + at, len - at);
	}
	m->n_chars = n;
}

void
yaml_marks_release(struct yaml_marks *m)
{
	lines_release(&m->lines);
	free(m->offsets);
	m->offsets = NULL;
}

size_t
yaml_marks_offset(const struct yaml_marks *m, const yaml_mark_t *mark)
{
	const char *text = m->lines.text;
	size_t at;

	if (mark->index >= m->n_chars)
		return m->lines.len;
	if (m->n_chars == m->lines.len)
		return mark->index; /* one byte each */
	at = m->offsets[mark->index / STRIDE];
	for (size_t i = 0; i < mark->index % STRIDE; i++)
		at += char_size(text + at, m->lines.len - at);
	return at;
}

struct pos
yaml_marks_pos(const struct yaml_marks *m, const yaml_mark_t *mark)
{
	return lines_pos(&m->lines, yaml_marks_offset(m, mark));
}
