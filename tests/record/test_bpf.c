/* SPDX-License-Identifier: MIT */
/* The recorder's side of the bpf backend, without a kernel: rules, paths, rings, records. */
#include "record/bpf/bpf.h"
#include "record/bpf/table.h"

#include <criterion/criterion.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

static const struct rn_record_options options = { .string_bytes = 256, .follow = true };
static const struct rn_recording everything = { .options = &options };

static struct rn_bpf_rule rule_of(const char *name)
{
	int32_t nr = rn_syscall_number(RN_ABI_X86_64, rn_bytes_str(name));
	cr_assert_geq(nr, 0, "%s", name);
	return rn_bpf_rule_of(&everything, RN_ABI_X86_64, (uint32_t)nr);
}

Test(bpf_table, says_what_a_call_reads_and_writes)
{
	struct rn_bpf_rule r = rule_of("openat");
	cr_assert_eq(r.n_ops[0], 1);
	cr_assert_eq(r.op[0][0].code, RN_BPF_OP_STRING);
	cr_assert_eq(r.op[0][0].arg, 1);
	cr_assert_eq(r.fd_way, RN_BPF_FDS_RESULT);
	cr_assert_eq(r.fd_how, RN_FD_OPENED);
	r = rule_of("read");
	cr_assert_eq(r.n_ops[0], 0);
	cr_assert_eq(r.op[1][0].code, RN_BPF_OP_BYTES);
	cr_assert_eq(r.op[1][0].len, RN_BPF_RET);
	cr_assert_eq(r.op[1][0].cap, 256);
	r = rule_of("accept4");
	cr_assert(r.flags & RN_BPF_OUT_LEN);
	cr_assert_eq(r.out_arg, 2);
	r = rule_of("dup2");
	cr_assert_eq(r.fd_how, RN_FD_DUP);
	r = rule_of("execve");
	cr_assert(r.flags & RN_BPF_IS_EXEC);
}

Test(bpf_table, knows_the_calls_that_others_carry)
{
	enum { SENDTO = 11, MSGRCV = 12, SEMOP = 1 };
	cr_assert_leq(rn_syscall_limit(RN_ABI_I386), RN_BPF_INNER_FIRST);
	int32_t outer = rn_syscall_number(RN_ABI_I386, rn_bytes_str("socketcall"));
	struct rn_bpf_rule r = rn_bpf_rule_of(&everything, RN_ABI_I386, (uint32_t)outer);
	cr_assert_eq(r.inner, RN_BPF_INNER_SOCKET);
	cr_assert_eq(r.way[0], RN_BPF_WALK);
	r = rn_bpf_rule_of(&everything, RN_ABI_I386, rn_bpf_inner_nr(RN_BPF_INNER_SOCKET, SENDTO));
	cr_assert_eq(r.inner, RN_BPF_INNER_SOCKET);
	cr_assert_eq(r.n_ops[0], 2); /* what is sent, and whereto */
	cr_assert_eq(r.from[4], 8 + 4);
	r = rn_bpf_rule_of(&everything, RN_ABI_I386, rn_bpf_inner_nr(RN_BPF_INNER_IPC, SEMOP));
	cr_assert_eq(r.from[1], 4);
	r = rn_bpf_rule_of(&everything, RN_ABI_I386, rn_bpf_inner_nr(RN_BPF_INNER_IPC, MSGRCV));
	cr_assert_eq(r.inner, RN_BPF_INNER_IPC);
	for (uint32_t command = 0; command < 70; command++)
		for (uint32_t inner = 0; inner < 6; inner++)
			cr_assert_lt(rn_bpf_inner_nr(inner, command), RN_BPF_CALLS);
	cr_assert_eq(rn_bpf_rule_of(&everything, RN_ABI_X86_64, 102).inner, RN_BPF_INNER_NONE);
}

