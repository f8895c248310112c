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
