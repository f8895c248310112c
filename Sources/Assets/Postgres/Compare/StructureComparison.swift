internal import Postgres
internal import Synchronization

/// What differs between the definitions of two databases.
public struct StructureDifference: Sendable, Equatable, Codable, CustomStringConvertible {
    public enum Kind: String, Sendable, Codable {
        case missing
        case unexpected
        case different
    }
    /// `table app.orders`
    public var object: String
    public var kind: Kind

    public var description: String { "\(object): \(kind.rawValue)" }
}

enum DefinitionsDiff {
    /// - Parameter comparesTexts: false where the texts come from different majors, which word the same thing differently.
    static func differences(
        expected: DefinitionTexts, found: DefinitionTexts, comparesTexts: Bool
    ) -> [StructureDifference] {
        let (expected, found) = comparesTexts ? (expected, found) : (expected.withoutQuotes, found.withoutQuotes)
        return Set(expected.definitions.keys).union(found.definitions.keys).sorted().compactMap { object in
            switch (expected.definitions[object], found.definitions[object]) {
            case (nil, _): .init(object: object.description, kind: .unexpected)
            case (_, nil): .init(object: object.description, kind: .missing)
            case (let left, let right): comparesTexts && left != right ? .init(object: object.description, kind: .different) : nil
            }
        }
    }
}
