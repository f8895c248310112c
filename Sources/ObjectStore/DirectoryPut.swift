import Glibc

/// An object on its way into a directory: a file without a name, which the system takes away when it is closed without one.
final class DirectoryPut: StreamedPut {
    private let store: DirectoryStore
    private let file: Int32
    /// For messages, until it has its key.
    private let prefix: String

    /// - Parameter file: opened for reading and writing; closed by this.
    init(_ store: DirectoryStore, file: Int32, prefix: String) {
        self.store = store
        self.file = file
        self.prefix = prefix
    }

    deinit { close(file) }

    func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) { try store.write(file, bytes, prefix) }

    func commit(_ key: ObjectKey) async throws(StoreError) {
        try await store.blocking { [self] () throws(StoreError) in try store.nameUnnamed(file, key) }
    }
}
