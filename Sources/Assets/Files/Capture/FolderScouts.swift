internal import Foundation

/// Lists the folders ahead of a walk on threads of its own, those first to which the walk comes next.
///
/// A few listings wait for the walk at most, each with its folder open; what no scout has begun the walk lists itself. Nobody is
/// woken for one folder: that would cost more than to list it.
///
/// `@unchecked Sendable`: all mutable state, that of the places too, is behind `condition`.
final class FolderScouts: @unchecked Sendable {
    enum Found: Sendable {
        case listing(FolderListing)
        /// The number of the error.
        case failed(Int32)
    }

    /// A folder that the walk is in, or will be.
    final class Place: @unchecked Sendable {
        let listing: FolderListing
        /// By the index of the descent; nil: somebody is at it.
        fileprivate var looks: [Int: Found?] = [:]
        /// Before it nothing is left for scouts.
        fileprivate var next = 0
        /// The places of folders that were found in it and that the walk has not entered.
        fileprivate var below: [Int: Place] = [:]
        fileprivate var isLeft = false

        fileprivate init(_ listing: FolderListing) { self.listing = listing }
    }

    private let condition = NSCondition()
    private let rules: IgnoreRules
    private let avoided: [FileStatus]
    private let areAhead: Bool
    private let mostWaiting: Int
    /// The last one is where scouts look first.
    private var places: [Place] = []
    private var waiting = 0
    /// Whether the walk is to use up some listings before there are more.
    private var areResting = false
    /// Scouts that wait for something to do, and whether the walk waits for one of them.
    private var idle = 0
    private var isAwaited = false
    private var isStopped = false

    /// - Parameters:
    ///   - avoided: folders that are not gone into.
    ///   - scouts: threads. None: nothing is listed or looked at before the walk comes to it.
    ///   - descriptors: how many files may be open at once.
    init(rules: IgnoreRules, avoided: [FileStatus], scouts: Int, descriptors: Int) {
        self.rules = rules
        self.avoided = avoided
        areAhead = scouts > 0
        mostWaiting = max(2, min(128, descriptors / 16))
        for number in 0..<scouts {
            let thread = Thread { [self] in work() }
            thread.name = "reprise-scout-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    /// Ends the scouts' threads. What was found is still there to be taken.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }

    // MARK: - The walk's

    /// The walk begins at this folder.
    func begin(at root: OpenFolder) -> Found {
        // What was asked for by name is gone through, whatever it is.
        let listing = FolderListing.read(root, [], rules, avoided: [], isAhead: areAhead)
        return listing.map { .listing($0) } ?? .failed(errno)
    }

    /// The walk goes through this folder now, which it took at `index` of the one above.
    func enter(_ listing: FolderListing, of above: Place?, at index: Int) -> Place {
        condition.withLock {
            if let known = above?.below.removeValue(forKey: index) { return known }
            let place = Place(listing)
            add(place)
            return place
        }
    }

    /// The walk is done with it.
    func leave(_ place: Place) { condition.withLock { forget(place) } }

    /// What lies at the descent `index` of a place, listed by a scout or now.
    func look(_ place: Place, _ index: Int) -> Found {
        condition.lock()
        while let begun = place.looks[index] {
            if let found = begun {
                condition.unlock()
                return found
            }
            isAwaited = true
            condition.wait()
        }
        place.looks[index] = .some(nil)
        place.next = max(place.next, index + 1)
        waiting += 1
        condition.unlock()
        return list(place, index)
    }

    /// The same, and for the last time.
    func take(_ place: Place, _ index: Int) -> Found {
        let found = look(place, index)
        condition.withLock {
            place.looks[index] = nil
            release(1)
        }
        return found
    }

    // MARK: - The scouts'

    private func work() {
        while let (place, index) = nextFolder() { _ = list(place, index) }
    }

    private func nextFolder() -> (Place, Int)? {
        condition.lock()
        defer { condition.unlock() }
        while !isStopped {
            while !areResting, let place = places.last {
                guard let index = place.listing.items[place.next...].firstIndex(where: \.isDescent) else {
                    places.removeLast()
                    continue
                }
                place.next = index + 1
                place.looks[index] = .some(nil)
                waiting += 1
                areResting = waiting >= mostWaiting
                return (place, index)
            }
            idle += 1
            condition.wait()
            idle -= 1
        }
        return nil
    }

    private func list(_ place: Place, _ index: Int) -> Found {
        let above = place.listing
        let name = above.items[index].name
        let path = above.path(of: name)
        let listing = above.folder.folder(name).flatMap {
            FolderListing.read($0, path, rules, avoided: avoided, isAhead: areAhead)
        }
        let found: Found = listing.map { .listing($0) } ?? .failed(errno)
        condition.withLock {
            guard !place.isLeft else { return release(1) }
            place.looks[index] = .some(found)
            if let listing {
                let inner = Place(listing)
                place.below[index] = inner
                add(inner)
            }
            if isAwaited {
                isAwaited = false
                condition.broadcast()
            }
        }
        return found
    }

    // MARK: - With the lock held

    /// Lets scouts go through it, where there is anything to go through.
    private func add(_ place: Place) {
        guard place.listing.items.contains(where: \.isDescent) else { return }
        places.append(place)
        if idle > 0, !areResting { condition.broadcast() }
    }

    private func release(_ count: Int) {
        waiting -= count
        guard areResting, waiting <= mostWaiting / 2 else { return }
        areResting = false
        if idle > 0 { condition.broadcast() }
    }

    /// Nothing in it or below it is listed ahead any more.
    private func forget(_ place: Place) {
        place.isLeft = true
        if let index = places.lastIndex(where: { $0 === place }) { places.remove(at: index) }
        release(place.looks.values.count { $0 != nil })
        place.looks = [:]
        for inner in place.below.values { forget(inner) }
        place.below = [:]
    }
}
