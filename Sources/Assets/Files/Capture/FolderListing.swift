internal import Glibc
internal import Vault

/// What an open folder holds and is not left out, in the order in which a snapshot lists it.
struct FolderListing: Sendable {
    let folder: OpenFolder
    /// From the root on, as it is; empty for the root.
    let path: [UInt8]
    /// Whether it is one of those that are left out wherever they are met.
    let isAvoided: Bool
    /// Of the folder itself, where it was listed ahead.
    let attributes: [FileFacts.Attribute]
    let items: [Item]
    /// Names that the rules leave out.
    let excluded: Int64

    struct Item: Sendable {
        let name: [UInt8]
        /// By which it is sorted: what lies in a folder comes behind the folder's name and a slash.
        let key: [UInt8]
        let isDescent: Bool
        /// Where it was looked at already.
        var status: FileStatus?
    }

    /// Names beyond which a folder's files are not looked at ahead: the memory of a very large one is that of its names.
    private static let lookedAtAhead = 4096

    /// Lists a folder.
    ///
    /// - Parameters:
    ///   - avoided: folders of which nothing is listed.
    ///   - isAhead: whether the walk comes later: then everything in it is looked at as well.
    /// - Returns: nil where it cannot be read: see `errno`.
    static func read(
        _ folder: OpenFolder, _ path: [UInt8], _ rules: IgnoreRules, avoided: [FileStatus], isAhead: Bool
    ) -> FolderListing? {
        let own = FileStatus.of(folder.descriptor)
        let isAvoided = own.map { own in avoided.contains(where: own.isSameFile) } ?? false
        guard let names = isAvoided ? [] : folder.names() else { return nil }
        var items: [Item] = []
        items.reserveCapacity(names.count)
        var excluded: Int64 = 0
        let looks = isAhead && names.count <= lookedAtAhead
        for found in names {
            let status = looks || found.isFolder == nil ? FileStatus.at(folder.descriptor, found.name) : nil
            let isFolder = found.isFolder ?? (status?.kind == .directory)
            if !rules.isEmpty {
                if rules.leaveOut(Self.path(of: found.name, in: path), isFolder: isFolder) {
                    excluded += 1
                    continue
                }
            }
            let key = RawText.escaped(found.name)
            items.append(Item(name: found.name, key: key, isDescent: false, status: looks ? status : nil))
            if isFolder { items.append(Item(name: found.name, key: key + [UInt8(ascii: "/")], isDescent: true)) }
        }
        items.sort { $0.key.lexicographicallyPrecedes($1.key) }
        return FolderListing(
            folder: folder, path: path, isAvoided: isAvoided,
            attributes: isAhead ? ExtendedAttributes.of(folder.descriptor) : [], items: items, excluded: excluded)
    }

    /// From the root on, of what bears this name in it.
    func path(of name: [UInt8]) -> [UInt8] { Self.path(of: name, in: path) }

    private static func path(of name: [UInt8], in folder: [UInt8]) -> [UInt8] {
        folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
    }

    /// Where the walk goes down into the folder whose own entry stands at `index`; nil where that is no folder.
    func descent(of index: Int) -> Int? {
        let (name, key) = (items[index].name, items[index].key)
        return items[(index + 1)...].prefix { $0.key.starts(with: key) }.firstIndex { $0.isDescent && $0.name == name }
    }
}
