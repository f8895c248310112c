// Header-only mode: the hash is inlined into its caller. The library renames everything in this mode, by macros that Swift does not
// see, hence these names of our own.
#define XXH_INLINE_ALL
#include <xxhash.h>

typedef struct {
    uint64_t low;
    uint64_t high;
} xxh3_digest;

/// The state of a hash over bytes that come in pieces.
typedef struct xxh3_stream xxh3_stream;

static inline xxh3_digest xxh3_of(const void *bytes, size_t count) {
    XXH128_hash_t hash = XXH3_128bits(bytes, count);
    return (xxh3_digest){hash.low64, hash.high64};
}

/// NULL when there is no memory.
static inline xxh3_stream *xxh3_stream_make(void) { return (xxh3_stream *)XXH3_createState(); }

static inline void xxh3_stream_free(xxh3_stream *stream) { XXH3_freeState((XXH3_state_t *)stream); }

static inline void xxh3_stream_reset(xxh3_stream *stream) { XXH3_128bits_reset((XXH3_state_t *)stream); }

static inline void xxh3_stream_update(xxh3_stream *stream, const void *bytes, size_t count) {
    XXH3_128bits_update((XXH3_state_t *)stream, bytes, count);
}

static inline xxh3_digest xxh3_stream_digest(const xxh3_stream *stream) {
    XXH128_hash_t hash = XXH3_128bits_digest((const XXH3_state_t *)stream);
    return (xxh3_digest){hash.low64, hash.high64};
}
