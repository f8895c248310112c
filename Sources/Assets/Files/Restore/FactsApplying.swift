internal import Glibc
internal import Vault

/// Gives files the owner, rights, attributes and times that they had.
struct FactsApplying: Sendable {
    let accounts: Accounts
    /// Whether owners can be set.
    var isRoot = geteuid() == 0

    func owner(_ facts: FileFacts) -> (uid: UInt32, gid: UInt32) {
        (
            facts.user.flatMap { accounts.number(ofUser: $0) } ?? facts.uid,
            facts.group.flatMap { accounts.number(ofGroup: $0) } ?? facts.gid
        )
    }

    /// The rights that a file or folder is given. Where owners are not, a program that ran as its owner or group must not run as
    /// another one.
    func mode(_ facts: FileFacts) -> UInt16 {
        if isRoot { return facts.mode }
        var mode = facts.mode
        if facts.uid != geteuid() { mode &= 0o1777 }
        if facts.kind == .file, facts.gid != getegid() { mode &= 0o5777 }
        return mode
    }

    /// To an open file or folder; times last. Returns what could not be given, in the system's words.
    func apply(_ facts: FileFacts, to file: Int32) -> [String] {
        var failures: [String] = []
        var mode = mode(facts)
        if isRoot {
            let owner = owner(facts)
            if fchown(file, owner.uid, owner.gid) != 0 {
                failures.append("owner: \(systemMessage(errno))")
                mode &= 0o1777
            }
        }
        // Before the rights are taken away that setting them needs.
        var refused = ExtendedAttributes.apply(facts.attributes, to: file)
        if AccessList.isLost(refused) { mode = AccessList.mode(mode, without: facts.attributes) }
        if fchmod(file, mode_t(mode)) != 0 { failures.append("mode: \(systemMessage(errno))") }
        if facts.attributes.contains(where: { AccessList.isList($0.name) }) {
            // Setting the rights may have changed the mask of a list.
            let again = ExtendedAttributes.apply(facts.attributes, to: file)
            refused = refused.filter { !AccessList.isList($0) } + again.filter { AccessList.isList($0) }
        }
        for name in refused {
            failures.append("attribute \(String(decoding: RawText.escaped(name), as: UTF8.self))")
        }
        let times = [timespec(tv_sec: 0, tv_nsec: Self.leaveAsIs), Self.time(facts.modified)]
        if futimens(file, times) != 0 { failures.append("time: \(systemMessage(errno))") }
        return failures
    }

    /// To what cannot be opened: a link, a pipe, a device.
    func apply(_ facts: FileFacts, toName name: [UInt8], in folder: OpenFolder) -> [String] {
        var failures: [String] = []
        if isRoot {
            let owner = owner(facts)
            if withPath(name, { fchownat(folder.descriptor, $0, owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) }) != 0 {
                failures.append("owner: \(systemMessage(errno))")
            }
        }
        // The bits of the group come with the list, where it can be set.
        let mode = AccessList.mode(mode(facts), without: facts.attributes)
        if facts.kind != .symlink, withPath(name, { fchmodat(folder.descriptor, $0, mode_t(mode), 0) }) != 0 {
            failures.append("mode: \(systemMessage(errno))")
        }
        for attribute in ExtendedAttributes(of: name, in: folder)?.become(facts.attributes) ?? facts.attributes.map(\.name) {
            failures.append("attribute \(String(decoding: RawText.escaped(attribute), as: UTF8.self))")
        }
        let times = [timespec(tv_sec: 0, tv_nsec: Self.leaveAsIs), Self.time(facts.modified)]
        if withPath(name, { utimensat(folder.descriptor, $0, times, AT_SYMLINK_NOFOLLOW) }) != 0 {
            failures.append("time: \(systemMessage(errno))")
        }
        return failures
    }

    /// Whether `status` and the attributes are as `facts` say, as far as this user can set them.
    func isApplied(_ facts: FileFacts, _ status: FileStatus, attributes: [FileFacts.Attribute]) -> Bool {
        let owner = owner(facts)
        return status.mode == mode(facts) && status.modified == facts.modified && attributes == facts.attributes
            && (!isRoot || (status.uid == owner.uid && status.gid == owner.gid))
    }

    static func setTime(_ time: FileFacts.Time, of file: Int32) {
        _ = futimens(file, [timespec(tv_sec: 0, tv_nsec: leaveAsIs), Self.time(time)])
    }

    /// UTIME_OMIT, which the C library does not show to Swift.
    private static let leaveAsIs = (1 << 30) - 2

    private static func time(_ time: FileFacts.Time) -> timespec {
        timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
    }
}
