/* SPDX-License-Identifier: MIT */
#include "analyze/stack/modules.h"

#include "tests/analyze/trace_fixture.h"

#include <criterion/criterion.h>

static struct rn_bytes text(const char *s)
{
	return rn_bytes_str(s);
}

static void put_map(struct fixture *f, uint64_t ts_ns, uint32_t utid, uint64_t addr, uint64_t len,
	const char *path, const char *build_id)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_MAP };
	ev.MAP = (struct rn_ev_MAP){ .addr = addr, .len = len, .offset = 0x1000, .prot = 5,
		.path = text(path), .build_id = text(build_id) };
	fixture_event(f, &ev);
}

static void put_image(struct fixture *f, uint32_t kind, const char *name, const char *build_id,
	const char *image)
{
	struct rn_module_image m = { text(build_id), text(name), text(image), kind };
	cr_assert_eq(rn_writer_module(f->writer, &m, NULL), 0);
}

static void expect_image(struct rn_modules_table *m, uint32_t i, const char *image)
{
	struct rn_bytes b;
	cr_assert_eq(rn_modules_embedded(m, i, &b, NULL), 0);
	cr_expect(rn_bytes_equal(b, text(image)), "'%.*s' instead of '%s'", (int)b.len, b.p, image);
}

Test(modules, are_found_by_path_and_build_id_and_images_by_build_id)
{
	struct fixture f;
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	put_map(&f, 1, 1, 0x10000, 0x1000, "/lib/a.so", "id-a");
	put_map(&f, 2, 1, 0x20000, 0x1000, "/lib/b.so (deleted)", "");
	put_map(&f, 3, 1, 0x30000, 0x1000, "/lib/a.so", "id-a");
	put_image(&f, RN_MODULE_ELF, "/other/name", "id-a", "first");
	put_image(&f, RN_MODULE_ELF, "/lib/b.so", "", "of b");
	put_image(&f, RN_MODULE_ELF, "/other/name", "id-a", "the last counts");
	struct rn_reader *r = fixture_open(&f);
	struct rn_modules_table *m = rn_modules_new();
	cr_assert_eq(rn_modules_scan(m, r, NULL), 0);
	cr_assert_eq(rn_modules_n(m), 2);
	cr_expect(rn_bytes_equal(rn_modules_at(m, 1)->path, text("/lib/b.so")));
	cr_expect(rn_modules_at(m, 1)->deleted);
	struct rn_place p;
	cr_assert(rn_modules_find(m, 1, 10, 0x30010, &p));
	cr_expect_eq(p.module, 0);
	cr_expect_eq(p.file_offset, 0x1010);
	cr_expect_eq(p.low, 0x30000);
	expect_image(m, 0, "the last counts");
	expect_image(m, 1, "of b");
	rn_modules_free(m);
	rn_reader_close(r);
}

Test(modules, code_of_a_jit_is_found_in_its_own_process)
{
	struct fixture f;
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_task(&f, 0, 2, 2, 1, 101, 101);
	put_image(&f, RN_MODULE_PERF_MAP, "/tmp/perf-101.map", "", "7000 100 f\n");
	struct rn_reader *r = fixture_open(&f);
	struct rn_modules_table *m = rn_modules_new();
	cr_assert_eq(rn_modules_scan(m, r, NULL), 0);
	struct rn_place p;
	cr_expect_not(rn_modules_find(m, 1, 5, 0x7010, &p));
	cr_expect_not(rn_modules_find(m, 2, 5, 0x7100, &p));
	cr_assert(rn_modules_find(m, 2, 5, 0x7010, &p));
	cr_expect(rn_modules_at(m, p.module)->is_jit);
	cr_expect_eq(rn_modules_at(m, p.module)->pid, 101);
	cr_expect_eq(p.file_offset, 0x7010);
	rn_modules_free(m);
	rn_reader_close(r);
}

static int find_by_path(void *arg, const struct rn_module *module, struct rn_bytes *elf,
	struct rn_error *err)
{
	(void)err;
	++*(unsigned *)arg;
	if (rn_bytes_equal(module->path, text("/lib/a.so")))
		*elf = text("found");
	return 0;
}

Test(modules, what_the_trace_does_not_hold_is_asked_of_the_finder_once)
{
	struct fixture f;
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	put_map(&f, 1, 1, 0x10000, 0x1000, "/lib/a.so", "id-a");
	put_map(&f, 1, 1, 0x20000, 0x1000, "/lib/b.so", "id-b");
	struct rn_reader *r = fixture_open(&f);
	struct rn_modules_table *m = rn_modules_new();
	unsigned asked = 0;
	rn_modules_set_finder(m, &(struct rn_image_finder){ find_by_path, &asked });
	cr_assert_eq(rn_modules_scan(m, r, NULL), 0);
	for (unsigned again = 0; again < 2; again++) {
		struct rn_bytes b;
		cr_assert_eq(rn_modules_image(m, 0, &b, NULL), 0);
		cr_expect(rn_bytes_equal(b, text("found")));
		cr_assert_eq(rn_modules_image(m, 1, &b, NULL), 0);
		cr_expect_eq(b.len, 0);
	}
	cr_expect_eq(asked, 2);
	rn_modules_free(m);
	rn_reader_close(r);
}
