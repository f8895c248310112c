/// Takes the bytes of a `COPY … TO STDOUT` in pieces that may be cut anywhere, and gives the totals of its rows as COPY text.
protocol RowReader: ~Copyable {
    /// Whether it reads rows in binary form, and not as text.
    static var readsBinary: Bool { get }
    /// Of COPY text, of the rows that have passed so far.
    var bytes: Int64 { get }

    /// Throws `protocolViolation` where the bytes are no rows; nothing more may be given then.
    mutating func update(_ piece: UnsafeRawBufferPointer) throws(PostgresError)
    /// Throws `protocolViolation` where the rows are cut off.
    consuming func finish() throws(PostgresError) -> CopyTotals
}
