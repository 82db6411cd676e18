/*
 * pattern.c - filter patterns of branches, tags and paths.
 *
 * GitHub's documentation, "Workflow syntax", "Filter pattern cheat sheet":
 * "*" any characters but "/", "**" any, "?" and "+" none or one and one or
 * more of the character before, "[]" one of a set. "**" with a "/" at the
 * start of a folder's name stands for any number of folders, also none; a
 * backslash makes the next character plain.
 *
 * A pattern becomes a list of small states, and all states that are possible
 * after each character are kept, so the time is the product of the two
 * lengths at worst: no pattern makes it explode.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/pipeline/pipeline.h"
#include "lib/pipeline/reader.h"

enum what {
	ONE,     /* one character: `c`, or of `set` */
	NAME,    /* any number of characters but "/" */
	ALL,     /* any number of characters */
	FOLDERS, /* nothing, or what FOLDER takes */
	FOLDER,  /* characters up to and with a "/" */
};

struct state {
	enum what what;
	uint32_t c;
	const char *set; /* within the pattern, without brackets; or NULL */
	size_t set_len;
	bool optional; /* "?" */
	bool repeated; /* "+" */
};

struct pattern {
	struct state *states;
	size_t n;
};

/* A byte that is no UTF-8 stands for itself, outside of Unicode. */
static uint32_t
next_char(const char **s)
{
	size_t n = utf8_char_len(*s, strnlen(*s, 4));
	uint32_t c = n > 0 ? utf8_char(*s, n) :
	    0x110000u + (unsigned char)**s;

	*s += n > 0 ? n : 1;
	return c;
}

static struct state *
add_state(struct pattern *p, enum what what)
{
	struct state *state = &p->states[p->n++];

	state->what = what;
	return state;
}

/* "**": with a "/" on both sides, or at the start, any folders. */
static const char *
compile_stars(struct pattern *p, const char *pattern, const char *s)
{
	if (s[2] == '/' && (s == pattern || s[-1] == '/')) {
		add_state(p, FOLDERS);
		add_state(p, FOLDER);
		return s + 3;
	}
	add_state(p, ALL);
	return s + 2;
}

/* One state from the pattern at `s`; what `?` and `+` follow is the last. */
static const char *
compile_one(struct pattern *p, const char *pattern, const char *s)
{
	const char *end = s[0] == '[' ? strchr(s, ']') : NULL;
	struct state *one;

	if (s[0] == '*' && s[1] == '*')
		return compile_stars(p, pattern, s);
	if (s[0] == '*') {
		add_state(p, NAME);
		return s + 1;
	}
	if ((s[0] == '?' || s[0] == '+') && p->n > 0) {
		one = &p->states[p->n - 1];
		one->optional = one->optional || s[0] == '?';
		one->repeated = one->repeated || s[0] == '+';
		return s + 1;
	}
	one = add_state(p, ONE);
	if (end != NULL) {
		one->set = s + 1;
		one->set_len = (size_t)(end - s) - 1;
		return end + 1;
	}
	if (s[0] == '\\' && s[1] != '\0')
		s++;
	one->c = next_char(&s);
	return s;
}

static bool
in_set(const struct state *one, uint32_t c)
{
	const char *s = one->set, *end = s + one->set_len;

	while (s < end) {
		uint32_t first = next_char(&s), last = first;

		if (end - s >= 2 && *s == '-') {
			s++;
			last = next_char(&s);
		}
		if (c >= first && c <= last)
			return true;
	}
	return false;
}

static bool
takes(const struct state *state, uint32_t c)
{
	switch (state->what) {
	case ONE:
		return state->set != NULL ? in_set(state, c) : state->c == c;
	case NAME:
		return c != '/';
	case ALL:
	case FOLDER:
		return true;
	case FOLDERS:
		break;
	}
	return false;
}