Test(bpf_table, says_which_calls_need_no_walk)
{
	static const struct {
		const char *name;
		enum rn_bpf_way entry, exit;
	} want[] = {
		{ "getppid", RN_BPF_NO_MEMORY, RN_BPF_NO_MEMORY }, { "openat", RN_BPF_PLAIN, RN_BPF_NO_MEMORY },
		{ "read", RN_BPF_NO_MEMORY, RN_BPF_PLAIN }, { "write", RN_BPF_PLAIN, RN_BPF_NO_MEMORY },
		{ "newfstatat", RN_BPF_PLAIN, RN_BPF_PLAIN }, { "getdents64", RN_BPF_NO_MEMORY, RN_BPF_PLAIN },
		{ "rename", RN_BPF_PLAIN, RN_BPF_NO_MEMORY }, { "readv", RN_BPF_WALK, RN_BPF_WALK },
		{ "ioctl", RN_BPF_WALK, RN_BPF_WALK }, { "fcntl", RN_BPF_BY_COMMAND, RN_BPF_BY_COMMAND },
	};
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct rn_bpf_rule r = rule_of(want[i].name);
		cr_assert_eq(r.way[0], want[i].entry, "%s", want[i].name);
		cr_assert_eq(r.way[1], want[i].exit, "%s", want[i].name);
	}
	enum { F_DUPFD_CLOEXEC = 1030, F_GETFL = 3, F_SETLK = 6 };
	struct rn_bpf_rule r = rule_of("fcntl");
	cr_assert_not(r.commands[0] >> RN_BPF_COMMAND_BIT(F_DUPFD_CLOEXEC) & 1);
	cr_assert_not(r.commands[0] >> RN_BPF_COMMAND_BIT(F_GETFL) & 1);
	cr_assert(r.commands[0] >> RN_BPF_COMMAND_BIT(F_SETLK) & 1);
}

Test(bpf_table, keeps_calls_that_change_state_when_the_filter_does_not_want_them)
{
	struct rn_error err;
	struct rn_filter *f = rn_filter_new();
	cr_assert_eq(rn_filter_add(f, "trace=getppid", &err), 0);
	cr_assert_eq(rn_filter_ready(f, &err), 0);
	const struct rn_recording rec = { .options = &options, .filter = f };
	for (uint32_t nr = 0; nr < rn_syscall_limit(RN_ABI_X86_64); nr++) {
		const struct rn_syscall *desc = rn_syscall(RN_ABI_X86_64, nr);
		struct rn_bpf_rule r = rn_bpf_rule_of(&rec, RN_ABI_X86_64, nr);
		bool wanted = desc && strcmp(desc->name, "getppid") == 0;
		cr_assert_eq(!!(r.flags & RN_BPF_WANTED), wanted, "call %u", nr);
		if (desc && desc->effects)
			cr_assert(r.flags & RN_BPF_CHANGES, "%s", desc->name);
	}
	rn_filter_free(f);
}

/* Numbers are below what the kernel program has room for, or they would be listed without memory. */
Test(bpf_table, never_sheds_what_others_stand_on)
{
	static const char *const kept[] = { "openat", "dup3", "close", "mmap", "fork", "clone3", "execve",
		"exit_group", "chdir", "pipe2" };
	static const char *const shed[] = { "read", "write", "futex", "wait4", "recvmsg", "getppid" };
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		cr_assert(rule_of(kept[i]).flags & RN_BPF_NEVER_SHED, "%s", kept[i]);
	for (size_t i = 0; i < sizeof(shed) / sizeof(shed[0]); i++)
		cr_assert_not(rule_of(shed[i]).flags & RN_BPF_NEVER_SHED, "%s", shed[i]);
	cr_assert_eq(RN_BPF_NEVER_SHED << RN_BPF_KEPT_SHIFT, RN_BPF_KEPT);
}

Test(bpf_table, has_room_for_every_call_and_argument)
{
	for (unsigned abi = RN_ABI_X86_64; abi <= RN_ABI_I386; abi++) {
		cr_assert_leq(rn_syscall_limit((enum rn_abi)abi), RN_BPF_CALLS);
		for (uint32_t nr = 0; nr < rn_syscall_limit((enum rn_abi)abi); nr++) {
			struct rn_bpf_rule r = rn_bpf_rule_of(&everything, (enum rn_abi)abi, nr);
			cr_assert_leq(r.n_ops[0], RN_BPF_OPS);
			cr_assert_leq(r.n_ops[1], RN_BPF_OPS);
		}
	}
}

struct looking {
	struct rn_bpf_command key;
	unsigned n, n_found;
	uint32_t cap;
};

static void look(void *arg, const struct rn_bpf_command_op *c)
{
	struct looking *l = arg;
	l->n++;
	if (memcmp(&c->key, &l->key, sizeof(c->key)) == 0) {
		l->n_found++;
		l->cap = c->op.aux;
	}
}

