import Language
import ObjectStore

extension ObjectStore {
    /// Puts a new object (I1) and looks that it is there, whole: a store that says yes and forgets must not be believed, least of
    /// all when the next object will refer to this one (I2).
    ///
    /// - Parameter isNamedByItsBytes: an object that is there already is this one.
    func putSurely(_ name: String, _ bytes: [UInt8], isNamedByItsBytes: Bool = false) async throws(StoreError) {
        guard let key = ObjectKey(name) else { preconditionFailure("the vault names its objects with valid keys") }
        do throws(StoreError) {
            try await put(key, bytes, ifAbsent: true)
        } catch {
            guard error.code == .exists, isNamedByItsBytes else { throw error }
        }
        guard try await head(key)?.size == bytes.count else {
            throw StoreError(
                .failed, "\(location) said that it has \(name), and has it not, or not whole.",
                hint: "Do not trust this store: check its disk or service, then run the same command again.")
        }
    }
}
