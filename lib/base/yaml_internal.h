/*
 * yaml_internal.h - between the files that read YAML.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_YAML_INTERNAL_H
#define PAWL_BASE_YAML_INTERNAL_H

#include <yaml.h>

#include "lib/base/lines.h"
#include "lib/base/yaml.h"

/* libyaml counts characters, we count bytes: the offset of every 64th
 * character, so that a mark is found in a few steps. */
struct yaml_marks {
	struct lines lines;
	uint32_t *offsets;
	size_t n_chars;
};

void
yaml_marks_init(struct yaml_marks *m, const char *text, size_t len);
void
yaml_marks_release(struct yaml_marks *m);

/* Byte offset of a mark of libyaml. */
size_t
yaml_marks_offset(const struct yaml_marks *m, const yaml_mark_t *mark);
struct pos
yaml_marks_pos(const struct yaml_marks *m, const yaml_mark_t *mark);

/*
 * Set type, boolean and number of a scalar by the core schema of YAML 1.2
 * (section 10.3.2), or by its tag. False when the tag is not one of the core
 * schema or the text does not fit it; then *expected says what it has to be.
 */
bool
yaml_scalar_resolve(struct yaml *node, const char *tag,
    const char **expected);

/* Report what stopped libyaml, in words for the author of the file. */
void
yaml_report_syntax(const yaml_parser_t *parser, const struct yaml_marks *m,
    struct diags *d);

/* --- yaml_text.c ---------------------------------------------------------- */

/* The text as libyaml has to be given it: itself, or a copy in `a`. */
const char *
yaml_readable(const char *text, size_t *len, struct arena *a);

#endif
