import Foundation

/// As much of JSON Schema 2020-12 as the plan's schema uses; a keyword that it does not know is an error, so that none is passed
/// over.
struct Schema {
    let root: [String: Any]

    struct Unknown: Error {
        let what: String
    }

    init(text: String) throws {
        guard let root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            throw Unknown(what: "root")
        }
        self.root = root
        try Self.check(root)
    }

    func part(_ path: String...) throws -> [String: Any] {
        try path.reduce(root) { part, key in
            guard let next = part[key] as? [String: Any] else { throw Unknown(what: key) }
            return next
        }
    }

    func complaints(about value: Any?) -> [String] { complaints(value ?? NSNull(), root, "$") }

    private static let known: Set<String> = [
        "$schema", "title", "description", "default", "type", "required", "additionalProperties", "properties", "const", "enum",
        "pattern", "minLength", "maxLength",
        "minimum", "maximum", "minProperties", "propertyNames", "items", "minItems", "$ref", "$defs", "not", "oneOf",
    ]

    private static func check(_ part: [String: Any]) throws {
        for (key, value) in part {
            guard known.contains(key) else { throw Unknown(what: key) }
            switch value {
            case let parts as [String: Any] where key == "properties" || key == "$defs":
                for case let part as [String: Any] in parts.values { try check(part) }
            case let parts as [[String: Any]] where key == "oneOf": for part in parts { try check(part) }
            case let part as [String: Any]: try check(part)
            case let parts as [[String: Any]] where key == "oneOf": for part in parts { try check(part) }
            default: break
            }
        }
    }

    private func complaints(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        var found: [String] = []
        if let name = (schema["$ref"] as? String)?.split(separator: "/").last,
            let target = (root["$defs"] as? [String: Any])?[String(name)] as? [String: Any]
        {
            found += complaints(value, target, path)
        }
        let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
        if !types.isEmpty, !types.contains(where: { Self.isType($0, value) }) { found.append("\(path): type") }
        if let constant = schema["const"] as? Int, value as? Int != constant { found.append("\(path): const") }
        if let constant = schema["const"] as? String, value as? String != constant { found.append("\(path): const") }
        if let forms = schema["oneOf"] as? [[String: Any]], forms.filter({ complaints(value, $0, path).isEmpty }).count != 1 {
            found.append("\(path): oneOf")
        }
        if let allowed = schema["enum"] as? [Any] {
            let matches = allowed.contains {
                ($0 is NSNull && value is NSNull) || ($0 as? String != nil && $0 as? String == value as? String)
            }
            if !matches { found.append("\(path): enum") }
        }
        if let not = schema["not"] as? [String: Any], complaints(value, not, path).isEmpty { found.append("\(path): not") }
        if let options = schema["oneOf"] as? [[String: Any]], options.count(where: { complaints(value, $0, path).isEmpty }) != 1 {
            found.append("\(path): oneOf")
        }
        if let text = value as? String { found += textComplaints(text, schema, path) }
        if let number = value as? Int {
            if let minimum = schema["minimum"] as? Int, number < minimum { found.append("\(path): minimum") }
            if let maximum = schema["maximum"] as? Int, number > maximum { found.append("\(path): maximum") }
        }
        if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
            if let fewest = schema["minItems"] as? Int, list.count < fewest { found.append("\(path): minItems") }
            for (index, item) in list.enumerated() { found += complaints(item, items, "\(path)[\(index)]") }
        }
        if let object = value as? [String: Any] { found += objectComplaints(object, schema, path) }
        return found
    }

    private func textComplaints(_ text: String, _ schema: [String: Any], _ path: String) -> [String] {
        var found: [String] = []
        if let shortest = schema["minLength"] as? Int, text.unicodeScalars.count < shortest { found.append("\(path): minLength") }
        if let longest = schema["maxLength"] as? Int, text.unicodeScalars.count > longest { found.append("\(path): maxLength") }
        if let pattern = schema["pattern"] as? String, text.range(of: pattern, options: .regularExpression) == nil {
            found.append("\(path): pattern")
        }
        return found
    }

    private func objectComplaints(_ object: [String: Any], _ schema: [String: Any], _ path: String) -> [String] {
        var found: [String] = []
        for key in schema["required"] as? [String] ?? [] where object[key] == nil { found.append("\(path): lacks \(key)") }
        if let fewest = schema["minProperties"] as? Int, object.count < fewest { found.append("\(path): minProperties") }
        let properties = schema["properties"] as? [String: Any] ?? [:]
        for (key, value) in object {
            if let names = schema["propertyNames"] as? [String: Any] { found += complaints(key, names, "\(path).\(key) (name)") }
            if let part = properties[key] as? [String: Any] ?? schema["additionalProperties"] as? [String: Any] {
                found += complaints(value, part, "\(path).\(key)")
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(path): unknown \(key)")
            }
        }
        return found
    }

    private static func isType(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "null": value is NSNull
        case "boolean": value is Bool
        case "integer": value is Int && !(value is Bool)
        case "number": (value is Int || value is Double) && !(value is Bool)
        default: false
        }
    }
}