/* Enter a state, and all that can be reached from it for nothing. */
static void
enter(const struct pattern *p, bool *now, size_t i)
{
	while (i < p->n && !now[i]) {
		const struct state *state = &p->states[i];

		now[i] = true;
		if (state->what == FOLDERS) {
			now[i + 1] = true;
			i += 2;
		} else if (state->what == NAME || state->what == ALL ||
		    state->optional) {
			i++;
		} else {
			return;
		}
	}
	if (i == p->n)
		now[i] = true;
}

/* Where one state can go with a character that it takes. */
static void
advance(const struct pattern *p, size_t i, uint32_t c, bool *next)
{
	const struct state *state = &p->states[i];

	if (state->what == NAME || state->what == ALL ||
	    state->what == FOLDER || state->repeated)
		enter(p, next, i);
	if (state->what == ONE || (state->what == FOLDER && c == '/'))
		enter(p, next, i + 1);
}

static bool
run(const struct pattern *p, const char *name, bool *now, bool *next)
{
	enter(p, now, 0);
	while (*name != '\0') {
		uint32_t c = next_char(&name);
		bool *spare = now;

		memset(next, 0, p->n + 1);
		for (size_t i = 0; i < p->n; i++)
			if (now[i] && takes(&p->states[i], c))
				advance(p, i, c, next);
		now = next;
		next = spare;
	}
	return now[p->n];
}

bool
pattern_match(const char *pattern, const char *name)
{
	size_t len = strlen(pattern);
	struct pattern p = { NULL, 0 };
	bool *sets, matched;

	if (len > MAX_PATTERN_BYTES)
		return false;
	/* "**" and "/" are three bytes for two states; else at most one. */
	p.states = mem_calloc(len + 1, sizeof(*p.states));
	sets = mem_calloc(2 * (len + 1), sizeof(*sets));
	for (const char *s = pattern; *s != '\0';)
		s = compile_one(&p, pattern, s);
	matched = run(&p, name, sets, sets + len + 1);
	free(sets);
	free(p.states);
	return matched;
}

static const char *
check_set(const char *s, const char *end)
{
	if (end == NULL)
		return "has a \"[\" without \"]\"";
	if (end == s + 1)
		return "has an empty \"[]\"";
	for (s++; s + 2 < end; s++)
		if (s[1] == '-' && (unsigned char)s[0] > (unsigned char)s[2])
			return "has a range that runs backwards in \"[]\"";
	return NULL;
}

const char *
pattern_check(const char *pattern)
{
	if (pattern[0] == '\0')
		return "is empty";
	if (strlen(pattern) > MAX_PATTERN_BYTES)
		return "is too long";
	if (pattern[0] == '?' || pattern[0] == '+')
		return "starts with a \"?\" or \"+\", which repeats the "
		    "character before it";
	for (const char *s = pattern; *s != '\0'; s++) {
		const char *end = s[0] == '[' ? strchr(s, ']') : NULL;
		const char *wrong = s[0] == '[' ? check_set(s, end) : NULL;

		if (wrong != NULL)
			return wrong;
		if (s[0] == '*' && (s[1] == '?' || s[1] == '+'))
			return "has a \"?\" or \"+\" behind \"*\", which "
			    "repeats by itself";
		if (end != NULL)
			s = end;
		else if (s[0] == '\\' && s[1] != '\0')
			s++;
	}
	return NULL;
}

const char *
pattern_doubt(const char *pattern)
{
	for (const char *s = pattern; *s != '\0'; s++) {
		const char *end = s[0] == '[' ? strchr(s, ']') : NULL;

		if (end != NULL) {
			s = end;
		} else if (s[0] == '\\') {
			if (s[1] == '\0' || strchr("[]?+*!\\", s[1]) == NULL)
				return "has a \"\\\" before what needs none: "
				    "only [ ] ? + * ! and \\ are special";
			s++;
		} else if ((s[0] == '?' || s[0] == '+') &&
		    (s[1] == '?' || s[1] == '+')) {
			return "has a \"?\" or \"+\" behind another one";
		}
	}
	return NULL;
}
