import Language
import Yams

extension PlanReader {
    mutating func readAsset(_ name: String, _ place: Place) -> AssetPlan? {
        // The kind decides which keys there are; one that cannot be read is reported with the keys of a database.
        let isFiles = place.node.mapping?["kind"]?.scalar?.string == AssetPlan.Kind.files.rawValue
        guard let fields = fields(of: place, isFiles ? .files : .postgres) else { return nil }
        let kind = fields["kind"].flatMap { readKind($0) }
        if isFiles { return readFiles(name, fields) }
        let objectives = fields["objectives"].flatMap { readObjectives($0) }
        let url = fields["url"].flatMap { readSecret($0, literal: .connectionString) }
        let lockTimeout = fields["lock_timeout"].flatMap { readDuration($0, example: "10s") }
        let jobs = fields["jobs"].flatMap { readJobs($0) }
        let checks = fields["checks"].flatMap { readChecks($0) }
        let keep = fields["keep"].flatMap { readKeep($0) }
        guard let kind, let url else { return nil }
        return AssetPlan(
            name: name, kind: kind, objectives: objectives ?? .init(), url: url,
            lockTimeout: lockTimeout ?? AssetPlan.defaultLockTimeout,
            jobs: jobs ?? AssetPlan.defaultJobs, checks: checks ?? [], keep: keep)
    }

    private mutating func readFiles(_ name: String, _ fields: [String: Place]) -> AssetPlan? {
        let objectives = fields["objectives"].flatMap { readObjectives($0) }
        let jobs = fields["jobs"].flatMap { readJobs($0) }
        let exclude = fields["exclude"].flatMap { readExclude($0) }
        let keep = fields["keep"].flatMap { readKeep($0) }
        guard let path = fields["path"].flatMap({ readFolder($0) }) else { return nil }
        return AssetPlan(
            name: name, files: .init(path: path, exclude: exclude ?? []), objectives: objectives ?? .init(),
            jobs: jobs ?? AssetPlan.defaultJobs, keep: keep)
    }

    private mutating func readFolder(_ place: Place) -> String? {
        let remedy: Phrase = "Write a folder, such as `./uploads` or `/srv/app/uploads`."
        guard let path = text(place, longest: 4096, remedy: remedy) else { return nil }
        guard !path.contains("://"), !path.utf8.contains(0) else {
            report(.badValue, at: place, "This is no path.", remedy)
            return nil
        }
        return path
    }

    private mutating func readExclude(_ place: Place) -> [String]? {
        let example: Phrase = "Write patterns as in a .gitignore: `[\".cache/\", \"*.tmp\"]`."
        guard let places = list(place, remedy: example) else { return nil }
        return places.compactMap { place in
            guard let pattern = text(place, longest: 4096, remedy: example) else { return nil }
            guard !pattern.contains(where: \.isNewline), !pattern.utf8.contains(0) else {
                report(.badValue, at: place, "A pattern has one line.", example)
                return nil
            }
            return pattern
        }
    }

    private mutating func readKind(_ place: Place) -> AssetPlan.Kind? {
        let known = AssetPlan.Kind.allCases.map(\.rawValue)
        guard let text = text(place, remedy: "Write `kind: \(known[0])`.") else { return nil }
        if let kind = AssetPlan.Kind(rawValue: text) { return kind }
        let isPostgres = ["pg", "postgresql", "psql", "supabase"].contains(text.lowercased())
        let meant = isPostgres ? AssetPlan.Kind.postgres.rawValue : Nearest.match(text, among: known)
        let remedy: Phrase = meant.map { "Did you mean \"\($0)\"?" } ?? "Known kinds: \(known.joined(separator: ", "))."
        report(.badValue, at: place, "The kind of asset \(Shown.value(text)) is not known.", remedy)
        return nil
    }

    private mutating func readObjectives(_ place: Place) -> AssetPlan.Objectives? {
        guard let fields = fields(of: place, .objectives) else { return nil }
        return AssetPlan.Objectives(
            rpo: fields["rpo"].flatMap { readDuration($0, example: "24h") },
            rto: fields["rto"].flatMap { readDuration($0, example: "1h") })
    }

    mutating func readDuration(_ place: Place, example: String) -> Duration? {
        let remedy: Phrase = "Write a number and its unit (w, d, h, m, s, ms), such as `\(example)` or `1h30m`."
        guard let text = text(place, remedy: remedy) else { return nil }
        guard let duration = Duration(planText: text) else {
            report(.badValue, at: place, "\(Shown.value(text)) is no length of time.", remedy)
            return nil
        }
        guard duration > .zero else {
            report(.badValue, at: place, "A length of time must be more than nothing.", remedy)
            return nil
        }
        return duration
    }

    private mutating func readJobs(_ place: Place) -> Int? {
        if let jobs = place.text.flatMap({ Int($0) }), AssetPlan.allowedJobs.contains(jobs) { return jobs }
        report(
            .badValue, at: place, "This is no number of connections.",
            "Write a whole number from \(AssetPlan.allowedJobs.lowerBound) to \(AssetPlan.allowedJobs.upperBound).")
        return nil
    }

    private mutating func readChecks(_ place: Place) -> [Assertion]? {
        let example: Phrase = "Write `- { name: orders-exist, sql: \"select count(*) from orders\", expect: \"> 0\" }` under it."
        guard let places = list(place, remedy: example) else { return nil }
        var checks: [Assertion] = []
        for place in places {
            guard let fields = fields(of: place, .check) else { continue }
            let name = fields["name"].flatMap { readCheckName($0, taken: checks) }
            let sql = fields["sql"].flatMap {
                text($0, longest: 64 * 1024, remedy: "Write a query whose first row and column is the answer.")
            }
            let expect = fields["expect"].flatMap { readExpectation($0) }
            if let name, let sql, let expect { checks.append(Assertion(name: name, sql: sql, expect: expect)) }
        }
        return checks
    }

    private mutating func readCheckName(_ place: Place, taken: [Assertion]) -> String? {
        guard let name = text(place, remedy: "Write a short name, such as `orders-exist`.") else { return nil }
        guard PlanName.isValid(name) else {
            reportBadName(name, at: place)
            return nil
        }
        guard !taken.contains(where: { $0.name == name }) else {
            report(
                .duplicate, at: place, "Another check of this asset has the name \"\(name)\".",
                "Give each check a name of its own.")
            return nil
        }
        return name
    }

    private mutating func readExpectation(_ place: Place) -> Expectation? {
        let remedy: Phrase =
            "Write one of: `> 0`, `>= 10`, `< 5`, `<= 5`, `= 3`, `!= x`, `between 1 and 5`, `is empty`, `is not empty`, `is null`, `is not null`, or the text itself."
        // `null` in a plan is a value to be equalled nowhere: say `is null`.
        guard let text = text(place, longest: 4096, remedy: remedy) else { return nil }
        do {
            return try Expectation(text)
        } catch {
            let message: Phrase =
                switch error {
                case .empty: "The expectation does not say what is expected."
                case .notANumber: "`>`, `<` and `between` compare with numbers only."
                case .emptyRange: "The first number of `between` is larger than the second."
                case .unknownForm: "This is no expectation."
                }
            report(.badValue, at: place, message, remedy)
            return nil
        }
    }
}
