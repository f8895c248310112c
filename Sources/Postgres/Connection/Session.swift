internal import CPostgres
internal import Foundation
internal import Language
internal import Synchronization

/// An established connection and the blocking work on it: every wait is a `poll` that a cancelled task ends.
final class Session:
    @unchecked Sendable /* only ever touched on its connection's thread, and closed when the last reference goes */
{
    let target: ConnectionString
    let handle: OpaquePointer
    private let wake: Wake
    /// Where all of this happens.
    private let thread = pthread_self()
    /// Why nothing more can be done here, once that is so.
    private(set) var broken: PostgresError?
    /// The encoding of COPY data: the database's own, so that no value is ever refused or changed by a conversion.
    var dataEncoding: String { serverParameter("server_encoding") ?? "UTF8" }
    /// The encoding in which statements, names and results of `rows` travel.
    var textEncoding = "UTF8"

    private var cancelRequest: CancelRequest?
    /// When a cancelled statement is given up and the connection with it.
    private var deadline: ContinuousClock.Instant?

    /// How long a server may take to end a statement that was cancelled.
    static let cancelPatience = Duration.seconds(5)

    /// Takes over `handle`, which is connected and idle.
    init(_ handle: OpaquePointer, target: ConnectionString, wake: Wake) {
        self.handle = handle
        self.target = target
        self.wake = wake
        // libpq prints notices on standard error unless told otherwise.
        _ = PQsetNoticeProcessor(handle, { _, _ in }, nil)
        PQsetnonblocking(handle, 1)
        widenLocalLine()
    }

    deinit { PQfinish(handle) }

    /// Lets more rows be on their way to a server of this machine, so that neither side stops for the other at every turn. The
    /// system grows the buffers of other lines by itself, and no longer once somebody has set them.
    private func widenLocalLine() {
        var address = sockaddr_storage()
        var width = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = withUnsafeMutablePointer(to: &address) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(PQsocket(handle), $0, &width) == 0 }
        }
        guard isKnown, address.ss_family == AF_UNIX else { return }
        // More than the system allows is cut to what it does.
        var bytes: Int32 = 2 << 20
        setsockopt(PQsocket(handle), SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    func serverParameter(_ name: String) -> String? { PQparameterStatus(handle, name).map { String(cString: $0) } }

    /// Begins an operation: throws when none can be done any more.
    func begin(_ cancellation: Cancellation) throws(PostgresError) {
        precondition(pthread_equal(thread, pthread_self()) != 0, "blocking on a thread that others need")
        if let broken { throw broken }
        if cancellation.isRequested { throw .cancelled }
        deadline = nil
    }

    /// Ends an operation: waits until a cancel request that is on its way has arrived, lest it hit the next statement.
    func settle() {
        guard let request = cancelRequest else { return }
        cancelRequest = nil
        while !request.isDone {
            guard broken == nil, waitOnce(for: 0, on: -1) != nil else {
                breakOff(.cancelled)
                break
            }
        }
        deadline = nil
    }

    /// Marks the connection as useless and returns the error to throw.
    @discardableResult
    func breakOff(_ error: PostgresError) -> PostgresError {
        if broken == nil {
            broken =
                error.code == .connectionLost
                ? error : PostgresError(.connectionLost, "The connection was given up after an earlier problem: \(error.message)")
        }
        // So that the server notices too: it may be waiting for us to read what nobody will read any more. A shutdown would not
        // do: the system would go on taking what comes until its buffer is full. The number stays taken until libpq closes it.
        let (socket, nowhere) = (PQsocket(handle), open("/dev/null", O_RDWR | O_CLOEXEC))
        if socket >= 0, nowhere >= 0, dup2(nowhere, socket) >= 0 { _ = fcntl(socket, F_SETFD, FD_CLOEXEC) }
        if nowhere >= 0 { close(nowhere) }
        return error
    }

    /// `connectionLost`, with what libpq or the system knows about it.
    func lost(_ reason: String? = nil) -> PostgresError {
        var text = reason ?? String(cString: PQerrorMessage(handle))
        text = target.redacting(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        if text.isEmpty { text = "the server closed it, or the network is cut" }
        return breakOff(
            PostgresError(
                .connectionLost, "The connection to \(target.description) is lost: \(text)",
                hint: "Check that the server runs and can be reached, then try again."))
    }

    /// Waits until the socket is ready for one of `events`. A cancelled task makes the server stop its statement meanwhile;
    /// when it does not within `cancelPatience`, throws `cancelled` and gives the connection up.
    func wait(for events: Int32, _ cancellation: Cancellation) throws(PostgresError) {
        let socket = PQsocket(handle)
        guard socket >= 0 else { throw lost() }
        while true {
            if cancellation.isRequested { requestCancel() }
            guard let ready = waitOnce(for: Int16(events), on: socket) else { throw breakOff(.cancelled) }
            if ready != 0 { return }
        }
    }

    /// The socket's ready events, 0 when something else woke us, nil when `deadline` has passed.
    private func waitOnce(for events: Int16, on socket: Int32) -> Int16? {
        precondition(pthread_equal(thread, pthread_self()) != 0, "blocking on a thread that others need")
        var watched = [
            pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0), pollfd(fd: socket, events: events, revents: 0),
        ]
        let count = poll(&watched, 2, deadline.map { $0.remainingMilliseconds } ?? -1)
        if count == 0 { return nil }
        if count < 0 { return 0 }
        if watched[0].revents != 0 { wake.drain() }
        return watched[1].revents
    }

    /// Asks the server to stop the running statement; once per operation.
    func requestCancel() {
        guard cancelRequest == nil else { return }
        deadline = .now + Self.cancelPatience
        cancelRequest = CancelRequest(of: handle, wake: wake)
    }
}

extension ContinuousClock.Instant {
    /// For `poll`: rounded up, 0 when it has passed.
    var remainingMilliseconds: Int32 {
        let rest = ContinuousClock.now.duration(to: self)
        return rest <= .zero ? 0 : Int32(clamping: Int64(rest / .milliseconds(1)) + 1)
    }
}

/// A cancel request on its way to the server, over a connection and on a thread of its own: making it can block.
private final class CancelRequest: Sendable {
    private let done = Atomic<Bool>(false)
    var isDone: Bool { done.load(ordering: .acquiring) }

    init(of handle: OpaquePointer, wake: Wake) {
        // Copied out of the connection, and used by that thread alone.
        nonisolated(unsafe) let order = PQgetCancel(handle)
        Thread.detachNewThread { [self] in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { problem in
                _ = PQcancel(order, problem.baseAddress, 256)
            }
            PQfreeCancel(order)
            done.store(true, ordering: .releasing)
            wake.poke()
        }
    }
}
