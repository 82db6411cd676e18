# api_doc.jq - the tables of doc/api.md out of openapi.json.
# SPDX-License-Identifier: ISC

def cell: gsub("\\|"; "\\|") | gsub("\n"; " ");

def type:
	if . == {} or . == null then "any"
	elif .["$ref"] then .["$ref"] | split("/") | last
	elif .oneOf then (.oneOf[0] | type) + " or null"
	elif .enum then [.enum[] | if . == null then "null" else "`\(.)`" end] |
		join(", ")
	elif .items then "list of \(.items | type)"
	elif (.type | tostring | startswith("[")) then
		.type[0] + " or null"
	else .format // .type
	end;

def bounds:
	if .minimum != null and .maximum != null then
		", \(.minimum) to \(.maximum)"
	else "" end;

def field($name; $must; $text):
	"`\($name)`" + (if $must then "" else "?" end) + " (\(type)\(bounds)" +
	(if $text then "; " + $text else "" end) + ")";

def takes:
	([.parameters[] | select(.in == "query") | . as $p |
		.schema | field($p.name; $p.required; $p.description)] +
	[(.requestBody.content["application/json"].schema // {}) as $s |
		($s.properties // {}) | to_entries[] | .key as $k | .value |
		field($k; ($s.required // []) | index($k) != null;
		.description)]) | join(", ");

def gives:
	[.responses | to_entries[] | select(.key < "300") | .key as $status |
		.value.content | to_entries[] |
		(if .key == "application/json" then .value.schema | type
		else .key end) +
		(if $status != "200" then " (\($status))" else "" end)] |
	join(", ");

def errors:
	[.responses | to_entries[] | select(.key | IN("403", "404", "409", "422")) |
		select(.value.description | IN("the token does not reach as far",
		"nothing has this name, or not for you") | not) |
		"\(.key): \(.value.description)"] | join("; ");

def row($path; $method):
	"| \($method | ascii_upcase) | `\($path[1:])` | " +
	(if .["x-role"] == "none" then "" else .["x-role"] end) + " | " +
	(.summary +
		(if .description then ". " + .description else "" end) +
		(errors | if . == "" then "" else ". " + . end) | cell) +
	" | \(takes | cell) | \(gives | cell) |";

def table($name):
	"| | address | role | does | takes | gives |",
	"| --- | --- | --- | --- | --- | --- |",
	(.paths | to_entries[] | .key as $path | .value | to_entries[] |
		.key as $method | .value | select(.tags[0] == $name) |
		row($path; $method));

(. as $doc | .tags[] | "### \(.name)", "", .description, "",
	(.name as $name | $doc | table($name)), ""),
"### Things", "",
"All fields are always there, but those with a question mark.", "",
(.components.schemas | to_entries[] | .key as $name | .value as $s |
	"- **\($name)**" + (if $s.description then ": " + $s.description else ""
		end) + " " +
	([$s.properties | to_entries[] | .key as $k | .value |
		field($k; ($s.required // []) | index($k) != null;
		.description)] | join(", ")))
