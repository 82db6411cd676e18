/*
 * notifier_mail.c - kind "mail": by SMTP, or by the host's own sendmail.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier_tell.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/render/mail.h"

#define PASSWORD_MAX_BYTES 1024

static int
read_password(struct notifier *n, struct sending *s, struct err *err)
{
	struct str text = STR_INIT;
	const char *file = n->program.config.smtp_password_file;
	int rc = file_read(file, PASSWORD_MAX_BYTES, &text, err);

	if (rc == 0)
		s->out.password = arena_strndup(&s->a, text.s,
		    strcspn(text.s, "\r\n"));
	str_release(&text);
	return rc == 0 ? 0 : err_wrap(err, "reading \"smtp-password-file\"");
}

static int
by_smtp(struct notifier *n, struct sending *s, const struct mail *mail,
    struct err *err)
{
	const struct config *config = &n->program.config;

	if (outgoing_host(config->smtp_url, &s->a, &s->out.host, err) == -1)
		return err_wrap(err, "\"smtp-url\"");
	s->out.url = config->smtp_url;
	s->out.mail_from = arena_printf(&s->a, "<%s>", mail->from);
	s->out.mail_to = arena_printf(&s->a, "<%s>", mail->to);
	if (config->smtp_user[0] == '\0')
		return 1;
	s->out.user = config->smtp_user;
	return read_password(n, s, err) == -1 ? -1 : 1;
}

static int
by_sendmail(struct notifier *n, struct sending *s, const struct mail *mail)
{
	const char **argv = arena_alloc(&s->a, 7 * sizeof(*argv));
	size_t i = 0;

	argv[i++] = n->program.config.sendmail;
	argv[i++] = "-i"; /* a line of "." does not end it */
	argv[i++] = "-f";
	argv[i++] = mail->from;
	argv[i++] = "--";
	argv[i++] = mail->to;
	s->out.argv = argv;
	s->out.host = "sendmail";
	return 1;
}

static void
write_text(const struct tell *t, struct str *out)
{
	str_addf(out, "%s\n\n%s\n", t->words, t->url);
	if (t->test || t->is_alert)
		return;
	str_addf(out, "\ncommit   %s\n         %s\nby       %s\n",
	    t->run.sha, t->run.title, t->run.actor);
	for (size_t i = 0; i < t->n_jobs; i++)
		str_addf(out, "%-9s %s\n", machine_state_name(MACHINE_JOB,
		    (int)t->jobs[i].state), t->jobs[i].title);
}

int
mail_make(struct notifier *n, struct sending *s, struct err *err)
{
	const struct config *config = &n->program.config;
	struct str text = STR_INIT, all = STR_INIT;
	struct mail mail = { .from = config->mail_from, .text = "" };
	struct tell t;
	int rc = tell_read(n, s, &t, err);

	if (rc != 1)
		return rc;
	memset(&s->out, 0, sizeof(s->out));
	mail.to = t.rule.target + strlen("mail:");
	if (!mail_address_valid(mail.from))
		return err_set(err, ERR_INVALID, "set the key \"mail-from\" "
		    "of the configuration to an address");
	mail.domain = strchr(mail.from, '@') + 1;
	mail.id = arena_printf(&s->a, "%s.%" PRId64, t.id, s->m.rule);
	mail.subject = t.title;
	mail.at_ms = t.at_ms;
	write_text(&t, &text);
	mail.text = text.s;
	mail_write(&mail, &all);
	s->out.body = arena_strdup(&s->a, all.s);
	str_release(&text);
	str_release(&all);
	return config->smtp_url[0] != '\0' ? by_smtp(n, s, &mail, err) :
	    by_sendmail(n, s, &mail);
}
