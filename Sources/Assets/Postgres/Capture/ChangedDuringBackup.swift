internal import Language

/// A table is no longer what the snapshot says: the capture starts anew with a fresh snapshot.
struct ChangedDuringBackup: Error {
    let table: TableName?
    let what: Phrase
    var cause: (any Error)?
}
