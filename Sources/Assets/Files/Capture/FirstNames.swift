/// Of files with several names, by the first one: what has become of it where it does not stand for the file.
///
/// Grows with such files alone, as what the walk itself remembers of names does.
struct FirstNames {
    enum Fate {
        /// It could not be read, and neither could it be by another name.
        case unreadable
        /// It is gone, or another file's by now; the next name is tried.
        case gone
        /// This later name stands for the file.
        case replaced(String)
    }

    private var fates: [String: Fate] = [:]

    var count: Int { fates.count }

    subscript(_ path: String) -> Fate? { fates[path] }

    /// Notes how an entry came out that was to be read. Of one that no other name asks for nothing is remembered.
    mutating func note(_ entry: CaptureEntry) {
        guard entry.hasOtherNames else { return }
        switch entry.work {
        case .done: if entry.isAnother { fates[entry.path] = .gone }
        case .failed(let problem): fates[entry.path] = problem.kind == .vanished ? .gone : .unreadable
        case .none, .read: break
        }
    }

    mutating func replace(_ path: String, by other: String) { fates[path] = .replaced(other) }
}
