/// An object that is written piece by piece, for who does not want to hold all of it in memory, and gets its key at the end.
///
/// Before `commit` nothing of it is under any key, and whoever lets go of it leaves nothing behind. After a failure there is
/// nothing to do but to let go. Used by one thread at a time.
public protocol StreamedPut: AnyObject, Sendable {
    /// Appends bytes; they may be lost in a power cut until `commit` returns. Blocks.
    func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError)

    /// Puts what was appended under `key`, with every promise of `put` with `ifAbsent`. Nothing is appended afterwards.
    func commit(_ key: ObjectKey) async throws(StoreError)
}
