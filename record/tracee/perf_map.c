/* SPDX-License-Identifier: MIT */
/* Programs that make code tell of it in /tmp/perf-PID.map, PID and /tmp being their own. */
#include "record/tracee/modules.h"

#include "record/embed/embed.h"
#include "record/tracee/proc_place.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whoever may write to /tmp could tell tales of another's code: the owner must be the process', or
 * root. A process that is gone was our own user's. */
static bool is_its_own(int fd, pid_t pid)
{
	char proc[32];
	struct stat file, process;
	snprintf(proc, sizeof(proc), "/proc/%d", rn_proc_number(pid));
	if (fstat(fd, &file) < 0 || !S_ISREG(file.st_mode) || file.st_size == 0)
		return false;
	uid_t owner = stat(proc, &process) == 0 ? process.st_uid : geteuid();
	return file.st_uid == 0 || file.st_uid == owner;
}

void rn_modules_perf_map(struct rn_recording *rec, pid_t pid, pid_t ns_pid)
{
	char path[80], name[40];
	if (!rec->embedder)
		return;
	snprintf(path, sizeof(path), "/proc/%d/root/tmp/perf-%d.map", rn_proc_number(pid),
		ns_pid ? ns_pid : pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	if (fd < 0) { /* it has ended, and we are told too late: where it saw files as we do .. */
		snprintf(path, sizeof(path), "/tmp/perf-%d.map", pid);
		fd = ns_pid ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	}
	if (fd < 0)
		return;
	snprintf(name, sizeof(name), "/tmp/perf-%d.map", pid);
	if (is_its_own(fd, pid))
		rn_embed_perf_map(rec->embedder, fd, rn_bytes_str(name));
	else
		close(fd);
}
