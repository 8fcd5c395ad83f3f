/* SPDX-License-Identifier: MIT */
/*
 * constants - executes itself with arguments that nothing has read before, far from everything that was:
 * at the call their pages are not there yet.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAR 400000
static const char before[FAR] = { 1 };
static char *const args[] = { "constants", "again", "a constant argument", NULL };
static char *const env[] = { "CONSTANT=1", NULL };
static const char after[FAR] = { 1 };

int main(int argc, char **argv)
{
	volatile char used = (char)(before[FAR / 2] + after[FAR / 2]);
	(void)used;
	if (argc > 1 && strcmp(argv[1], "again") == 0)
		return 3;
	execve("/proc/self/exe", args, env);
	return 1;
}
