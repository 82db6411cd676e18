/*
 * mask.c - fuzz target: any secrets, any text, any cuts.
 *
 * The first bytes are up to four secrets, each behind its length (4 to 19),
 * then how long the pieces are, then the text. A secret whose base64 could
 * be in the text would need the model to know base64, so only occurrences
 * of the values themselves are compared when no letter run is that long.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/mask.h"

#include <stdint.h>

#include "t/lib/mask_model.h"

#define MAX_SECRETS 4

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
take_secrets(struct mask *m, const uint8_t **data, size_t *size,
    struct mask_model_pattern *pat)
{
	size_t n = 0, len;

	while (n < MAX_SECRETS && *size > 1) {
		len = MASK_MIN_BYTES + (*data)[0] % 16;
		/* Lines of a value are patterns of their own: not here. */
		if (len + 1 > *size ||
		    memchr(*data + 1, '\n', len) != NULL)
			break;
		pat[n].s = (const char *)*data + 1;
		pat[n].len = len;
		if (!mask_add(m, pat[n].s, len))
			abort();
		n++;
		*data += len + 1;
		*size -= len + 1;
	}
	return n;
}

/* Is any run of base64 letters as long as the shortest base64 pattern? */
static int
may_be_base64(const uint8_t *data, size_t size)
{
	size_t run = 0;

	for (size_t i = 0; i < size && run < 8; i++) {
		int c = data[i] | 0x20;

		run = (c >= 'a' && c <= 'z') ||
		    (data[i] >= '0' && data[i] <= '9') ||
		    memchr("+/-_", data[i], 4) != NULL ? run + 1 : 0;
	}
	return run >= 8;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mask_model_pattern pat[MAX_SECRETS];
	struct mask *m = mask_new();
	struct mask_stream *s = mask_stream_new(m);
	struct str want = STR_INIT, got = STR_INIT;
	size_t n = take_secrets(m, &data, &size, pat), piece = 1;

	if (size > 0) {
		piece += data[0];
		data++;
		size--;
	}
	for (size_t i = 0; i < size; i += piece)
		mask_write(s, (const char *)data + i,
		    size - i < piece ? size - i : piece, &got);
	mask_flush(s, &got);
	mask_model((const char *)data, size, pat, n, &want);
	if (!may_be_base64(data, size) &&
	    (want.len != got.len || memcmp(want.s, got.s, got.len) != 0))
		abort();
	mask_stream_free(s);
	mask_free(m);
	str_release(&want);
	str_release(&got);
	return 0;
}
