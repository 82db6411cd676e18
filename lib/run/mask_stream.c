/*
 * mask_stream.c - one descriptor's output on its way through a mask.
 *
 * Bytes are counted from the start of the stream. Those from `base` on are
 * held: as many as the automaton's node is deep, for they are the longest
 * end of what came that may still become a secret. No later match can begin
 * before them, so everything in front of them is certain. Where single line
 * ends are left out of what the automaton sees, they count as well.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/mask.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/run/mask_automaton.h"

/* Held bytes are moved to the front of their buffer when this many before
 * them are done with. */
#define COMPACT_BYTES 4096

/* What a cut message ends with. */
#define CUT_MARK "..."
#define CUT_LEN (sizeof(CUT_MARK) - 1)

/* Bytes that belong to one secret or to several that overlap. */
struct span {
	uint64_t from, to;
};

/* A line end that the view of wrapped texts leaves out. */
struct gap {
	uint64_t at;    /* bytes seen before it */
	unsigned bytes; /* 1, or 2 of "\r\n" */
};

/* Where the automaton of wrapped texts stands. */
struct wrapped {
	unsigned node;
	uint64_t seen;    /* bytes that it was given */
	struct gap *gaps; /* among the last ones, as many as the node is deep */
	size_t n_gaps, cap_gaps;
	enum { GAP_NONE, GAP_CR, GAP_LF } gap; /* what came last */
};

struct mask_stream {
	struct mask *mask;
	unsigned generation; /* of the mask that the nodes belong to */
	unsigned node;
	struct wrapped wrapped;
	struct str held;     /* held.s + start is the byte number `base` */
	size_t start;
	uint64_t base;
	struct span *spans;  /* found in what is held, in order, apart */
	size_t n_spans, cap_spans;
	bool found;          /* there has been a span */
	bool hiding;         /* the first span has its "***" already */
};

struct mask_stream *
mask_stream_new(struct mask *m)
{
	struct mask_stream *s = mem_calloc(1, sizeof(*s));

	s->mask = m;
	s->generation = 0; /* looks at the mask first */
	str_init(&s->held);
	return s;
}

void
mask_stream_free(struct mask_stream *s)
{
	if (s == NULL)
		return;
	str_release(&s->held);
	free(s->wrapped.gaps);
	free(s->spans);
	free(s);
}

bool
mask_stream_found(const struct mask_stream *s)
{
	return s->found;
}

static size_t
held_len(const struct mask_stream *s)
{
	return s->held.len - s->start;
}

/* A secret of `len` bytes ends at the last byte held. */
static void
add_span(struct mask_stream *s, size_t len)
{
	struct span new;

	s->found = true;
	new.to = s->base + held_len(s);
	new.from = new.to - len;
	while (s->n_spans > 0 && s->spans[s->n_spans - 1].to > new.from) {
		const struct span *last = &s->spans[--s->n_spans];

		new.from = last->from < new.from ? last->from : new.from;
		new.to = last->to > new.to ? last->to : new.to;
	}
	if (s->n_spans == s->cap_spans) {
		s->cap_spans = s->cap_spans > 0 ? s->cap_spans * 2 : 4;
		s->spans = mem_realloc(s->spans, s->cap_spans,
		    sizeof(*s->spans));
	}
	s->spans[s->n_spans++] = new;
}

static void
drop_held(struct mask_stream *s, size_t n)
{
	s->base += n;
	s->start += n;
	if (s->start == s->held.len) {
		str_clear(&s->held);
		s->start = 0;
	} else if (s->start >= COMPACT_BYTES) {
		memmove(s->held.s, s->held.s + s->start, held_len(s));
		str_cut(&s->held, held_len(s));
		s->start = 0;
	}
}

/* Hide the bytes of the first span that lie before `end`. */
static void
hide(struct mask_stream *s, uint64_t end, struct str *out)
{
	uint64_t to = s->spans[0].to < end ? s->spans[0].to : end;

	if (!s->hiding)
		str_add(out, "***");
	s->hiding = to < s->spans[0].to;
	drop_held(s, (size_t)(to - s->base));
	if (s->hiding)
		return;
	s->n_spans--;
	memmove(s->spans, s->spans + 1, s->n_spans * sizeof(*s->spans));
}

