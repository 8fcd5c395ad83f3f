/* SPDX-License-Identifier: MIT */
#include "shared/names.h"

#include <stdio.h>

static const char *const signals[] = {
#define SIGNAL(number, name) [number] = "SIG" #name,
#include "shared/names/signo.def"
#undef SIGNAL
};

enum { N_SIGNALS = sizeof(signals) / sizeof(signals[0]) };

/* The kernel's range: the C library hides 32 and 33, a trace does not. */
enum { RT_MIN = 32, RT_MAX = 64 };

const char *rn_signal_name(int signo, char buf[16])
{
	if (signo > 0 && signo < N_SIGNALS)
		return signals[signo];
	if (signo == RT_MIN)
		return "SIGRTMIN";
	if (signo < RT_MIN || signo > RT_MAX)
		return NULL;
	snprintf(buf, 16, "SIGRT_%d", signo - RT_MIN);
	return buf;
}

static int rt_signal_number(struct rn_bytes rest)
{
	int n = 0;
	for (size_t i = 0; i < rest.len && n <= RT_MAX; i++) {
		if (rest.p[i] < '0' || rest.p[i] > '9')
			return -1;
		n = n * 10 + (rest.p[i] - '0');
	}
	return rest.len && n <= RT_MAX - RT_MIN ? RT_MIN + n : -1;
}

int rn_signal_number(struct rn_bytes name)
{
	if (name.len > 3 && memcmp(name.p, "SIG", 3) == 0)
		name = rn_bytes_of(name.p + 3, name.len - 3);
	if (rn_bytes_equal(rn_bytes_str("POLL"), name))
		name = rn_bytes_str("IO");
	for (int i = 0; i < N_SIGNALS; i++)
		if (signals[i] && rn_bytes_equal(rn_bytes_str(signals[i] + 3), name))
			return i;
	if (rn_bytes_equal(rn_bytes_str("RTMIN"), name))
		return RT_MIN;
	if (name.len > 3 && memcmp(name.p, "RT_", 3) == 0)
		return rt_signal_number(rn_bytes_of(name.p + 3, name.len - 3));
	return -1;
}
