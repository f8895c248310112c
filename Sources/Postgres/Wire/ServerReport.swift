internal import Language

/// What a server says in an ErrorResponse or NoticeResponse.
struct ServerReport: Sendable, Equatable {
    var severity = ""
    var sqlState = ""
    var message = ""
    var detail: String?
    var hint: String?

    /// Reads the body of the message: fields of one letter and a zero-ended text each. A damaged body gives what can be read of
    /// it.
    init(body: some Collection<UInt8>) {
        for field in body.split(separator: 0) {
            let text = String(decoding: field.dropFirst(), as: UTF8.self)
            switch field.first {
            case UInt8(ascii: "S") where severity.isEmpty: severity = text
            // The same word as `S`, never translated.
            case UInt8(ascii: "V"): severity = text
            case UInt8(ascii: "C"): sqlState = text
            case UInt8(ascii: "M"): message = text
            case UInt8(ascii: "D"): detail = text
            case UInt8(ascii: "H"): hint = text
            default: break
            }
        }
    }

    init(severity: String, sqlState: String, message: String, detail: String?, hint: String?) {
        self.severity = severity
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
    }

    /// The server ends the session after saying this.
    var endsSession: Bool { severity == "FATAL" || severity == "PANIC" }

    func error(redactedBy target: ConnectionString) -> PostgresError {
        var text = message
        if let detail { text += " " + detail }
        text = target.redacting(text)
        let advice = hint.map { Phrase(verbatim: target.redacting($0)) }
        let state = sqlState.isEmpty ? nil : sqlState
        if endsSession {
            return PostgresError(
                .connectionLost, "The server ended the connection: \(text)", hint: advice, sqlState: state)
        }
        switch sqlState {
        case "55P03":
            return PostgresError(
                .lockTimeout, "A lock was not to be had in time: \(text)",
                hint: advice ?? "Try again when the table is less busy.", sqlState: state)
        default:
            return PostgresError(.sqlError, "The server refused a statement: \(text)", hint: advice, sqlState: state)
        }
    }
}
