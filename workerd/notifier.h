/*
 * notifier.h - pawl-notifier: sends what is due in the outbox, many at a time,
 * and ends.
 *
 * A message goes through the functions of its kind: make() says what is to be
 * sent, as a value; when the answer is there, answer() may ask for more. All
 * waiting is done in one place, so that a host that does not answer holds up
 * nobody else's messages.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_NOTIFIER_H
#define PAWL_WORKERD_NOTIFIER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/outgoing.h"
#include "lib/base/proc.h"
#include "lib/forge/answer.h"
#include "lib/forge/status.h"
#include "lib/store/outbox.h"
#include "workerd/program.h"

#define NOTIFY_MAX 16          /* sent at the same time */
#define NOTIFY_MAX_OF_HOST 4   /* of them to one host */
#define NOTIFY_LOOK_MAX 1024   /* due ones that one look goes through */
#define NOTIFY_PAGE 64         /* read at a time */
#define NOTIFY_STEPS_MAX 6     /* requests of one message */
#define NOTIFY_LIFE_MS 600000  /* then another process goes on */

struct notify_kind;

/* One message under way. */
struct sending {
	struct message m;            /* its strings live in `a` */
	const struct notify_kind *kind;
	struct arena a;
	char *lane;                  /* of those of a lane one is under way */
	struct outgoing out;
	int step;                    /* requests that were answered */
	void *own;                   /* what the kind remembers, in `a` */
	struct forge_api api;        /* of kinds that talk to a forge */
	const char *token;

	/* notifier_send.c */
	CURL *curl;
	struct curl_slist *headers;
	struct str body;             /* of the answer */
	size_t given;                /* of out.body, to SMTP */
	struct proc proc;            /* a program */
	bool is_program;
	int watch_fd;                /* tells of its end; -1: none */
	int said_fd;                 /* what a hook says; -1: none */
	struct str said;
	char why[CURL_ERROR_SIZE];
	int64_t began_ms;            /* monotonic */
};

struct notifier {
	struct program program;
	CURLM *multi;
	struct sending *all[NOTIFY_MAX];
	size_t n;
	bool stop;                   /* start nothing more */
};

/* How a try ended. */
struct outcome {
	bool answered;         /* `answer` is filled */
	struct answer answer;
	struct err err;        /* else why there is none */
	bool theirs;           /* and it was the host's or the network's */
};

struct notify_kind {
	const char *name;
	/* What is to be sent, as s->out: 1; 0 there is nothing to do any
	 * more; -1: ERR_KIND_INFRA is tried again, all else is given up. */
	int (*make)(struct notifier *n, struct sending *s, struct err *err);
	/* The answer says "done": 0, or 1 with the next request in s->out.
	 * NULL: done is done. */
	int (*answered)(struct notifier *n, struct sending *s,
	    const struct answer *answer, struct err *err);
	/* An answer that says no, and is none. NULL: no is no. */
	bool (*is_done)(const struct sending *s, const struct answer *answer);
};

/* notifier_kinds.c: NULL when it is none. */
const struct notify_kind *
notify_kind_find(const char *name);

/* notifier_rules.c, notifier_webhook.c, notifier_mail.c, notifier_chat.c,
 * notifier_pagerduty.c, notifier_otlp.c */
int
rules_make(struct notifier *n, struct sending *s, struct err *err);
int
webhook_make(struct notifier *n, struct sending *s, struct err *err);
int
mail_make(struct notifier *n, struct sending *s, struct err *err);
int
slack_make(struct notifier *n, struct sending *s, struct err *err);
int
matrix_make(struct notifier *n, struct sending *s, struct err *err);
int
pagerduty_make(struct notifier *n, struct sending *s, struct err *err);
int
otlp_make(struct notifier *n, struct sending *s, struct err *err);

/* notifier_comment.c */
int
comment_make(struct notifier *n, struct sending *s, struct err *err);
int
comment_answered(struct notifier *n, struct sending *s,
    const struct answer *answer, struct err *err);

/* notifier_status.c */
int
status_make(struct notifier *n, struct sending *s, struct err *err);
bool
status_is_done(const struct sending *s, const struct answer *answer);
/* The API and the token of the message's repository; 1, 0: it has no token
 * any more, -1. */
int
notify_forge(struct notifier *n, struct sending *s, int64_t repo,
    struct err *err);

/* notifier_hook.c */
int
hook_make(struct notifier *n, struct sending *s, struct err *err);

/* notifier_send.c: start what s->out says. */
int
send_start(struct notifier *n, struct sending *s, struct err *err);
/* Let go of what was started. */
void
send_release(struct notifier *n, struct sending *s);
/* Wait up to so long, then the next one that has ended: it, or NULL. */
void
send_wait(struct notifier *n, int timeout_ms);
struct sending *
send_ended(struct notifier *n, struct outcome *out);

/* notifier_record.c: what became of a try, in one transaction: the message,
 * its host, the list of tries. */
int
record_sent(struct notifier *n, struct sending *s, int status,
    struct err *err);
int
record_failed(struct notifier *n, struct sending *s, const struct outcome *o,
    struct err *err);
/* Nothing was sent: there is nothing to say any more, or it cannot be said. */
int
record_dropped(struct notifier *n, struct sending *s, struct err *err);

#endif
