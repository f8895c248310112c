internal import Vault

/// Decides how a file is cut: what is changed in place into aligned pages, so that a few changed pages cost a few; everything
/// else where its content says, so that what shifts is found again.
enum ContentChoice {
    /// Bytes from which on a file that changed and kept its size is taken for one that is changed in place.
    private static let largeEnough: Int64 = 16 << 20

    private static let imageEndings = [".img", ".raw", ".qcow2", ".vmdk", ".vdi", ".vhd", ".vhdx"].map { Array($0.utf8) }
    private static let sqlite = Array("SQLite format 3\0".utf8)

    /// - Parameter head: the first bytes of the file, up to 64.
    static func kind(name: [UInt8], status: FileStatus, head: [UInt8], earlier: FileStamp?) -> ContentKind {
        let size = status.size
        if let earlier {
            if earlier.isPages { return .pages }
            if earlier.size == size, size >= largeEnough, earlier.modified != status.modified { return .pages }
        }
        if head.starts(with: sqlite) || isPostgresRelation(name, size, head) { return .pages }
        if size >= largeEnough, imageEndings.contains(where: { name.suffix($0.count).elementsEqual($0) }) { return .pages }
        return .file
    }

    /// A relation's file: a number, perhaps with a fork or a segment, whole pages of 8 KiB, the first with PostgreSQL's mark of
    /// size and version.
    private static func isPostgresRelation(_ name: [UInt8], _ size: Int64, _ head: [UInt8]) -> Bool {
        guard size > 0, size.isMultiple(of: 8192), head.count >= 20, head[19] == 0x20, (3...5).contains(head[18]) else {
            return false
        }
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let rest = name.drop(while: isDigit)
        guard rest.count < name.count else { return false }
        if rest.isEmpty || rest.elementsEqual("_fsm".utf8) || rest.elementsEqual("_vm".utf8) { return true }
        return rest.first == UInt8(ascii: ".") && rest.count > 1 && rest.dropFirst().allSatisfy(isDigit)
    }
}
