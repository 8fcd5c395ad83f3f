/* SPDX-License-Identifier: MIT */
#include "analyze/decode/memory.h"

struct rn_bytes rn_memory_run(const struct rn_call *call, enum rn_span_phase phase, uint64_t addr,
	uint64_t most, const struct rn_span **span)
{
	struct rn_bytes best = { NULL, 0 };
	const struct rn_span *from = NULL;
	for (uint32_t i = 0; i < call->n_spans; i++) {
		const struct rn_span *s = &call->spans[i];
		uint64_t off = addr - s->addr;
		if (s->phase != phase || addr < s->addr || off > s->len || (off == s->len && off))
			continue;
		uint64_t len = s->len - off;
		if (from && len <= best.len)
			continue;
		best = s->len ? rn_bytes_of(s->bytes + off, len) : rn_bytes_of(NULL, 0);
		from = s;
		if (len >= most)
			break;
	}
	if (best.len > most)
		best.len = (size_t)most;
	if (span)
		*span = from;
	return best;
}

bool rn_memory_read(const struct rn_call *call, enum rn_span_phase phase, uint64_t addr, void *to,
	size_t len)
{
	uint8_t *out = (uint8_t *)to;
	while (len) {
		struct rn_bytes run = rn_memory_run(call, phase, addr, len, NULL);
		if (!run.len)
			return false;
		memcpy(out, run.p, run.len);
		out += run.len;
		addr += run.len;
		len -= run.len;
	}
	return true;
}

bool rn_memory_uint(const struct rn_call *call, enum rn_span_phase phase, uint64_t addr,
	unsigned nbytes, uint64_t *out)
{
	uint8_t t[8];
	if (nbytes > sizeof(t) || !rn_memory_read(call, phase, addr, t, nbytes))
		return false;
	*out = rn_field_u(rn_bytes_of(t, nbytes), 0, nbytes);
	return true;
}

uint64_t rn_memory_extent(const struct rn_call *call, enum rn_span_phase phase, uint64_t addr,
	uint64_t most)
{
	uint64_t done = 0;
	while (done < most) {
		struct rn_bytes run = rn_memory_run(call, phase, addr + done, most - done, NULL);
		if (!run.len)
			break;
		done += run.len;
	}
	return done;
}
