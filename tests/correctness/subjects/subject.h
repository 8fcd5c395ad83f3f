/* SPDX-License-Identifier: MIT */
/**
 * subject - what the programs of this folder share. Each is called as PROGRAM SCENARIO [ARGUMENTS],
 * is bounded by construction (numbers of processes and threads are fixed, nothing waits for ever
 * without its parent's pipe), and prints what must not depend on being traced.
 */
#ifndef RN_TESTS_SUBJECT_H
#define RN_TESTS_SUBJECT_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scenario {
	const char *name;
	int (*run)(char **args); /* NULL-terminated; the exit status */
};

/* Ends the process with a message when something that always works does not. */
#define must(condition) ((condition) ? (void)0 : subject_failed(#condition, __FILE__, __LINE__))

static inline void subject_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, what, strerror(errno));
	_Exit(99);
}

static inline int number(const char *word, int otherwise)
{
	return word ? atoi(word) : otherwise;
}

static inline int run_scenario(const struct scenario *s, char **argv)
{
	for (; argv[1] && s->name; s++)
		if (strcmp(s->name, argv[1]) == 0)
			return s->run(argv + 2);
	fprintf(stderr, "%s: no such scenario\n", argv[0]);
	return 98;
}

#endif
