/*
 * splice-t.c - values in scripts, run by real shells: whatever a value holds,
 * it never runs, and the text is the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/splice.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "t/lib/tap.h"

/* In a script "@" is the value. */
enum shape_kind {
	SAME,  /* prints "<", the value and ">" */
	RUNS,  /* runs, and what it prints is another matter */
	NEVER, /* is refused */
};

struct shape {
	enum shape_kind kind;
	bool bash; /* not for sh */
	const char *script;
};

static const struct shape shapes[] = {
	/* quotes */
	{ SAME, false, "echo \"<@>\"" },
	{ SAME, false, "echo '<@>'" },
	{ SAME, false, "echo '<'\"@\"'>'" },
	{ SAME, false, "echo '<'@'>' | cat >/dev/null; echo \"<@>\"" },
	{ SAME, false, "set -f; IFS=; printf '<%s>\\n' @" },
	{ SAME, false, "set -f; IFS=; echo \\<@\\>" },
	{ SAME, false, "printf '%s\\n' \"<\"\"@\"\">\"" },
	{ SAME, false, "printf '%s\\n' '<''@''>'" },
	{ SAME, false, "echo \"`echo \"<@>\"`\" >/dev/null; echo \"<@>\"" },
	{ SAME, false, "X=@; echo \"<$X>\"" },
	{ SAME, false, "X='@' ; echo \"<${X}>\"" },
	{ SAME, false, "X=\"@\" sh -c 'echo \"<$X>\"'" },
	{ SAME, false, "export X=\"@\"; echo \"<$X>\"" },
	{ SAME, false, "export \"X=@\"; echo \"<$X>\"" },
	{ SAME, false, "readonly X='@'; echo \"<$X>\"" },
	{ SAME, true, "f() { local X=\"@\"; echo \"<$X>\"; }; f" },
	{ SAME, false, "X=1 # it's \"@\n\necho \"<@>\"" },
	{ SAME, false, "# $(@) `@` '@\necho \"<@>\"" },
	{ SAME, false, "echo x#y >/dev/null; echo '#' \"@\" >/dev/null; "
	    "echo \"<@>\"" },
	{ SAME, false, "X=a\\\nb; echo \"<@>\"" },
	/* substitutions */
	{ SAME, false, "echo \"$(printf '%s' \"<@>\")\"" },
	{ SAME, false, "echo \"$(printf '%s' '<@>')\"" },
	{ SAME, false, "echo \"$(echo \"$(printf %s \"<@>\")\")\"" },
	{ SAME, false, "X=$(case a in a) printf %s \"@\";; esac); "
	    "echo \"<$X>\"" },
	{ SAME, false, "X=$(case a in (a) printf %s '@';; esac); "
	    "echo \"<$X>\"" },
	{ SAME, false, "echo \"<${NONE:-@}>\"" },
	{ SAME, false, "Y=1; echo \"<${NONE-@}>\"" },
	{ SAME, false, "(echo \"<@>\")" },
	{ SAME, false, "{ echo \"<@>\"; }" },
	{ SAME, false, "echo `echo a` >/dev/null; echo \"<@>\"" },
	{ SAME, false, "Y=$((1 + (2 * 3))); echo \"<@>\"" },
	{ SAME, true, "((1 < 2)) && echo \"<@>\"" },
	{ SAME, true, "a=(x \"@\" z); echo \"<${a[1]}>\"" },
	{ SAME, true, "cat <(printf '<%s>\\n' \"@\")" },
	/* here-documents */
	{ SAME, false, "cat <<EOF\n<@>\nEOF" },
	{ SAME, false, "cat <<-EOF\n\t<@>\n\tEOF" },
	{ SAME, false, "cat <<A; cat <<B >/dev/null\n<@>\nA\n@\nB" },
	{ SAME, false, "cat <<EOF >/dev/null; echo \"<@>\"\nit's \"\nEOF" },
	{ SAME, false, "cat <<EOF\n$(printf '%s' \"<@>\")\nEOF" },
	{ SAME, true, "cat <<< \"<@>\"" },
	/* commands */
	{ SAME, false, "if true; then echo \"<@>\"; fi" },
	{ SAME, false, "true && echo \"<@>\" || exit 1" },
	{ SAME, false, "for i in \"@\"; do echo \"<$i>\"; done" },
	{ SAME, false, "case \"@\" in *) echo \"<@>\";; esac" },
	{ SAME, false, "f() { echo \"<$1>\"; }; f \"@\"" },
	{ SAME, false, "! false; echo \"<@>\" 2>&1" },
	{ SAME, false, "if [ \"@\" = \"@\" ]; then echo \"<@>\"; fi" },
	{ SAME, true, "[[ \"@\" == \"@\" ]] && echo \"<@>\"" },
	{ SAME, true, "[[ \"@\" =~ ^(a|b)$ ]] || echo \"<@>\"" },
	{ SAME, true, "[[ -n \"@\" && (a == b || 2 < 1) ]]; "
	    "echo '<'\"@\"'>'" },
	{ RUNS, false, "echo @" },
	{ RUNS, false, "echo a@b@c" },
	{ RUNS, false, "echo x > ./@ || true" },
	{ RUNS, false, "case x in @) echo y;; esac" },
	{ RUNS, false, "ls -- @ 2>/dev/null || true" },
	{ RUNS, false, "X=1 Y=@ env >/dev/null" },
	{ RUNS, false, "for i in @ b; do echo \"$i\"; done" },
	{ RUNS, false, "test -n \"@\"" },
	{ RUNS, false, "test \"@\" = \"@\"" },
	{ RUNS, false, "echo ${NONE:-@}" },
	{ RUNS, false, "X=abc; echo \"${X#@}\" \"${X%%@}\"" },
	{ RUNS, true, "X=abc; echo \"${X/@/y}\"" },
	{ RUNS, false, "echo \"a\\\\@\"" },
	{ RUNS, false, "env FOO=@ true" },
	{ RUNS, false, "sudo FOO=@ true || true" },
	{ RUNS, false, "command export FOO=@ || true" },
	{ RUNS, false, "export FOO=@ || true; true" },
	{ SAME, false, "env FOO=@ sh -c 'echo \"<$FOO>\"'" },
	{ RUNS, false, "[[ a == b || @ == c ]] || true" },
	{ RUNS, false, "[[ a == b ||\n @ == c ]] || true" },
	{ RUNS, true, "[ @ ] || true" },
	{ RUNS, false, "X=echo; \"$X\" @ && $X a @" },
	{ RUNS, true, "test -z @ || true" },
	{ RUNS, true, "[ @ = main ] || true" },
	{ RUNS, true, "printf '%s\\n' @" },
	{ SAME, false, "printf '<%s>\\n' \"@\"" },
	{ SAME, false, "for x in a; do echo \"<@>\"; done | cat" },
	{ RUNS, false, "echo @ | grep x | shasum || true" },
	/* what would run it */
	{ NEVER, false, "python3.11 -c 'print(\"@\")'" },
	{ NEVER, false, "/usr/bin/perl5.36 -e 'print \"@\"'" },
	{ NEVER, false, "\\eval \"echo @\"" },
	{ NEVER, false, "bash <(echo @)" },
	{ NEVER, false, "bash < <(echo @)" },
	{ NEVER, false, "echo \"@\" > >(bash)" },
	{ NEVER, false, "echo \"@\" | tee >(sh) | cat" },
	{ NEVER, false, "echo \"@\" |\n  bash" },
	{ NEVER, false, "echo \"@\" | \\\n  bash" },
	{ NEVER, false, "echo \"@\" |& bash" },
	{ NEVER, false, "echo \"@\" | /bin/sh" },
	{ NEVER, false, "echo \"@\" | env bash" },
	{ NEVER, false, "echo \"@\" | python3" },
	{ NEVER, false, "echo \"@\" | xargs -I{} sh -c 'echo {}'" },
	{ NEVER, false, "{\necho \"@\"\n} | bash" },
	{ NEVER, false, "for i in 1; do\necho \"@\"\ndone | sh -s" },
	{ NEVER, false, "if [[ a == a ]]; then @; fi" },
	{ NEVER, false, "[[ a == a ]]; @" },
	{ NEVER, false, "case x in a) b;; esac; @" },
	{ NEVER, false, "f () { @; }" },
	{ NEVER, false, "env { [[ x\n@" },
	{ NEVER, false, "X=1 [[ x\n@" },
	{ NEVER, false, ">f [[ x\n@" },
	{ NEVER, false, "$EMPTY @" },
	{ NEVER, false, "env $EMPTY$(true) @" },
	{ NEVER, false, "time -p @" },
	{ NEVER, false, "echo a &> f @" },
	{ NEVER, false, "coproc N { @; }" },
	{ NEVER, true, "declare -a \"X=(@)\"" },
	{ NEVER, true, "declare -a X=\"@\"" },
	{ NEVER, true, "declare -a X; declare X=\"@\"" },
	{ NEVER, true, "declare -n X=\"@\"" },
	{ NEVER, true, "printf \"@\" x" },
	{ NEVER, true, "printf @" },
	{ NEVER, true, "PS4='+ @ '; set -x; echo a" },
	{ NEVER, false, "git submodule foreach 'echo @'" },
	{ NEVER, false, "x=$(cat <<EOF)\n@\nEOF" },
	{ NEVER, false, "x=$(cat <<EOF\na\nEOF)\n@\n" },
	{ NEVER, false, "cat <<EOF $(\n@\nEOF\necho x)" },
	{ NEVER, false, "cat <<EOF\na\\\nEOF\n@\nEOF" },
	{ NEVER, false, "@" },
	{ NEVER, false, "echo a; @ b" },
	{ NEVER, false, "echo a | @" },
	{ NEVER, false, "\"@\" b" },
	{ NEVER, false, "if @; then :; fi" },
	{ NEVER, false, "X=1 \\\n @" },
	{ NEVER, false, "./bin/@" },
	{ NEVER, false, "exec @" },
	{ NEVER, false, "sudo -E @" },
	{ NEVER, false, "env A=b @ c" },
	{ NEVER, false, "$(echo @) x" },
	{ NEVER, false, "eval \"echo @\"" },
	{ NEVER, false, "eval \"$(echo '@')\"" },
	{ NEVER, false, "sh -c 'echo @'" },
	{ NEVER, false, "bash -euc \"echo @\"" },
	{ NEVER, false, "docker run x sh -c \"echo @\"" },
	{ NEVER, false, "find . -exec sh -c 'echo @' ';'" },
	{ NEVER, false, "python3 -c 'print(\"@\")'" },
	{ NEVER, false, "ssh host 'echo @'" },
	{ NEVER, false, "sed 's/a/@/' x" },
	{ NEVER, false, "awk '{ print \"@\" }' x" },
	{ NEVER, false, "trap 'echo @' EXIT" },
	{ NEVER, false, "echo 'echo @' | bash" },
	{ NEVER, false, "bash <<EOF\necho @\nEOF" },
	{ NEVER, false, "cat <<EOF | bash\necho @\nEOF" },
	{ NEVER, false, "bash <<'EOF'\necho @\nEOF" },
	{ NEVER, true, "bash <<< \"echo @\"" },
	{ NEVER, false, "echo $((@ + 1))" },
	{ NEVER, false, "echo $(( $(echo @) ))" },
	{ NEVER, true, "((x = @))" },
	{ NEVER, true, "for ((i = @; i < 2; i++)); do :; done" },
	{ NEVER, true, "let x=@" },
	{ NEVER, true, "[[ @ -eq 1 ]]" },
	{ NEVER, true, "[[ 1 -lt \"@\" ]]" },
	{ NEVER, true, "[[ -v @ ]]" },
	{ NEVER, true, "test -v \"@\"" },
	{ NEVER, true, "a=(1 2); echo ${a[@]} \"${a[\"@\"]}\"" },
	{ NEVER, true, "X=abc; echo ${X:@}" },
	{ NEVER, true, "X=abc; echo ${X:1:@}" },
	{ NEVER, true, "declare -i X=@" },
	{ NEVER, true, "declare -i X; X=@" },
	{ NEVER, true, "declare \"@\"" },
	{ NEVER, true, "printf -v \"@\" x" },
	{ NEVER, true, "read \"@\" < /dev/null" },
	{ NEVER, true, "unset \"@\"" },
	{ NEVER, true, "a[@]=1" },
	{ NEVER, true, "a=([@]=1)" },
	{ NEVER, true, "echo $'a@'" },
	{ NEVER, false, "echo \"$@\"" },
	{ NEVER, false, "echo \"\\@\"" },
	{ NEVER, false, "echo \\@" },
	{ NEVER, false, "echo `echo \\`echo @\\``" },
	{ NEVER, false, "cat <<@\nx\n@" },
	{ NEVER, false, "echo ${@}" },
	{ NEVER, false, "@() { :; }" },
	{ NEVER, false, "function @ { :; }" },
};

