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
    static func differences(
        expected: DefinitionTexts, found: DefinitionTexts, form: DefinitionForm
    ) -> [StructureDifference] {
        let (expected, found) = (expected.comparable(form), found.comparable(form))
        return Set(expected.keys).union(found.keys).sorted().compactMap { object in
            switch (expected[object], found[object]) {
            case (nil, _): .init(object: object.description, kind: .unexpected)
            case (_, nil): .init(object: object.description, kind: .missing)
            case (let left, let right): left != right ? .init(object: object.description, kind: .different) : nil
            }
        }
    }
}
