/* SPDX-License-Identifier: MIT */
/* Kinds that one or two calls use: directory entries, masks, keys, mounts, sandboxes. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/records.h"

/* getdents: inode, offset, length of the record, then type and name (getdents64) or name and, as
 * the last byte, type (getdents). A record that lies about its length ends the list. */
struct entry {
	uint64_t ino;
	int64_t off;
	uint64_t reclen, type;
	struct rn_bytes name;
};

static bool read_entry(struct rn_print *p, struct rn_bytes all, size_t at, bool wide,
	struct entry *e)
{
	unsigned w = wide ? 8 : p->word, head = wide ? 19 : 2 * w + 2;
	if (at + head > all.len)
		return false;
	e->ino = rn_field_u(all, at, w);
	e->off = rn_field_i(all, at + w, w);
	e->reclen = rn_field_u(all, at + 2 * w, 2);
	if (e->reclen < head || e->reclen > all.len - at)
		return false;
	e->type = rn_field_u(all, wide ? at + 18 : at + e->reclen - 1, 1);
	e->name = rn_bytes_part(all, at + head, (size_t)e->reclen - head - !wide);
	const uint8_t *nul = e->name.len ? memchr(e->name.p, 0, e->name.len) : NULL;
	if (nul)
		e->name.len = (size_t)(nul - e->name.p);
	return true;
}

static void put_type(struct rn_print *p, const struct entry *e)
{
	RN_PUT(p, ", d_type=");
	rn_print_enum(p, RN_NAMES_dirent_type, e->type);
}

static void put_name(struct rn_print *p, const struct entry *e)
{
	RN_PUT(p, ", d_name=");
	rn_print_quoted(p, e->name);
}

/* In the order of the structure. */
static void put_entry(struct rn_print *p, const struct entry *e, bool wide)
{
	RN_PUT(p, "{d_ino=");
	rn_put_udec(p->out, e->ino);
	RN_PUT(p, ", d_off=");
	rn_put_dec(p->out, e->off);
	RN_PUT(p, ", d_reclen=");
	rn_put_udec(p->out, e->reclen);
	if (wide)
		put_type(p, e);
	put_name(p, e);
	if (!wide)
		put_type(p, e);
	rn_put_u8(p->out, '}');
}

bool rn_kind_dirents(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	struct entry e;
	uint64_t addr = p->args[i], n = 0;
	if (!rn_arg_phase(p, a)) {
		rn_print_addr(p, addr);
		return true;
	}
	uint64_t len = rn_arg_length(p, a);
	struct rn_bytes all = rn_memory_run(p->call, p->phase, addr, len, NULL);
	bool wide = a->aux == RN_REC_dirent64;
	if (!p->style->verbose)
		rn_print_addr(p, addr);
	else
		rn_put_u8(p->out, '[');
	for (size_t at = 0; read_entry(p, all, at, wide, &e); at += e.reclen) {
		if (p->style->verbose) {
			if (n)
				RN_PUT(p, ", ");
			put_entry(p, &e, wide);
		}
		n++;
	}
	if (p->style->verbose) {
		rn_put_u8(p->out, ']');
		return true;
	}
	RN_PUT(p, " /* ");
	rn_put_udec(p->out, n);
	rn_put_text(p->out, n == 1 ? " entry */" : " entries */");
	return true;
}

bool rn_kind_mincore(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p), v;
	uint64_t n = rn_arg_length(p, a);
	if (!rn_arg_phase(p, a) || (n && !rn_print_read_uint(p, p->args[i], 1, &v))) {
		rn_print_addr(p, p->args[i]);
		return true;
	}
	rn_put_u8(p->out, '[');
	for (uint64_t k = 0; k < n; k++) {
		if (k)
			RN_PUT(p, ", ");
		if (k >= limit) {
			RN_PUT(p, "...");
			break;
		}
		if (!rn_print_read_uint(p, p->args[i] + k, 1, &v)) {
			RN_PUT(p, "... /* ");
			rn_print_addr(p, p->args[i] + k);
			RN_PUT(p, " */");
			break;
		}
		rn_put_udec(p->out, v & 1);
	}
	rn_put_u8(p->out, ']');
	return true;
}

/* A mask of nodes in the kernel's words. The length counts one bit more than there are, as
 * get_mempolicy(2) tells. */
bool rn_kind_nodeset(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	uint64_t addr = p->args[i], said = rn_arg_length(p, a), v;
	uint64_t bits = said ? said - 1 : 0;
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p);
	unsigned w = p->word;
	bool there = rn_arg_phase(p, a) && addr;
	if (!there || (said && (!bits || !rn_print_read_uint(p, addr, w, &v)))) {
		rn_print_addr(p, addr);
		return true;
	}
	rn_put_u8(p->out, '[');
	for (uint64_t k = 0; k * w * 8 < bits; k++) {
		if (k)
			RN_PUT(p, ", ");
		if (k >= limit) {
			RN_PUT(p, "...");
			break;
		}
		if (!rn_print_read_uint(p, addr + k * w, w, &v)) {
			RN_PUT(p, "... /* ");
			rn_print_addr(p, addr + k * w);
			RN_PUT(p, " */");
			break;
		}
		rn_put_hex_padded(p->out, v, 2 * w);
	}
	rn_put_u8(p->out, ']');
	return true;
}

