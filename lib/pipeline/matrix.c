/*
 * matrix.c - the product of a matrix: vectors, exclude, include.
 *
 * Every combination is made from its number, so no list of lists is kept.
 * What a stranger's file can cost is bounded before the first one is made:
 * combinations, and combinations times entries of include and exclude.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/matrix.h"

#include <stdint.h>
#include <string.h>

/* Combinations before exclude, and comparisons of single values. */
#define MAX_PRODUCT 10000
#define MAX_COMPARISONS 1000000

#define MAX_NAME_CHARS 100

/* One entry of include, in two parts. */
struct inclusion {
	struct expr_object *entry;
	struct expr_object *filter; /* keys of the matrix */
	struct expr_object *extras; /* the others */
	bool matched;
};

struct product {
	struct arena *a;
	struct matrix *out;
	struct err *err;
	size_t max;
	struct expr_object *vectors;
	size_t n_combinations;
	const struct expr_array *exclude; /* or NULL */
	struct inclusion *include;
	size_t n_include;
	size_t weight;  /* values of include and exclude */
	size_t longest; /* bytes of a text in the vectors */
	bool outside;   /* names of keys are */
};

static int
wrong(struct product *p, const char *key, size_t item)
{
	p->out->wrong_key = key;
	p->out->wrong_item = item;
	return -1;
}

static const char *
c_text(struct product *p, struct expr_text text)
{
	return arena_strndup(p->a, text.s, text.len);
}

/* --- reading the definition -------------------------------------------------- */

static bool
is_key(struct expr_text name, const char *key)
{
	return name.len == strlen(key) && strncmp(name.s, key, name.len) == 0;
}

/* The longest text in a value, if it is longer than `n`. */
static size_t
longest(const struct expr_value *v, size_t n)
{
	if (v->type == EXPR_STRING && v->text.len > n)
		return v->text.len;
	if (v->type == EXPR_ARRAY)
		for (size_t i = 0; i < v->array->n; i++)
			n = longest(&v->array->items[i], n);
	if (v->type == EXPR_OBJECT)
		for (size_t i = 0; i < v->object->n; i++)
			n = longest(&v->object->members[i].value, n);
	return n;
}

static int
add_vector(struct product *p, const struct expr_member *member)
{
	const char *key = c_text(p, member->name);

	if (member->value.type != EXPR_ARRAY) {
		err_set(p->err, ERR_INVALID, "Matrix vector '%s' must be a "
		    "list of values; it is of type %s", key,
		    expr_type_name(member->value.type));
		return wrong(p, key, 0);
	}
	if (member->value.array->n == 0) {
		err_set(p->err, ERR_INVALID, "Matrix vector '%s' does not "
		    "contain any values", key);
		return wrong(p, key, 0);
	}
	expr_object_add_len(p->vectors, member->name, member->value);
	p->longest = longest(&member->value, p->longest);
	if (p->n_combinations == 0)
		p->n_combinations = 1;
	/* Both factors are small enough for their product. */
	if (member->value.array->n > MAX_PRODUCT ||
	    p->n_combinations * member->value.array->n > MAX_PRODUCT) {
		err_set(p->err, ERR_TOO_LARGE, "the matrix has more than %d "
		    "combinations before \"exclude\"", MAX_PRODUCT);
		return wrong(p, key, 0);
	}
	p->n_combinations *= member->value.array->n;
	return 0;
}

/* What it costs to compare with a value once; depth is bounded by the
 * readers of YAML and JSON. */
static size_t
weight_of(const struct expr_value *v)
{
	size_t sum = 1;

	if (v->type == EXPR_STRING)
		return 1 + v->text.len / 64;
	if (v->type == EXPR_ARRAY)
		for (size_t i = 0; i < v->array->n; i++)
			sum += weight_of(&v->array->items[i]);
	if (v->type == EXPR_OBJECT)
		for (size_t i = 0; i < v->object->n; i++)
			sum += weight_of(&v->object->members[i].value);
	return sum;
}

/* The entries of include or exclude: a list of objects. */
static int
check_entries(struct product *p, const char *key,
    const struct expr_value *list)
{
	if (list->type != EXPR_ARRAY) {
		err_set(p->err, ERR_INVALID, "\"%s\" of a matrix must be a "
		    "list of maps", key);
		return wrong(p, key, 0);
	}
	for (size_t i = 0; i < list->array->n; i++) {
		const struct expr_value *entry = &list->array->items[i];

		if (entry->type != EXPR_OBJECT || entry->object->n == 0) {
			err_set(p->err, ERR_INVALID, "each entry of \"%s\" "
			    "must be a map of at least one key", key);
			return wrong(p, key, i);
		}
		p->weight += weight_of(entry);
	}
	return 0;
}

