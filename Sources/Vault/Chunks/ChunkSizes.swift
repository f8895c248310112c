/// How large the chunks of one kind of data are, in bytes.
struct ChunkSizes: Codable, Hashable, Sendable {
    let least: Int
    let usual: Int
    let most: Int

    /// Whether a chunker can work with these: ordered, a power of two in the middle, within bounds that keep memory small.
    var isSound: Bool {
        least >= 64 && least < usual && usual < most && most <= 16 << 20 && usual.nonzeroBitCount == 1 && usual >= 1024
    }
}

/// What kind of data an entry holds, which decides the sizes of its chunks.
public enum ContentKind: Sendable {
    /// Table rows and other text that shifts: 32/128/512 KiB.
    case rows
    /// Any other file: 512 KiB/1 MiB/2 MiB.
    case file
    /// Files that are changed in place, such as pages of a database: blocks of 64 KiB, aligned.
    case pages
}
