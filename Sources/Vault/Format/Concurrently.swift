import Foundation

/// What `body` makes of every item, in their order, with at most `limit` of them under way: a request to a far store takes long
/// and costs nobody's time meanwhile. A few items are done one after the other, unless each of them is large. The first failure
/// ends it.
func concurrently<Item: Sendable, Value: Sendable, Failure: Error>(
    _ items: [Item], atMost limit: Int, areLarge: Bool = false,
    _ body: @escaping @Sendable (Item) async throws(Failure) -> Value
) async throws(Failure) -> [Value] {
    guard items.count > (areLarge ? 1 : fewItems) else {
        var values: [Value] = []
        for item in items { values.append(try await body(item)) }
        return values
    }
    let result = await withTaskGroup(of: (Int, Result<Value, Failure>).self) { group in
        var values = [Value?](repeating: nil, count: items.count)
        var next = 0
        func start() {
            guard next < items.count else { return }
            let number = next
            next += 1
            group.addTask {
                do throws(Failure) {
                    return (number, .success(try await body(items[number])))
                } catch { return (number, .failure(error)) }
            }
        }
        for _ in 0..<limit { start() }
        for await (number, result) in group {
            switch result {
            case .success(let value): values[number] = value
            case .failure(let error):
                group.cancelAll()
                return Result<[Value], Failure>.failure(error)
            }
            start()
        }
        return .success(values.compactMap(\.self))
    }
    return try result.get()
}

/// What `body` makes of every item, in their order, on as many threads of their own as there are processors: for work that keeps
/// one busy, of which the threads that run tasks must be spared.
func onEveryProcessor<Item: Sendable, Value: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item) -> Value?
) async -> [Value] {
    let count = min(items.count, ProcessInfo.processInfo.activeProcessorCount)
    guard count > 0 else { return [] }
    let slices = (0..<count).map { items[items.count * $0 / count..<items.count * ($0 + 1) / count] }
    return await concurrently(slices, atMost: count, areLarge: true) { slice in
        await onOwnThread { slice.compactMap(body) }
    }.flatMap(\.self)
}

/// What an asynchronous body gives or throws, for who waits for it elsewhere.
func outcome<Value, Failure: Error>(
    _ body: () async throws(Failure) -> Value
) async -> Result<Value, Failure> {
    do throws(Failure) {
        return .success(try await body())
    } catch { return .failure(error) }
}

/// So many are not worth the tasks.
private let fewItems = 4

/// Requests for small objects that are under way at once. A store that takes 50 ms for each gives 10,000 objects in a second, if
/// it can; the client of a bucket lets fewer through.
let requestsAtOnce = 512
