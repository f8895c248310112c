internal import Glibc
internal import Vault

/// Extended attributes, access control lists among them. The C library has the calls and does not show them to Swift.
struct ExtendedAttributes {
    private typealias List = @convention(c) (Int32, UnsafeMutablePointer<CChar>?, Int) -> Int
    private typealias Get = @convention(c) (Int32, UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int
    private typealias Set = @convention(c) (Int32, UnsafePointer<CChar>, UnsafeRawPointer?, Int, Int32) -> Int32
    private typealias Remove = @convention(c) (Int32, UnsafePointer<CChar>) -> Int32
    private typealias NamedList = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<CChar>?, Int) -> Int
    private typealias NamedGet =
        @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int
    private typealias NamedSet =
        @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer?, Int, Int32) -> Int32
    private typealias NamedRemove = @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32

    private static let list = dlsym(nil, "flistxattr").map { unsafeBitCast($0, to: List.self) }
    private static let get = dlsym(nil, "fgetxattr").map { unsafeBitCast($0, to: Get.self) }
    private static let set = dlsym(nil, "fsetxattr").map { unsafeBitCast($0, to: Set.self) }
    private static let remove = dlsym(nil, "fremovexattr").map { unsafeBitCast($0, to: Remove.self) }
    private static let namedList = dlsym(nil, "llistxattr").map { unsafeBitCast($0, to: NamedList.self) }
    private static let namedGet = dlsym(nil, "lgetxattr").map { unsafeBitCast($0, to: NamedGet.self) }
    private static let namedSet = dlsym(nil, "lsetxattr").map { unsafeBitCast($0, to: NamedSet.self) }
    private static let namedRemove = dlsym(nil, "lremovexattr").map { unsafeBitCast($0, to: NamedRemove.self) }

    // The four calls on what bears the attributes, as the system has them.
    private let list: (UnsafeMutablePointer<CChar>?, Int) -> Int
    private let get: (UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int
    private let set: (UnsafePointer<CChar>, UnsafeRawPointer?, Int) -> Int32
    private let remove: (UnsafePointer<CChar>) -> Int32

    /// Of an open file. Nil where the C library has no such calls.
    init?(of file: Int32) {
        guard let list = Self.list, let get = Self.get, let set = Self.set, let remove = Self.remove else { return nil }
        self.list = { list(file, $0, $1) }
        self.get = { get(file, $0, $1, $2) }
        self.set = { set(file, $0, $1, $2, 0) }
        self.remove = { remove(file, $0) }
    }

    /// Of what bears a name in a folder and cannot be opened itself: a link, which is not followed, a pipe, a device. The folder
    /// is the open one, whatever its path leads to by now.
    init?(of name: [UInt8], in folder: OpenFolder) {
        guard let list = Self.namedList, let get = Self.namedGet, let set = Self.namedSet, let remove = Self.namedRemove else {
            return nil
        }
        let path = Array("/proc/self/fd/\(folder.descriptor)/".utf8) + name
        self.list = { buffer, size in withPath(path) { list($0, buffer, size) } }
        self.get = { attribute, buffer, size in withPath(path) { get($0, attribute, buffer, size) } }
        self.set = { attribute, value, size in withPath(path) { set($0, attribute, value, size, 0) } }
        self.remove = { attribute in withPath(path) { remove($0, attribute) } }
    }

    /// All of them, by name; none where the file system has none or shows none.
    func all() -> [FileFacts.Attribute] {
        let size = list(nil, 0)
        guard size > 0 else { return [] }
        var names = [UInt8](repeating: 0, count: size + 1024)
        let count = names.withUnsafeMutableBytes { list($0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count) }
        guard count > 0 else { return [] }
        var found: [FileFacts.Attribute] = []
        for name in names[..<count].split(separator: 0) {
            let name = Array(name)
            var value: [UInt8]?
            for _ in 0..<3 where value == nil {  // it may grow in between
                let room = withPath(name) { get($0, nil, 0) }
                guard room >= 0 else { break }
                var bytes = [UInt8](repeating: 0, count: room)
                let got = bytes.withUnsafeMutableBytes { buffer in withPath(name) { get($0, buffer.baseAddress, room) } }
                if got >= 0 { value = Array(bytes[..<min(got, room)]) }
            }
            if let value { found.append(.init(name: name, value: value)) }
        }
        return found.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// Gives these attributes and no others. Returns the names of those that could not be given.
    func become(_ wanted: [FileFacts.Attribute]) -> [[UInt8]] {
        let there = all()
        if there == wanted { return [] }
        for attribute in there where !wanted.contains(where: { $0.name == attribute.name }) {
            _ = withPath(attribute.name) { remove($0) }
        }
        return wanted.filter { attribute in
            !there.contains(attribute)
                && attribute.value.withUnsafeBytes { value in
                    withPath(attribute.name) { set($0, value.baseAddress, value.count) }
                } != 0
        }.map(\.name)
    }

    /// All attributes of an open file.
    static func of(_ file: Int32) -> [FileFacts.Attribute] { ExtendedAttributes(of: file)?.all() ?? [] }

    /// All attributes of what bears a name in a folder, links not followed.
    static func of(_ name: [UInt8], in folder: OpenFolder) -> [FileFacts.Attribute] {
        ExtendedAttributes(of: name, in: folder)?.all() ?? []
    }

    /// As `become`, of an open file.
    static func apply(_ wanted: [FileFacts.Attribute], to file: Int32) -> [[UInt8]] {
        ExtendedAttributes(of: file)?.become(wanted) ?? wanted.map(\.name)
    }
}
