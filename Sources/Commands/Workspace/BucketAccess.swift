import Foundation
import Language
import ObjectStore
import Plan
import S3Store
import Vault

/// Finds the credentials of a bucket and opens it.
///
/// They come from the environment or from files, never from arguments or the plan, and no message repeats them.
struct BucketAccess: Sendable {
    let environment: [String: String]
    /// The plan's folder, where relative paths start.
    let folder: String
    let warn: @Sendable (Phrase) -> Void

    func store(_ address: BucketAddress, of vault: VaultPlan) throws(CommandError) -> S3Store {
        let found = try credentials(vault)
        let region =
            address.region ?? found.region ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? "us-east-1"
        // It becomes a part of a host's name.
        guard BucketAddress.isRegion(region) else {
            throw CommandError(
                .usage, "\(region) is no region.", hint: "Write it as your provider does, such as region=eu-west-3.")
        }
        let bucket = S3Bucket(
            name: address.bucket, prefix: address.prefix,
            endpoint: .init(
                isEncrypted: address.isEncrypted, host: address.host(in: region), port: address.port, path: address.path),
            region: region, isInHostName: address.isInHostName)
        var options = S3Store.Options()
        options.authorities = variable("AWS_CA_BUNDLE").map { path($0) }
        if let patience = variable("REPRISE_S3_PATIENCE").flatMap({ Int($0) }), (0...86_400).contains(patience) {
            options.retries.patience = .seconds(patience)
            options.retries.firstPatience = min(options.retries.firstPatience, .seconds(patience))
        }
        options.lock = vault.lock.map { ObjectLock($0.mode == .compliance ? .compliance : .governance, for: $0.period) }
        options.isLocked = LockedObjects.contain
        return S3Store(bucket, credentials: found.credentials, from: found.source, options: options) {
            // Whoever keeps temporary credentials in a file may have renewed them.
            (try? self.quiet.credentials(vault))?.credentials
        }
    }

    private struct Found {
        let credentials: S3Credentials
        /// For hints: `env:AWS`.
        let source: String
        let region: String?
    }

    private var quiet: BucketAccess { BucketAccess(environment: environment, folder: folder) { _ in } }

    private func credentials(_ vault: VaultPlan) throws(CommandError) -> Found {
        let found: Found
        switch vault.credentials {
        case .environment(let prefix): found = try fromEnvironment(prefix, vault)
        case .file(let name): found = try fromFile(name, vault)
        case .profile(let name): found = try fromProfile(name, vault)
        case nil:
            // As the tools of AWS look for them.
            if variable("AWS_ACCESS_KEY_ID") != nil {
                found = try fromEnvironment("AWS", vault)
            } else {
                found = try fromProfile(variable("AWS_PROFILE") ?? "default", vault)
            }
        }
        guard found.credentials.isSound else {
            throw CommandError(
                .secretInvalid,
                "The credentials in \(found.source), for the vault \(vault.name), hold blanks or other characters that no key has.",
                hint: "Copy them once more, without quotes.")
        }
        return found
    }

    private func fromEnvironment(_ prefix: String, _ vault: VaultPlan) throws(CommandError) -> Found {
        let names = (access: prefix + "_ACCESS_KEY_ID", secret: prefix + "_SECRET_ACCESS_KEY")
        guard let access = variable(names.access), let secret = variable(names.secret) else {
            let missing = variable(names.access) == nil ? names.access : names.secret
            throw CommandError(
                .secretMissing, "The environment variable \(missing) is not set; it is needed for the vault \(vault.name).",
                hint:
                    "Set it, or say in the plan where the credentials are: `credentials: file:PATH` or `credentials: profile:NAME`."
            )
        }
        return Found(
            credentials: S3Credentials(accessKey: access, secretKey: secret, sessionToken: variable(prefix + "_SESSION_TOKEN")),
            source: "env:\(prefix)", region: nil)
    }

    private func fromFile(_ name: String, _ vault: VaultPlan) throws(CommandError) -> Found {
        guard let file = try read(path(name)) else {
            throw CommandError(
                .secretMissing, "There is no file \(name); it is needed for the vault \(vault.name).",
                hint: "A relative path starts at the plan's folder, \(folder).")
        }
        let profile = file.hasProfile("default") ? "default" : file.profiles.first
        guard file.hasProfile("default") || file.profiles.count == 1, let profile, let credentials = file.credentials(of: profile)
        else {
            throw CommandError(
                .secretInvalid, "The file \(name) holds no credentials for the vault \(vault.name).",
                hint: "Write into it: a line [default], then aws_access_key_id = … and aws_secret_access_key = ….")
        }
        return Found(credentials: credentials, source: "file:\(name)", region: file.region(of: profile))
    }

    private func fromProfile(_ name: String, _ vault: VaultPlan) throws(CommandError) -> Found {
        let home = (variable("HOME") ?? "") + "/.aws/"
        let files = (
            credentials: variable("AWS_SHARED_CREDENTIALS_FILE") ?? home + "credentials",
            config: variable("AWS_CONFIG_FILE") ?? home + "config"
        )
        let config = try read(path(files.config), isConfig: true)
        let found = try read(path(files.credentials))?.credentials(of: name) ?? config?.credentials(of: name)
        guard let credentials = found else {
            throw CommandError(
                .secretMissing,
                "There are no credentials for the vault \(vault.name): no profile \(name) with both keys in \(files.credentials).",
                hint:
                    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or say in the plan where they are: `credentials: env:PREFIX`, `file:PATH` or `profile:NAME`."
            )
        }
        return Found(credentials: credentials, source: "profile:\(name)", region: config?.region(of: name))
    }

    /// Nil where there is no such file.
    private func read(_ path: String, isConfig: Bool = false) throws(CommandError) -> CredentialsFile? {
        do throws(SmallFile.Failure) {
            let (bytes, mode) = try SmallFile.read(path, atMost: SecretReader.longestValue)
            if let mode, mode & 0o077 != 0, !isConfig {
                warn("Others on this machine may read the secrets in \(path). Close it: `chmod 600 \(path)`.")
            }
            return CredentialsFile(String(decoding: bytes, as: UTF8.self), isConfig: isConfig)
        } catch {
            switch error {
            case .missing: return nil
            case .tooLong(let most): throw CommandError(.secretUnreadable, "The file \(path) is longer than \(most / 1024) KiB.")
            case .system(let message):
                throw CommandError(
                    .secretUnreadable, "The file \(path) cannot be read.", cause: SystemMessage(description: message))
            }
        }
    }

    private func path(_ name: String) -> String {
        Paths.absolute(Paths.expandingHome(name, environment: environment), from: folder)
    }

    private func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
