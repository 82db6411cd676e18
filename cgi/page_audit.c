/*
 * page_audit.c - who did what by hand, and which job was given which secret.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_users.h"

#include <inttypes.h>

#include "cgi/users.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

static void
add_filter(struct page *p, const char *label, const char *name,
    const char *value, const char *hint)
{
	html_markup(p->out, "<label>");
	html_text(p->out, label);
	html_markup(p->out, "<input");
	page_attr(p, "name", name);
	page_attr(p, "value", value != NULL ? value : "");
	page_attr(p, "placeholder", hint);
	html_markup(p->out, "></label>");
}

static void
add_filters(struct page *p, const struct audit_query *q)
{
	html_markup(p->out, "<form class=\"filter\" method=\"get\" action=\"");
	page_address(p, "audit");
	html_markup(p->out, "\">");
	add_filter(p, "By", "actor", q->actor, "ada");
	add_filter(p, "Action", "action", q->action, "secret");
	add_filter(p, "On", "target", q->target, "user ada");
	add_filter(p, "Where", "scope", q->scope, "ada/demo");
	html_markup(p->out, "<button>Filter</button></form>\n");
}

static void
add_entry(struct page *p, const struct audit_entry *e)
{
	page_row(p);
	page_cell(p);
	page_time(p, e->at_ms);
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, e->actor[0] != '\0' ? e->actor : "nobody known");
	html_markup(p->out, "</bdi>");
	page_cell(p);
	html_markup(p->out, "<code>");
	html_text(p->out, e->action);
	html_markup(p->out, "</code>");
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, e->target);
	if (e->run[0] != '\0') {
		html_text(p->out, e->target[0] != '\0' ? ", " : "");
		html_text(p->out, arena_printf(p->req->a, "%s %s, attempt %d",
		    e->run, e->job, e->attempt));
	}
	html_markup(p->out, "</bdi>");
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, e->scope);
	html_markup(p->out, "</bdi>");
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, e->detail);
	html_markup(p->out, "</bdi>");
	page_cell(p);
	html_text(p->out, e->address);
}

static void
arg(struct str *s, const char *name, const char *value)
{
	if (value == NULL)
		return;
	str_addf(s, "&%s=", name);
	html_url_arg(s, value);
}

static void
add_paging(struct page *p, const struct audit_query *q, size_t n,
    int64_t last)
{
	struct str s = STR_INIT;

	str_addf(&s, "before=%" PRId64, last);
	arg(&s, "actor", q->actor);
	arg(&s, "action", q->action);
	arg(&s, "target", q->target);
	arg(&s, "scope", q->scope);
	page_paging(p, "audit", q->before == 0 ? NULL : "", n < (size_t)q->limit ? NULL :
	    s.s);
	str_release(&s);
}

int
page_audit(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const heads[] = { "When", "By", "Action", "On",
		"Where", "More", "From" };
	struct page p = { .w = w, .req = req, .title = "Audit" };
	struct store *st = web_store(w, err);
	struct audit_entry *list;
	struct audit_query q;
	size_t n;

	if (st == NULL || audit_query(req, &q, err) == -1 ||
	    audit_list(st, &q, req->a, &list, &n, err) == -1)
		return -1;
	p.crumbs[p.n_crumbs++] = (struct crumb){ p.title, NULL };
	page_begin(&p, res);
	page_headline_begin(&p, p.title);
	page_headline_end(&p);
	html_markup(p.out, "<p class=\"lead\">What people and programs did by "
	    "hand, and which jobs were given secrets.</p>\n");
	add_filters(&p, &q);
	if (n == 0) {
		page_empty_begin(&p, "Nothing here");
		html_markup(p.out, "<p>No entry fits these filters.</p>");
		page_empty_end(&p);
	} else {
		page_table_begin(&p, "Audit", heads, ARRAY_LEN(heads));
		for (size_t i = 0; i < n; i++)
			add_entry(&p, &list[i]);
		page_table_end(&p);
		add_paging(&p, &q, n, list[n - 1].id);
	}
	page_end(&p);
	return 0;
}
