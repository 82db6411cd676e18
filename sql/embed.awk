# embed.awk - SQL files into C: numbered migrations and named statements.
#
#	awk -v form=header|source -f embed.awk FILE...
#
# A file below sql/migrations/ is one migration, kept whole with its comments
# (SQLite stores them with the tables). In the others each line
# "-- name: WORD" starts a statement, SQL_WORD in C; comment lines in it are
# left out.
#
# SPDX-License-Identifier: ISC

function fail(text) {
	print FILENAME ":" FNR ": " text > "/dev/stderr"
	failed = 1
	exit 1
}

# A line as a C string literal that ends in a newline.
function quoted(line,    i, c, out) {
	out = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (c == "\\" || c == "\"")
			c = "\\" c
		else if (c == "\t")
			c = "\\t"
		out = out c
	}
	return "\t\"" out "\\n\"\n"
}

FNR == 1 && FILENAME ~ /migrations\// {
	word = ""
	n_migrations++
	base = FILENAME
	sub(/.*\//, "", base)
	if (base !~ /^[0-9][0-9][0-9]_[a-z0-9_]+\.sql$/ ||
	    substr(base, 1, 3) + 0 != n_migrations)
		fail("migrations are named 001_WORD.sql, 002_WORD.sql, ...")
}
FNR == 1 && FILENAME !~ /migrations\// { word = "" }

FILENAME ~ /migrations\// {
	migration[n_migrations] = migration[n_migrations] quoted($0)
	next
}

/^-- name: / {
	word = $3
	if (word !~ /^[a-z][a-z0-9_]*$/ || NF != 3)
		fail("a name has lower-case letters, digits and underscores")
	if (word in text)
		fail("a second statement \"" word "\"")
	names[++n_names] = word
	text[word] = ""
	next
}
/^[ \t]*--/ || /^[ \t]*$/ { next }
word == "" { fail("a statement without a \"-- name:\" line") }
{ text[word] = text[word] quoted($0) }

END {
	if (failed)
		exit 1
	for (i = 1; i <= n_names; i++)
		if (text[names[i]] == "")
			fail("statement \"" names[i] "\" is empty")
	print "/* Made by sql/embed.awk from the files in sql/: edit those."
	print " * SPDX-License-Identifier: ISC */"
	if (form == "header") {
		print "#ifndef PAWL_STORE_SQL_TEXT_H"
		print "#define PAWL_STORE_SQL_TEXT_H\n"
		print "enum sql_id {"
		for (i = 1; i <= n_names; i++)
			print "\tSQL_" toupper(names[i]) ","
		print "};\n"
		print "#define SQL_N " n_names
		print "#define SQL_N_MIGRATIONS " n_migrations "\n"
		print "extern const char *const sql_names[SQL_N];"
		print "extern const char *const sql_texts[SQL_N];"
		print "extern const char *const" \
		    " sql_migrations[SQL_N_MIGRATIONS];\n"
		print "#endif"
	} else {
		print "#include \"config.h\"\n"
		print "#include \"lib/store/sql_text.h\"\n"
		print "const char *const sql_names[SQL_N] = {"
		for (i = 1; i <= n_names; i++)
			print "\t\"" names[i] "\","
		print "};\n\nconst char *const sql_texts[SQL_N] = {"
		for (i = 1; i <= n_names; i++)
			print "\t/* " names[i] " */\n" text[names[i]] "\t,"
		print "};\n\nconst char *const" \
		    " sql_migrations[SQL_N_MIGRATIONS] = {"
		for (i = 1; i <= n_migrations; i++)
			print migration[i] "\t,"
		print "};"
	}
}