static const char *const values[] = {
	"$(touch PWNED)",
	"`touch PWNED`",
	"\"; touch PWNED; \"",
	"'; touch PWNED; '",
	"'\"; touch PWNED; \"'",
	"; touch PWNED #",
	"x\ntouch PWNED\n.",
	"a[$(touch PWNED)]",
	"a[$(touch PWNED)]=1",
	"${NONE:-$(touch PWNED)}",
	") touch PWNED ;; *",
	"EOF\ntouch PWNED\nA\ntouch PWNED\n.",
	"| touch PWNED &",
	"<(touch PWNED)",
	"it's \"q\" \\ $HOME * ?",
	"# }",
	"x touch PWNED",
	"-v a[$(touch${IFS}PWNED)]",
	"-z a -o -v a[$(touch${IFS}PWNED)]",
	"-va[$(touch PWNED)]",
	"($(touch PWNED))",
	"x PATH=. LD_PRELOAD=./x",
};

static struct arena arena = ARENA_INIT(0);

/* Split the shape at its holes. */
static int
splice(const struct shape *shape, const char *value, bool outside,
    const char *shell, struct splice *out, struct err *err)
{
	struct splice_piece *pieces = NULL;
	size_t n = 0, len;

	for (const char *p = shape->script; *p != '\0'; p += len) {
		struct splice_piece *piece = arena_push(&arena, &pieces, &n,
		    sizeof(*piece));

		len = strcspn(p, "@");
		piece->text = p;
		piece->len = len;
		if (len > 0)
			continue;
		*piece = (struct splice_piece){ value, strlen(value), outside,
			"github.head_ref" };
		len = 1;
	}
	return splice_script(pieces, n, shell, &arena, out, err);
}