/* Let go of everything before byte number `end`. */
static void
let_go(struct mask_stream *s, uint64_t end, struct str *out)
{
	while (s->base < end) {
		uint64_t to = end;

		if (s->n_spans > 0 && s->spans[0].from <= s->base) {
			hide(s, end, out);
			continue;
		}
		if (s->n_spans > 0 && s->spans[0].from < end)
			to = s->spans[0].from;
		str_add_len(out, s->held.s + s->start,
		    (size_t)(to - s->base));
		drop_held(s, (size_t)(to - s->base));
	}
}

/* --- wrapped texts -------------------------------------------------------- */

static void
wrapped_reset(struct wrapped *w)
{
	w->node = 0;
	w->n_gaps = 0;
	w->gap = GAP_NONE;
}

/* How far back in the stream `len` bytes of the view reach. */
static size_t
wrapped_reach(const struct wrapped *w, unsigned len)
{
	size_t reach = len;

	for (size_t i = w->n_gaps; i > 0; i--) {
		if (w->gaps[i - 1].at <= w->seen - len)
			break;
		reach += w->gaps[i - 1].bytes;
	}
	return reach;
}

/* Forget gaps that lie before all that may still become a secret. */
static void
wrapped_trim(struct wrapped *w, unsigned depth)
{
	size_t n = 0;

	while (n < w->n_gaps && w->gaps[n].at <= w->seen - depth)
		n++;
	if (n == 0)
		return;
	w->n_gaps -= n;
	memmove(w->gaps, w->gaps + n, w->n_gaps * sizeof(*w->gaps));
}

static void
wrapped_gap(struct wrapped *w, unsigned char byte)
{
	if (w->gap == GAP_CR) {
		w->gaps[w->n_gaps - 1].bytes++;
	} else {
		if (w->n_gaps == w->cap_gaps) {
			w->cap_gaps = w->cap_gaps > 0 ? w->cap_gaps * 2 : 4;
			w->gaps = mem_realloc(w->gaps, w->cap_gaps,
			    sizeof(*w->gaps));
		}
		w->gaps[w->n_gaps++] = (struct gap){ w->seen, 1 };
	}
	w->gap = byte == '\n' ? GAP_LF : GAP_CR;
}

/* May this byte be a line end within a text? */
static bool
is_gap(const struct wrapped *w, const struct mask_trie *t, unsigned char byte)
{
	return t->nodes[w->node].depth >= MASK_WRAP_BYTES &&
	    ((byte == '\n' && w->gap != GAP_LF) ||
	    (byte == '\r' && w->gap == GAP_NONE));
}

/* Returns how many bytes of the stream are a secret now, or 0. */
static size_t
wrapped_step(struct wrapped *w, const struct mask_trie *t, unsigned char byte)
{
	unsigned match;

	if (is_gap(w, t, byte)) {
		wrapped_gap(w, byte);
		return 0;
	}
	if (w->gap == GAP_CR)
		wrapped_reset(w);
	w->gap = GAP_NONE;
	w->seen++;
	w->node = mask_step(t, w->node, mask_fold(byte));
	wrapped_trim(w, t->nodes[w->node].depth);
	match = t->nodes[w->node].match;
	return match > 0 ? wrapped_reach(w, match) : 0;
}

/* --- bytes ---------------------------------------------------------------- */

/* The automata take a byte that is held already. */
static void
step(struct mask_stream *s, unsigned char byte)
{
	const struct mask_trie *t = &s->mask->tries[MASK_AS_IS];
	size_t match;

	s->node = mask_step(t, s->node, byte);
	match = t->nodes[s->node].match;
	if (match > 0)
		add_span(s, match);
	match = wrapped_step(&s->wrapped, &s->mask->tries[MASK_WRAPPED],
	    byte);
	if (match > 0)
		add_span(s, match);
}

