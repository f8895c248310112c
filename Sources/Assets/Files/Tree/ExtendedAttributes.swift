internal import Glibc
internal import Vault

/// Extended attributes, access control lists among them. The C library has the calls and does not show them to Swift.
enum ExtendedAttributes {
    private typealias List = @convention(c) (Int32, UnsafeMutablePointer<CChar>?, Int) -> Int
    private typealias Get = @convention(c) (Int32, UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int
    private typealias Set = @convention(c) (Int32, UnsafePointer<CChar>, UnsafeRawPointer?, Int, Int32) -> Int32
    private typealias Remove = @convention(c) (Int32, UnsafePointer<CChar>) -> Int32

    private static let list = dlsym(nil, "flistxattr").map { unsafeBitCast($0, to: List.self) }
    private static let get = dlsym(nil, "fgetxattr").map { unsafeBitCast($0, to: Get.self) }
    private static let set = dlsym(nil, "fsetxattr").map { unsafeBitCast($0, to: Set.self) }
    private static let remove = dlsym(nil, "fremovexattr").map { unsafeBitCast($0, to: Remove.self) }

    /// All attributes of an open file, by name; none where the file system has none or shows none.
    static func of(_ file: Int32) -> [FileFacts.Attribute] {
        guard let list, let get else { return [] }
        let size = list(file, nil, 0)
        guard size > 0 else { return [] }
        var names = [UInt8](repeating: 0, count: size + 1024)
        let count = names.withUnsafeMutableBytes { list(file, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count) }
        guard count > 0 else { return [] }
        var found: [FileFacts.Attribute] = []
        for name in names[..<count].split(separator: 0) {
            let name = Array(name)
            var value: [UInt8]?
            for _ in 0..<3 where value == nil {  // it may grow in between
                let room = withPath(name) { get(file, $0, nil, 0) }
                guard room >= 0 else { break }
                var bytes = [UInt8](repeating: 0, count: room)
                let got = bytes.withUnsafeMutableBytes { buffer in withPath(name) { get(file, $0, buffer.baseAddress, room) } }
                if got >= 0 { value = Array(bytes[..<min(got, room)]) }
            }
            if let value { found.append(.init(name: name, value: value)) }
        }
        return found.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// Gives an open file these attributes and no others. Returns the names of those that could not be given.
    static func apply(_ wanted: [FileFacts.Attribute], to file: Int32) -> [[UInt8]] {
        guard let set, let remove else { return wanted.map(\.name) }
        let there = of(file)
        if there == wanted { return [] }
        for attribute in there where !wanted.contains(where: { $0.name == attribute.name }) {
            _ = withPath(attribute.name) { remove(file, $0) }
        }
        return wanted.filter { attribute in
            !there.contains(attribute)
                && attribute.value.withUnsafeBytes { value in
                    withPath(attribute.name) { set(file, $0, value.baseAddress, value.count, 0) }
                } != 0
        }.map(\.name)
    }
}
