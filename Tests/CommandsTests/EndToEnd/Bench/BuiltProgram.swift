import Foundation

/// The program under test: the `reprise` that the same build put beside this test bundle.
enum BuiltProgram {
    static let path: String = {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = bundle.deletingLastPathComponent().appendingPathComponent("reprise").path
        precondition(access(path, X_OK) == 0, "no reprise beside \(bundle.path): run «swift build --build-tests»")
        return path
    }()
}
