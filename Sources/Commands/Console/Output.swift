import Foundation

/// One of the two streams that a command writes to, and what is known of who reads it.
struct Output: Sendable {
    let isTerminal: Bool
    /// Columns, asked anew each time because windows are resized; nil where there is no terminal.
    let width: @Sendable () -> Int?
    /// Writes everything or throws `SystemMessage`; a reader that has gone away is no error.
    let write: @Sendable (String) throws -> Void

    static let standardOutput = Output(descriptor: STDOUT_FILENO)
    static let standardError = Output(descriptor: STDERR_FILENO)

    init(isTerminal: Bool, width: @escaping @Sendable () -> Int?, write: @escaping @Sendable (String) throws -> Void) {
        self.isTerminal = isTerminal
        self.width = width
        self.write = write
    }

    init(descriptor: Int32) {
        let isTerminal = isatty(descriptor) == 1
        self.init(
            isTerminal: isTerminal,
            width: {
                var size = winsize()
                guard isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
                return Int(size.ws_col)
            },
            write: { text in
                var rest = Array(text.utf8)[...]
                while !rest.isEmpty {
                    let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                    if count >= 0 {
                        rest = rest.dropFirst(count)
                    } else if errno == EAGAIN {
                        // Somebody made the terminal non-blocking.
                        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                        poll(&wait, 1, -1)
                    } else if errno == EPIPE {
                        // `reprise … | head` has seen enough.
                        return
                    } else if errno != EINTR {
                        throw SystemMessage(description: String(cString: strerror(errno)))
                    }
                }
            })
    }
}
