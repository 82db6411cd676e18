/*
 * percent-t.c - percent-encoding and back.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/percent.h"
#include "t/lib/tap.h"

static const struct {
	const char *text;
	unsigned flags;
	const char *want; /* NULL: refused */
} cases[] = {
	{ "", 0, "" },
	{ "main", 0, "main" },
	{ "a%20b", 0, "a b" },
	{ "a+b", 0, "a+b" },
	{ "a+b%2B", PERCENT_PLUS, "a b+" },
	{ "%2f%2F", 0, "//" },
	{ "%2525", 0, "%25" },
	{ "%C3%A9", 0, "\303\251" },
	{ "%", 0, NULL },
	{ "%4", 0, NULL },
	{ "%zz", 0, NULL },
	{ "a%00b", 0, NULL },
	{ "%00", PERCENT_LENIENT, NULL },
	{ "100%", PERCENT_LENIENT, "100%" },
	{ "%4%zz%41", PERCENT_LENIENT, "%4%zzA" },
};

int
main(void)
{
	struct str out = STR_INIT, back = STR_INIT;
	char all[256];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool done;

		str_clear(&out);
		done = percent_decode(&out, cases[i].text,
		    strlen(cases[i].text), cases[i].flags);
		is_str(done ? out.s : NULL, cases[i].want, "decode \"%s\"",
		    cases[i].text);
	}
	for (int i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = '\0';
	str_clear(&out);
	percent_encode(&out, all);
	ok(strspn(out.s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-._~%") == out.len, "encoded text is safe in an "
	    "address and in an attribute");
	ok(percent_decode(&back, out.s, out.len, 0), "and decodes");
	is_str(back.s, all, "to what it was");
	str_release(&out);
	str_release(&back);
	return tap_done();
}
