/*
 * cron.c - schedules as sets of bits, one for each field.
 *
 * Of the separators "," binds least, then "/", then "-": "1,2-10/3" is the
 * list of 1 and of every third number from 2 to 10.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/cron.h"

#include <string.h>
#include <strings.h>
#include "lib/base/mem.h"

static const char *const month_names[] = { "jan", "feb", "mar", "apr", "may",
	"jun", "jul", "aug", "sep", "oct", "nov", "dec", NULL };
static const char *const weekday_names[] = { "sun", "mon", "tue", "wed", "thu",
	"fri", "sat", NULL };

static const struct field {
	const char *name;
	int min, max;
	const char *const *words; /* the first means `min` */
} fields[] = {
	{ "minute", 0, 59, NULL },
	{ "hour", 0, 23, NULL },
	{ "day of month", 1, 31, NULL },
	{ "month", 1, 12, month_names },
	{ "day of week", 0, 6, weekday_names },
};

/* A piece of the text, for errors; `start` is the text's first byte. */
struct part {
	const char *s;
	size_t len;
};

static int
wrong(struct part p, struct part *bad, struct err *err, const char *what,
    const struct field *f)
{
	*bad = p;
	return err_set(err, ERR_INVALID, "\"%.*s\" %s in the field %s (%d to "
	                                 "%d%s)", (int)p.len, p.s, what,
	    f->name, f->min, f->max, f->words ? ", or a name" : "");
}

/* Cut at the first `c`: `p` keeps what is before, the rest is returned; its
 * `s` is NULL when there is no `c`. */
static struct part
cut(struct part *p, char c)
{
	const char *at = memchr(p->s, c, p->len);
	struct part rest = { NULL, 0 };

	if (at != NULL) {
		rest.s = at + 1;
		rest.len = p->len - (size_t)(at + 1 - p->s);
		p->len = (size_t)(at - p->s);
	}
	return rest;
}

/* Digits, of a number that is not larger than any field's. */
static bool
read_number(struct part p, int *out)
{
	int n = 0;

	if (p.len == 0 || p.len > 4)
		return false;
	for (size_t i = 0; i < p.len; i++) {
		if (p.s[i] < '0' || p.s[i] > '9')
			return false;
		n = n * 10 + (p.s[i] - '0');
	}
	*out = n;
	return true;
}

static int
read_value(const struct field *f, struct part p, int *out, struct part *bad,
    struct err *err)
{
	for (int i = 0; f->words != NULL && f->words[i] != NULL; i++)
		if (strlen(f->words[i]) == p.len &&
		    strncasecmp(f->words[i], p.s, p.len) == 0) {
			*out = f->min + i;
			return 0;
		}
	if (!read_number(p, out))
		return wrong(p, bad, err, "is not a value", f);
	if (*out < f->min || *out > f->max)
		return wrong(p, bad, err, "is out of range", f);
	return 0;
}

/* "*", a value, or from-to. `with_step`: a single value goes on to the end. */
static int
read_range(const struct field *f, struct part p, bool with_step, int *first,
    int *last, struct part *bad, struct err *err)
{
	struct part from = p, to;

	if (p.len == 1 && p.s[0] == '*') {
		*first = f->min;
		*last = f->max;
		return 0;
	}
	to = cut(&from, '-');
	if (read_value(f, from, first, bad, err) == -1)
		return -1;
	*last = with_step ? f->max : *first;
	if (to.s == NULL)
		return 0;
	if (read_value(f, to, last, bad, err) == -1)
		return -1;
	if (*last < *first)
		return wrong(p, bad, err, "runs backwards", f);
	return 0;
}

/* One element of a list: a range with or without "/step". */
static int
read_element(const struct field *f, struct part p, uint64_t *bits,
    struct part *bad, struct err *err)
{
	struct part range = p, step = cut(&range, '/');
	int first, last, every = 1;

	if (read_range(f, range, step.s != NULL, &first, &last, bad,
	    err) == -1)
		return -1;
	if (step.s != NULL &&
	    (!read_number(step, &every) || every < 1 || every > f->max))
		return wrong(p, bad, err, "has no valid step", f);
	for (int i = first; i <= last; i += every)
		*bits |= UINT64_C(1) << i;
	return 0;
}

static int
read_field(const struct field *f, struct part p, uint64_t *bits,
    struct part *bad, struct err *err)
{
	struct part rest = p;

	do {
		p = rest;
		rest = cut(&p, ',');
		if (read_element(f, p, bits, bad, err) == -1)
			return -1;
	} while (rest.s != NULL);
	return 0;
}

static int
wrong_count(struct part all, struct part *bad, struct err *err, size_t n)
{
	*bad = all;
	if (all.len > 0 && all.s[0] == '@')
		return err_set(err, ERR_INVALID, "\"%.*s\" is not known here: "
		    "write five fields, such as \"0 0 * * *\" for every day",
		    (int)(all.len < 40 ? all.len : 40), all.s);
	return err_set(err, ERR_INVALID, "%zu fields instead of five: minute, "
	    "hour, day of month, month, day of week", n);
}

/* Split at runs of blanks; one at an end makes an empty field. */
static size_t
split(struct part all, struct part *parts, size_t max)
{
	size_t n = 0;

	for (;;) {
		struct part rest = cut(&all, ' ');

		if (n < max)
			parts[n] = all;
		n++;
		if (rest.s == NULL)
			return n;
		while (rest.len > 0 && rest.s[0] == ' ') {
			rest.s++;
			rest.len--;
		}
		all = rest;
	}
}

int
cron_parse(const char *text, size_t text_len, struct cron *out, size_t *at,
    size_t *len, struct err *err)
{
	struct part parts[ARRAY_LEN(fields)], bad, all = { text, text_len };
	uint64_t bits[ARRAY_LEN(fields)] = { 0 };
	size_t n = split(all, parts, ARRAY_LEN(parts));
	int r = 0;

	if (n != ARRAY_LEN(parts))
		r = wrong_count(all, &bad, err, n);
	for (size_t i = 0; i < ARRAY_LEN(parts) && r == 0; i++)
		r = read_field(&fields[i], parts[i], &bits[i], &bad, err);
	if (r == -1) {
		*at = (size_t)(bad.s - text);
		*len = bad.len > 0 ? bad.len : 1;
		return -1;
	}
	*out = (struct cron){
		.minutes = bits[0],
		.hours = (uint32_t)bits[1],
		.days = (uint32_t)bits[2],
		.months = (uint32_t)bits[3],
		.weekdays = (uint32_t)bits[4],
		.every_day = parts[2].len == 1 && parts[2].s[0] == '*',
		.every_weekday = parts[4].len == 1 && parts[4].s[0] == '*',
	};
	return 0;
}
