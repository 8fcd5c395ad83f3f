/* SPDX-License-Identifier: MIT */
#include "analyze/decode/decode.h"
