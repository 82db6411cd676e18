/*
 * notifier_comment.c - kind "comment": what is wrong with the pipeline files of
 * a pull request, with places, in one comment that is edited. When all is well
 * again it says so; a comment is never begun for that.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/layout.h"
#include "lib/forge/comment.h"
#include "lib/store/reporting.h"
#include "lib/store/repos.h"

/* What the steps of one message remember. */
struct comment {
	int64_t pull;
	const char *text;
	bool wrong;     /* some file is */
	bool listed;    /* the comments were looked through */
	const char *id; /* of the comment that is there; NULL: none */
};

/* Longer than any row of "`" in the text, so that it cannot end the block. */
static size_t
fence_len(const char *text)
{
	size_t most = 2;

	for (const char *p = text; *p != '\0';) {
		size_t n = strspn(p, "`");

		if (n > most)
			most = n;
		p += n > 0 ? n : 1;
	}
	return most + 1;
}

static void
add_fence(struct str *out, size_t n)
{
	while (n-- > 0)
		str_add_char(out, '`');
	str_add_char(out, '\n');
}

static void
add_problems(struct notifier *n, const struct repo *repo,
    const struct file_problems *p, struct str *out)
{
	size_t fence = fence_len(p->problems);
	size_t len = strlen(p->problems);

	str_addf(out, "\nRun [#%" PRId64 "](%s/", p->number,
	    n->program.config.base_url);
	layout_page_run(out, repo->owner, repo->name, p->number);
	str_add(out, "):\n\n");
	add_fence(out, fence);
	if (out->len + len + 100 > COMMENT_MAX_BYTES) {
		len = out->len + 200 < COMMENT_MAX_BYTES ?
		    COMMENT_MAX_BYTES - out->len - 200 : 0;
		while (len > 0 && p->problems[len - 1] != '\n')
			len--;
	}
	str_add_len(out, p->problems, len);
	if (p->problems[len] != '\0')
		str_add(out, "(cut: the run has all of it)");
	if (out->s[out->len - 1] != '\n')
		str_add_char(out, '\n');
	add_fence(out, fence);
}

static int
make_text(struct notifier *n, struct sending *s, struct comment *c,
    struct err *err)
{
	struct str text = STR_INIT, clean = STR_INIT;
	struct file_problems *list;
	struct repo repo;
	size_t n_list;
	int rc = repo_find_id(n->program.store, s->m.repo, &s->a, &repo, err);

	if (rc != 1 || reporting_problems(n->program.store, s->m.run, &s->a,
		&list, &n_list, err) == -1)
		return rc == 0 ? 0 : -1;
	c->wrong = n_list > 0;
	str_addf(&text, "%s\n", forge_comment_mark(&s->api));
	str_add(&text, c->wrong ? "**The pipeline cannot run as it is "
	    "written.**\n" : "The pipeline files have no errors any "
	    "more.\n");
	for (size_t i = 0; i < n_list && text.len < COMMENT_MAX_BYTES - 1000;
	    i++)
		add_problems(n, &repo, &list[i], &text);
	str_add_utf8(&clean, text.s);
	c->text = arena_strdup(&s->a, clean.s);
	str_release(&text);
	str_release(&clean);
	return 1;
}

int
comment_make(struct notifier *n, struct sending *s, struct err *err)
{
	struct comment *c = arena_alloc(&s->a, sizeof(*c));
	const char *pull = strchr(s->m.topic, ' ');
	long long number;
	int rc = notify_forge(n, s, s->m.repo, err);

	if (rc != 1)
		return rc;
	if (!forge_has_comments(&s->api) || pull == NULL ||
	    !str_to_int64(pull + 1, 1, INT64_MAX, &number))
		return 0;
	s->own = c;
	c->pull = number;
	rc = make_text(n, s, c, err);
	if (rc == 1 && reporting_comment(n->program.store, s->m.repo, c->pull,
		&s->a, &c->id, err) == -1)
		rc = -1;
	if (rc == 1)
		forge_comment_list(&s->api, s->token, c->pull, &s->a, &s->out);
	return rc;
}

int
comment_answered(struct notifier *n, struct sending *s,
    const struct answer *answer, struct err *err)
{
	struct comment *c = s->own;
	const char *made;

	if (!c->listed) {
		c->listed = true;
		/* What is stored helps where the list does not. */
		if (forge_comment_find(&s->api, answer->body,
			answer->body_len, &s->a, &c->id, err) == -1 &&
		    c->id == NULL)
			return -1;
		err_clear(err);
		if (c->id == NULL && !c->wrong)
			return 0;
		forge_comment_write(&s->api, s->token, c->pull, c->id,
		    c->text, &s->a, &s->out);
		return 1;
	}
	made = c->id != NULL ? c->id : answer_id(answer->body,
	    answer->body_len, &s->a);
	return made == NULL ? 0 : reporting_commented(n->program.store,
	    s->m.repo, c->pull, made, err);
}
