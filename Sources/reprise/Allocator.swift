import CMalloc
import Foundation

/// How the C library gives out memory, which by itself suits programs of many small objects: here a few threads turn over large
/// buffers. With an arena for each thread what one has freed is of no use to the next, and the process grew with the number of
/// files (315 MB for a million); with memory given back to the system at every chance the same pages are cleared again and
/// again (a third of a restore's processor time).
enum Allocator {
    static func setUp() {
        // As many as it may use: a container may have two of a host's many.
        mallopt(M_ARENA_MAX, Int32(max(1, ProcessInfo.processInfo.activeProcessorCount / 2)))
        // The largest that it takes: what is longer is mapped by itself and given back at once.
        mallopt(M_MMAP_THRESHOLD, 32 << 20)
        mallopt(M_TRIM_THRESHOLD, 64 << 20)
    }
}
