/* SPDX-License-Identifier: MIT */
/* mkseeds TRACE COMMAND FROM N [IMAGE]: N calls of a trace from number FROM, with all other events up to there, as
 * an input of fuzz_commands for its command number COMMAND, on standard output. */
#include "format/reader.h"
#include "fuzz/events.h"

#include <stdio.h>
#include <stdlib.h>

static void put_image(struct rn_buffer *out, const char *path)
{
	static uint8_t image[1 << 16];
	FILE *f = path ? fopen(path, "rb") : NULL;
	size_t n = f ? fread(image, 1, sizeof(image) - 1, f) : 0;
	fuzz_put_text(out, rn_bytes_of(image, n), 1 << 16);
	if (f)
		fclose(f);
}

static void put_events(struct rn_buffer *out, struct rn_reader *r, unsigned long from, unsigned long n)
{
	struct rn_block *b = rn_block_new();
	struct rn_event ev;
	unsigned long calls = 0;
	while (b && rn_reader_next(r, b, NULL) == 0)
		for (uint32_t i = 0; rn_block_event(b, i, RN_WANT_ALL, &ev, NULL) == 0; i++) {
			bool call = ev.kind == RN_EV_CALL;
			if (call ? calls >= from && calls < from + n : calls < from + n)
				fuzz_put_event(out, &ev);
			calls += call;
		}
	rn_block_free(b);
}

int main(int argc, char **argv)
{
	struct rn_error err;
	struct rn_reader *r;
	struct rn_buffer out = RN_BUFFER_INIT;
	if (argc < 5) {
		fprintf(stderr, "usage: mkseeds TRACE COMMAND FROM N [IMAGE]\n");
		return 2;
	}
	if (rn_reader_open(&r, argv[1], &err)) {
		fprintf(stderr, "mkseeds: %s\n", err.message);
		return 1;
	}
	rn_put_u8(&out, (uint8_t)strtoul(argv[2], NULL, 10));
	put_image(&out, argv[5]);
	rn_put_u8(&out, 15);
	put_events(&out, r, strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
	fwrite(out.p, 1, out.len, stdout);
	rn_buffer_fini(&out);
	rn_reader_close(r);
	return 0;
}
