/*
 * yaml_scalar.c - the core schema of YAML 1.2, section 10.3.2: what a plain
 * scalar is. "on", "yes" and "off" are strings here, as in GitHub's files.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/yaml_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

static bool
is_one_of(const char *s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(s, *words) == 0)
			return true;
	return false;
}

static bool
read_null(struct yaml *node)
{
	static const char *const words[] = {
		"", "~", "null", "Null", "NULL", NULL
	};

	if (!is_one_of(node->text, words))
		return false;
	node->type = YAML_NULL;
	return true;
}

static bool
read_bool(struct yaml *node)
{
	static const char *const yes[] = { "true", "True", "TRUE", NULL };
	static const char *const no[] = { "false", "False", "FALSE", NULL };

	node->boolean = is_one_of(node->text, yes);
	if (!node->boolean && !is_one_of(node->text, no))
		return false;
	node->type = YAML_BOOL;
	return true;
}

/* "0x1F" and "0o17"; no sign. */
static bool
read_prefixed(const char *s, double *out)
{
	static const char digits[] = "0123456789abcdef";
	unsigned base = s[0] != '0' ? 0 : s[1] == 'x' ? 16 :
	    s[1] == 'o' ? 8 : 0;
	double value = 0;

	if (base == 0 || s[2] == '\0')
		return false;
	for (s += 2; *s != '\0'; s++) {
		char c = *s >= 'A' && *s <= 'F' ? (char)(*s + 32) : *s;
		const char *digit = memchr(digits, c, base);

		if (digit == NULL)
			return false;
		value = value * base + (double)(digit - digits);
	}
	*out = value;
	return true;
}

static size_t
count_digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool
is_decimal(const char *s)
{
	size_t whole, part = 0;

	s += *s == '-' || *s == '+';
	whole = count_digits(s);
	s += whole;
	if (*s == '.') {
		part = count_digits(++s);
		s += part;
	}
	if (whole + part == 0)
		return false;
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '-' || *s == '+';
		if (count_digits(s) == 0)
			return false;
		s += count_digits(s);
	}
	return *s == '\0';
}

static bool
read_special(const char *s, double *out)
{
	static const char *const nan_words[] = { ".nan", ".NaN", ".NAN", NULL };
	static const char *const inf_words[] = { ".inf", ".Inf", ".INF", NULL };
	bool negative = *s == '-';

	if (is_one_of(s, nan_words)) {
		*out = NAN;
		return true;
	}
	s += negative || *s == '+';
	*out = negative ? -INFINITY : INFINITY;
	return is_one_of(s, inf_words);
}

static bool
read_number(struct yaml *node)
{
	const char *s = node->text;

	if (is_decimal(s))
		node->number = strtod(s, NULL);
	else if (!read_prefixed(s, &node->number) &&
	    !read_special(s, &node->number))
		return false;
	node->type = YAML_NUMBER;
	return true;
}

/* As !!int has it: digits alone, or with 0x or 0o. */
static bool
read_whole(struct yaml *node)
{
	const char *s = node->text;

	if (strpbrk(s, ".eEnN") != NULL && strncmp(s, "0x", 2) != 0)
		return false;
	return read_number(node);
}

static bool
read_string(struct yaml *node)
{
	node->type = YAML_STRING;
	return true;
}

static bool
read_by_schema(struct yaml *node)
{
	return read_null(node) || read_bool(node) || read_number(node) ||
	    read_string(node);
}

bool
yaml_scalar_resolve(struct yaml *node, const char *tag,
    const char **expected)
{
	static const struct {
		const char *tag;
		bool (*read)(struct yaml *node);
		const char *expected;
	} tags[] = {
		{ "!", read_string, "" },
		{ YAML_STR_TAG, read_string, "" },
		{ YAML_NULL_TAG, read_null, "null" },
		{ YAML_BOOL_TAG, read_bool, "true or false" },
		{ YAML_INT_TAG, read_whole, "a whole number" },
		{ YAML_FLOAT_TAG, read_number, "a number" },
	};

	*expected = NULL;
	if (tag == NULL)
		return node->quoted ? read_string(node) : read_by_schema(node);
	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		if (strcmp(tag, tags[i].tag) != 0)
			continue;
		*expected = tags[i].expected;
		return tags[i].read(node);
	}
	return false;
}

const char *
yaml_type_name(enum yaml_type type)
{
	static const char *const names[] = {
		[YAML_NULL] = "nothing",
		[YAML_BOOL] = "true or false",
		[YAML_NUMBER] = "a number",
		[YAML_STRING] = "a string",
		[YAML_LIST] = "a list",
		[YAML_MAP] = "a map",
	};

	return names[type];
}
