/// How the objects of a vault in a bucket are locked.
public struct LockPlan: Sendable, Equatable {
    public enum Mode: String, Sendable, CaseIterable {
        /// Whoever has the right to may lift a lock.
        case governance
        /// Nobody may.
        case compliance
    }

    public var mode: Mode
    /// How long nobody can delete what a backup has written or relies on.
    public var period: Duration

    /// Less is renewed all the time and leaves nobody the time to notice; more than ten years no plan says.
    public static let shortest = Duration.seconds(86_400)

    public init(mode: Mode, period: Duration) {
        self.mode = mode
        self.period = period
    }
}