static int
read_exclude(struct product *p, const struct expr_value *list)
{
	if (check_entries(p, "exclude", list) == -1)
		return -1;
	for (size_t i = 0; i < list->array->n; i++) {
		struct expr_object *entry = list->array->items[i].object;

		for (size_t k = 0; k < entry->n; k++) {
			if (expr_object_get(p->vectors,
			        entry->members[k].name) != NULL)
				continue;
			err_set(p->err, ERR_INVALID, "Matrix exclude key '%s' "
			    "does not match any key within the matrix",
			    c_text(p, entry->members[k].name));
			return wrong(p, "exclude", i);
		}
	}
	p->exclude = list->array;
	return 0;
}

static int
read_include(struct product *p, const struct expr_value *list)
{
	if (check_entries(p, "include", list) == -1)
		return -1;
	for (size_t i = 0; i < list->array->n; i++) {
		struct inclusion *in = arena_push(p->a, &p->include,
		    &p->n_include, sizeof(*in));

		in->entry = list->array->items[i].object;
		in->filter = expr_object_new(p->a);
		in->extras = expr_object_new(p->a);
		p->outside = p->outside || in->entry->outside;
		for (size_t k = 0; k < in->entry->n; k++) {
			const struct expr_member *m = &in->entry->members[k];
			bool filters =
			    expr_object_get(p->vectors, m->name) != NULL;

			expr_object_add_len(filters ? in->filter : in->extras,
			    m->name, m->value);
		}
	}
	return 0;
}

static int
read_definition(struct product *p, struct expr_object *definition)
{
	const struct expr_value *include = NULL, *exclude = NULL;

	for (size_t i = 0; i < definition->n; i++) {
		const struct expr_member *m = &definition->members[i];

		if (is_key(m->name, "include"))
			include = &m->value;
		else if (is_key(m->name, "exclude"))
			exclude = &m->value;
		else if (add_vector(p, m) == -1)
			return -1;
	}
	if (p->vectors->n == 0 && include == NULL) {
		err_set(p->err, ERR_INVALID,
		    "Matrix must define at least one vector");
		return wrong(p, NULL, 0);
	}
	if (exclude != NULL && read_exclude(p, exclude) == -1)
		return -1;
	if (include != NULL && read_include(p, include) == -1)
		return -1;
	if (p->weight > 0 && p->n_combinations >
	    MAX_COMPARISONS / p->weight / (1 + p->longest / 64)) {
		err_set(p->err, ERR_TOO_LARGE, "\"include\" and \"exclude\" "
		    "are too long for %zu combinations", p->n_combinations);
		return wrong(p, NULL, 0);
	}
	return 0;
}

/* --- matching ------------------------------------------------------------------ */

/*
 * Every scalar of the filter equals what stands at its place, as "==" of
 * expressions has it; what is not there is null. Maps of the filter need not
 * name every key.
 */
static bool
matches(const struct expr_value *filter, const struct expr_value *value)
{
	static const struct expr_value nothing = { .type = EXPR_NULL };

	if (filter->type == EXPR_OBJECT) {
		for (size_t i = 0; i < filter->object->n; i++) {
			const struct expr_member *m =
			    &filter->object->members[i];
			const struct expr_value *inner =
			    value->type != EXPR_OBJECT ? NULL :
			    expr_object_get(value->object, m->name);

			if (!matches(&m->value, inner ? inner : &nothing))
				return false;
		}
		return true;
	}
	if (filter->type == EXPR_ARRAY) {
		for (size_t i = 0; i < filter->array->n; i++)
			if (!matches(&filter->array->items[i],
			        value->type == EXPR_ARRAY &&
			        i < value->array->n ?
			        &value->array->items[i] : &nothing))
				return false;
		return true;
	}
	return expr_equal(filter, value);
}

static bool
is_excluded(const struct product *p, const struct expr_value *combination)
{
	if (p->exclude == NULL)
		return false;
	for (size_t i = 0; i < p->exclude->n; i++)
		if (matches(&p->exclude->items[i], combination))
			return true;
	return false;
}

/* --- making the jobs ------------------------------------------------------------- */