Test(bpf_table, finds_the_operation_of_an_ioctl_by_its_command)
{
	struct rn_bpf_rule r = rule_of("ioctl");
	cr_assert_eq(r.op[1][0].code, RN_BPF_OP_IOCTL);
	struct looking l = {
		.key = { .table = r.op[1][0].aux, .arg = 2, .phase = RN_PHASE_EXIT, .command = 0x5401 },
	};
	rn_bpf_commands(&everything, look, &l);
	cr_assert_eq(l.n_found, 1); /* TCGETS */
	cr_assert_eq(l.cap, 36);
	cr_assert_lt(l.n, 1024u, "the map of commands has that much room");
}

static const char *text_of(struct rn_bpf_path p, const char *names, size_t len)
{
	static char buf[64];
	size_t n = rn_bpf_path_text(&p, rn_bytes_of(names, len), buf, sizeof(buf) - 1);
	buf[n] = '\0';
	return buf;
}

Test(bpf_path, is_put_together_from_its_last_name_up)
{
	const struct rn_bpf_path file = { .mounted = 1 };
	cr_assert_str_eq(text_of(file, "c\0b\0a", 6), "/a/b/c");
	cr_assert_str_eq(text_of(file, "", 0), "/");
	cr_assert_str_eq(text_of((struct rn_bpf_path){ .mounted = 1, .unlinked = 1 }, "x", 2),
		"/x (deleted)");
	cr_assert_str_eq(text_of((struct rn_bpf_path){ .mounted = 1, .cut = 1 }, "z", 2), ".../z");
}

Test(bpf_path, of_what_is_mounted_nowhere_is_the_kernels_text)
{
	struct rn_bpf_path p = { .ino = 7, .magic = 0x50495045 };
	cr_assert_str_eq(text_of(p, "", 1), "pipe:[7]");
	p.magic = 0x534f434b;
	cr_assert_str_eq(text_of(p, "TCP", 4), "socket:[7]");
	p.magic = 0x09041934;
	cr_assert_str_eq(text_of(p, "[eventfd]", 10), "anon_inode:[eventfd]");
	p.magic = 0x01021994;
	cr_assert_str_eq(text_of(p, "memfd:x", 8), "/memfd:x (deleted)");
}

Test(bpf_path, never_runs_over_its_room)
{
	char names[512], buf[40];
	memset(names, 'a', sizeof(names));
	for (size_t len = 0; len <= sizeof(names); len += 17)
		for (unsigned how = 0; how < 4; how++) {
			const struct rn_bpf_path p = { .mounted = how & 1, .unlinked = how >> 1 };
			cr_assert_leq(rn_bpf_path_text(&p, rn_bytes_of(names, len), buf, sizeof(buf)),
				sizeof(buf));
		}
}

/* A ring as the kernel makes it. */
#define RING_BYTES 4096u
struct made_ring {
	uint64_t consumer, producer;
	uint8_t *data;
};

static void put_record(struct made_ring *m, uint64_t ts_ns, uint32_t tid, uint32_t bits)
{
	struct rn_bpf_record r = { .ts_ns = ts_ns, .tid = tid, .len = sizeof(r), .kind = RN_BPF_CALL };
	uint32_t head[2] = { (uint32_t)sizeof(r) | bits, 0 };
	uint8_t *at = m->data + m->producer % RING_BYTES;
	memcpy(at, head, sizeof(head));
	memcpy(at + sizeof(head), &r, sizeof(r));
	m->producer += sizeof(head) + sizeof(r);
}

static struct rn_bpf_rings rings_of(struct made_ring *m, unsigned n)
{
	struct rn_bpf_rings r = { .n = n, .current = -1 };
	r.what.ring_bytes = RING_BYTES;
	for (unsigned i = 0; i < n; i++) {
		m[i].data = calloc(2, RING_BYTES);
		r.ring[i].consumer = &m[i].consumer;
		r.ring[i].producer = &m[i].producer;
		r.ring[i].data = m[i].data;
	}
	return r;
}

static uint32_t next_tid(struct rn_bpf_rings *r)
{
	uint32_t len;
	const struct rn_bpf_record *record = rn_bpf_rings_next(r, &len);
	return record ? record->tid : 0;
}

