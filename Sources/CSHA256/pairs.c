// The processor's own instructions for SHA-256 each wait for the one before, so that its unit stands idle half of the time. Here
// the rounds of two messages take turns. The intrinsics are for processors of one family; on others there are no pairs.

#include "CSHA256.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define WITH_SHA __attribute__((target("sha,sse4.1")))

static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

bool sha256_has_pairs(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1)) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/// A state as the instructions want it: a, b, e, f in one register, c, d, g, h in the other, from the highest word down.
typedef struct {
    __m128i abef, cdgh;
} State;

WITH_SHA static inline State load(const uint32_t words[8]) {
    __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0xb1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(words + 4)), 0x1b);
    return (State){_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xf0)};
}

WITH_SHA static inline void store(uint32_t words[8], State state) {
    __m128i feba = _mm_shuffle_epi32(state.abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(state.cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)words, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(words + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/// The sixteen words of a block, which are big-endian.
WITH_SHA static inline void read_block(__m128i words[4], const uint8_t *block) {
    const __m128i turned = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    for (int i = 0; i < 4; i++) words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block + i), turned);
}

/// The four words of the message schedule that take the place of the oldest of sixteen, `words[at]`.
WITH_SHA static inline void extend(__m128i words[4], int at) {
    __m128i newest = words[(at + 3) & 3];
    __m128i sum = _mm_sha256msg1_epu32(words[at], words[(at + 1) & 3]);
    sum = _mm_add_epi32(sum, _mm_alignr_epi8(newest, words[(at + 2) & 3], 4));
    words[at] = _mm_sha256msg2_epu32(sum, newest);
}

WITH_SHA void sha256_take_pair(uint32_t states[16], const void *first, const void *second, size_t blocks) {
    const uint8_t *bytes[2] = {first, second};
    State now[2] = {load(states), load(states + 8)};
    for (; blocks > 0; blocks--) {
        State before[2] = {now[0], now[1]};
        __m128i words[2][4];
        for (int n = 0; n < 2; n++) read_block(words[n], bytes[n]);
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            __m128i constant = _mm_load_si128((const __m128i *)constants + i);
            __m128i added[2];
            for (int n = 0; n < 2; n++) added[n] = _mm_add_epi32(words[n][i & 3], constant);
            for (int n = 0; n < 2; n++) now[n].cdgh = _mm_sha256rnds2_epu32(now[n].cdgh, now[n].abef, added[n]);
            for (int n = 0; n < 2; n++) added[n] = _mm_shuffle_epi32(added[n], 0x0e);
            for (int n = 0; n < 2; n++) now[n].abef = _mm_sha256rnds2_epu32(now[n].abef, now[n].cdgh, added[n]);
            for (int n = 0; n < 2 && i < 12; n++) extend(words[n], i & 3);
        }
        for (int n = 0; n < 2; n++) {
            now[n].abef = _mm_add_epi32(now[n].abef, before[n].abef);
            now[n].cdgh = _mm_add_epi32(now[n].cdgh, before[n].cdgh);
            bytes[n] += 64;
        }
    }
    store(states, now[0]);
    store(states + 8, now[1]);
}

#else

bool sha256_has_pairs(void) { return false; }

void sha256_take_pair(uint32_t states[16], const void *first, const void *second, size_t blocks) { __builtin_trap(); }

#endif
