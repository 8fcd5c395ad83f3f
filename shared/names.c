/* SPDX-License-Identifier: MIT */
/* Each .def of shared/names/ becomes constant arrays, one per table; shared/names.def binds them to
 * ids. Enums are sorted by value and searched by halves; flags are walked in order. */
#include "shared/names.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The size of a huge page as a power of two, in the six highest bits of a flag word. */
#define HUGE_SHIFT 26
#define HUGE_MASK ((uint64_t)0x3f << HUGE_SHIFT)
#define H(p, n) { (uint64_t)(n) << HUGE_SHIFT, #n "<<" #p "_HUGE_SHIFT" },
#define HUGE(p) \
	H(p, 1) H(p, 2) H(p, 3) H(p, 4) H(p, 5) H(p, 6) H(p, 7) H(p, 8) H(p, 9) H(p, 10) \
	H(p, 11) H(p, 12) H(p, 13) H(p, 14) H(p, 15) H(p, 16) H(p, 17) H(p, 18) H(p, 19) H(p, 20) \
	H(p, 21) H(p, 22) H(p, 23) H(p, 24) H(p, 25) H(p, 26) H(p, 27) H(p, 28) H(p, 29) H(p, 30) \
	H(p, 31) H(p, 32) H(p, 33) H(p, 34) H(p, 35) H(p, 36) H(p, 37) H(p, 38) H(p, 39) H(p, 40) \
	H(p, 41) H(p, 42) H(p, 43) H(p, 44) H(p, 45) H(p, 46) H(p, 47) H(p, 48) H(p, 49) H(p, 50) \
	H(p, 51) H(p, 52) H(p, 53) H(p, 54) H(p, 55) H(p, 56) H(p, 57) H(p, 58) H(p, 59) H(p, 60) \
	H(p, 61) H(p, 62) H(p, 63)

#define TABLE(id) static const struct rn_name id##_entry[] = {
#define N(value, name) { value, #name },
#define T(value, text) { value, text },
#define END };
#include "shared/names/device.def"
#include "shared/names/file.def"
#include "shared/names/ipc.def"
#include "shared/names/memory.def"
#include "shared/names/mount.def"
#include "shared/names/netlink.def"
#include "shared/names/process.def"
#include "shared/names/security.def"
#include "shared/names/signals.def"
#include "shared/names/socket.def"
#include "shared/names/system.def"
#include "shared/names/terminal.def"
#include "shared/names/time.def"

/* The number of an ioctl has the size of what it moves, which differs where that holds words. */
#define N64(value, name) N(value, name)
#define T64(value, text) T(value, text)
#define N32(value, name)
#define T32(value, text)
#include "shared/names/ioctl.def"
#undef TABLE
#undef N64
#undef T64
#undef N32
#undef T32
#define TABLE(id) static const struct rn_name id##_i386_entry[] = {
#define N64(value, name)
#define T64(value, text)
#define N32(value, name) N(value, name)
#define T32(value, text) T(value, text)
#include "shared/names/ioctl.def"
#undef TABLE
#undef N64
#undef T64
#undef N32
#undef T32
#undef N
#undef T
#undef END

static const struct rn_name none_entry[] = { { 0, NULL } };

#define ENUM true, 0, NULL, false, 0, NULL
#define FLAGS false, 0, NULL, false, 0, NULL
#define FIELD(mask, id) false, mask, &tables[RN_NAMES_##id], false, 0, NULL
#define MARKED(mask, id) false, mask, &tables[RN_NAMES_##id], true, 0, NULL
#define TAIL(id) false, 0, NULL, false, HUGE_MASK, &tables[RN_NAMES_##id]
#define FIELD_TAIL(mask, id, tail) \
	false, mask, &tables[RN_NAMES_##id], true, HUGE_MASK, &tables[RN_NAMES_##tail]

static const struct rn_names tables[RN_NAMES_COUNT] = {
	[RN_NAMES_none] = { "???", none_entry, 0, ENUM },
#define NAMES(id, kind, text) [RN_NAMES_##id] = { text, id##_entry, COUNT(id##_entry), kind },
#include "shared/names.def"
#undef NAMES
};

static const struct {
	uint16_t id, abi, instead;
} variants[] = {
#define NAMES(id, kind, text)
#define VARIANT(id, abi, instead) { RN_NAMES_##id, RN_ABI_##abi, RN_NAMES_##instead },
#include "shared/names.def"
#undef NAMES
#undef VARIANT
};

const struct rn_names *rn_names(enum rn_names_id id, enum rn_abi abi)
{
	for (size_t i = 0; i < COUNT(variants); i++)
		if (variants[i].id == id && variants[i].abi == abi)
			return &tables[variants[i].instead];
	return &tables[(unsigned)id < RN_NAMES_COUNT ? id : RN_NAMES_none];
}

static const char *find_sorted(const struct rn_names *t, uint64_t value)
{
	uint32_t low = 0, high = t->n;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (t->entry[mid].value == value)
			return t->entry[mid].name;
		if (t->entry[mid].value < value)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const char *rn_names_find(const struct rn_names *t, uint64_t value)
{
	if (t->is_enum)
		return find_sorted(t, value);
	for (uint32_t i = 0; i < t->n; i++)
		if (t->entry[i].value == value)
			return t->entry[i].name;
	return NULL;
}

const char *rn_name_of(enum rn_names_id id, enum rn_abi abi, uint64_t value)
{
	return rn_names_find(rn_names(id, abi), value);
}

/* Takes the number out of the bits of mask and returns its name, or leaves it and returns NULL. */
static const char *take_number(const struct rn_names *numbers, uint64_t mask, uint64_t *bits)
{
	const char *name = mask ? rn_names_find(numbers, *bits & mask) : NULL;
	if (name)
		*bits &= ~mask;
	return name;
}

uint64_t rn_names_split(const struct rn_names *t, uint64_t bits,
	void (*each)(void *arg, const char *name), void *arg)
{
	const char *whole = rn_names_find(t, bits);
	if (whole && (!t->field || bits & t->field_mask)) {
		each(arg, whole);
		return 0;
	}
	const char *field = take_number(t->field, t->field_mask, &bits);
	const char *tail = take_number(t->tail, t->tail_mask, &bits);
	if (field)
		each(arg, field);
	for (uint32_t i = 0; bits && i < t->n; i++) {
		uint64_t v = t->entry[i].value;
		if (v && (bits & v) == v) {
			each(arg, t->entry[i].name);
			bits &= ~v;
		}
	}
	if (tail)
		each(arg, tail);
	return bits;
}

struct choice {
	uint16_t by, id;
};

static enum rn_names_id choose(const struct choice *c, size_t n, uint64_t by)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].by == by)
			return (enum rn_names_id)c[i].id;
	return RN_NAMES_none;
}

