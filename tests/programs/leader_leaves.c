/* SPDX-License-Identifier: MIT */
/* leader_leaves: the first thread ends, another goes on and writes "on". */
#include <pthread.h>
#include <unistd.h>

static void *go_on(void *leader)
{
	pthread_join(*(pthread_t *)leader, NULL);
	return (void *)(write(1, "on\n", 3) == 3 ? 0L : 1L);
}

int main(void)
{
	static pthread_t self;
	pthread_t t;
	self = pthread_self();
	pthread_create(&t, NULL, go_on, &self);
	pthread_exit(NULL);
}
