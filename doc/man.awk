# man.awk - a page of doc/ as a manual page, in mdoc(7).
#
#	awk -v name=pawl-log -v section=5 -v date="..." -f man.awk logs.md
#
# Knows what the pages of doc/ use of Markdown: headings, paragraphs, lists,
# blocks, tables, code and links in text.
#
# SPDX-License-Identifier: ISC

# Inline marks to fonts; the result is safe as a line of text.
function inline(s,    out, code, i, n, part) {
	gsub(/\\\|/, "|", s)
	gsub(/\\/, "\\e", s)
	while (match(s, /\[[^\]]*\]\([^)]*\)/)) {
		part = substr(s, RSTART + 1, RLENGTH - 1)
		sub(/\]\(.*/, "", part)
		s = substr(s, 1, RSTART - 1) part substr(s, RSTART + RLENGTH)
	}
	n = split(s, code, "`")
	for (i = 1; i <= n; i += 2)
		gsub(/\*\*/, "", code[i])
	out = code[1]
	for (i = 2; i <= n; i++)
		out = out (i % 2 == 0 ? "\\fB" : "\\fR") code[i]
	if (n % 2 == 0)
		out = out "\\fR"
	# A sentence begins on a line of its own, and no macro there.
	gsub(/\. +/, ".\n", out)
	gsub(/[!?] +/, "&\n", out)
	gsub(/\.\) +/, ".)\n", out)
	gsub(/\.\\fR +/, ".\\fR\n", out)
	gsub(/ +\n/, "\n", out)
	gsub(/\n\./, "\n\\\\\\&.", out)
	if (out ~ /^[.']/)
		out = "\\&" out
	return out
}

function end_list() {
	if (list)
		print ".El"
	list = 0
}

function end_table() {
	if (table)
		print ".El"
	table = 0
}

function one_line(s) {
	gsub(/\n/, " ", s)
	return s
}

# An argument of a macro.
function quoted(s) {
	gsub(/"/, "\"\"", s)
	return "\"" s "\""
}

BEGIN {
	printf ".\\\" made of doc/ by man.awk\n.Dd %s\n.Dt %s %s\n.Os\n",
	    date, toupper(name), section
}

/^```/ {
	if (!block) {
		end_table()
	}
	print block ? ".Ed" : ".Bd -literal -offset 2n"
	block = !block
	next
}
block {
	gsub(/\\/, "\\e")
	print /^[.']/ ? "\\&" $0 : $0 == "" ? "\\&" : $0
	next
}
/^<!--/ || /^:?---/ { next }
/^# / && !named {
	named = 1
	title = one_line(inline(substr($0, 3)))
	printf ".Sh NAME\n.Nm %s\n.Nd %s\n.Sh DESCRIPTION\n", name,
	    tolower(substr(title, 1, 1)) substr(title, 2)
	fresh = 1
	next
}
/^## / {
	end_list()
	end_table()
	print ".Sh " toupper(one_line(inline(substr($0, 4))))
	fresh = 1
	next
}
/^###/ {
	end_list()
	end_table()
	sub(/^#+ /, "")
	print ".Ss " one_line(inline($0))
	fresh = 1
	next
}
/^\|/ {
	line = $0
	gsub(/\\\|/, "\001", line)
	n = split(line, cell, "|")
	for (i = 2; i < n; i++) {
		gsub(/^ +| +$/, "", cell[i])
		gsub(/\001/, "|", cell[i])
	}
	if (cell[2] ~ /^:?-+:?$/)
		next
	if (!table) {
		end_list()
		table = 1
		print ".Bl -tag -width Ds"
		next # its head
	}
	print ".It " quoted(one_line(inline(cell[2] == "" ? "-" : cell[2])))
	for (i = 3; i < n; i++)
		if (cell[i] != "")
			print inline(cell[i]) (i < n - 1 ? ";" : "")
	next
}
/^ *([-*]|[0-9]+\.) / {
	end_table()
	if (!list) {
		list = 1
		print ".Bl -bullet"
	}
	sub(/^ *([-*]|[0-9]+\.) /, "")
	print ".It"
	print inline($0)
	next
}
/^[ \t]*$/ {
	end_table()
	gap = 1
	next
}
{
	end_table()
	if (gap && list && !/^ /)
		end_list()
	if (gap && !fresh && !list)
		print ".Pp"
	gap = fresh = 0
	sub(/^ +/, "")
	print inline($0)
}
END {
	end_list()
	end_table()
	print ".Sh SEE ALSO\n.Xr pawl 1 ,\n.Xr pawl.yaml 5"
}
