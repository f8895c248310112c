/// The version of the program; a release's tag has the same.
enum Version {
    static let current = "0.1.0"
}
