import Language
import Reporting

/// What is said about the progress of one piece of work.
struct ProgressLine: Sendable {
    let task: String
    let title: Phrase
    let unit: ProgressUnit
    let language: Language

    /// `Backing up db: 1.20 GB of 3.40 GB, 35 %, 112 MB/s, 20.0 s left, public.orders`, cut to `width` columns.
    func text(_ meter: ProgressMeter, _ report: Progress.Report, width: Int?) -> String {
        let figures = Figures(language)
        var parts: [String] = []
        let done = unit.amount(meter.done, figures)
        if let total = meter.total {
            let phrase: Phrase = "\(done) of \(unit.amount(total, figures))"
            parts.append(phrase.rendered(in: language))
            parts.append(figures.percent(meter.done, of: total))
        } else {
            parts.append(done)
        }
        if let rate = meter.rate { parts.append(unit == .bytes ? figures.rate(rate) : figures.count(Int64(rate)) + "/s") }
        if let remaining = meter.remaining {
            let phrase: Phrase = "\(figures.duration(remaining)) left"
            parts.append(phrase.rendered(in: language))
        }
        if let item = report.item { parts.append(item) }
        let line = title.rendered(in: language) + ": " + parts.joined(separator: ", ")
        // The last column stays free: some terminals wrap when it is filled.
        return width.map { DisplayWidth.cut(line, to: max($0 - 1, 1)) } ?? line
    }

    struct Event: Encodable, Sendable {
        let task: String
        let unit: String
        let done: Int64
        let total: Int64?
        let perSecond: Double?
        let remainingSeconds: Double?
        let item: String?
    }

    func event(_ meter: ProgressMeter, _ report: Progress.Report) -> Event {
        Event(
            task: task, unit: unit.rawValue, done: meter.done, total: meter.total, perSecond: meter.rate?.rounded(),
            remainingSeconds: meter.remaining.map { ($0 / .seconds(1)).rounded() }, item: report.item)
    }
}
