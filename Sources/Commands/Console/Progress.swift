import Language
import Reporting
import Synchronization

/// How far a piece of long work has come, as its workers report it; safe to call from anywhere, often, cheaply.
final class Progress: Sendable {
    struct Report: Sendable, Equatable {
        var done: Int64 = 0
        /// Nil while unknown.
        var total: Int64?
        /// What is being worked on, such as a table's name.
        var item: String?
    }

    private let report = Mutex(Report())

    var current: Report { report.withLock { $0 } }

    func add(_ amount: Int64) { report.withLock { $0.done += amount } }

    /// - Parameter item: nil keeps the last one.
    func set(done: Int64, total: Int64? = nil, item: String? = nil) {
        report.withLock {
            $0.done = done
            $0.total = total ?? $0.total
            $0.item = item ?? $0.item
        }
    }

    func expect(_ total: Int64) { report.withLock { $0.total = total } }

    func working(on item: String) { report.withLock { $0.item = item } }
}

/// What is counted.
enum ProgressUnit: String, Sendable {
    case bytes, rows, tables, objects

    func amount(_ count: Int64, _ figures: Figures) -> String {
        self == .bytes ? figures.bytes(count) : figures.count(count)
    }
}

extension Console {
    /// How often progress is told: ten times a second on a terminal, every ten seconds as plain lines elsewhere, every second as
    /// JSON.
    struct ProgressPace: Sendable {
        var terminal = Duration.milliseconds(100)
        var lines = Duration.seconds(10)
        var json = Duration.seconds(1)
    }

    /// Runs `body` and tells meanwhile how far it has come.
    ///
    /// - Parameters:
    ///   - task: names the work for programs, `backup`.
    ///   - title: names it for people, "Backing up db".
    func progress<Value: Sendable>(
        _ task: String, _ title: Phrase, unit: ProgressUnit = .bytes, pace: ProgressPace = ProgressPace(),
        clock: some Clock<Duration> = ContinuousClock(), _ body: @Sendable (Progress) async throws -> Value
    ) async throws -> Value {
        let progress = Progress()
        let settings = settings
        // Quiet people want none; programs asked for it.
        if settings.quiet, !settings.json { return try await body(progress) }
        let line = ProgressLine(task: task, title: title, unit: unit, language: settings.language)
        let isLive = error.isTerminal && !settings.json
        let interval = settings.json ? pace.json : isLive ? pace.terminal : pace.lines
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let start = clock.now
                var meter = ProgressMeter(total: nil, now: .zero)
                while !Task.isCancelled {
                    do { try await clock.sleep(for: interval) } catch { return }
                    let report = progress.current
                    meter.update(done: report.done, total: report.total, now: start.duration(to: clock.now))
                    if settings.json {
                        self.event(["progress": line.event(meter, report)])
                    } else if isLive {
                        self.show(status: line.text(meter, report, width: self.error.width() ?? 80))
                    } else {
                        self.say(Phrase(verbatim: line.text(meter, report, width: nil)))
                    }
                }
            }
            let result: Result<Value, any Error>
            do { result = .success(try await body(progress)) } catch { result = .failure(error) }
            // The line is taken away only once nobody can put it back.
            group.cancelAll()
            try await group.waitForAll()
            if isLive { show(status: "") }
            return try result.get()
        }
    }
}
