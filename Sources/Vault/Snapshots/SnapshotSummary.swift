import Foundation

/// What a snapshot's summary holds: the record and where the list for keepers lies, as one JSON object.
enum SnapshotSummary {
    /// - Parameter withReach: whether the list for keepers is wanted; it may be most of the bytes.
    /// - Returns: nil where the bytes are no summary.
    static func decode(_ plain: [UInt8], withReach: Bool) -> (record: SnapshotRecord, reach: Content?)? {
        let fast = plain.withUnsafeBufferPointer { bytes -> (record: SnapshotRecord, reach: Content?)? in
            var text = JSONText(bytes)
            return try? read(&text, withReach: withReach)
        }
        if let fast { return fast }
        // Fractions of milliseconds, which we do not write and do read.
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        guard let whole = try? decoder.decode(Whole.self, from: Data(plain)) else { return nil }
        return (whole.record, withReach ? whole.reach : nil)
    }

    static func encode(_ record: SnapshotRecord, reach: Content?) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Int64((date.timeIntervalSince1970 * 1000).rounded()))
        }
        guard let data = try? encoder.encode(Whole(record: record, reach: reach)) else {
            preconditionFailure("our own values can be encoded")
        }
        return Array(data)
    }

    /// The record's JSON with one more key.
    private struct Whole: Codable {
        let record: SnapshotRecord
        let reach: Content?

        private enum CodingKeys: String, CodingKey { case reach }

        init(record: SnapshotRecord, reach: Content?) {
            self.record = record
            self.reach = reach
        }

        init(from decoder: any Decoder) throws {
            record = try SnapshotRecord(from: decoder)
            reach = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Content.self, forKey: .reach)
        }

        func encode(to encoder: any Encoder) throws {
            try record.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(reach, forKey: .reach)
        }
    }

    private struct Fields {
        var id: SnapshotID?
        var texts: [String: String] = [:]
        var dates: [String: Date] = [:]
        var numbers: [String: Int64] = [:]
        var tags: [String]?
        var facts: [String: String]?
        var reach: Content?
    }

    private static func read(
        _ text: inout JSONText, withReach: Bool
    ) throws(JSONText.Malformed) -> (record: SnapshotRecord, reach: Content?) {
        var fields = Fields()
        try text.object { key, text throws(JSONText.Malformed) in
            switch key {
            case "id": fields.id = SnapshotID(try text.string())
            case "asset", "kind", "host": fields.texts[key] = try text.string()
            case "started", "instant", "finished":
                fields.dates[key] = Date(timeIntervalSince1970: Double(try text.integer()) / 1000)
            case "sourceBytes", "newBytes", "storedBytes", "entryCount": fields.numbers[key] = try text.integer()
            case "tags":
                var tags: [String] = []
                try text.array { text throws(JSONText.Malformed) in tags.append(try text.string()) }
                fields.tags = tags
            case "facts":
                var facts: [String: String] = [:]
                try text.object { key, text throws(JSONText.Malformed) in facts[key] = try text.string() }
                fields.facts = facts
            case "reach" where withReach: fields.reach = try EntryLine.content(&text)
            default: try text.skip()
            }
        }
        try text.end()
        guard let id = fields.id, let asset = fields.texts["asset"], let kind = fields.texts["kind"],
            let host = fields.texts["host"], let started = fields.dates["started"], let instant = fields.dates["instant"],
            let finished = fields.dates["finished"], let tags = fields.tags, let facts = fields.facts,
            let sourceBytes = fields.numbers["sourceBytes"], let newBytes = fields.numbers["newBytes"],
            let storedBytes = fields.numbers["storedBytes"], let entryCount = fields.numbers["entryCount"].flatMap(Int.init)
        else { throw JSONText.Malformed() }
        let record = SnapshotRecord(
            id: id, asset: asset, kind: kind, started: started, instant: instant, finished: finished, host: host, tags: tags,
            sourceBytes: sourceBytes, newBytes: newBytes, storedBytes: storedBytes, entryCount: entryCount, facts: facts)
        return (record, fields.reach)
    }
}
