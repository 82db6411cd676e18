/*
 * cmd_completion.c - pawl completion: the scripts by which shells complete.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include "lib/base/mem.h"

static const char bash_script[] =
    "# bash completion for pawl\n"
    "_pawl()\n"
    "{\n"
    "\tlocal line cur=${COMP_WORDS[COMP_CWORD]}\n"
    "\tCOMPREPLY=()\n"
    "\twhile IFS= read -r line; do\n"
    "\t\tcase $line in\n"
    "\t\t:files) compopt -o filenames 2>/dev/null\n"
    "\t\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n"
    "\t\t:folders) compopt -o filenames 2>/dev/null\n"
    "\t\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$cur\") ;;\n"
    "\t\t--*=*)\n"
    "\t\t\tline=${line%%$'\\t'*}\n"
    "\t\t\tCOMPREPLY+=(\"${line#*=}\") ;;\n"
    "\t\t*) COMPREPLY+=(\"${line%%$'\\t'*}\") ;;\n"
    "\t\tesac\n"
    "\tdone < <(pawl __complete \"${COMP_WORDS[@]:1:COMP_CWORD}\" "
    "2>/dev/null)\n"
    "}\n"
    "complete -F _pawl pawl\n";

static const char zsh_script[] =
    "#compdef pawl\n"
    "_pawl()\n"
    "{\n"
    "\tlocal line\n"
    "\tlocal -a found\n"
    "\tfor line in \"${(@f)$(pawl __complete "
    "\"${(@)words[2,CURRENT]}\" 2>/dev/null)}\"; do\n"
    "\t\tcase $line in\n"
    "\t\t'') ;;\n"
    "\t\t:files) _files ;;\n"
    "\t\t:folders) _files -/ ;;\n"
    "\t\t*) found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\t(( $#found )) && _describe pawl found\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _pawl ]; then\n"
    "\t_pawl \"$@\"\n"
    "else\n"
    "\tcompdef _pawl pawl\n"
    "fi\n";

static const char fish_script[] =
    "# fish completion for pawl\n"
    "function __pawl_complete\n"
    "\tset -l words (commandline -opc) (commandline -ct)\n"
    "\tfor line in (pawl __complete $words[2..-1] 2>/dev/null)\n"
    "\t\tswitch $line\n"
    "\t\t\tcase :files\n"
    "\t\t\t\t__fish_complete_path (commandline -ct)\n"
    "\t\t\tcase :folders\n"
    "\t\t\t\t__fish_complete_directories (commandline -ct)\n"
    "\t\t\tcase '*'\n"
    "\t\t\t\tprintf '%s\\n' $line\n"
    "\t\tend\n"
    "\tend\n"
    "end\n"
    "complete -c pawl -f -a '(__pawl_complete)'\n";

static const struct {
	const char *shell, *script;
} scripts[] = {
	{ "bash", bash_script },
	{ "zsh", zsh_script },
	{ "fish", fish_script },
};

int
cmd_completion(struct cli *cli, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < ARRAY_LEN(scripts); i++)
		if (strcmp(cli->words[0], scripts[i].shell) == 0) {
			fputs(scripts[i].script, stdout);
			return CLI_OK;
		}
	return cli_usage(cli, "\"%s\" is none of bash, zsh and fish",
	    cli->words[0]);
}