/* What a shell prints that runs it. */
static const char *
run(const struct splice *s, const char *shell)
{
	const char *const argv[] = { shell, "-c", s->script, NULL };
	const char **env = NULL;
	struct proc_spec spec = { .argv = argv, .cwd = tap_dir() };
	struct str out = STR_INIT;
	struct proc_end end;
	struct err err = { 0 };
	const char *text;
	size_t n = 0;

	*(const char **)arena_push(&arena, &env, &n, sizeof(*env)) =
	    "PATH=/usr/bin:/bin";
	for (size_t i = 0; i < s->n_vars; i++)
		*(const char **)arena_push(&arena, &env, &n, sizeof(*env)) =
		    arena_printf(&arena, "%s=%s", s->vars[i].name,
		    s->vars[i].value);
	arena_push(&arena, &env, &n, sizeof(*env));
	spec.env = env;
	if (proc_run(&spec, NULL, 1 << 20, 20000, &out, NULL, &end, &err) ==
	    -1)
		tap_note("%s", err.text);
	text = arena_strndup(&arena, out.s, out.len);
	str_release(&out);
	return text;
}

static bool
was_run(void)
{
	const char *path = arena_printf(&arena, "%s/PWNED", tap_dir());

	return unlink(path) == 0;
}

static bool
works(const struct shape *shape, const char *shell)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		const char *want = arena_printf(&arena, "<%s>\n", values[i]);
		struct err err = { 0 };
		struct splice s;
		const char *got;

		if (splice(shape, values[i], true, shell, &s, &err) == -1) {
			tap_note("%s", err.text);
			return false;
		}
		got = run(&s, shell);
		if (was_run() || (shape->kind == SAME &&
				     strcmp(got, want) != 0)) {
			tap_note("%s: %s\nprints: %s", shell, s.script, got);
			return false;
		}
	}
	return true;
}

