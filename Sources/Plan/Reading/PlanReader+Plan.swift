import Foundation
import Language
import Yams

extension Plan {
    /// Reads a plan.
    ///
    /// - Parameters:
    ///   - yaml: the text of the file.
    ///   - file: its name as the user knows it, for messages.
    /// - Throws: `PlanProblems` with everything that is wrong at once. Neither crashes nor takes long, whatever the text.
    public static func parse(_ yaml: String, file: String) throws(PlanProblems) -> Plan {
        let root = Place(path: "", node: try PlanDocument.compose(yaml, file: file), key: nil)
        var reader = PlanReader()
        if let newer = reader.newerVersion(root) {
            throw PlanProblems(code: .newerVersion, file: file, problems: [newer])
        }
        let plan = reader.plan(root)
        guard reader.problems.isEmpty else { throw PlanProblems(code: .invalid, file: file, problems: reader.problems) }
        guard let plan else { preconditionFailure("a plan that cannot be read has a problem to show for it") }
        return plan
    }
}

extension PlanReader {
    /// A plan of a newer version may say anything, so nothing else of it is judged.
    func newerVersion(_ root: Place) -> PlanProblem? {
        guard let (key, node) = root.node.mapping?.first(where: { $0.key.scalar?.string == "version" }),
            let version = node.scalar.flatMap({ Int($0.string) }), version > Plan.currentVersion
        else { return nil }
        let position = Position(node.mark) ?? Position(key.mark) ?? .start
        return PlanProblem(
            code: .newerVersion, path: "version", line: position.line, column: position.column,
            message: "This plan is of version \(version); this program reads version \(Plan.currentVersion).",
            remedy: "Use a newer Reprise for it.")
    }

    mutating func plan(_ root: Place) -> Plan? {
        guard let fields = fields(of: root, .plan) else { return nil }
        if let place = fields["version"], place.text.flatMap({ Int($0) }) != Plan.currentVersion {
            report(.badValue, at: place, "This is not a version of the plan file.", "Write `version: \(Plan.currentVersion)`.")
        }
        let project = fields["project"].flatMap { readProject($0) }
        let vaults = fields["vaults"].flatMap { named($0, example: "Write `local: { url: ./vault }` under it.") }?
            .compactMap { readVault($0.name, $0.place) }
        let assets = fields["assets"].flatMap {
            named($0, example: "Write `db: { kind: postgres, url: env:DATABASE_URL }` under it.")
        }?
        .compactMap { readAsset($0.name, $0.place) }
        let sandbox = fields["sandbox"].flatMap { readSandbox($0) }
        guard let project, let vaults, let assets else { return nil }
        return Plan(project: project, vaults: vaults, assets: assets, sandbox: sandbox)
    }

    private mutating func readProject(_ place: Place) -> Plan.Project? {
        guard let fields = fields(of: place, .project) else { return nil }
        let timezone = fields["timezone"].flatMap { readTimezone($0) }
        let language = fields["language"].flatMap { readLanguage($0) }
        guard let namePlace = fields["name"], let name = text(namePlace, remedy: "Write the project's name on one line.") else {
            return nil
        }
        guard !name.contains(where: \.isNewline) else {
            report(.badValue, at: namePlace, "The name has more than one line.", "Write the project's name on one line.")
            return nil
        }
        return Plan.Project(name: name, timezone: timezone ?? .gmt, language: language)
    }

    private mutating func readTimezone(_ place: Place) -> TimeZone? {
        let remedy: Phrase = "Write a name such as `Europe/Paris` or `UTC`."
        guard let name = text(place, remedy: remedy) else { return nil }
        if let timezone = PlanTimezone.named(name) { return timezone }
        let meant: Phrase = PlanTimezone.nearest(to: name).map { "Did you mean \"\($0)\"?" } ?? remedy
        report(.badValue, at: place, "The time zone \(Shown.value(name)) is not known.", meant)
        return nil
    }

    private mutating func readLanguage(_ place: Place) -> Language? {
        let remedy: Phrase = "Write one of: \(Language.allCases.map(\.rawValue).joined(separator: ", "))."
        guard let name = text(place, remedy: remedy) else { return nil }
        if let language = Language(rawValue: name) { return language }
        report(.badValue, at: place, "The language \(Shown.value(name)) is not spoken here.", remedy)
        return nil
    }

    private mutating func readVault(_ name: String, _ place: Place) -> VaultPlan? {
        guard let fields = fields(of: place, .vault) else { return nil }
        let key = fields["key"].flatMap { readSecret($0, literal: .refused) }
        let credentials = fields["credentials"].flatMap { readCredentials($0) }
        let parity = fields["parity"].flatMap { readBool($0) } ?? false
        let lock = fields["lock"].flatMap { readLock($0) }
        let keep = fields["keep"].flatMap { readKeep($0) }
        let medium = fields["medium"].flatMap { readMedium($0) }
        let site = fields["site"].flatMap { readLine($0) }
        let account = fields["account"].flatMap { readLine($0) }
        let removable = fields["removable"].flatMap { readBool($0) } ?? false
        guard let urlPlace = fields["url"], let url = readVaultURL(urlPlace) else { return nil }
        if let place = fields["credentials"], !BucketAddress.isOne(url) {
            report(.badValue, at: place, "A folder needs no credentials.", "Take the line out.")
        }
        if let place = fields["lock"], !BucketAddress.isOne(url) {
            report(
                .badValue, at: place, "Nothing locks the files of a folder.",
                "Take it out, or keep the vault in a bucket with object lock.")
        }
        if removable, let place = fields["removable"], BucketAddress.isOne(url) {
            report(.badValue, at: place, "A bucket cannot be unplugged.", "Take the line out.")
        }
        return VaultPlan(
            name: name, url: url, key: key, credentials: credentials, parity: parity, lock: lock, keep: keep, medium: medium,
            site: site,
            account: account, removable: removable)
    }

