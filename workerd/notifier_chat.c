/*
 * notifier_chat.c - kinds "slack" and "matrix": a line in a room.
 *
 * Slack's incoming webhooks (docs.slack.dev, "Sending messages using incoming
 * webhooks"), which Mattermost, Rocket.Chat and others take as well. The
 * client-server API of Matrix, "PUT .../rooms/{roomId}/send": its transaction
 * is the message's id, so a second try of the same is not shown twice.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier_tell.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "lib/base/markup.h"
#include "lib/base/percent.h"
#include "lib/render/json.h"

/* --- Slack -------------------------------------------------------------------- */

/* Three characters mean something in its text. */
static void
slack_text(struct str *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '&')
			str_add(out, "&amp;");
		else if (*text == '<')
			str_add(out, "&lt;");
		else if (*text == '>')
			str_add(out, "&gt;");
		else
			str_add_char(out, *text);
	}
}

int
slack_make(struct notifier *n, struct sending *s, struct err *err)
{
	struct str text = STR_INIT;
	struct tell t;
	json_t *body;
	int rc = tell_read(n, s, &t, err);

	if (rc != 1)
		return rc;
	if (t.secret == NULL)
		return err_set(err, ERR_INVALID, "the rule has no address");
	memset(&s->out, 0, sizeof(s->out));
	s->out.method = "POST";
	s->out.url = t.secret; /* who knows the address may write */
	s->out.host = t.rule.host;
	str_addf(&text, "<%s|", t.url);
	slack_text(&text, t.title);
	str_add(&text, ">\n");
	slack_text(&text, t.words);
	body = json_object();
	json_object_set_new(body, "text", json_text_of(text.s));
	str_release(&text);
	return notify_json_body(s, body, err);
}

/* --- Matrix ------------------------------------------------------------------- */

/* "matrix:https://HOST/!ROOM:SERVER" */
static void
matrix_url(const struct tell *t, const struct sending *s, struct str *url)
{
	const char *server = t->rule.target + strlen("matrix:");
	const char *room = strrchr(server, '/');

	str_add_len(url, server, (size_t)(room - server));
	str_add(url, "/_matrix/client/v3/rooms/");
	percent_encode(url, room + 1);
	str_addf(url, "/send/m.room.message/pawl-%" PRId64 "-", s->m.id);
	percent_encode(url, t->id);
}

static json_t *
matrix_body(const struct tell *t)
{
	struct str html = STR_INIT;
	json_t *body = json_object();

	json_object_set_new(body, "msgtype", json_string("m.notice"));
	str_addf(&html, "%s\n%s\n%s", t->title, t->words, t->url);
	json_object_set_new(body, "body", json_text_of(html.s));
	json_object_set_new(body, "format",
	    json_string("org.matrix.custom.html"));
	str_clear(&html);
	str_add(&html, "<a href=\"");
	markup_text(&html, t->url, strlen(t->url));
	str_add(&html, "\">");
	markup_text(&html, t->title, strlen(t->title));
	str_add(&html, "</a><br>");
	markup_text(&html, t->words, strlen(t->words));
	json_object_set_new(body, "formatted_body", json_text_of(html.s));
	str_release(&html);
	return body;
}

int
matrix_make(struct notifier *n, struct sending *s, struct err *err)
{
	struct str url = STR_INIT;
	struct tell t;
	int rc = tell_read(n, s, &t, err);

	if (rc != 1)
		return rc;
	if (t.secret == NULL)
		return err_set(err, ERR_INVALID, "the rule has no token");
	memset(&s->out, 0, sizeof(s->out));
	matrix_url(&t, s, &url);
	s->out.method = "PUT";
	s->out.url = arena_strdup(&s->a, url.s);
	s->out.host = t.rule.host;
	str_release(&url);
	outgoing_header(&s->out, &s->a, "Authorization", arena_printf(&s->a,
	    "Bearer %s", t.secret));
	return notify_json_body(s, matrix_body(&t), err);
}
