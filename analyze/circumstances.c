/* SPDX-License-Identifier: MIT */
#include "analyze/circumstances.h"

void rn_circumstances_warn(const struct rn_header *h, const struct rn_sampling *sampling, const char *why_unweighed,
	struct rn_diag *diag)
{
	if (h->chaos.len)
		rn_diag_warn(diag, "recorded under chaos: %.*s", (int)h->chaos.len, (const char *)h->chaos.p);
	if (!rn_sampling_is_felt(h->sampling, sampling))
		return;
	if (why_unweighed)
		rn_diag_warn(diag, "calls were left out while recording (%.*s): %s", RN_QUOTED(h->sampling),
			why_unweighed);
	else
		rn_diag_warn(diag, "calls were left out while recording (%.*s): counts, sums and percentiles are "
			"estimates, by the weights of the calls kept", RN_QUOTED(h->sampling));
}

int rn_circumstances_note(const struct rn_header *h, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	if (!h->chaos.len)
		return 0;
	rn_put_text(&text, "recorded under chaos: ");
	rn_put_bytes(&text, h->chaos.p, h->chaos.len);
	int rc = rn_buffer_ok(&text) ? rn_sink_note(sink, rn_buffer_bytes(&text), err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_buffer_fini(&text);
	return rc;
}

void rn_put_circumstances(struct rn_buffer *out, const struct rn_header *h)
{
	if (!h->chaos.len)
		return;
	rn_put_text(out, " (recorded under chaos: ");
	rn_put_bytes(out, h->chaos.p, h->chaos.len);
	rn_put_text(out, ")");
}