Test(bpf_rings, are_read_in_order_of_time_up_to_the_beginning_of_the_round)
{
	struct made_ring m[2] = { 0 };
	struct rn_bpf_rings r = rings_of(m, 2);
	put_record(&m[0], 10, 1, 0);
	put_record(&m[0], 40, 4, 0);
	put_record(&m[0], 90, 9, 0);
	put_record(&m[1], 20, 2, 0);
	put_record(&m[1], 30, 3, 0);
	rn_bpf_rings_begin(&r, 50);
	for (uint32_t tid = 1; tid <= 4; tid++)
		cr_assert_eq(next_tid(&r), tid);
	cr_assert_eq(next_tid(&r), 0);
	cr_assert_eq(m[1].consumer, m[1].producer);
	rn_bpf_rings_begin(&r, 100);
	cr_assert_eq(next_tid(&r), 9);
	cr_assert_eq(next_tid(&r), 0);
	cr_assert_eq(m[0].consumer, m[0].producer);
	free(m[0].data);
	free(m[1].data);
}

Test(bpf_rings, skip_what_was_given_up_and_wait_for_what_is_being_written)
{
	struct made_ring m[1] = { 0 };
	struct rn_bpf_rings r = rings_of(m, 1);
	put_record(&m[0], 1, 1, BPF_RINGBUF_DISCARD_BIT);
	put_record(&m[0], 2, 2, 0);
	put_record(&m[0], 3, 3, BPF_RINGBUF_BUSY_BIT);
	put_record(&m[0], 4, 4, 0);
	rn_bpf_rings_begin(&r, 100);
	cr_assert_eq(next_tid(&r), 2);
	cr_assert_eq(next_tid(&r), 0);
	cr_assert_eq(r.n_bad, 0);
	free(m[0].data);
}

/* As a program in the kernel puts a record of len bytes into a lane of one chunk. */
static void put_in_lane(struct rn_bpf_rings *r, uint8_t *data, uint32_t len, uint32_t tid)
{
	struct rn_bpf_lane *lane = r->what.lane;
	struct rn_bpf_record record = { .ts_ns = tid, .tid = tid, .len = len, .kind = RN_BPF_CALL };
	memcpy(data + lane->produced % r->what.lane_bytes, &record, sizeof(record));
	lane->produced = rn_bpf_lane_next(lane->produced, len, r->what.chunk_bytes);
}

Test(bpf_rings, go_on_at_the_beginning_of_a_lane_before_its_end)
{
	struct rn_bpf_lane lane = { .produced = 0 };
	struct rn_bpf_rings r = { .n = 1, .current = -1 };
	uint8_t *data = malloc(RN_BPF_MIN_CHUNK);
	r.what = (struct rn_bpf_rings_what){ .lane = &lane, .n_lanes = 1,
		.chunk_bytes = RN_BPF_MIN_CHUNK, .lane_bytes = RN_BPF_MIN_CHUNK };
	r.ring[0] = (struct rn_bpf_ring){ .consumer = (uint64_t *)&lane.consumed,
		.producer = (uint64_t *)&lane.produced, .data = data, .is_lane = true };
	for (uint32_t tid = 1; tid < 200; tid += 2) {
		put_in_lane(&r, data, 100003, tid);
		put_in_lane(&r, data, sizeof(struct rn_bpf_record), tid + 1);
		rn_bpf_rings_begin(&r, UINT64_MAX);
		cr_assert_eq(next_tid(&r), tid);
		cr_assert_eq(next_tid(&r), tid + 1);
		cr_assert_eq(next_tid(&r), 0);
		cr_assert_eq(lane.consumed, lane.produced);
		cr_assert_leq(lane.produced % RN_BPF_MIN_CHUNK, RN_BPF_MIN_CHUNK - RN_BPF_SLACK);
	}
	put_in_lane(&r, data, 1, 1); /* too short to be one: nothing behind it can be trusted */
	put_in_lane(&r, data, sizeof(struct rn_bpf_record), 2);
	rn_bpf_rings_begin(&r, UINT64_MAX);
	cr_assert_eq(next_tid(&r), 0);
	cr_assert_eq(r.n_bad, 1);
	cr_assert_eq(lane.consumed, lane.produced);
	free(data);
}

