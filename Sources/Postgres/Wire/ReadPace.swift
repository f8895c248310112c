/// When a reader of many rows waits a moment before it asks for more.
///
/// A server sends rows 8 KiB at a time. Who reads each as it comes is woken for each, and where both share a processor that costs
/// more than the rows themselves; a moment later there are many to be had at once, and the server, meanwhile, is not stopped:
/// what the line holds is several times what comes in that moment.
struct ReadPace {
    /// Microseconds.
    static let pause: UInt32 = 300
    /// Bytes that are worth a read.
    private static let goodRead = 128 << 10
    /// Bytes after which an answer counts as long. Most tables are short, and nobody waits for them.
    private static let longAnswer = 1 << 20

    private var last = 0
    private var total = 0

    /// Whether so little came at once that it is better to wait.
    var isTooFast: Bool { total >= Self.longAnswer && last < Self.goodRead }

    mutating func note(_ bytes: Int) {
        last = bytes
        total += bytes
    }
}
