#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor hashes two messages in much less time than one after the other.
bool sha256_has_pairs(void);

/// Takes so many blocks of 64 bytes of two messages into their states, eight words each, the second behind the first (FIPS 180-4,
/// 6.2.2). Only where `sha256_has_pairs`.
void sha256_take_pair(uint32_t states[16], const void *first, const void *second, size_t blocks);
