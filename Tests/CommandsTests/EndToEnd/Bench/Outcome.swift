import Foundation
import Testing

/// How a run of the program ended and what it said.
struct Outcome: Sendable, CustomStringConvertible {
    let arguments: [String]
    let status: Int32
    let output: String
    let errors: String
    let peakBytes: Int

    init(_ end: ChildProcess.End, _ arguments: [String]) {
        self.arguments = arguments
        status = end.status
        output = end.output
        errors = end.errors
        peakBytes = end.peakBytes
    }

    var description: String { "reprise \(arguments.joined(separator: " ")) → \(status)\n\(output)\(errors)" }

    /// Fails the test, with all that was said, where the program did not end with `status`.
    @discardableResult
    func ended(_ status: Int32, sourceLocation: SourceLocation = #_sourceLocation) throws -> Outcome {
        try #require(self.status == status, "\(self)", sourceLocation: sourceLocation)
        return self
    }

    @discardableResult
    func succeeded(sourceLocation: SourceLocation = #_sourceLocation) throws -> Outcome {
        try ended(0, sourceLocation: sourceLocation)
    }

    /// Expects `words` in what was said to the person.
    @discardableResult
    func says(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) -> Outcome {
        for word in words {
            #expect(
                output.contains(word) || errors.contains(word), "«\(word)» is not in: \(self)", sourceLocation: sourceLocation)
        }
        return self
    }

    /// The last object of standard output, which is the result. Every line must be JSON.
    func json(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSON {
        let values = try jsonLines(sourceLocation: sourceLocation)
        return try #require(values.last, "no output: \(self)", sourceLocation: sourceLocation)
    }

    func jsonLines(sourceLocation: SourceLocation = #_sourceLocation) throws -> [JSON] {
        try output.split(separator: "\n").map { line in
            guard let value = try? JSONDecoder().decode(JSON.self, from: Data(line.utf8)) else {
                throw Failure(description: "no JSON: \(line.prefix(200))")
            }
            return value
        }
    }
}

/// Any JSON, to look into.
enum JSON: Decodable, Sendable, Equatable {
    case null, bool(Bool), number(Double), text(String), list([JSON]), object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    subscript(key: String) -> JSON { if case .object(let values) = self { values[key] ?? .null } else { .null } }
    subscript(index: Int) -> JSON {
        if case .list(let values) = self, values.indices.contains(index) { values[index] } else { .null }
    }
    var text: String? { if case .text(let value) = self { value } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var list: [JSON] { if case .list(let values) = self { values } else { [] } }
    var isObject: Bool { if case .object = self { true } else { false } }
}
