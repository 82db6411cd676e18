/*
 * yaml.c - YAML text into a tree with a position for every key and value.
 *
 * An alias gives the very node of its anchor, so the tree may be a graph
 * without circles; every use is counted as if it were written out, and that
 * count has a limit, as has the depth. What is only wrong in one place (a
 * duplicate key, an unknown tag) is reported and reading goes on; what makes
 * the rest meaningless stops it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/yaml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "lib/base/map.h"
#include "lib/base/utf8.h"
#include "lib/base/yaml_internal.h"

/* What an alias stands for. */
struct anchor {
	struct yaml *node; /* NULL until it has been read whole */
	size_t n_nodes;
	int depth; /* of the tree below, at least 1 */
};

struct reader {
	yaml_parser_t parser;
	struct yaml_marks marks;
	struct map anchors;
	struct arena *a;
	struct diags *d;
	size_t n_nodes;
	int deepest; /* depth reached since it was last reset */
	bool stopped;
};

/* Report a problem after which reading makes no sense. */
#define stop(r, pos, rule, hint, ...) \
	((r)->stopped = true, \
	    diag_error((r)->d, (pos), 1, (rule), (hint), __VA_ARGS__))

static bool
next_event(struct reader *r, yaml_event_t *ev)
{
	if (r->stopped)
		return false;
	if (yaml_parser_parse(&r->parser, ev) == 0) {
		yaml_report_syntax(&r->parser, &r->marks, r->d);
		r->stopped = true;
		return false;
	}
	return true;
}

static struct pos
event_pos(const struct reader *r, const yaml_event_t *ev)
{
	return yaml_marks_pos(&r->marks, &ev->start_mark);
}

/* Bytes of an event on its first line. */
static int
event_width(const struct reader *r, const yaml_event_t *ev)
{
	size_t start = yaml_marks_offset(&r->marks, &ev->start_mark);
	size_t end = yaml_marks_offset(&r->marks, &ev->end_mark);
	const char *text = r->marks.lines.text + start;
	const char *newline;

	if (end <= start)
		return 1;
	newline = memchr(text, '\n', end - start);
	if (newline != NULL)
		end = start + (size_t)(newline - text);
	return end > start ? (int)(end - start) : 1;
}

/* Count nodes and depth; false, with the problem reported, over a limit. */
static bool
count_nodes(struct reader *r, struct pos pos, size_t n, int depth)
{
	if (depth > r->deepest)
		r->deepest = depth;
	r->n_nodes += n;
	if (depth > YAML_MAX_DEPTH)
		stop(r, pos, "yaml-depth", NULL,
		    "nested deeper than %d levels", YAML_MAX_DEPTH);
	else if (r->n_nodes > YAML_MAX_NODES)
		stop(r, pos, "yaml-nodes", NULL,
		    "more than %d values, with aliases counted at each use",
		    YAML_MAX_NODES);
	else if (arena_exceeded(r->a))
		stop(r, pos, "yaml-memory", NULL,
		    "the document needs more memory than is allowed");
	return !r->stopped;
}

static struct yaml *
new_node(struct reader *r, const yaml_event_t *ev, enum yaml_type type)
{
	struct yaml *node = arena_alloc(r->a, sizeof(*node));

	node->type = type;
	node->pos = event_pos(r, ev);
	node->width = 1;
	node->text = "";
	return node;
}

static void
report_tag(struct reader *r, const struct yaml *node, const char *tag,
    const char *expected)
{
	if (expected != NULL)
		diag_error(r->d, node->pos, node->width, "yaml-tag",
		    arena_printf(r->a, "it needs %s", expected),
		    "The value '%s' on line %d and column %d is invalid for "
		    "the type '%s'", node->text, node->pos.line,
		    node->pos.col, tag);
	else
		diag_error(r->d, node->pos, node->width, "yaml-tag",
		    "quote a text that starts with \"!\"",
		    "Unexpected tag '%s'", tag);
}

static struct yaml *
read_scalar(struct reader *r, const yaml_event_t *ev)
{
	struct yaml *node = new_node(r, ev, YAML_STRING);
	const char *tag = (const char *)ev->data.scalar.tag;
	const char *value = (const char *)ev->data.scalar.value;
	yaml_scalar_style_t style = ev->data.scalar.style;
	const char *expected;

	node->text_len = ev->data.scalar.length;
	node->text = arena_strndup(r->a, value, node->text_len);
	node->quoted = style != YAML_PLAIN_SCALAR_STYLE;
	if (style != YAML_LITERAL_SCALAR_STYLE &&
	    style != YAML_FOLDED_SCALAR_STYLE)
		node->width = event_width(r, ev);
	if (memchr(value, '\0', node->text_len) != NULL)
		diag_error(r->d, node->pos, node->width, "yaml-nul", NULL,
		    "a text must not contain the character NUL");
	if (!yaml_scalar_resolve(node, tag, &expected))
		report_tag(r, node, tag, expected);
	return node;
}

