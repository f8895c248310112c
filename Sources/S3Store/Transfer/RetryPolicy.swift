/// When a failed request is tried again: after a pause drawn at random from a range that doubles (so that many who were refused
/// at once do not come back at once), and never sooner than the store asks for.
public struct RetryPolicy: Sendable {
    /// The first range ends here.
    public var shortest = Duration.milliseconds(100)
    /// No range ends later.
    public var longest = Duration.seconds(20)
    /// A request that has failed for so long is not tried again.
    public var patience = Duration.seconds(300)
    /// The same while the store has never answered: then the address is more likely wrong than the store at rest.
    public var firstPatience = Duration.seconds(20)

    /// However little patience there is, so long an answer may take to begin…
    private static let leastSilence = Duration.seconds(10)
    /// …and however much there is, after so long it is asked for anew.
    private static let mostSilence = Duration.seconds(60)

    public init() {}

    /// For how long a store that was sent everything may say nothing.
    func silence(hasAnswered: Bool) -> Duration {
        max(Self.leastSilence, min(Self.mostSilence, hasAnswered ? patience : firstPatience))
    }

    /// How long to wait before the next try, or nil where there is none.
    ///
    /// - Parameters:
    ///   - tries: that failed, at least one.
    ///   - elapsed: since the first one failed.
    ///   - asked: what the store asks for, `Retry-After`.
    ///   - share: a random number, 0 … 1.
    func pause(after tries: Int, elapsed: Duration, asked: Duration?, hasAnswered: Bool, share: Double) -> Duration? {
        let range = min(longest, shortest * (1 << min(tries - 1, 20)))
        let pause = max(asked ?? .zero, range * share)
        return elapsed + pause <= (hasAnswered ? patience : firstPatience) ? pause : nil
    }
}
