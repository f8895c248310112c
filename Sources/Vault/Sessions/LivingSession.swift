import Language
import ObjectStore
import Synchronization

/// The session somebody works under, which says again and again that it is alive, until this object goes away or `stop`.
///
/// A writer whose session was ended goes on under another one: then it is that one of which it is said.
final class LivingSession: Sendable {
    private let current: Mutex<ULID>
    private let renewal = Mutex<Task<Void, Never>?>(nil)

    /// How often a session says that it is alive; much oftener than keepers take one for dead.
    static let usualPause = Duration.seconds(3600)

    init(_ session: ULID, in vault: OpenVault, every pause: Duration = usualPause) {
        current = Mutex(session)
        let task = Task { [weak self] in
            while (try? await Task.sleep(for: pause)) != nil, let session = self?.id { await vault.renew(session) }
        }
        renewal.withLock { $0 = task }
    }

    deinit { stop() }

    var id: ULID { current.withLock { $0 } }

    /// Goes on as `session`.
    func become(_ session: ULID) { current.withLock { $0 = session } }

    func stop() { renewal.withLock { $0?.cancel() } }

    /// Stops; when this returns nothing more will be said.
    func end() async {
        stop()
        await renewal.withLock { $0 }?.value
    }
}

extension OpenVault {
    /// Does a keeper's work under a session of its own, and takes that away afterwards with all that was said of it.
    func underSession<Value>(
        _ work: Session.Work, host: String, renewedEvery pause: Duration = LivingSession.usualPause,
        _ body: (ULID) async throws(VaultError) -> Value
    ) async throws(VaultError) -> Value {
        let session = try await announce(work, asset: nil, host: host)
        let living = LivingSession(session, in: self, every: pause)
        do throws(VaultError) {
            let value = try await body(session)
            await living.end()
            try await leave(session)
            return value
        } catch {
            await living.end()
            let wasEnded = await wasEnded(session, before: error)
            // No one commits under it: nothing but its objects say that it is there.
            try? await leave(session)
            throw wasEnded ? Self.ended : error
        }
    }

    /// Whether what a keeper's work missed is the doing of another keeper, which took it for dead: they do not wait for each
    /// other then, and what one has put the other may have replaced already.
    private func wasEnded(_ session: ULID, before error: VaultError) async -> Bool {
        guard error.storeCode == .failed || error.storeCode == .missing || error.code == .damaged else { return false }
        let size: Int?? = try? await size(Session.objectName(session))
        return size == .some(nil)
    }

    /// Fails with `.overtaken` where another keeper has taken this keeper's work for dead.
    func requireKeepersSession(_ session: ULID) async throws(VaultError) {
        guard try await size(Session.objectName(session)) != nil else { throw Self.ended }
    }

    private static var ended: VaultError {
        VaultError(
            .overtaken, "Another prune took this run for dead and went on with its work.",
            hint: "Run the same command again: what was done is not done again.")
    }

    private func leave(_ session: ULID) async throws(VaultError) {
        for facts in try await list(Session.objectName(session)) { try await remove(facts.key.text) }
    }
}