static void
check_tag(struct reader *r, const struct yaml *node, const char *tag,
    const char *own)
{
	if (tag != NULL && strcmp(tag, "!") != 0 && strcmp(tag, own) != 0)
		report_tag(r, node, tag, NULL);
}

static struct yaml *
read_node(struct reader *r, yaml_event_t *ev, int depth);

static struct yaml *
read_list(struct reader *r, const yaml_event_t *start, int depth)
{
	struct yaml *list = new_node(r, start, YAML_LIST);
	yaml_event_t ev;
	bool more = true;

	check_tag(r, list, (const char *)start->data.sequence_start.tag,
	    YAML_SEQ_TAG);
	while (more && next_event(r, &ev)) {
		more = ev.type != YAML_SEQUENCE_END_EVENT;
		if (more) {
			struct yaml *item = read_node(r, &ev, depth + 1);
			struct yaml **room = arena_push(r->a, &list->items,
			    &list->n_items, sizeof(struct yaml *));
			*room = item;
		}
		yaml_event_delete(&ev);
	}
	return list;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct yaml *x = *(const struct yaml *const *)a;
	const struct yaml *y = *(const struct yaml *const *)b;
	int order = strcmp(x->text, y->text);

	if (order != 0)
		return order;
	if (x->pos.line != y->pos.line)
		return x->pos.line < y->pos.line ? -1 : 1;
	return x->pos.col < y->pos.col ? -1 : x->pos.col > y->pos.col;
}

/* Sorted first: comparing all pairs would take a large map minutes. */
static void
check_duplicates(struct reader *r, const struct yaml *map)
{
	const struct yaml **keys =
	    arena_alloc(r->a, map->n_pairs * sizeof(*keys));

	for (size_t i = 0; i < map->n_pairs; i++)
		keys[i] = map->pairs[i].key;
	qsort(keys, map->n_pairs, sizeof(*keys), compare_keys);
	for (size_t i = 1; i < map->n_pairs; i++) {
		const struct yaml *key = keys[i];

		if (strcmp(keys[i - 1]->text, key->text) != 0)
			continue;
		diag_error(r->d, key->pos, key->width, "duplicate-key",
		    arena_printf(r->a, "it stands first in line %d",
		    keys[i - 1]->pos.line), "'%s' is already defined",
		    key->text);
	}
}

static void
check_key(struct reader *r, const struct yaml *key)
{
	if (key->type == YAML_LIST || key->type == YAML_MAP)
		stop(r, key->pos, "yaml-key",
		    "quote a text that starts with \"[\" or \"{\"",
		    "a key must be a plain text, not %s",
		    yaml_type_name(key->type));
	else if (!key->quoted && strcmp(key->text, "<<") == 0)
		diag_error(r->d, key->pos, key->width, "merge-key",
		    "write the keys out",
		    "merge keys (\"<<\") are not supported");
}

static struct yaml *
read_map(struct reader *r, const yaml_event_t *start, int depth)
{
	struct yaml *map = new_node(r, start, YAML_MAP);
	struct yaml *key = NULL;
	yaml_event_t ev;
	bool more = true;

	check_tag(r, map, (const char *)start->data.mapping_start.tag,
	    YAML_MAP_TAG);
	while (more && next_event(r, &ev)) {
		more = ev.type != YAML_MAPPING_END_EVENT;
		if (more && key == NULL) {
			key = read_node(r, &ev, depth + 1);
			check_key(r, key);
		} else if (more) {
			struct yaml *value = read_node(r, &ev, depth + 1);
			struct yaml_pair *pair = arena_push(r->a, &map->pairs,
			    &map->n_pairs, sizeof(*pair));
			*pair = (struct yaml_pair) { key, value };
			key = NULL;
		}
		yaml_event_delete(&ev);
	}
	if (!r->stopped)
		check_duplicates(r, map);
	return map;
}

static struct yaml *
read_alias(struct reader *r, const yaml_event_t *ev, int depth)
{
	const char *name = (const char *)ev->data.alias.anchor;
	const struct anchor *anchor = map_get(&r->anchors, name);
	struct pos pos = event_pos(r, ev);

	if (anchor == NULL)
		stop(r, pos, "yaml-alias",
		    "an anchor is written before its aliases",
		    "alias \"*%s\" has no anchor \"&%s\"", name, name);
	else if (anchor->node == NULL)
		stop(r, pos, "yaml-alias", NULL,
		    "alias \"*%s\" stands within its own anchor", name);
	else if (count_nodes(r, pos, anchor->n_nodes,
	    depth + anchor->depth - 1))
		return anchor->node;
	return new_node(r, ev, YAML_NULL);
}

static const char *
event_anchor(const yaml_event_t *ev)
{
	if (ev->type == YAML_SCALAR_EVENT)
		return (const char *)ev->data.scalar.anchor;
	if (ev->type == YAML_SEQUENCE_START_EVENT)
		return (const char *)ev->data.sequence_start.anchor;
	return (const char *)ev->data.mapping_start.anchor;
}

