internal import CPostgres
internal import Foundation
internal import Language

extension Session {
    /// How long one address may take to let us in when the connection string does not say (`connect_timeout`, seconds).
    private static let patience = 30

    /// Connects, trying each host and each of its addresses in turn, each with the whole time limit to itself: libpq's own
    /// non-blocking connecting would wait for ever for a first address that does not answer.
    static func connect(
        to target: ConnectionString, applicationName: String, wake: Wake, _ cancellation: Cancellation
    ) throws(PostgresError) -> Session {
        try target.refuseForeignAddress()
        var problems: [String] = []
        var needsPassword = false
        for attempt in target.attempts(&problems) {
            var options = attempt.options.merging(fixed) { $1 }
            options.merge(usual) { given, _ in given }
            if options["application_name"] == nil { options["application_name"] = applicationName }
            let outcome = try connect(options, target, wake, cancellation)
            switch outcome {
            case .session(let session): return session
            case .refused(let problem, let password):
                problems.append(problem)
                needsPassword = password
            case .unanswered(let problem):
                problems.append(problem)
                continue
            }
            // Whoever answers and refuses is the right server: its word counts.
            break
        }
        throw failure(target, problems, needsPassword: needsPassword)
    }

    /// GSSAPI encryption cannot be read past libpq, see `Wire`.
    private static let fixed = ["gssencmode": "disable"]

    /// So that a cut network shows within a minute.
    private static let usual = [
        "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "60000",
    ]

    private enum Outcome {
        case session(Session)
        case refused(String, needsPassword: Bool)
        case unanswered(String)
    }

    private static func connect(
        _ options: [String: String], _ target: ConnectionString, _ wake: Wake, _ cancellation: Cancellation
    ) throws(PostgresError) -> Outcome {
        try ConnectionString.requireLibrary()
        let pairs = options.map { (strdup($0.key), strdup($0.value)) }
        defer { for pair in pairs { free(pair.0); free(pair.1) } }
        let keywords = pairs.map { UnsafePointer($0.0) } + [nil]
        let values = pairs.map { UnsafePointer($0.1) } + [nil]
        guard let handle = PQconnectStartParams(keywords, values, 0) else { return .unanswered("out of memory") }
        var isConnected = false
        defer { if !isConnected { PQfinish(handle) } }

        let seconds = Int(options["connect_timeout"] ?? target["connect_timeout"] ?? "") ?? patience
        let deadline = seconds > 0 ? ContinuousClock.now + .seconds(max(2, seconds)) : nil
        var hasAnswered = false
        var next = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while next != PGRES_POLLING_OK {
            guard next != PGRES_POLLING_FAILED else {
                // Its advice, which stands further in, is not repeated: our own hint goes further.
                let lines = String(cString: PQerrorMessage(handle)).split(separator: "\n").filter { !$0.hasPrefix("\t") }
                let text = target.redacting(
                    lines.joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " "))
                return hasAnswered ? .refused(text, needsPassword: PQconnectionNeedsPassword(handle) == 1) : .unanswered(text)
            }
            if cancellation.isRequested { throw .cancelled }
            var watched = [
                pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0),
                pollfd(fd: PQsocket(handle), events: Int16(next == PGRES_POLLING_READING ? POLLIN : POLLOUT), revents: 0),
            ]
            if poll(&watched, 2, deadline?.remainingMilliseconds ?? -1) == 0 {
                return .unanswered(
                    "\(options["hostaddr"] ?? options["host"] ?? "the server") does not answer within \(seconds) seconds")
            }
            if watched[0].revents != 0 { wake.drain() }
            if watched[1].revents == 0 { continue }
            next = PQconnectPoll(handle)
            if PQstatus(handle) == CONNECTION_AWAITING_RESPONSE || PQstatus(handle) == CONNECTION_AUTH_OK { hasAnswered = true }
        }
        isConnected = true
        return .session(Session(handle, target: target, wake: wake))
    }

    private static func failure(_ target: ConnectionString, _ problems: [String], needsPassword: Bool) -> PostgresError {
        var told: [String] = []
        for problem in problems where !told.contains(problem) { told.append(problem) }
        let text = told.joined(separator: "; ")
        let isLogin = ["password authentication failed", "pg_hba.conf", "no password supplied", "authentication failed"].contains
        {
            text.contains($0)
        }
        if needsPassword || isLogin {
            return PostgresError(
                .authenticationFailed, "The server does not let \(target.user ?? "this user") in: \(text)",
                hint: "Check the user and the password of the connection string, and the server's pg_hba.conf.")
        }
        // libpq gives no SQLSTATE here.
        let isNoDatabase = text.contains(/database ".*" does not exist/)
        return PostgresError(
            .connectionFailed, "No connection to \(target.description): \(text)",
            hint: isNoDatabase
                ? "Create the database first (`createdb`), or correct its name."
                : "Check the address, that the server runs, and that this machine may reach it.")
    }
}

extension ConnectionString {
    /// One connection string for each address to try. What cannot be resolved is told in `problems`.
    func attempts(_ problems: inout [String]) -> [ConnectionString] {
        let hosts = self["host"]?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
        // Choosing among servers by their role needs all of them in libpq's hands.
        let choosesByRole = ![nil, "", "any"].contains(self["target_session_attrs"]) && hosts.count > 1
        guard hasOwnHost || self["hostaddr"] == nil, options["hostaddr"] == nil, !hosts.isEmpty, !choosesByRole else {
            return [self]
        }
        let ports = self["port"]?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
        var result: [ConnectionString] = []
        for (index, host) in hosts.enumerated() {
            var one = with("host", host)
            if ports.count == hosts.count { one = one.with("port", ports[index]) }
            if host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") {
                result.append(one)
                continue
            }
            switch addresses(of: host) {
            case .success(let addresses): result += addresses.map { one.with("hostaddr", $0) }
            case .failure(let problem): problems.append("the host name \"\(host)\" cannot be resolved: \(problem.text)")
            }
        }
        return result
    }

    /// libpq would follow PGHOSTADDR even where a host is given. Who names a host means that host: its address is given along,
    /// and a socket, which has none, is refused.
    fileprivate func refuseForeignAddress() throws(PostgresError) {
        guard hasOwnHost, options["hostaddr"] == nil, let host, host.hasPrefix("/"), self["hostaddr"] != nil else { return }
        throw PostgresError(
            .connectionFailed, "The environment variable PGHOSTADDR would lead a connection to the socket in \(host) elsewhere.",
            hint: "Unset PGHOSTADDR.")
    }

    private struct Problem: Error { let text: String }

    private func addresses(of host: String) -> Result<[String], Problem> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Darwin)
            hints.ai_socktype = SOCK_STREAM
        #else
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else { return .failure(Problem(text: String(cString: gai_strerror(status)))) }
        defer { freeaddrinfo(list) }
        var found: [String] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
                continue
            }
            let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if !found.contains(address) { found.append(address) }
        }
        return .success(found)
    }
}
