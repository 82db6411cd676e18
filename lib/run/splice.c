/*
 * splice.c - the values of ${{ }} in a script.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/splice.h"

#include <ctype.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/run/shell_scan.h"

/* None of them means anything to any shell, letters and digits aside. What
 * such a value can still do, check_plain() looks at. */
#define SAFE "_./:@%+=,-"

struct splicer {
	const struct splice_piece **values; /* of the holes */
	size_t n;
	struct shell_hole *holes;
	struct str text; /* the script with its holes */
	struct str script;
	struct arena *a;
	struct splice *out;
};

static bool
is_safe(const struct splice_piece *p)
{
	for (size_t i = 0; i < p->len; i++)
		if (!isalnum((unsigned char)p->text[i]) &&
		    (p->text[i] == '\0' || strchr(SAFE, p->text[i]) == NULL))
			return false;
	return true;
}

bool
splice_knows_shell(const char *shell)
{
	static const char *const known[] = { "sh", "bash", "dash" };
	size_t len = strcspn(shell, " \t\n"), slash = len;

	while (slash > 0 && shell[slash - 1] != '/')
		slash--;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strlen(known[i]) == len - slash &&
		    memcmp(known[i], shell + slash, len - slash) == 0)
			return true;
	return false;
}

static int
refuse(const struct splice_piece *p, const char *why, struct err *err)
{
	return err_set(err, ERR_INVALID, "the value of \"${{ %.200s }}\" "
	    "comes from outside and stands %s: give it to the step with "
	    "\"env:\" and use the variable", p->source, why);
}

/* The variable of a hole; the same expression has one. */
static const char *
add_var(struct splicer *s, const struct splice_piece *p)
{
	struct splice *out = s->out;
	struct splice_var *var;

	for (size_t i = 0; i < out->n_vars; i++)
		if (strlen(out->vars[i].value) == p->len &&
		    memcmp(out->vars[i].value, p->text, p->len) == 0)
			return out->vars[i].name;
	var = arena_push(s->a, &out->vars, &out->n_vars, sizeof(*var));
	var->name = arena_printf(s->a, "PAWL_EXPR_%zu", out->n_vars);
	var->value = arena_strndup(s->a, p->text, p->len);
	return var->name;
}

/* The line of a here-document that a hole stands in, with all values. */
static void
merged_line(const struct splicer *s, const struct shell_hole *hole,
    struct str *out)
{
	size_t from = hole->offset, k = 0;

	while (from > 0 && s->text.s[from - 1] != '\n')
		from--;
	while (k < s->n && s->holes[k].offset < from)
		k++;
	for (; from < s->text.len && s->text.s[from] != '\n'; from++) {
		if (s->text.s[from] != '\0') {
			str_add_char(out, s->text.s[from]);
			continue;
		}
		str_add_len(out, s->values[k]->text, s->values[k]->len);
		k++;
	}
}

/* Does one of the lines that it becomes end the here-document? */
static bool
ends_document(const struct splicer *s, const struct shell_hole *hole)
{
	struct str text = STR_INIT;
	const char *line;
	bool ends = false;
	size_t len;

	merged_line(s, hole, &text);
	for (line = text.s; !ends; line += len + 1) {
		while (hole->tabs && *line == '\t')
			line++;
		len = strcspn(line, "\n");
		ends = len == hole->end_len &&
		    memcmp(line, hole->end, hole->end_len) == 0;
		if (line[len] == '\0')
			break;
	}
	str_release(&text);
	return ends;
}

static int
fill(struct splicer *s, size_t i, struct err *err)
{
	const struct splice_piece *p = s->values[i];
	const struct shell_hole *hole = &s->holes[i];

	switch (hole->place) {
	case SHELL_EXPANDS:
		str_addf(&s->script, "${%s}", add_var(s, p));
		return 0;
	case SHELL_WORD:
		str_addf(&s->script, "\"${%s}\"", add_var(s, p));
		return 0;
	case SHELL_QUOTED:
		str_addf(&s->script, "'\"${%s}\"'", add_var(s, p));
		return 0;
	case SHELL_LITERAL:
		if (ends_document(s, hole))
			return refuse(p, "where it would end a "
			    "here-document", err);
		str_add_len(&s->script, p->text, p->len);
		return 0;
	case SHELL_REFUSES:
		break;
	}
	return refuse(p, hole->why, err);
}

