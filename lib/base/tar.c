/*
 * tar.c - headers of an archive.
 *
 * What the old header has no room for (long names, files from 8 GiB on)
 * stands in an extended one before it, as lines "LENGTH NAME=VALUE".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/tar.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXTENDED_MAX (TAR_HEADER_MAX - 2 * TAR_BLOCK)
#define OLD_SIZE_MAX INT64_C(077777777777)

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8],
	    type, target[100], magic[6], version[2], user[32], group[32],
	    major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == TAR_BLOCK, "a header is a block");

size_t
tar_padding(int64_t size)
{
	return (size_t)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

int
tar_path_is_safe(const char *path)
{
	size_t len;

	for (;; path += len + 1) {
		len = strcspn(path, "/");
		if (len == 0 || (len == 1 && path[0] == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return 0;
		if (path[len] == '\0')
			return 1;
	}
}

/* --- writing ------------------------------------------------------------------- */

static void
set_octal(char *field, size_t size, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%0*" PRIo64, (int)size - 1,
	    (uint64_t)value);
	memcpy(field, text, size);
}

static unsigned
sum_of(const struct header *h)
{
	const unsigned char *p = (const unsigned char *)h;
	unsigned sum = 0;

	for (size_t i = 0; i < sizeof(*h); i++)
		sum += i >= offsetof(struct header, sum) &&
		    i < offsetof(struct header, type) ? ' ' : p[i];
	return sum;
}

static size_t
put(unsigned char *out, char type, const char *name, const char *target,
    unsigned mode, int64_t size, int64_t mtime_s)
{
	struct header *h = (struct header *)out;

	memset(h, 0, sizeof(*h));
	memcpy(h->name, name, strnlen(name, sizeof(h->name)));
	memcpy(h->target, target, strnlen(target, sizeof(h->target)));
	set_octal(h->mode, sizeof(h->mode), mode & 0777);
	set_octal(h->uid, sizeof(h->uid), 0);
	set_octal(h->gid, sizeof(h->gid), 0);
	set_octal(h->size, sizeof(h->size), size <= OLD_SIZE_MAX ? size : 0);
	set_octal(h->mtime, sizeof(h->mtime), mtime_s < 0 ? 0 :
	    mtime_s <= OLD_SIZE_MAX ? mtime_s : OLD_SIZE_MAX);
	h->type = type;
	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
	set_octal(h->sum, sizeof(h->sum) - 1, sum_of(h));
	h->sum[7] = ' ';
	return sizeof(*h);
}

/* A line that begins with its own length. */
static size_t
add_line(char *to, const char *name, const char *value)
{
	size_t bare = strlen(name) + strlen(value) + 3, len = bare;
	char digits[24];

	do {
		snprintf(digits, sizeof(digits), "%zu", len);
		if (bare + strlen(digits) == len)
			break;
		len = bare + strlen(digits);
	} while (true);
	return (size_t)sprintf(to, "%zu %s=%s\n", len, name, value);
}

size_t
tar_header(const struct tar_entry *e, unsigned char *out)
{
	static const char types[] = { [TAR_FILE] = '0', [TAR_FOLDER] = '5',
		[TAR_LINK] = '2' };
	char *lines = (char *)out + TAR_BLOCK, number[24];
	size_t len = 0, used = 0;

	if (strlen(e->path) > sizeof(((struct header *)0)->name))
		len += add_line(lines + len, "path", e->path);
	if (e->kind == TAR_LINK &&
	    strlen(e->target) > sizeof(((struct header *)0)->target))
		len += add_line(lines + len, "linkpath", e->target);
	snprintf(number, sizeof(number), "%" PRId64, e->size);
	if (e->size > OLD_SIZE_MAX)
		len += add_line(lines + len, "size", number);
	if (len > 0) {
		used = put(out, 'x', "pax", "", 0644, (int64_t)len, 0) + len;
		memset(out + used, 0, tar_padding((int64_t)len));
		used += tar_padding((int64_t)len);
	}
	return used + put(out + used, types[e->kind], e->path,
	    e->kind == TAR_LINK ? e->target : "", e->mode,
	    e->kind == TAR_FILE ? e->size : 0, e->mtime_s);
}

/* --- reading ------------------------------------------------------------------- */

static int
malformed(void)
{
	errno = EPROTO;
	return -1;
}

