/*
 * mail.c - a mail as text.
 *
 * The body is base64, so that no line is too long and nothing in it can be
 * taken for the end of the mail; so is a subject that is not plain.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/mail.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/mem.h"
#include "lib/base/utf8.h"

#define ADDRESS_MAX 254 /* RFC 5321, section 4.5.3.1 */
#define LINE 57         /* bytes in a line of base64: 76 characters */
#define WORD 45         /* bytes in an encoded word: 75 characters */
#define PLAIN_SUBJECT 70

bool
mail_address_valid(const char *address)
{
	const char *at = strchr(address, '@');
	static const char others[] = ".!#$%&'*+/=?^_`{|}~-";

	if (at == NULL || at == address || at[1] == '\0' ||
	    strchr(at + 1, '@') != NULL || strlen(address) > ADDRESS_MAX ||
	    address[0] == '-')
		return false;
	for (const char *p = address; *p != '\0'; p++)
		if (p != at && !(*p >= 'a' && *p <= 'z') && !(*p >= 'A' &&
		    *p <= 'Z') && !(*p >= '0' && *p <= '9') &&
		    strchr(others, *p) == NULL)
			return false;
	return true;
}

static void
base64(struct str *out, const char *data, size_t len)
{
	char text[sodium_base64_ENCODED_LEN(LINE,
	    sodium_base64_VARIANT_ORIGINAL)];

	sodium_bin2base64(text, sizeof(text), (const unsigned char *)data,
	    len, sodium_base64_VARIANT_ORIGINAL);
	str_add(out, text);
}

static bool
is_plain(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			return false;
	return strlen(text) <= PLAIN_SUBJECT && strstr(text, "=?") == NULL;
}

/* Encoded words, cut between characters. Line ends are nothing special in
 * them, and shown as nothing. */
static void
add_subject(struct str *out, const char *text)
{
	str_add(out, "Subject: ");
	if (is_plain(text)) {
		str_addf(out, "%s\r\n", text);
		return;
	}
	for (bool first = true; *text != '\0'; first = false) {
		size_t len = utf8_cut_len(text, strlen(text), WORD);

		if (len == 0)
			len = 1; /* no UTF-8 */
		str_add(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		base64(out, text, len);
		str_add(out, "?=");
		text += len;
	}
	str_add(out, "\r\n");
}

/* The words of RFC 5322, whatever the locale. */
static void
add_date(struct str *out, int64_t at_ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed",
		"Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
		"May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)(at_ms / 1000);
	struct tm tm = { 0 };

	if (gmtime_r(&t, &tm) != NULL)
		str_addf(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
		    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void
mail_write(const struct mail *mail, struct str *out)
{
	size_t len = strlen(mail->text);

	str_addf(out, "From: %s\r\nTo: %s\r\n", mail->from, mail->to);
	add_subject(out, mail->subject);
	add_date(out, mail->at_ms);
	str_addf(out, "Message-ID: <%s@%s>\r\n", mail->id, mail->domain);
	/* RFC 3834: nobody's machine shall answer. */
	str_add(out, "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=UTF-8\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n");
	for (size_t i = 0; i < len; i += LINE) {
		base64(out, mail->text + i, len - i < LINE ? len - i : LINE);
		str_add(out, "\r\n");
	}
}
