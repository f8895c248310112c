/// What a file system says of an entry besides its bytes (docs/FORMAT.md, 8.7).
public struct FileFacts: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case file, directory, symlink, fifo, socket, character, block
    }

    /// An instant as file systems keep it.
    public struct Time: Hashable, Comparable, Sendable {
        /// Since 1970; negative before.
        public var seconds: Int64
        /// 0 … 999,999,999.
        public var nanoseconds: Int32

        public init(seconds: Int64, nanoseconds: Int32) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        public static func < (left: Time, right: Time) -> Bool {
            (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
        }
    }

    /// An extended attribute.
    public struct Attribute: Hashable, Sendable {
        public var name: [UInt8]
        public var value: [UInt8]

        public init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    public struct Device: Hashable, Sendable {
        public var major: UInt32
        public var minor: UInt32

        public init(major: UInt32, minor: UInt32) {
            self.major = major
            self.minor = minor
        }
    }

    public enum Note: String, Sendable {
        /// It was written to each time it was read: its bytes may be of more than one instant.
        case changed
    }

    public var kind: Kind
    /// Permission bits with set-id and sticky ones: 0 … 0o7777.
    public var mode: UInt16
    public var uid: UInt32
    public var gid: UInt32
    /// The names that the numbers had on the source, where they had one.
    public var user: String?
    public var group: String?
    /// When the contents were changed last.
    public var modified: Time
    /// Where a symbolic link points to.
    public var target: [UInt8]?
    /// The entry that is the same file by another name (a hard link); this one has no bytes of its own then.
    public var same: String?
    /// In the order of their names.
    public var attributes: [Attribute] = []
    /// Whether the file had holes: whoever unpacks it may leave out blocks of zeros.
    public var isSparse = false
    /// Of a character or block device.
    public var device: Device?
    public var note: Note?

    public init(kind: Kind, mode: UInt16, uid: UInt32, gid: UInt32, modified: Time) {
        self.kind = kind
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.modified = modified
    }
}