static bool
get_octal(const char *field, size_t size, int64_t *out)
{
	int64_t value = 0;
	size_t i = 0;

	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
		value = value * 8 + (field[i] - '0');
	*out = value;
	return i > 0 && (i == size || field[i] == '\0' || field[i] == ' ');
}

static bool
get_text(char *out, const char *text, size_t len)
{
	if (len > TAR_PATH_MAX || memchr(text, '\0', len) != NULL)
		return false;
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

/* What extended lines say of the entry behind them. */
struct extended {
	bool path, target, size;
};

static bool
take_line(const char *name, const char *value, size_t len,
    struct tar_entry *e, struct extended *x)
{
	char *end;

	if (strncmp(name, "path=", 5) == 0) {
		x->path = true;
		return get_text(e->path, value, len);
	}
	if (strncmp(name, "linkpath=", 9) == 0) {
		x->target = true;
		return get_text(e->target, value, len);
	}
	if (strncmp(name, "size=", 5) != 0)
		return false;
	x->size = true;
	errno = 0;
	e->size = strtoll(value, &end, 10);
	return errno == 0 && end == value + len && e->size > OLD_SIZE_MAX;
}

/* `text` has a NUL behind its `len` bytes. */
static int
take_lines(char *text, size_t len, struct tar_entry *e, struct extended *x)
{
	while (len > 0) {
		char *name, *equals;
		unsigned long line = strtoul(text, &name, 10);

		if (text[0] < '0' || text[0] > '9' || *name != ' ' ||
		    line > len || text + line < name + 3 ||
		    text[line - 1] != '\n')
			return malformed();
		name++;
		text[line - 1] = '\0';
		equals = strchr(name, '=');
		if (equals == NULL || !take_line(name, equals + 1,
		    (size_t)(text + line - 1 - (equals + 1)), e, x))
			return malformed();
		text += line;
		len -= line;
	}
	return 0;
}

static int
read_extended(tar_fill_fn *fill, void *ctx, int64_t size,
    struct tar_entry *e, struct extended *x)
{
	char text[EXTENDED_MAX + TAR_BLOCK + 1];
	size_t whole;

	if (size <= 0 || size > EXTENDED_MAX)
		return malformed();
	whole = (size_t)size + tar_padding(size);
	if (fill(ctx, text, whole) != 1)
		return malformed();
	text[size] = '\0';
	return take_lines(text, (size_t)size, e, x);
}

static int
take_header(const struct header *h, const struct extended *x, int64_t size,
    struct tar_entry *e)
{
	int64_t mode;

	switch (h->type) {
	case '0':
		e->kind = TAR_FILE;
		break;
	case '5':
		e->kind = TAR_FOLDER;
		break;
	case '2':
		e->kind = TAR_LINK;
		break;
	default:
		return malformed();
	}
	if (!x->path && !get_text(e->path, h->name, strnlen(h->name,
	    sizeof(h->name))))
		return malformed();
	if (!x->target && !get_text(e->target, h->target, strnlen(h->target,
	    sizeof(h->target))))
		return malformed();
	if (!x->size)
		e->size = size;
	if (!get_octal(h->mode, sizeof(h->mode), &mode) ||
	    !get_octal(h->mtime, sizeof(h->mtime), &e->mtime_s) ||
	    !tar_path_is_safe(e->path) ||
	    (e->kind != TAR_FILE && e->size != 0) ||
	    (e->kind == TAR_LINK && e->target[0] == '\0'))
		return malformed();
	e->mode = (unsigned)mode & 0777;
	return 1;
}

static bool
is_zero(const struct header *h)
{
	static const struct header zero;

	return memcmp(h, &zero, sizeof(zero)) == 0;
}

int
tar_next(tar_fill_fn *fill, void *ctx, struct tar_entry *e)
{
	struct extended x = { false, false, false };
	struct header h;
	int64_t size, sum;

	for (bool again = false;; again = true) {
		if (fill(ctx, &h, sizeof(h)) != 1)
			return malformed();
		if (is_zero(&h) && !again)
			return fill(ctx, &h, sizeof(h)) == 1 && is_zero(&h) ?
			    0 : malformed();
		if (memcmp(h.magic, "ustar", 6) != 0 ||
		    !get_octal(h.sum, sizeof(h.sum), &sum) ||
		    sum != (int64_t)sum_of(&h) ||
		    !get_octal(h.size, sizeof(h.size), &size))
			return malformed();
		if (h.type != 'x' || again)
			return take_header(&h, &x, size, e);
		if (read_extended(fill, ctx, size, e, &x) == -1)
			return -1;
	}
}
