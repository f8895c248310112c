internal import CPostgres
internal import Foundation
internal import Language

extension Session {
    /// Sends one statement with parameters (extended protocol); gives its rows.
    func rows(_ sql: String, _ parameters: [String?], _ cancellation: Cancellation) throws(PostgresError) -> [[String?]] {
        try begin(cancellation)
        try refuseZeroBytes([sql] + parameters.compactMap { $0 })
        let copies = parameters.map { $0.map { strdup($0) } ?? nil }
        defer { for copy in copies { free(copy) } }
        let values = copies.map { UnsafePointer($0) }
        guard PQsendQueryParams(handle, sql, Int32(values.count), nil, values, nil, nil, 0) == 1 else { throw lost() }
        return try results(cancellation)
    }

    /// Sends a text of any number of statements (simple protocol).
    func execute(_ sql: String, _ cancellation: Cancellation) throws(PostgresError) {
        try begin(cancellation)
        try refuseZeroBytes([sql])
        guard PQsendQuery(handle, sql) == 1 else { throw lost() }
        _ = try results(cancellation)
    }

    private func results(_ cancellation: Cancellation) throws(PostgresError) -> [[String?]] {
        defer { settle() }
        var rows: [[String?]] = []
        var failure: PostgresError?
        while let result = try nextResult(cancellation) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK:
                append(result, to: &rows)
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                break
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                throw breakOff(PostgresError(.sqlError, "A COPY statement must be run as a copy."))
            default:
                let report = ServerReport(result)
                let error = report.error(redactedBy: target)
                if failure == nil { failure = error }
                if report.endsSession { breakOff(error) }
            }
        }
        if let failure, failure.code == .connectionLost { throw failure }
        // A statement that was quicker than its cancellation counts as cancelled too: nobody waits for its result.
        if cancellation.isRequested { throw .cancelled }
        if let failure { throw failure }
        return rows
    }

    private func nextResult(_ cancellation: Cancellation) throws(PostgresError) -> OpaquePointer? {
        while true {
            let unsent = PQflush(handle)
            guard unsent >= 0 else { throw lost() }
            if PQisBusy(handle) == 0 { break }
            try wait(for: unsent == 1 ? POLLIN | POLLOUT : POLLIN, cancellation)
            guard PQconsumeInput(handle) == 1 else {
                // What the server said before it closed the connection tells more than the closing.
                if PQisBusy(handle) == 0, let result = PQgetResult(handle) { return result }
                throw lost()
            }
        }
        return PQgetResult(handle)
    }

    private func append(_ result: OpaquePointer, to rows: inout [[String?]]) {
        let columns = PQnfields(result)
        for row in 0..<PQntuples(result) {
            rows.append(
                (0..<columns).map { column in
                    guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else { return nil }
                    return String(
                        decoding: UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(result, row, column))),
                        as: UTF8.self)
                })
        }
    }

    func refuseZeroBytes(_ texts: [String]) throws(PostgresError) {
        guard texts.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw PostgresError(.sqlError, "A statement or parameter holds a zero byte, which PostgreSQL texts cannot.")
        }
    }
}

extension ServerReport {
    /// What a failed result tells.
    init(_ result: OpaquePointer) {
        func field(_ letter: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(letter.value)).map { String(cString: $0) }
        }
        self.init(
            severity: field("V") ?? field("S") ?? "", sqlState: field("C") ?? "",
            message: field("M") ?? String(cString: PQresultErrorMessage(result)).trimmingCharacters(in: .whitespacesAndNewlines),
            detail: field("D"), hint: field("H"))
    }
}
