/// How the values of a column come in the rows of a binary COPY: those types whose binary form tells their text exactly, under
/// the settings of `Connection.plainSettings`. All are of the same form in every major since 10.
public enum BinaryColumn: UInt8, Sendable, CaseIterable {
    case int2, int4, int8, oid, bool
    /// text, varchar, char(n), name, json: the very bytes that text COPY escapes, in the encoding of the database. All of those
    /// have no byte of ASCII inside a longer character.
    case text
    /// A byte that is 1, then the text.
    case jsonb
    case bytea, uuid, date, timestamp, timestamptz

    /// - Parameter type: the number of a type (`pg_type.oid`), which is no domain. Nil for all other types.
    public init?(type: UInt32) {
        switch type {
        case 16: self = .bool
        case 17: self = .bytea
        case 20: self = .int8
        case 21: self = .int2
        case 23: self = .int4
        case 19, 25, 114, 1042, 1043: self = .text
        case 26: self = .oid
        case 1082: self = .date
        case 1114: self = .timestamp
        case 1184: self = .timestamptz
        case 2950: self = .uuid
        case 3802: self = .jsonb
        default: return nil
        }
    }

    /// Bytes of every value; nil where it depends on the value.
    var size: Int? {
        switch self {
        case .bool: 1
        case .int2: 2
        case .int4, .oid, .date: 4
        case .int8, .timestamp, .timestamptz: 8
        case .uuid: 16
        case .text, .jsonb, .bytea: nil
        }
    }

    /// Bytes of the longest text of a value that has a `size`: a timestamp of six digits of year with its fraction, zone and era.
    static let longestText = 40
}