/* A node that is written out here, not an alias. */
static struct yaml *
read_written(struct reader *r, const yaml_event_t *ev, int depth)
{
	if (!count_nodes(r, event_pos(r, ev), 1, depth))
		return new_node(r, ev, YAML_NULL);
	if (ev->type == YAML_SCALAR_EVENT)
		return read_scalar(r, ev);
	if (ev->type == YAML_SEQUENCE_START_EVENT)
		return read_list(r, ev, depth);
	return read_map(r, ev, depth);
}

/* Never NULL, so that lists and maps have no holes; after a stop the tree is
 * thrown away by yaml_read(). */
static struct yaml *
read_node(struct reader *r, yaml_event_t *ev, int depth)
{
	struct anchor *anchor;
	struct yaml *node;
	size_t n_before = r->n_nodes;
	int deepest_before = r->deepest;

	if (ev->type == YAML_ALIAS_EVENT)
		return read_alias(r, ev, depth);
	if (event_anchor(ev) == NULL)
		return read_written(r, ev, depth);
	anchor = arena_alloc(r->a, sizeof(*anchor));
	map_set(&r->anchors, event_anchor(ev), anchor);
	r->deepest = depth;
	node = read_written(r, ev, depth);
	anchor->node = node;
	anchor->n_nodes = r->n_nodes - n_before;
	anchor->depth = r->deepest - depth + 1;
	if (deepest_before > r->deepest)
		r->deepest = deepest_before;
	return node;
}

static struct yaml *
read_document(struct reader *r)
{
	static const yaml_event_t nowhere;
	struct yaml *root = new_node(r, &nowhere, YAML_NULL);
	yaml_event_t ev;
	bool more = true, seen = false;

	while (more && next_event(r, &ev)) {
		if (ev.type == YAML_DOCUMENT_START_EVENT && seen)
			stop(r, event_pos(r, &ev), "yaml-documents",
			    "remove \"---\" or move it to a file of its own",
			    "a second document starts here; a file holds one");
		else if (ev.type == YAML_DOCUMENT_START_EVENT)
			seen = true;
		else if (ev.type == YAML_STREAM_END_EVENT)
			more = false;
		else if (ev.type != YAML_STREAM_START_EVENT &&
		    ev.type != YAML_DOCUMENT_END_EVENT)
			root = read_node(r, &ev, 1);
		yaml_event_delete(&ev);
	}
	return r->stopped ? NULL : root;
}

/* YAML 1.2, section 5.1: what libyaml would refuse with an offset only. */
static bool
is_allowed(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' ||
	    (c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0 && c != 0x85) &&
	    c != 0xfffe && c != 0xffff);
}

static bool
check_characters(const struct yaml_marks *m, struct diags *d)
{
	const char *text = m->lines.text;
	size_t n;

	for (size_t at = 0; at < m->lines.len; at += n) {
		size_t left = m->lines.len - at;

		n = 1;
		if (text[at] >= 0x20 && text[at] < 0x7f)
			continue; /* nearly all there is */
		n = utf8_char_len(text + at, left);
		if (n > 0 && is_allowed(utf8_char(text + at, n)))
			continue;
		if (n == 0)
			diag_error(d, lines_pos(&m->lines, at), 1, "yaml-utf8",
			    "save the file as UTF-8",
			    "byte 0x%02x is not UTF-8",
			    (unsigned char)text[at]);
		else
			diag_error(d, lines_pos(&m->lines, at), 1,
			    "yaml-control", "remove it",
			    "control character U+%04X is not allowed",
			    (unsigned)utf8_char(text + at, n));
		return false;
	}
	return true;
}

/* The parser and marks are set up; read with them. Places are those of the
 * text as it is, also when libyaml gets a line more. */
static struct yaml *
read_with(struct reader *r)
{
	size_t len = r->marks.lines.len;
	const char *text;

	if (!check_characters(&r->marks, r->d))
		return NULL;
	text = yaml_readable(r->marks.lines.text, &len, r->a);
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)text,
	    len);
	return read_document(r);
}

struct yaml *
yaml_read(const char *text, size_t len, struct arena *a, struct diags *d)
{
	struct reader r = { .anchors = MAP_INIT, .a = a, .d = d };
	struct yaml *root = NULL;

	if (len > YAML_MAX_BYTES) {
		diag_error(d, (struct pos) { 1, 1 }, 1, "yaml-size", NULL,
		    "the file has %zu bytes; at most %d are allowed", len,
		    YAML_MAX_BYTES);
		return NULL;
	}
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	yaml_marks_init(&r.marks, text, len);
	if (yaml_parser_initialize(&r.parser) == 0) {
		diag_error(d, (struct pos) { 1, 1 }, 1, "yaml-memory", NULL,
		    "the YAML reader could not be started");
		goto out;
	}
	root = read_with(&r);
out:
	yaml_parser_delete(&r.parser);
	yaml_marks_release(&r.marks);
	map_release(&r.anchors);
	return root;
}

struct yaml *
yaml_get(const struct yaml *map, const char *key)
{
	if (map == NULL || map->type != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->n_pairs; i++)
		if (strcmp(map->pairs[i].key->text, key) == 0)
			return map->pairs[i].value;
	return NULL;
}
