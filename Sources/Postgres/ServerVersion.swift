/// The version of a server as it numbers itself: 150020 is 15.20.
public struct ServerVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: Int

    public init(number: Int) { self.number = number }

    public var major: Int { number / 10_000 }

    /// "15.20"
    public var description: String { "\(major).\(number % 10_000)" }

    public static func < (left: ServerVersion, right: ServerVersion) -> Bool { left.number < right.number }
}
