import Foundation
import Language
import Yams

/// Decodes the YAML tree of a plan and gathers every problem on the way instead of stopping at the first.
///
/// Each function returns nil when the value is missing or wrong, after having said so in `problems`.
struct PlanReader {
    private(set) var problems: [PlanProblem] = []
    /// How many nodes may still be looked at: an alias lets few lines stand for very many.
    private var budget = 20_000

    /// More problems than these help nobody.
    private static let mostProblems = 50

    mutating func report(
        _ code: PlanProblem.Code, at place: Place, position: Position? = nil, _ message: Phrase, _ remedy: Phrase
    ) {
        guard problems.count < Self.mostProblems else { return }
        let position = position ?? place.value
        problems.append(
            PlanProblem(
                code: code, path: place.path, line: position.line, column: position.column, message: message, remedy: remedy))
    }

    // MARK: shapes

    /// The fields of a mapping by key; unknown and missing keys are reported.
    mutating func fields(of place: Place, _ keys: PlanKeys) -> [String: Place]? {
        guard let mapping = mapping(place, remedy: "Write `\(keys.all[0]): …` and the like under it, indented.") else {
            return nil
        }
        var fields: [String: Place] = [:]
        for (key, value) in mapping {
            guard let name = name(ofKey: key, in: place) else { continue }
            let field = Place(path: place.child(name), node: value, key: key.mark)
            guard keys.all.contains(name) else {
                reportUnknown(name, field, in: place, keys)
                continue
            }
            // An optional key with nothing after it is as good as none: templates are full of them.
            if field.isNull, keys.optional.contains(name) { continue }
            fields[name] = field
        }
        for name in keys.required where fields[name] == nil && !problems.contains(where: { $0.path == place.child(name) }) {
            let owner: Phrase = place.path.isEmpty ? "The plan" : Phrase(verbatim: "\"\(place.path)\"")
            report(
                .missing, at: place, position: place.key, "\(owner) lacks the key \"\(name)\".",
                remedy(forMissing: place.child(name), name))
        }
        return fields
    }

    /// The values of a mapping whose keys are names, in the order of the file; null entries are kept for the caller to refuse.
    mutating func named(_ place: Place, example: Phrase) -> [(name: String, place: Place)]? {
        guard let mapping = mapping(place, remedy: example) else { return nil }
        if mapping.isEmpty { report(.missing, at: place, position: place.key, "There is nothing in it.", example) }
        var entries: [(name: String, place: Place)] = []
        for (key, value) in mapping {
            guard let name = name(ofKey: key, in: place) else { continue }
            let entry = Place(path: place.child(name), node: value, key: key.mark)
            guard PlanName.isValid(name) else {
                reportBadName(name, at: Place(path: place.path, node: key, key: key.mark))
                continue
            }
            entries.append((name, entry))
        }
        return entries
    }

    mutating func list(_ place: Place, remedy: Phrase) -> [Place]? {
        guard let sequence = place.node.sequence else {
            report(.wrongShape, at: place, "A list is expected here.", remedy)
            return nil
        }
        guard spend(sequence.count, at: place) else { return nil }
        return sequence.enumerated().map { Place(path: "\(place.path)[\($0.offset)]", node: $0.element, key: $0.element.mark) }
    }

    /// The text of a scalar that says something.
    mutating func text(_ place: Place, longest: Int = 100, remedy: Phrase) -> String? {
        guard let text = place.text else {
            report(.wrongShape, at: place, "A text is expected here, not a list or a mapping.", remedy)
            return nil
        }
        guard !place.isNull, !text.trimmingSpaces().isEmpty else {
            report(.badValue, at: place, "Nothing is said here.", remedy)
            return nil
        }
        guard text.utf8.count <= longest else {
            report(.badValue, at: place, "This is longer than \(longest) bytes.", remedy)
            return nil
        }
        return text
    }

    private mutating func mapping(_ place: Place, remedy: Phrase) -> Node.Mapping? {
        guard let mapping = place.node.mapping else {
            let message: Phrase = place.isNull ? "Nothing is said here." : "Keys with values are expected here."
            report(place.isNull ? .missing : .wrongShape, at: place, message, remedy)
            return nil
        }
        return spend(mapping.count, at: place) ? mapping : nil
    }

    private mutating func name(ofKey key: Node, in place: Place) -> String? {
        if let name = key.scalar?.string { return name }
        report(
            .wrongShape, at: place, position: Position(key.mark), "A key must be a plain word.",
            "Put a text with braces or brackets in quotes.")
        return nil
    }

    private mutating func spend(_ count: Int, at place: Place) -> Bool {
        budget -= count
        guard budget < 0 else { return true }
        report(.badValue, at: place, "The plan says more than can be read.", "Split it, and write out fewer aliases.")
        return false
    }

    // MARK: what is said about keys and names

    private mutating func reportUnknown(_ name: String, _ field: Place, in place: Place, _ keys: PlanKeys) {
        let known = keys.all.joined(separator: ", ")
        let remedy: Phrase
        if let glued = keys.all.first(where: { name.hasPrefix($0 + ":") }) {
            remedy = "Put a space after the colon: `\(glued): …`."
        } else if name.lowercased().contains("pass") {
            remedy = "A password never stands in a plan: put it into an environment variable and write `url: env:NAME`."
        } else if name == "<<" {
            remedy = "Merge keys are not read: write the values out."
        } else if let meant = Nearest.match(name, among: keys.all) {
            remedy = "Did you mean \"\(meant)\"?"
        } else {
            remedy = "Known here: \(known)."
        }
        // The path shows the key only where the message may.
        let shown = Shown.key(name)
        let isShown = shown.key == "%1"
        let path = isShown ? field.path : place.path
        report(
            .unknownKey, at: Place(path: path, node: field.node, key: nil), position: field.key,
            "The key \(shown) is not known.", remedy)
    }

    mutating func reportBadName(_ name: String, at place: Place) {
        let rule: Phrase =
            "A name is made of a-z, 0-9, - and _, begins with a letter or digit, and has at most \(PlanName.longest) of them."
        let remedy: Phrase = PlanName.nearest(to: name).map { name.count <= 60 ? "\(rule) For example: \($0)." : rule } ?? rule
        report(.badValue, at: place, position: place.key, "The name \(Shown.value(name)) cannot be used.", remedy)
    }

    private func remedy(forMissing path: String, _ name: String) -> Phrase {
        switch name {
        case "version": "Write `version: \(Plan.currentVersion)`."
        case "project": "Write `project: { name: … }`."
        case "vaults": "Write `vaults:` and under it `local: { url: ./vault }`."
        case "assets": "Write `assets:` and under it `db: { kind: postgres, url: env:DATABASE_URL }`."
        case "kind": "Write `kind: postgres` or `kind: files`."
        case "url" where path.hasPrefix("vaults."):
            "Write `url: ./vault`, the folder in which the vault is to be, or `url: s3://bucket/vault`."
        case "url": "Write `url: env:DATABASE_URL`, the name of the environment variable that holds the connection string."
        case "mode": "Write `mode: compliance` or `mode: governance`."
        case "for": "Write `for: 30d`: how long nobody can delete."
        case "path": "Write `path: ./uploads`, the folder that is to be protected."
        case "sql": "Write `sql: \"select count(*) from …\"`."
        case "expect": "Write `expect: \"> 0\"` or what else the answer must be."
        default: "Write `\(name): …`."
        }
    }
}
