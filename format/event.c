/* SPDX-License-Identifier: MIT */
#include "format/event.h"

#include <stddef.h>

const char *rn_event_kind_name(unsigned kind)
{
	switch (kind) {
	case RN_EV_CALL:
		return "call";
#define EVENT(k, number, name, fields) \
	case number: \
		return name;
#include "format/events.def"
#undef EVENT
	default:
		return NULL;
	}
}
