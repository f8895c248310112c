import Language
import Yams

extension PlanReader {
    /// The rules of retention: a mapping, or the name of a preset.
    mutating func readKeep(_ place: Place) -> RetentionRules? {
        if place.text != nil { return readPreset(place) }
        guard let fields = fields(of: place, .keep) else { return nil }
        let before = problems.count
        let rules = RetentionRules(
            last: fields["last"].flatMap { readCount($0) }, hourly: fields["hourly"].flatMap { readCount($0) },
            daily: fields["daily"].flatMap { readCount($0) }, weekly: fields["weekly"].flatMap { readCount($0) },
            monthly: fields["monthly"].flatMap { readCount($0) }, yearly: fields["yearly"].flatMap { readCount($0) },
            within: fields["within"].flatMap { readDuration($0, example: "7d") },
            tags: fields["tags"].flatMap { readTags($0) } ?? [])
        // Rules that keep nothing would let everything go.
        guard !rules.isEmpty || problems.count > before else {
            report(
                .missing, at: place, position: place.key, "There is no rule in it.",
                "Write at least one, such as `daily: 7`, or take `keep` out to keep everything.")
            return nil
        }
        return rules
    }

    private mutating func readPreset(_ place: Place) -> RetentionRules? {
        let known = RetentionRules.presets.map(\.name)
        let remedy: Phrase =
            "Write rules such as `{ last: 3, daily: 7, monthly: 12 }`, or one of: \(known.joined(separator: ", "))."
        guard let name = text(place, remedy: remedy) else { return nil }
        if let rules = RetentionRules(preset: name) { return rules }
        let meant: Phrase = Nearest.match(name, among: known).map { "Did you mean \"\($0)\"?" } ?? remedy
        report(.badValue, at: place, "The preset \(Shown.value(name)) is not known.", meant)
        return nil
    }

    private mutating func readCount(_ place: Place) -> Int? {
        let allowed = RetentionRules.allowedCounts
        if let count = place.text.flatMap({ Int($0) }), allowed.contains(count) { return count }
        report(
            .badValue, at: place, "This is no number of snapshots.",
            "Write a whole number from \(allowed.lowerBound) to \(allowed.upperBound), or leave the key out.")
        return nil
    }

    private mutating func readTags(_ place: Place) -> [String]? {
        let remedy: Phrase = "Write a list of words, such as `[release, legal]`."
        guard let places = list(place, remedy: remedy) else { return nil }
        if places.isEmpty { report(.missing, at: place, "There is nothing in it.", remedy) }
        var tags: [String] = []
        for place in places {
            guard let tag = text(place, longest: RetentionRules.longestTag, remedy: remedy) else { continue }
            guard !tag.contains(where: \.isWhitespace) else {
                report(.badValue, at: place, "A tag is one word.", remedy)
                continue
            }
            tags.append(tag)
        }
        return tags
    }
}