/* Whatever a record says of itself, nothing outside of it is touched (the sanitizers look on). */
static uint32_t random32(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

static struct rn_bpf *watching(struct rn_recording *rec)
{
	struct rn_bpf *b = calloc(1, sizeof(*b));
	rec->options = &options;
	rec->output_error = RN_E_IO; /* events go nowhere */
	b->rec = rec;
	rn_modules_init(&b->modules);
	cr_assert_eq(rn_tracees_init(&b->tracees, 4096), 0);
	struct rn_tracee *t = rn_tracees_add(&b->tracees, 1);
	rn_tracee_join(t, rn_process_new(1, 1));
	return b;
}

static void stop_watching(struct rn_bpf *b)
{
	rn_modules_fini(&b->modules);
	rn_tracees_fini(&b->tracees);
	free(b);
}

Test(bpf_records, of_descriptors_that_cannot_be_do_no_harm)
{
	struct rn_recording rec = { 0 };
	struct rn_bpf *b = watching(&rec);
	struct rn_bpf_fd fd = { .r = { .tid = 1, .tgid = 1, .len = sizeof(fd), .kind = RN_BPF_FD }, .fd = -5 };
	rn_bpf_record(b, &fd.r, sizeof(fd));
	stop_watching(b);
}

Test(bpf_records, that_are_short_or_wild_do_no_harm)
{
	struct rn_recording rec = { 0 };
	struct rn_bpf *b = watching(&rec);
	uint64_t seed = 1;
	for (unsigned round = 0; round < 20000; round++) {
		uint32_t len = (uint32_t)sizeof(struct rn_bpf_record) + random32(&seed) % 900;
		uint8_t *bytes = malloc(len);
		for (uint32_t i = 0; i < len; i++)
			bytes[i] = random32(&seed) % 3 ? 0 : (uint8_t)random32(&seed);
		struct rn_bpf_record head = {
			.tid = 1, .tgid = 1, .len = len, .kind = (uint16_t)(random32(&seed) % (RN_BPF_KINDS + 1)),
			.flags = (uint16_t)random32(&seed),
		};
		if (head.kind == RN_BPF_FORK || head.kind == RN_BPF_EXIT || head.kind == RN_BPF_EXEC)
			head.kind = RN_BPF_CALL; /* these make and end tracees: below */
		memcpy(bytes, &head, sizeof(head));
		rn_bpf_record(b, (const struct rn_bpf_record *)bytes, len);
		free(bytes);
	}
	cr_assert_eq(b->tracees.n, 1);
	stop_watching(b);
}

static void send(struct rn_bpf *b, void *record, uint16_t kind, uint32_t len, uint32_t tid)
{
	struct rn_bpf_record *r = record;
	r->kind = kind;
	r->len = len;
	r->tid = r->tgid = tid;
	rn_bpf_record(b, r, len);
}

struct stack_record {
	struct rn_bpf_stack head;
	uint8_t behind[RN_BPF_STACK_MAP + 3 * RN_BPF_STACK_BLOCK];
};

static void send_stack(struct rn_bpf *b, struct stack_record *r, uint32_t call, uint64_t addr, uint32_t len,
	uint32_t behind)
{
	r->head.call = call;
	r->head.stack_addr = addr;
	r->head.stack_len = r->head.stack_wanted = len;
	send(b, r, RN_BPF_STACK, (uint32_t)sizeof(r->head) + behind, 1);
}

Test(bpf_records, of_what_has_changed_make_the_stack_whole)
{
	struct rn_recording rec = { 0 };
	struct rn_bpf *b = watching(&rec);
	const struct rn_tracee *t = rn_tracees_find(&b->tracees, 1);
	struct stack_record r = { .head.skip = 8 };
	memset(r.behind + 8, 'a', 120);
	send_stack(b, &r, 1, 0x1008, 120, 128); /* up to 0x1080 */
	cr_assert_eq(t->stack_call, 1);
	/* One word deeper, the block in the middle as it was, the first and a new last one sent. */
	r = (struct stack_record){ .head.r.flags = RN_BPF_STACK_CHANGES, .head.skip = 1 };
	r.behind[0] = 1 | 4;
	memset(r.behind + RN_BPF_STACK_MAP, 'b', RN_BPF_STACK_BLOCK);
	memset(r.behind + RN_BPF_STACK_MAP + RN_BPF_STACK_BLOCK, 'c', RN_BPF_STACK_BLOCK);
	send_stack(b, &r, 2, 0x1000, 136, RN_BPF_STACK_MAP + 2 * RN_BPF_STACK_BLOCK);
	cr_assert_eq(t->stack_call, 2);
	cr_assert_eq(t->stack_len, 136);
	for (unsigned i = 0; i < 136; i++)
		cr_assert_eq(t->stack[i], i < 64 ? 'b' : i < 128 ? 'a' : 'c', "%u", i);
	stop_watching(b);
}

Test(bpf_records, of_what_has_changed_since_a_stack_that_is_not_there_are_none)
{
	struct rn_recording rec = { 0 };
	struct rn_bpf *b = watching(&rec);
	const struct rn_tracee *t = rn_tracees_find(&b->tracees, 1);
	struct stack_record r = { .head.r.flags = RN_BPF_STACK_CHANGES };
	r.behind[0] = 3;
	send_stack(b, &r, 4, 0x1000, 128, RN_BPF_STACK_MAP + 2 * RN_BPF_STACK_BLOCK);
	cr_assert_eq(t->stack_call, 4, "all of it was sent");
	r.head.skip = 3;
	send_stack(b, &r, 5, 0x1000, 128, RN_BPF_STACK_MAP + 2 * RN_BPF_STACK_BLOCK);
	cr_assert_eq(t->stack_call, 0, "of another call");
	r.head.skip = 0;
	send_stack(b, &r, 6, 0x1000, 128, RN_BPF_STACK_MAP + RN_BPF_STACK_BLOCK);
	cr_assert_eq(t->stack_call, 0, "a block is missing");
	r.head.skip = 6;
	send_stack(b, &r, 7, 0x1000, 128, RN_BPF_STACK_MAP + 2 * RN_BPF_STACK_BLOCK);
	cr_assert_eq(t->stack_call, 0, "of one that was none");
	stop_watching(b);
}

Test(bpf_records, make_and_end_threads)
{
	struct rn_recording rec = { 0 };
	struct rn_bpf *b = watching(&rec);
	struct rn_bpf_fork f = { .child_tid = 9, .child_tgid = 1, .nr = 56, .abi = RN_BPF_ABI_X86_64 };
	send(b, &f, RN_BPF_FORK, sizeof(f), 1);
	struct rn_tracee *child = rn_tracees_find(&b->tracees, 9), *leader = rn_tracees_find(&b->tracees, 1);
	cr_assert_not_null(child);
	cr_assert_eq(child->process, leader->process);
	struct rn_bpf_exit e = { .live = 1 };
	send(b, &e, RN_BPF_EXIT, sizeof(e), 1);
	cr_assert_eq(rn_tracees_find(&b->tracees, 1), leader, "it lives as long as its process does");
	e.live = 0;
	e.r.tgid = 1;
	e.r.kind = RN_BPF_EXIT;
	e.r.len = sizeof(e);
	e.r.tid = 9;
	rn_bpf_record(b, &e.r, sizeof(e));
	cr_assert_eq(b->tracees.n, 0);
	stop_watching(b);
}

Test(bpf_records, an_argument_that_could_not_be_read_is_taken_from_the_second_look)
{
	struct rn_recording rec = { 0 };
	struct rn_bpf *b = watching(&rec);
	struct {
		struct rn_bpf_call head;
		struct rn_bpf_span first;
		struct rn_bpf_span second;
		char text[8];
	} call = {
		.head = { .r = { .flags = RN_BPF_AGAIN }, .nr = 2, .abi = RN_BPF_ABI_X86_64, .n_spans = 2,
			.n_entry = 1, .spans_bytes = sizeof(call) - sizeof(call.head), .call = 1 },
		.first = { .addr = 64, .wanted = 1, .fault = 1, .string = 1 },
		.second = { .addr = 64, .wanted = 5, .len = 5, .string = 1 },
		.text = "/tmp",
	};
	struct rn_tracee *t = rn_tracees_find(&b->tracees, 1);
	send(b, &call, RN_BPF_CALL, sizeof(call), 1);
	/* The tracee's spans were cleared with the call; what they were is still in their memory. */
	cr_assert_eq(t->capture.n_spans, 0);
	cr_assert_eq(t->capture.spans[0].len, 5);
	cr_assert_eq(memcmp(t->capture.spans[0].bytes, "/tmp", 5), 0);
	cr_assert_eq(t->nr, 2);
	stop_watching(b);
}
