/*
 * inputs.c - inputs of workflow_dispatch.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/inputs.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* What the file says as a value; defaults of workflow_dispatch hold no
 * expressions. */
static struct expr_value
literal(const struct value *v)
{
	if (v == NULL || v->kind == VALUE_NULL)
		return expr_null();
	if (v->kind == VALUE_BOOL)
		return expr_boolean(v->boolean);
	if (v->kind == VALUE_NUMBER)
		return expr_number(v->number);
	return expr_string(v->text);
}

static int
to_boolean(const struct workflow_input *in, struct expr_value *v,
    struct arena *a, struct err *err)
{
	const char *text = expr_to_string(v, a);

	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return err_set(err, ERR_INVALID, "input \"%s\" is true or "
		    "false, not \"%.100s\"", in->name, text);
	*v = expr_boolean(text[0] == 't');
	return 0;
}

static int
to_number(const struct workflow_input *in, struct expr_value *v,
    struct arena *a, struct err *err)
{
	double d = expr_to_number(v);

	if (isnan(d))
		return err_set(err, ERR_INVALID, "input \"%s\" is a number, "
		    "not \"%.100s\"", in->name, expr_to_string(v, a));
	*v = expr_number(d);
	return 0;
}

static int
check_choice(const struct workflow_input *in, const struct expr_value *v,
    struct arena *a, struct err *err)
{
	const char *text = expr_to_string(v, a);
	struct str words = STR_INIT;
	int r = -1;

	for (size_t i = 0; in->options != NULL && i < in->options->n_items;
	     i++) {
		const char *word = in->options->items[i]->text;

		if (word != NULL && strcmp(word, text) == 0)
			r = 0;
		str_addf(&words, "%s%s", i > 0 ? ", " : "",
		    word != NULL ? word : "");
	}
	if (r == -1)
		err_set(err, ERR_INVALID, "input \"%s\" is one of %.500s, not "
		    "\"%.100s\"", in->name, words.s, text);
	str_release(&words);
	return r;
}

static int
convert(const struct workflow_input *in, struct expr_value *v,
    struct arena *a, struct err *err)
{
	switch (in->type) {
	case INPUT_BOOLEAN:
		return to_boolean(in, v, a, err);
	case INPUT_NUMBER:
		return to_number(in, v, a, err);
	case INPUT_CHOICE:
		if (check_choice(in, v, a, err) == -1)
			return -1;
		break;
	case INPUT_STRING:
	case INPUT_ENVIRONMENT:
		break;
	}
	*v = expr_as_string(v, a);
	return 0;
}

/* Nothing is given, and there is no default. */
static struct expr_value
empty(const struct workflow_input *in)
{
	if (in->type == INPUT_BOOLEAN)
		return expr_boolean(false);
	if (in->type == INPUT_NUMBER)
		return expr_number(0);
	if (in->type == INPUT_CHOICE && in->options != NULL &&
	    in->options->n_items > 0)
		return literal(in->options->items[0]);
	return expr_string("");
}

static int
check_known(const struct workflow_trigger *t, struct expr_object *given,
    struct err *err)
{
	for (size_t i = 0; i < given->n; i++) {
		struct expr_text name = given->members[i].name;
		bool known = false;

		for (size_t k = 0; t != NULL && k < t->n_inputs; k++)
			known = known || (strlen(t->inputs[k].name) ==
			    name.len && strncasecmp(t->inputs[k].name, name.s,
			    name.len) == 0);
		if (!known)
			return err_set(err, ERR_INVALID, "the workflow has no "
			    "input \"%.*s\" under \"workflow_dispatch\"",
			    name.len < 100 ? (int)name.len : 100, name.s);
	}
	return 0;
}

int
dispatch_inputs(const struct workflow *w, struct expr_object *given,
    struct arena *a, struct expr_object **out, struct err *err)
{
	const struct workflow_trigger *t =
	    workflow_trigger_find(w, "workflow_dispatch");

	*out = expr_object_new(a);
	if (check_known(t, given, err) == -1)
		return -1;
	for (size_t i = 0; t != NULL && i < t->n_inputs; i++) {
		const struct workflow_input *in = &t->inputs[i];
		const struct expr_value *own = expr_object_member(given,
		    in->name);
		struct expr_value v = own != NULL ? *own :
		    literal(in->default_value);

		if (v.type == EXPR_NULL && in->required)
			return err_set(err, ERR_INVALID, "input \"%s\" is "
			    "required", in->name);
		if (v.type == EXPR_NULL)
			v = empty(in);
		else if (convert(in, &v, a, err) == -1)
			return -1;
		expr_object_add(*out, in->name, v);
	}
	return 0;
}

void
dispatch_tell_event(struct expr_object *github,
    const struct expr_object *inputs, struct arena *a)
{
	const struct expr_value *event = expr_object_member(github,
	    "event");
	struct expr_object *texts = expr_object_new(a);

	if (event == NULL || event->type != EXPR_OBJECT)
		return;
	for (size_t i = 0; i < inputs->n; i++)
		expr_object_add_len(texts, inputs->members[i].name,
		    expr_string(expr_to_string(&inputs->members[i].value, a)));
	expr_object_mark_outside(texts);
	expr_object_put(event->object, (struct expr_text){ "inputs", 6 },
	    expr_from_object(texts));
}