static bool
refuses(const struct shape *shape)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		struct err err = { 0 };
		struct splice s;

		if (splice(shape, values[i], true, "bash", &s, &err) == 0) {
			tap_note("is let through: %s", s.script);
			return false;
		}
	}
	return true;
}

/* A title is one line. */
static const char *
title(const char *script)
{
	char *line = arena_strdup(&arena, script);

	for (char *p = line; *p != '\0'; p++)
		if (*p == '\n' || *p == '#')
			*p = '~';
	return line;
}

static void
test_shapes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		const struct shape *shape = &shapes[i];
		const char *called = title(shape->script);

		if (shape->kind == NEVER)
			ok(refuses(shape), "refuses %s", called);
		else
			ok(works(shape, "bash") &&
			    (shape->bash || works(shape, "dash")),
			    "never runs what stands in %s", called);
	}
}

static const char *
spliced(const char *script, const char *value, bool outside,
    const char *shell)
{
	const struct shape shape = { RUNS, false, script };
	struct err err = { 0 };
	struct splice s;

	if (splice(&shape, value, outside, shell, &s, &err) == -1)
		return arena_strdup(&arena, err.text);
	return s.script;
}

static void
test_texts(void)
{
	is_str(spliced("make @", "v1.2-rc_3", true, "bash"), "make v1.2-rc_3",
	    "a value without special bytes is spliced");
	is_str(spliced("print('@')", "feature/x", true, "python"),
	    "print('feature/x')", "for every shell");
	is_str(spliced("@ '@'", "a 'b'", false, "bash"), "a 'b' 'a 'b''",
	    "one that is not from outside always is");
	is_str(spliced("echo @ \"@\" '@'", "a b", true, "sh"),
	    "echo ${PAWL_EXPR_1} \"${PAWL_EXPR_1}\" ''\"${PAWL_EXPR_1}\"''",
	    "others become a variable, once");
	is_str(spliced("print('@')", "a b", true, "python"),
	    "the value of \"${{ github.head_ref }}\" comes from outside and "
	    "stands in a script of a shell whose quotes Pawl does not know: "
	    "give it to the step with \"env:\" and use the variable",
	    "where Pawl does not know how it is read it says so");
	is_str(spliced("cat <<'EOF'\n<@>\nEOF\n", "a $b", true, "bash"),
	    "cat <<'EOF'\n<a $b>\nEOF\n",
	    "lines that expand nothing get the text");
	is_str(spliced("cat <<'EOF'\n@\nEOF\n", "{\n  \"a\": 1\n}", true,
	    "sh"), "cat <<'EOF'\n{\n  \"a\": 1\n}\nEOF\n",
	    "of several lines, too");
	ok(strstr(spliced("cat <<'EOF'\n<@>\nEOF\n", "a\nEOF\nid", true,
	    "bash"), "would end") != NULL &&
	    strstr(spliced("cat <<'EOF'\n@\nEOF\n", "EOF\nid", true,
	    "bash"), "would end") != NULL &&
	    strstr(spliced("cat <<-'EOF'\n@F\nEOF\n", "a\n\t\tEO", true,
	    "sh"), "would end") != NULL &&
	    strstr(spliced("cat <<'EOF'\n@\nEOF\n", "a\n\nEOF", true,
	    "sh"), "would end") != NULL,
	    "unless one of them ends the here-document");
	ok(strstr(spliced("cat <<'A@'\nA@\n", "x y", true, "bash"),
	    "cannot tell") != NULL, "and must not make their end");
	ok(strstr(spliced("cat <<'E F'\nE@\n", " F", true, "bash"),
	    "cannot tell") != NULL, "whatever that is");
	ok(strstr(spliced("cat <<EOF\n@\nid\nEOF\n", "EOF", true, "bash"),
	    "would end") != NULL &&
	    strstr(spliced("cat <<'EOF'\n@\nid\nEOF\n", "EOF", true,
	    "sh"), "would end") != NULL &&
	    strstr(spliced("cat <<-E1\n\t\t@1\nid\nE1\n", "E", true,
	    "sh"), "would end") != NULL,
	    "nor where it has no special bytes");
	is_str(spliced("cat <<EOF\n-@\nEOF\n", "EOF", true, "bash"),
	    "cat <<EOF\n-EOF\nEOF\n", "but may have its text");
	ok(strstr(spliced("echo $((@ + 1))", "PATH", true, "bash"),
	    "in a calculation") != NULL,
	    "a calculation takes no name of a variable");
	is_str(spliced("echo $((@ + 1))", "41", true, "bash"),
	    "echo $((41 + 1))", "but numbers");
	is_str(spliced("FOO=@ x A=@ [ @ ", "a b", true, "sh"),
	    "FOO=${PAWL_EXPR_1} x A=\"${PAWL_EXPR_1}\" [ "
	    "${PAWL_EXPR_1} ", "what is given to a name stays one word");
	ok(splice_knows_shell("bash") && splice_knows_shell("sh -e {0}") &&
	    splice_knows_shell("/bin/bash -l {0}") &&
	    !splice_knows_shell("docker exec x bash {0}") &&
	    !splice_knows_shell("pwsh") && !splice_knows_shell("rbash"),
	    "the shells it knows");
}

int
main(void)
{
	test_shapes();
	test_texts();
	arena_release(&arena);
	return tap_done();
}
