internal import Vault

/// A POSIX access control list as Linux gives it in an attribute: a version (4 bytes), then entries of a tag (2), rights (2) and
/// a number (4), all little-endian.
enum AccessList {
    static let prefix = Array("system.posix_acl_".utf8)
    private static let access = prefix + Array("access".utf8)

    private static let owningGroup = 0x04
    private static let mask = 0x10

    /// The mode of a file that has to go without its list. With one the group's bits are the mask of all that the list gives to
    /// anybody; without it they would be the rights of the owning group, which may have had fewer.
    static func mode(_ mode: UInt16, without attributes: [FileFacts.Attribute]) -> UInt16 {
        guard let list = attributes.first(where: { $0.name == access }) else { return mode }
        var (group, most) = (0, 7)
        for start in stride(from: 4, to: list.value.count - 7, by: 8) {
            let tag = Int(list.value[start]) | Int(list.value[start + 1]) << 8
            let rights = Int(list.value[start + 2]) & 7
            if tag == owningGroup { group = rights }
            if tag == mask { most = rights }
        }
        return mode & ~0o070 | mode & UInt16(group & most) << 3
    }

    /// Whether an attribute is such a list, of a file or, of a folder, of what is made in it.
    static func isList(_ name: [UInt8]) -> Bool { name.starts(with: prefix) }

    /// Whether the list that says who may do what with a file is among these attributes.
    static func isLost(_ names: [[UInt8]]) -> Bool { names.contains(access) }
}