enum rn_names_id rn_names_of_protocol(uint64_t domain)
{
	static const struct choice by_domain[] = {
		{ 2, RN_NAMES_protocol_inet }, { 10, RN_NAMES_protocol_inet },
		{ 16, RN_NAMES_protocol_netlink }, { 17, RN_NAMES_ethertype },
		{ 29, RN_NAMES_protocol_can }, { 31, RN_NAMES_protocol_bluetooth },
		{ 35, RN_NAMES_protocol_phonet }, { 37, RN_NAMES_protocol_caif },
		{ 39, RN_NAMES_protocol_nfc }, { 41, RN_NAMES_protocol_kcm },
		{ 43, RN_NAMES_protocol_smc },
	};
	return choose(by_domain, COUNT(by_domain), domain);
}

enum rn_names_id rn_names_of_sockopt(uint64_t level)
{
	static const struct choice by_level[] = {
		{ 0, RN_NAMES_sockopt_ip }, { 1, RN_NAMES_sockopt_socket },
		{ 6, RN_NAMES_sockopt_tcp }, { 17, RN_NAMES_sockopt_udp },
		{ 40, RN_NAMES_sockopt_vsock }, { 41, RN_NAMES_sockopt_ipv6 },
		{ 58, RN_NAMES_sockopt_icmpv6 }, { 101, RN_NAMES_sockopt_can_raw },
		{ 132, RN_NAMES_sockopt_sctp }, { 255, RN_NAMES_sockopt_raw },
		{ 256, RN_NAMES_sockopt_ipx }, { 257, RN_NAMES_sockopt_ax25 },
		{ 263, RN_NAMES_sockopt_packet }, { 266, RN_NAMES_sockopt_irda }, { 268, RN_NAMES_sockopt_llc },
		{ 269, RN_NAMES_sockopt_dccp }, { 270, RN_NAMES_sockopt_netlink },
		{ 271, RN_NAMES_sockopt_tipc }, { 272, RN_NAMES_sockopt_rxrpc },
		{ 273, RN_NAMES_sockopt_pppol2tp }, { 274, RN_NAMES_sockopt_bluetooth },
		{ 275, RN_NAMES_sockopt_pnpipe }, { 276, RN_NAMES_sockopt_rds },
		{ 277, RN_NAMES_sockopt_iucv }, { 278, RN_NAMES_sockopt_caif },
		{ 279, RN_NAMES_sockopt_alg }, { 280, RN_NAMES_sockopt_nfc },
		{ 281, RN_NAMES_sockopt_kcm }, { 282, RN_NAMES_sockopt_tls },
		{ 283, RN_NAMES_sockopt_xdp },
	};
	return choose(by_level, COUNT(by_level), level);
}

enum rn_names_id rn_names_of_si_code(int signo)
{
	static const struct choice by_signal[] = {
		{ 4, RN_NAMES_si_code_ill }, { 5, RN_NAMES_si_code_trap },
		{ 7, RN_NAMES_si_code_bus }, { 8, RN_NAMES_si_code_fpe },
		{ 11, RN_NAMES_si_code_segv }, { 17, RN_NAMES_si_code_chld },
		{ 29, RN_NAMES_si_code_io }, { 31, RN_NAMES_si_code_sys },
	};
	return choose(by_signal, COUNT(by_signal), (uint64_t)signo);
}

const char *rn_sockopt_name(uint64_t level, uint64_t option, bool get)
{
	const char *name = get
		? rn_names_find(&tables[RN_NAMES_sockopt_get], level << 32 | (uint32_t)option) : NULL;
	return name ? name : rn_names_find(&tables[rn_names_of_sockopt(level)], option);
}