/* The scalars in a value, in order, for the name. */
static void
add_label(struct str *label, const struct expr_value *v, struct arena *a)
{
	struct expr_text text;

	if (v->type == EXPR_ARRAY) {
		for (size_t i = 0; i < v->array->n; i++)
			add_label(label, &v->array->items[i], a);
		return;
	}
	if (v->type == EXPR_OBJECT) {
		for (size_t i = 0; i < v->object->n; i++)
			add_label(label, &v->object->members[i].value, a);
		return;
	}
	/* The name is cut far before. */
	if (label->len > 8 * MAX_NAME_CHARS)
		return;
	text = expr_to_text(v, a);
	if (text.len == 0)
		return;
	if (label->len > 0)
		str_add(label, ", ");
	str_add_len(label, text.s, text.len);
}

static int
add_job(struct product *p, struct expr_object *values,
    const struct expr_value *named)
{
	struct str label = STR_INIT;
	struct matrix_job *job;

	if (p->out->n == p->max) {
		err_set(p->err, ERR_TOO_LARGE, "the matrix makes more than "
		    "%zu jobs", p->max);
		return wrong(p, NULL, 0);
	}
	add_label(&label, named, p->a);
	job = arena_push(p->a, &p->out->jobs, &p->out->n, sizeof(*job));
	job->values = values;
	job->values->outside = p->outside;
	job->label = arena_strdup(p->a, label.s);
	str_release(&label);
	return 0;
}

/* The combination of a number: the last key varies fastest. */
static struct expr_object *
combination(const struct product *p, size_t number)
{
	struct expr_object *values = expr_object_new(p->a);
	size_t block = p->n_combinations;

	for (size_t i = 0; i < p->vectors->n; i++) {
		const struct expr_member *m = &p->vectors->members[i];
		const struct expr_array *vector = m->value.array;

		block /= vector->n;
		expr_object_add_len(values, m->name,
		    vector->items[number / block % vector->n]);
	}
	return values;
}

static int
add_combination(struct product *p, size_t number)
{
	struct expr_object *original = combination(p, number), *all;
	struct expr_value v = expr_from_object(original);

	if (is_excluded(p, &v))
		return 0;
	all = expr_object_new(p->a);
	for (size_t i = 0; i < original->n; i++)
		expr_object_add_len(all, original->members[i].name,
		    original->members[i].value);
	for (size_t i = 0; i < p->n_include; i++) {
		struct inclusion *in = &p->include[i];
		struct expr_value filter = expr_from_object(in->filter);

		if (!matches(&filter, &v))
			continue;
		in->matched = true;
		/* Later entries replace the extras of earlier ones. */
		for (size_t k = 0; k < in->extras->n; k++)
			expr_object_put(all, in->extras->members[k].name,
			    in->extras->members[k].value);
	}
	return add_job(p, all, &v);
}

int
matrix_expand(const struct expr_value *definition, size_t max,
    struct arena *a, struct matrix *out, struct err *err)
{
	struct product p = { .a = a, .out = out, .err = err, .max = max,
		.vectors = expr_object_new(a) };

	memset(out, 0, sizeof(*out));
	if (definition->type != EXPR_OBJECT) {
		err_set(err, ERR_INVALID, "a matrix must be a map; it is "
		    "of type %s", expr_type_name(definition->type));
		return -1;
	}
	p.outside = definition->object->outside;
	if (read_definition(&p, definition->object) == -1)
		return -1;
	for (size_t i = 0; i < p.n_combinations; i++)
		if (add_combination(&p, i) == -1)
			return -1;
	for (size_t i = 0; i < p.n_include; i++) {
		struct expr_value v = expr_from_object(p.include[i].entry);

		if (!p.include[i].matched &&
		    add_job(&p, p.include[i].entry, &v) == -1)
			return -1;
	}
	if (out->n == 0)
		return err_set(err, ERR_INVALID, "the matrix excludes all of "
		    "its combinations");
	return 0;
}

/* Bytes of the first `max` characters; SIZE_MAX: there are no more. */
static size_t
cut_at(const char *s, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; s[i] != '\0'; i++) {
		if (((unsigned char)s[i] & 0xc0) == 0x80)
			continue;
		if (n++ == max)
			return i;
	}
	return SIZE_MAX;
}

const char *
matrix_job_name(const char *name, const char *label, struct arena *a)
{
	const char *whole = label[0] == '\0' ? name :
	    arena_printf(a, "%s (%s)", name, label);

	if (cut_at(whole, MAX_NAME_CHARS) == SIZE_MAX)
		return whole;
	return arena_printf(a, "%.*s...",
	    (int)cut_at(whole, MAX_NAME_CHARS - 3), whole);
}