/* System V messages: a word of type, then the text. */
bool rn_kind_msgbuf(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	uint64_t addr = p->args[i], type;
	if (!rn_arg_phase(p, a) || !rn_print_read_word(p, addr, &type)) {
		rn_print_addr(p, addr);
		return true;
	}
	uint64_t len = a->len == RN_LEN_RET ? p->args[2] : rn_arg_length(p, a);
	uint64_t there = rn_memory_extent(p->call, p->phase, addr + p->word, len);
	RN_PUT(p, "{mtype=");
	rn_put_dec(p->out, p->word == 4 ? (int32_t)type : (int64_t)type);
	RN_PUT(p, ", mtext=");
	rn_print_buffer(p, addr + p->word, a->len == RN_LEN_RET && there < len ? there : len);
	rn_put_u8(p->out, '}');
	return true;
}

#define MS_REMOUNT 0x20
#define MS_BIND 0x1000
#define MS_MOVE 0x2000
#define MS_PROPAGATION 0x1e0000 /* unbindable, private, slave, shared */
#define MS_MGC_MASK 0xffff0000u
#define MS_MGC_VAL 0xc0ed0000u

/* mount: type and data mean nothing to a bind, a move or a change of propagation. */
bool rn_kind_mount_data(struct rn_print *p, unsigned i)
{
	uint64_t flags = p->args[3];
	if ((flags & MS_MGC_MASK) == MS_MGC_VAL)
		flags &= ~(uint64_t)MS_MGC_MASK;
	bool string = !(flags & (MS_BIND | MS_MOVE | MS_PROPAGATION));
	if (p->desc->arg[i].aux == RN_MOUNT_type)
		string = string && !(flags & MS_REMOUNT);
	p->phase = RN_PHASE_ENTRY;
	if (string)
		rn_print_string(p, p->args[i], rn_string_limit(p));
	else
		rn_print_addr(p, p->args[i]);
	return true;
}

/* fsconfig(2): at most a megabyte. */
static void put_binary(struct rn_print *p, uint64_t addr, uint64_t len)
{
	if (len > 1u << 20)
		rn_print_addr(p, addr);
	else
		rn_print_hex_buffer(p, addr, len);
}

bool rn_kind_fsconfig_val(struct rn_print *p, unsigned i)
{
	enum { SET_STRING = 1, SET_BINARY, SET_PATH, SET_PATH_EMPTY };
	p->phase = RN_PHASE_ENTRY;
	switch ((uint32_t)p->args[1]) {
	case SET_STRING:
		rn_print_string(p, p->args[i], rn_string_limit(p));
		break;
	case SET_BINARY:
		put_binary(p, p->args[i], (uint32_t)p->args[4]);
		break;
	case SET_PATH:
	case SET_PATH_EMPTY:
		rn_print_path(p, p->args[i]);
		break;
	default:
		rn_print_addr(p, p->args[i]);
	}
	return true;
}

void rn_print_ioprio_parts(struct rn_print *p, uint64_t v)
{
	RN_PUT(p, "IOPRIO_PRIO_VALUE(");
	rn_print_enum(p, RN_NAMES_ioprio_class, v >> 13);
	RN_PUT(p, ", ");
	rn_put_udec(p->out, v & 0x1fff);
	rn_put_u8(p->out, ')');
}

void rn_print_ioprio(struct rn_print *p, uint64_t v)
{
	if (rn_print_numbers(p))
		rn_put_dec(p->out, (int32_t)v);
	if (!rn_print_named(p))
		return;
	rn_print_ioprio_parts(p, v);
	rn_print_named_end(p);
}

bool rn_kind_ioprio(struct rn_print *p, unsigned i)
{
	rn_print_ioprio(p, (uint32_t)p->args[i]);
	return true;
}

bool rn_kind_seccomp_arg(struct rn_print *p, unsigned i)
{
	enum { STRICT, FILTER, ACTION_AVAIL, NOTIF_SIZES };
	uint64_t v = p->args[i], action;
	uint32_t op = (uint32_t)p->args[0];
	p->phase = RN_PHASE_ENTRY;
	if (i == 1) {
		if (op == FILTER)
			rn_print_flags(p, RN_NAMES_seccomp_flags, (uint32_t)v);
		else
			rn_put_hex(p->out, (uint32_t)v);
	} else if (op == FILTER) {
		rn_print_seccomp_fprog(p, v);
	} else if (op == ACTION_AVAIL && v && rn_print_read_uint(p, v, 4, &action)) {
		rn_put_u8(p->out, '[');
		rn_print_enum(p, RN_NAMES_seccomp_action, action);
		rn_put_u8(p->out, ']');
	} else {
		rn_print_addr(p, v);
	}
	return true;
}

bool rn_kind_interrupted(struct rn_print *p, unsigned i)
{
	char buf[24];
	const char *name = p->env->interrupted ? p->env->interrupted(p->env->interrupted_arg, p->ev, buf) : NULL;
	(void)i;
	RN_PUT(p, "<... resuming interrupted ");
	rn_put_text(p->out, name ? name : "system call");
	RN_PUT(p, " ...>");
	return true;
}