/* Text and values that are text go to s->text; the others leave holes, with
 * `all` even those without special bytes. */
static int
collect(struct splicer *s, const struct splice_piece *pieces, size_t n,
    bool all, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct splice_piece *p = &pieces[i];

		if (p->len > 0 && memchr(p->text, '\0', p->len) != NULL)
			return err_set(err, ERR_INVALID, "the script has a "
			    "NUL byte, which no shell can read");
		if (!p->outside || (!all && is_safe(p))) {
			str_add_len(&s->text, p->text, p->len);
			continue;
		}
		if (!all && s->n == SPLICE_MAX_VARS)
			return err_set(err, ERR_TOO_LARGE, "the script has "
			    "more than %d values from outside",
			    SPLICE_MAX_VARS);
		str_add_char(&s->text, '\0');
		*(const struct splice_piece **)arena_push(s->a, &s->values,
		    &s->n, sizeof(*s->values)) = p;
	}
	return 0;
}

static bool
is_number(const struct splice_piece *p)
{
	size_t i = p->len > 0 && p->text[0] == '-' ? 1 : 0;

	while (i < p->len && isdigit((unsigned char)p->text[i]))
		i++;
	return i == p->len;
}

/* A value without special bytes can end a here-document, and what follows
 * would be commands; in a calculation it can name a variable, whose value is
 * calculated, too. */
static int
check_plain(const struct splice_piece *pieces, size_t n, struct arena *a,
    struct err *err)
{
	struct splicer s = { .a = a, .text = STR_INIT };
	int rc = collect(&s, pieces, n, true, err);

	s.holes = arena_alloc(a, (s.n + 1) * sizeof(*s.holes));
	if (rc == 0)
		shell_scan(s.text.s, s.text.len, s.holes);
	for (size_t i = 0; rc == 0 && i < s.n; i++) {
		const struct shell_hole *hole = &s.holes[i];

		if (!is_safe(s.values[i]))
			continue;
		if (hole->end != NULL && ends_document(&s, hole))
			rc = refuse(s.values[i], "where it would end a "
			    "here-document", err);
		else if (hole->counts && !is_number(s.values[i]))
			rc = refuse(s.values[i], "in a calculation", err);
	}
	str_release(&s.text);
	return rc;
}

static int
fill_all(struct splicer *s, struct err *err)
{
	size_t hole = 0;

	for (size_t i = 0; i < s->text.len; i++) {
		if (s->text.s[i] != '\0')
			str_add_char(&s->script, s->text.s[i]);
		else if (fill(s, hole++, err) == -1)
			return -1;
	}
	return 0;
}

int
splice_script(const struct splice_piece *pieces, size_t n, const char *shell,
    struct arena *a, struct splice *out, struct err *err)
{
	struct splicer s = { .a = a, .out = out, .text = STR_INIT,
		.script = STR_INIT };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = collect(&s, pieces, n, false, err);
	if (rc == 0 && s.n > 0 && !splice_knows_shell(shell))
		rc = refuse(s.values[0], "in a script of a shell whose "
		    "quotes Pawl does not know", err);
	if (rc == 0 && splice_knows_shell(shell))
		rc = check_plain(pieces, n, a, err);
	if (rc == 0) {
		s.holes = arena_alloc(a, (s.n + 1) * sizeof(*s.holes));
		shell_scan(s.text.s, s.text.len, s.holes);
		rc = fill_all(&s, err);
	}
	if (rc == 0)
		out->script = arena_strndup(a, s.script.s, s.script.len);
	str_release(&s.text);
	str_release(&s.script);
	return rc;
}
