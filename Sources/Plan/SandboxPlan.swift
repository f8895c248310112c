/// A server of the user's own on which drills create and drop databases, in place of a throw-away one.
public struct SandboxPlan: Sendable, Equatable {
    public var url: SecretSource

    public init(url: SecretSource) {
        self.url = url
    }
}
