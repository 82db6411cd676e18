/*
 * lint_out.c - problems of pipeline files as JSON, SARIF and log commands.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/lint_out.h"

#include <string.h>

static const char *
level_name(const struct diag *one)
{
	return one->level == DIAG_ERROR ? "error" : "warning";
}

void
lint_out_json(const struct diags *d, json_t *list)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *one = &d->list[i];

		json_array_append_new(list,
		    json_pack("{s:s, s:i, s:i, s:i, s:s, s:s, s:s, s:s?}",
		        "file", d->file, "line", one->pos.line, "column",
		        one->pos.col, "width", one->width, "level",
		        level_name(one), "rule", one->rule, "message",
		        one->text, "hint", one->hint));
	}
}

/* What ends a property or a command is written as %XX. */
static void
add_escaped(struct str *out, const char *text, const char *special)
{
	for (; *text != '\0'; text++) {
		if (strchr(special, *text) != NULL)
			str_addf(out, "%%%02X", (unsigned char)*text);
		else
			str_add_char(out, *text);
	}
}

void
lint_out_github(const struct diags *d, struct str *out)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *one = &d->list[i];

		str_addf(out, "::%s file=", level_name(one));
		add_escaped(out, d->file, "%\r\n:,");
		str_addf(out, ",line=%d,col=%d,title=%s::", one->pos.line,
		    one->pos.col, one->rule);
		add_escaped(out, one->text, "%\r\n");
		if (one->hint != NULL) {
			str_add(out, "; ");
			add_escaped(out, one->hint, "%\r\n");
		}
		str_add_char(out, '\n');
	}
}

void
lint_out_sarif(const struct diags *d, json_t *results)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *one = &d->list[i];
		struct str text = STR_INIT;
		json_t *region;

		str_addf(&text, "%s%s%s", one->text,
		    one->hint != NULL ? "; " : "",
		    one->hint != NULL ? one->hint : "");
		/* A problem without a place counts for the first line. */
		region = json_pack("{s:i, s:i, s:i}", "startLine",
		    one->pos.line > 0 ? one->pos.line : 1, "startColumn",
		    one->pos.col > 0 ? one->pos.col : 1, "endColumn",
		    (one->pos.col > 0 ? one->pos.col : 1) + one->width);
		json_array_append_new(results, json_pack(
		    "{s:s, s:s, s:{s:s}, s:[{s:{s:{s:s}, s:o}}]}", "ruleId",
		    one->rule, "level", level_name(one), "message", "text",
		    text.s, "locations", "physicalLocation",
		    "artifactLocation", "uri", d->file, "region", region));
		str_release(&text);
	}
}

json_t *
lint_out_sarif_log(json_t *results)
{
	return json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s}}, s:o}]}", "version",
	    "2.1.0", "$schema",
	    "https://json.schemastore.org/sarif-2.1.0.json", "runs", "tool",
	    "driver", "name", PACKAGE_NAME, "version", PACKAGE_VERSION,
	    "results", results);
}
