/* SPDX-License-Identifier: MIT */
/* The vectors of execve: argv as a list of strings, envp as how many there are. */
#include "analyze/decode/kinds.h"

static void print_list(struct rn_print *p, uint64_t addr, uint64_t limit)
{
	uint64_t string;
	if (!rn_print_read_word(p, addr, &string)) {
		rn_print_addr(p, addr);
		return;
	}
	rn_put_u8(p->out, '[');
	for (uint64_t n = 0; string; n++) {
		if (n)
			RN_PUT(p, ", ");
		if (n >= limit) {
			RN_PUT(p, "...");
			break;
		}
		rn_print_string(p, string, rn_string_limit(p));
		addr += p->word;
		if (!rn_print_read_word(p, addr, &string)) {
			RN_PUT(p, ", ... /* ");
			rn_put_hex(p->out, addr);
			RN_PUT(p, " */");
			break;
		}
	}
	rn_put_u8(p->out, ']');
}

static void print_count(struct rn_print *p, uint64_t addr)
{
	uint64_t string, n = 0;
	rn_print_addr(p, addr);
	if (!rn_print_read_word(p, addr, &string))
		return;
	bool terminated = true;
	while (string) {
		n++;
		terminated = rn_print_read_word(p, addr + n * p->word, &string);
		if (!terminated)
			break;
	}
	RN_PUT(p, " /* ");
	rn_put_udec(p->out, n);
	rn_put_text(p->out, n == 1 ? " var" : " vars");
	rn_put_text(p->out, terminated ? " */" : ", unterminated */");
}

bool rn_kind_argv(struct rn_print *p, unsigned i)
{
	print_list(p, p->args[i], p->style->verbose ? UINT64_MAX : rn_string_limit(p));
	return true;
}

/* The strings themselves are there only when the recording was asked for them. */
bool rn_kind_envp(struct rn_print *p, unsigned i)
{
	uint64_t first;
	const struct rn_span *asked = NULL;
	bool strings = p->style->verbose && rn_print_read_word(p, p->args[i], &first);
	if (strings && first)
		rn_memory_run(p->call, p->phase, first, 1, &asked);
	strings = strings && (!first || asked);
	if (strings)
		print_list(p, p->args[i], UINT64_MAX);
	else
		print_count(p, p->args[i]);
	return true;
}
