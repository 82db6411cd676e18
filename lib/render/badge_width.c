/*
 * badge_width.c - how wide a text is, so that a badge looks as wide as others'
 * on the same page, without the font being here.
 *
 * Widths are of Verdana at 11 px in hundredths of a pixel, and of the bold
 * fonts in thousandths of the font's size, for the characters 0x20 to 0x7e.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/badge_draw.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/utf8.h"

#define FIRST_CHAR 0x20
#define LAST_CHAR 0x7e
#define N_CHARS (LAST_CHAR - FIRST_CHAR + 1)

static const short verdana[N_CHARS] = {
	387, 433, 505, 900, 699, 1184, 799, 295, 500, 500, 699, 900, 400, 500,
	400, 500, 699, 699, 699, 699, 699, 699, 699, 699, 699, 699, 500, 500,
	900, 900, 900, 600, 1100, 752, 754, 768, 848, 696, 632, 853, 827, 463,
	500, 762, 612, 927, 823, 866, 663, 866, 765, 752, 678, 805, 752, 1088,
	754, 677, 754, 500, 500, 500, 900, 699, 699, 661, 685, 573, 685, 655,
	387, 685, 696, 302, 379, 651, 302, 1070, 696, 668, 685, 685, 469, 573,
	433, 696, 651, 900, 651, 651, 578, 698, 500, 698, 900,
};

static const short verdana_bold[N_CHARS] = {
	342, 402, 587, 867, 711, 1272, 862, 332, 543, 543, 711, 867, 361, 480,
	361, 689, 711, 711, 711, 711, 711, 711, 711, 711, 711, 711, 402, 402,
	867, 867, 867, 617, 964, 776, 762, 724, 830, 683, 650, 811, 837, 546,
	555, 771, 637, 948, 847, 850, 733, 850, 782, 710, 682, 812, 764, 1128,
	764, 737, 692, 543, 689, 543, 867, 711, 711, 668, 699, 588, 699, 664,
	422, 699, 712, 342, 403, 671, 342, 1058, 712, 687, 699, 699, 497, 593,
	456, 712, 650, 980, 669, 651, 597, 711, 543, 711, 867,
};

static const short helvetica_bold[N_CHARS] = {
	278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333,
	278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333,
	584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278,
	556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944,
	667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556,
	333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556,
	333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
};

/* px = sum * by / of */
static const struct {
	const short *widths;
	long by, of;
} fonts[] = {
	[BADGE_VERDANA_11] = { verdana, 1, 100 },
	[BADGE_VERDANA_10] = { verdana, 10, 1100 },
	[BADGE_VERDANA_BOLD_10] = { verdana_bold, 10, 1000 },
	[BADGE_HELVETICA_BOLD_11] = { helvetica_bold, 11, 1000 },
};

int
badge_text_width(enum badge_font font, const char *s)
{
	const short *widths = fonts[font].widths;
	size_t left = strlen(s), n;
	long sum = 0;

	for (; left > 0; s += n, left -= n) {
		size_t i = (size_t)(unsigned char)*s - FIRST_CHAR;

		n = utf8_char_len(s, left);
		/* What the table does not have is as wide as "m". */
		sum += n == 1 && i < N_CHARS ? widths[i] :
		    widths['m' - FIRST_CHAR];
		n = n == 0 ? 1 : n;
	}
	return (int)(sum * fonts[font].by / fonts[font].of);
}

int
badge_odd_width(enum badge_font font, const char *text)
{
	return badge_text_width(font, text) | 1;
}
