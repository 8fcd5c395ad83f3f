/* SPDX-License-Identifier: MIT */
#include "analyze/decode/kinds.h"

#include <criterion/criterion.h>

Test(kinds, every_kind_has_a_printer)
{
	for (int k = 0; k < RN_ARG_KINDS; k++)
		cr_expect_not_null(rn_kind_printers[k], "kind %d", k);
}
