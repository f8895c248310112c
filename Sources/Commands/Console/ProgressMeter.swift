/// Turns "so much is done" into a rate and a remaining time. A pure value: it is told the time.
///
/// The rate is that of the last ten seconds or so, because what the work was like at the beginning says little about now.
struct ProgressMeter: Sendable {
    /// How far back the rate looks.
    static let window = Duration.seconds(10)

    private(set) var done: Int64 = 0
    private(set) var total: Int64?
    private var samples: [(time: Duration, done: Int64)]
    private var now: Duration

    /// - Parameter now: time since any fixed moment.
    init(total: Int64?, now: Duration) {
        self.total = total
        self.now = now
        samples = [(now, 0)]
    }

    mutating func update(done: Int64, total: Int64?, now: Duration) {
        self.done = done
        self.total = total
        self.now = now
        // Four samples a second are enough; the oldest kept one is just outside the window.
        if let last = samples.last, now - last.time < .milliseconds(250), samples.count > 1 { samples.removeLast() }
        samples.append((now, done))
        while samples.count > 2, now - samples[1].time >= Self.window { samples.removeFirst() }
    }

    /// Per second; nil until enough time has passed to tell.
    var rate: Double? {
        guard let first = samples.first, now - first.time >= .seconds(1) else { return nil }
        return max(0, Double(done - first.done)) / ((now - first.time) / .seconds(1))
    }

    /// Nil where the whole is unknown or nothing moves.
    var remaining: Duration? {
        guard let total, let rate, rate > 0, total > done else { return nil }
        // More than a hundred days is not known.
        let seconds = Double(total - done) / rate
        return seconds < 8_640_000 ? .seconds(seconds) : nil
    }
}
