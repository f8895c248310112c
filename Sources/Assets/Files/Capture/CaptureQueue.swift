internal import Foundation
internal import Vault

/// Entries that go through the capture together, in their order.
final class CaptureBatch {
    let number: Int
    var items: [CaptureItem] = []
    /// Files to be read, and their bytes.
    var reads = 0
    var bytes: Int64 = 0

    init(number: Int) { self.number = number }
}

/// Hands batches from the walk to the readers and puts them back into their order behind them.
///
/// The walk is held back while `limit` batches are under way, so that memory is bounded however slow the store is. The first
/// failure ends all. `@unchecked Sendable`: all state is behind `condition`; a batch belongs to one thread at a time.
final class CaptureQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [CaptureBatch] = []
    private var first = 0
    private var active: LargeFile?
    private var finished: [Int: CaptureBatch] = [:]
    private var next = 0
    private var submitted = 0
    private var isEmitting = false
    private var isClosed = false
    private var failure: (any Error)?
    private let emit: (CaptureBatch, FileReading) throws -> Void

    private let limit: Int

    /// - Parameters:
    ///   - limit: batches under way.
    ///   - emit: called with one finished batch at a time, in their order, and the reading of the thread that it is called on.
    init(limit: Int, emit: @escaping (CaptureBatch, FileReading) throws -> Void) {
        self.limit = limit
        self.emit = emit
    }

    enum Turn {
        case batch(CaptureBatch)
        /// A large file that another thread began.
        case join(LargeFile)
    }

    func submit(_ batch: CaptureBatch) throws {
        condition.lock()
        defer { condition.unlock() }
        while failure == nil, submitted - next >= limit { condition.wait() }
        if let failure { throw failure }
        submitted += 1
        waiting.append(batch)
        condition.broadcast()
    }

    /// The walk is over.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }

    func fail(_ error: any Error) {
        condition.withLock {
            if failure == nil { failure = error }
            condition.broadcast()
        }
    }

    func throwFailure() throws {
        condition.lock()
        defer { condition.unlock() }
        if let failure { throw failure }
    }

    /// What a reader does next; nil when everything is done.
    func take() throws -> Turn? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let failure { throw failure }
            if let active {
                if !active.isTaken { return .join(active) }
                self.active = nil
            }
            if first < waiting.count {
                let batch = waiting[first]
                first += 1
                if first > 32 {
                    waiting.removeFirst(first)
                    first = 0
                }
                return .batch(batch)
            }
            if isClosed, next == submitted { return nil }
            condition.wait()
        }
    }

    /// Lets the other threads read along.
    func share(_ file: LargeFile) {
        condition.withLock {
            active = file
            condition.broadcast()
        }
    }

    /// A batch's bytes are all stored.
    ///
    /// - Parameter reading: of the thread that calls.
    func finish(_ batch: CaptureBatch, by reading: FileReading) throws {
        condition.lock()
        finished[batch.number] = batch
        guard !isEmitting else { return condition.unlock() }
        isEmitting = true
        while let ready = finished.removeValue(forKey: next) {
            condition.unlock()
            let result = Result { try emit(ready, reading) }
            condition.lock()
            if case .failure(let error) = result {
                if failure == nil { failure = error }
                break
            }
            next += 1
            condition.broadcast()
        }
        isEmitting = false
        condition.broadcast()
        let problem = failure
        condition.unlock()
        if let problem { throw problem }
    }
}

/// A large file that several threads read.
///
/// `@unchecked Sendable`: `readers` is behind `lock`.
final class LargeFile: @unchecked Sendable {
    let shared: SharedEntry
    private let condition = NSCondition()
    private var others = 0

    init(_ shared: SharedEntry) { self.shared = shared }

    var isTaken: Bool { shared.isTaken }

    /// Reads along with the thread that began it.
    func join(with lane: ChunkLane) {
        condition.withLock { others += 1 }
        // The thread that began it hears of a failure in `finish`.
        try? shared.work(with: lane)
        condition.withLock {
            others -= 1
            condition.broadcast()
        }
    }

    /// Reads until there is nothing left and everybody who joined is done.
    func lead(with lane: ChunkLane) throws -> (content: StoredContent, chunks: EntryChunks?) {
        defer { condition.withLock { while others > 0 { condition.wait() } } }
        try shared.work(with: lane)
        condition.withLock { while others > 0 { condition.wait() } }
        return try shared.finish()
    }
}