    private mutating func readLock(_ place: Place) -> LockPlan? {
        guard let fields = fields(of: place, .lock), let modePlace = fields["mode"], let periodPlace = fields["for"] else {
            return nil
        }
        let remedy: Phrase = "Write `mode: compliance` (nobody lifts a lock) or `mode: governance` (who has the right to may)."
        guard let word = text(modePlace, remedy: remedy) else { return nil }
        guard let mode = LockPlan.Mode(rawValue: word) else {
            report(.badValue, at: modePlace, "The mode \(Shown.value(word)) is not known.", remedy)
            return nil
        }
        guard let period = readDuration(periodPlace, example: "30d") else { return nil }
        guard period >= LockPlan.shortest else {
            report(
                .badValue, at: periodPlace, "A lock of less than a day leaves nobody the time to notice.", "Write `for: 30d`.")
            return nil
        }
        return LockPlan(mode: mode, period: period)
    }

    private mutating func readMedium(_ place: Place) -> StorageMedium? {
        let known = StorageMedium.allCases.map(\.rawValue)
        let remedy: Phrase = "Write one of: \(known.joined(separator: ", "))."
        guard let name = text(place, remedy: remedy) else { return nil }
        if let medium = StorageMedium(rawValue: name) { return medium }
        let meant: Phrase = Nearest.match(name, among: known).map { "Did you mean \"\($0)\"?" } ?? remedy
        report(.badValue, at: place, "The medium \(Shown.value(name)) is not known.", meant)
        return nil
    }

    /// A name for people.
    private mutating func readLine(_ place: Place) -> String? {
        let remedy: Phrase = "Write a name on one line."
        guard let name = text(place, remedy: remedy) else { return nil }
        guard !name.contains(where: \.isNewline) else {
            report(.badValue, at: place, "The name has more than one line.", remedy)
            return nil
        }
        return name
    }

    private mutating func readCredentials(_ place: Place) -> BucketCredentials? {
        let remedy: Phrase =
            "Write `env:PREFIX` (then PREFIX_ACCESS_KEY_ID and PREFIX_SECRET_ACCESS_KEY are read), `file:PATH` or `profile:NAME`."
        guard let text = text(place, longest: 4096, remedy: remedy) else { return nil }
        if let credentials = BucketCredentials(text) { return credentials }
        report(.badValue, at: place, "This does not say where the credentials are to be found.", remedy)
        return nil
    }

    private mutating func readBool(_ place: Place) -> Bool? {
        let remedy: Phrase = "Write `true` or `false`."
        guard let word = text(place, remedy: remedy) else { return nil }
        if let value = ["true": true, "false": false][word] { return value }
        report(.badValue, at: place, "\(Shown.value(word)) is neither true nor false.", remedy)
        return nil
    }

    private mutating func readVaultURL(_ place: Place) -> String? {
        let remedy: Phrase = "Write a folder, such as `./vault` or `/srv/backup/vault`, or a bucket, such as `s3://bucket/vault`."
        guard let url = text(place, longest: 4096, remedy: remedy) else { return nil }
        if BucketAddress.isOne(url) {
            do throws(BucketAddress.Flaw) {
                _ = try BucketAddress(url)
                return url
            } catch {
                report(error.isSecret ? .secretInPlan : .badValue, at: place, error.message, error.remedy)
                return nil
            }
        }
        if URLSecrecy.holdsPassword(url) {
            report(
                .secretInPlan, at: place, "A password stands in the plan.",
                "Take it out, and change it: the file may have been shared.")
            return nil
        }
        if let schemeEnd = url.firstRange(of: "://"), url[..<schemeEnd.lowerBound] != "file" {
            report(.badValue, at: place, "A vault of this kind is not known to this version.", remedy)
            return nil
        }
        guard !url.hasPrefix("file://") || url.hasPrefix("file:///"), !url.utf8.contains(0) else {
            report(.badValue, at: place, "This is no path.", remedy)
            return nil
        }
        return url
    }

    private mutating func readSandbox(_ place: Place) -> SandboxPlan? {
        guard let fields = fields(of: place, .sandbox), let url = fields["url"] else { return nil }
        return readSecret(url, literal: .connectionString).map { SandboxPlan(url: $0) }
    }

    mutating func readSecret(_ place: Place, literal: SecretSource.Literal) -> SecretSource? {
        let remedy: Phrase =
            literal == .refused
            ? "Write `env:NAME` or `file:PATH`." : "Write `env:NAME`, `file:PATH`, or a connection string without a password."
        guard let text = text(place, longest: 4096, remedy: remedy) else { return nil }
        do {
            return try SecretSource(text, literal: literal)
        } catch {
            let message: Phrase
            var advice = remedy
            switch error {
            case .empty: message = "Nothing is said here."
            case .badEnvironmentName:
                message = "After `env:` stands no name of an environment variable."
                advice = "Write its name alone, such as `env:DATABASE_URL`, without a $."
            case .emptyPath: message = "After `file:` stands no path."
            case .holdsPassword:
                message = "A password stands in the plan."
                advice =
                    "Put the whole connection string into an environment variable and write `env:NAME`, or into a file of mode 0600 and write `file:PATH`. Change the password if this file has been shared."
            case .unknownForm: message = "This says neither where the value is to be found nor what it is."
            }
            report(error == .holdsPassword ? .secretInPlan : .badValue, at: place, message, advice)
            return nil
        }
    }
}
