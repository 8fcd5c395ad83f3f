/* SPDX-License-Identifier: MIT */
#include "record/host.h"

#include <fcntl.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_MACHINE RN_MACHINE_X86_64
#elif defined(__aarch64__)
#define OUR_MACHINE RN_MACHINE_AARCH64
#else
#error "unknown machine"
#endif

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void read_boot_id(struct rn_host *host)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, host->boot_id, sizeof(host->boot_id) - 1);
	if (fd >= 0)
		close(fd);
	host->boot_id[n > 0 ? strcspn(host->boot_id, "\n") : 0] = '\0';
}

/* A random (version 4) UUID, RFC 9562. */
static void make_uuid(uint8_t uuid[16])
{
	if (getrandom(uuid, 16, GRND_NONBLOCK) != 16) {
		uint64_t seed[2] = { clock_ns(CLOCK_REALTIME),
			clock_ns(CLOCK_MONOTONIC) ^ (uint64_t)getpid() << 40 };
		memcpy(uuid, seed, 16);
	}
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40);
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
}

static void join(struct rn_buffer *b, char *const *argv)
{
	for (; argv && *argv; argv++)
		rn_put_bytes(b, *argv, strlen(*argv) + 1);
}

/* Messages know interfaces by number; the names are those of the recorder's network namespace. */
static void list_interfaces(struct rn_buffer *out)
{
	struct if_nameindex *all = if_nameindex();
	for (struct if_nameindex *i = all; i && i->if_name; i++) {
		rn_put_format(out, "%u %s", i->if_index, i->if_name);
		rn_put_u8(out, 0);
	}
	if_freenameindex(all);
}

/* How many of the leading bytes of a word of the command line may be told: what --mask looks for is the secret itself
 * or near it, and what -E sets is environment. */
static size_t telling_bytes(const char *word, const char *before)
{
	const char *equals = strchr(word, '=');
	bool mask = before && strcmp(before, "--mask") == 0;
	bool env = before && (strcmp(before, "-E") == 0 || strcmp(before, "--env") == 0);
	if (mask)
		return 0;
	if (strncmp(word, "--mask=", 7) == 0)
		return 7;
	if (strncmp(word, "--env=", 6) == 0)
		equals = strchr(word + 6, '=');
	else if (!env && strncmp(word, "-E", 2) != 0)
		equals = NULL;
	return equals ? (size_t)(equals + 1 - word) : strlen(word);
}

static void hide_secrets(struct rn_buffer *joined, const struct rn_record_options *o)
{
	size_t at = 0;
	const char *before = NULL;
	for (char **w = o->argv; *w && (!o->command || w < o->command); w++) {
		size_t len = strlen(*w), told = telling_bytes(*w, before);
		if (rn_buffer_ok(joined))
			memset(joined->p + at + told, '*', len - told);
		at += len + 1;
		before = *w;
	}
}

int rn_host_describe(struct rn_host *host, struct rn_header *h, const struct rn_record_options *o,
	struct rn_error *err)
{
	memset(host, 0, sizeof(*host));
	uname(&host->uts);
	read_boot_id(host);
	if (!getcwd(host->cwd, sizeof(host->cwd)))
		host->cwd[0] = '\0';
	join(&host->recorder_argv, o->argv);
	hide_secrets(&host->recorder_argv, o);
	join(&host->command_argv, o->command);
	list_interfaces(&host->interfaces);
	*h = (struct rn_header){
		.machine = OUR_MACHINE,
		.page_bytes = (uint32_t)sysconf(_SC_PAGESIZE),
		.n_cpus = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN),
		.clock_ticks = (uint32_t)sysconf(_SC_CLK_TCK),
		.recorder_pid = (uint64_t)getpid(),
		.stack_bytes = (uint32_t)o->stack_bytes,
		.string_bytes = (uint32_t)o->string_bytes,
		.recorder_version = rn_bytes_str("renacer " RN_VERSION),
		.recorder_argv = rn_buffer_bytes(&host->recorder_argv),
		.command_argv = rn_buffer_bytes(&host->command_argv),
		.cwd = rn_bytes_str(host->cwd),
		.hostname = rn_bytes_str(host->uts.nodename),
		.sysname = rn_bytes_str(host->uts.sysname),
		.release = rn_bytes_str(host->uts.release),
		.version = rn_bytes_str(host->uts.version),
		.boot_id = rn_bytes_str(host->boot_id),
		.interfaces = rn_buffer_bytes(&host->interfaces),
		.traceparent = rn_bytes_str(getenv("TRACEPARENT")),
	};
	make_uuid(h->uuid);
	if (rn_buffer_ok(&host->recorder_argv) && rn_buffer_ok(&host->command_argv))
		return 0;
	return rn_fail(err, RN_E_NOMEM, "out of memory");
}

void rn_host_fini(struct rn_host *host)
{
	rn_buffer_fini(&host->recorder_argv);
	rn_buffer_fini(&host->command_argv);
	rn_buffer_fini(&host->filter);
	rn_buffer_fini(&host->interfaces);
	rn_buffer_fini(&host->chaos);
	rn_buffer_fini(&host->privacy);
	rn_buffer_fini(&host->sampling);
}

void rn_host_start(struct rn_header *h)
{
	h->start_monotonic_ns = clock_ns(CLOCK_MONOTONIC);
	h->start_realtime_ns = clock_ns(CLOCK_REALTIME);
	h->start_boottime_ns = clock_ns(CLOCK_BOOTTIME);
}
