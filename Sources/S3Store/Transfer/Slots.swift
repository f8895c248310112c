/// Lets so many at once do something; the others wait their turn. A store that says it is asked too much is asked by fewer, and
/// by one more whenever all of these have been answered.
actor Slots {
    private let most: Int
    private var limit: Int
    private var taken = 0
    private var answered = 0
    /// How often fewer were let through; who began before the last time tells nothing new.
    private var cuts = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// Those in front of it were let through.
    private var next = 0

    private static let least = 4

    /// One that was let through.
    struct Slot: Sendable {
        fileprivate let cuts: Int
    }

    init(_ count: Int) {
        most = count
        limit = count
    }

    func take() async -> Slot {
        if taken < limit {
            taken += 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
        return Slot(cuts: cuts)
    }

    /// - Parameter wasTooMuch: the store said so.
    func give(_ slot: Slot, wasTooMuch: Bool = false) {
        taken -= 1
        if wasTooMuch {
            if slot.cuts == cuts {
                limit = max(min(Self.least, most), limit / 2)
                cuts += 1
            }
            answered = 0
        } else if limit < most {
            answered += 1
            if answered >= limit {
                limit += 1
                answered = 0
            }
        }
        while taken < limit, next < waiting.count {
            taken += 1
            waiting[next].resume()
            next += 1
        }
        if next == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            next = 0
        }
    }

    /// How many are let through now.
    var width: Int { limit }
}
