// Header-only mode: the hash is inlined into its caller.
#define XXH_INLINE_ALL
#include <xxhash.h>