/* How many of the last bytes may still become a secret. */
static size_t
doubtful(const struct mask_stream *s)
{
	const struct mask *m = s->mask;
	size_t plain = m->tries[MASK_AS_IS].nodes[s->node].depth;
	size_t wrapped = wrapped_reach(&s->wrapped,
	    m->tries[MASK_WRAPPED].nodes[s->wrapped.node].depth);

	return plain > wrapped ? plain : wrapped;
}

/* Patterns were added: what is held may be the start of one of them. */
static void
look_again(struct mask_stream *s)
{
	struct str held = STR_INIT;

	mask_link(s->mask);
	s->generation = s->mask->generation;
	s->node = 0;
	wrapped_reset(&s->wrapped);
	s->n_spans = s->hiding ? 1 : 0; /* the others are found again */
	str_add_len(&held, s->held.s + s->start, held_len(s));
	str_cut(&s->held, s->start);
	for (size_t i = 0; i < held.len; i++) {
		str_add_char(&s->held, held.s[i]);
		step(s, (unsigned char)held.s[i]);
	}
	str_release(&held);
}

/* How many bytes at `data` cannot start a secret. */
static size_t
plain_len(const struct mask *m, const char *data, size_t len)
{
	const unsigned *as_is = m->tries[MASK_AS_IS].root;
	const unsigned *wrapped = m->tries[MASK_WRAPPED].root;
	size_t i = 0;

	while (i + 1 < len && !mask_may_begin(m, (unsigned char)data[i],
	    (unsigned char)data[i + 1]))
		i++;
	if (i + 1 == len && as_is[(unsigned char)data[i]] == 0 &&
	    wrapped[mask_fold((unsigned char)data[i])] == 0)
		i++;
	return i;
}

void
mask_write(struct mask_stream *s, const char *data, size_t len,
    struct str *out)
{
	size_t plain;

	if (s->generation != s->mask->generation)
		look_again(s);
	for (size_t i = 0; i < len; i++) {
		if (held_len(s) == 0) {
			plain = plain_len(s->mask, data + i, len - i);
			str_add_len(out, data + i, plain);
			s->base += plain;
			i += plain;
			if (i == len)
				return;
		}
		str_add_char(&s->held, data[i]);
		step(s, (unsigned char)data[i]);
		let_go(s, s->base + held_len(s) - doubtful(s), out);
	}
}

void
mask_flush(struct mask_stream *s, struct str *out)
{
	let_go(s, s->base + held_len(s), out);
	s->node = 0;
	wrapped_reset(&s->wrapped);
}

/* Nothing more follows because the text was cut here: what is held may be the
 * start of a secret whose end is gone. */
static void
flush_cut(struct mask_stream *s, struct str *out)
{
	size_t depth = doubtful(s);

	if (depth >= MASK_MIN_BYTES) {
		let_go(s, s->base + held_len(s) - depth, out);
		if (!s->hiding)
			str_add(out, "***");
		drop_held(s, held_len(s));
		s->hiding = false;
		s->n_spans = 0;
	}
	mask_flush(s, out);
}

void
mask_message(struct mask *m, const char *text, size_t len, struct str *out)
{
	struct mask_stream *s = mask_stream_new(m);
	struct str whole = STR_INIT;
	size_t from = 0;

	mask_write(s, text, len, &whole);
	mask_flush(s, &whole);
	/* Whole secrets are gone, also those with dots in them. */
	for (size_t i = 0; i + CUT_LEN <= whole.len; i++) {
		if (memcmp(whole.s + i, CUT_MARK, CUT_LEN) != 0)
			continue;
		mask_write(s, whole.s + from, i - from, out);
		flush_cut(s, out);
		str_add(out, CUT_MARK);
		from = i + CUT_LEN;
		i = from - 1;
	}
	str_add_len(out, whole.s + from, whole.len - from);
	str_release(&whole);
	mask_stream_free(s);
}
