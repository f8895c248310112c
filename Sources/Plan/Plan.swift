public import Foundation
public import Language

/// What was promised: which assets are protected, where, and to which objectives.
///
/// A plan is a pure value read from `reprise.yaml` by `Plan.parse`. It holds no secret: where one is needed it says where the
/// secret is to be found (`SecretSource`). Names are unique within their list and lists keep the order of the file.
public struct Plan: Sendable, Equatable {
    /// The version of the file format this program reads.
    public static let currentVersion = 1

    public var version: Int
    public var project: Project
    /// At least one.
    public var vaults: [VaultPlan]
    /// At least one.
    public var assets: [AssetPlan]
    /// Where drills restore; nil: a throw-away server on this machine.
    public var sandbox: SandboxPlan?

    public init(
        version: Int = Plan.currentVersion, project: Project, vaults: [VaultPlan], assets: [AssetPlan],
        sandbox: SandboxPlan? = nil
    ) {
        self.version = version
        self.project = project
        self.vaults = vaults
        self.assets = assets
        self.sandbox = sandbox
    }

    /// The application that the plan is for.
    public struct Project: Sendable, Equatable {
        /// For people; any text of one line.
        public var name: String
        /// In which times are told; UTC where the plan says nothing.
        public var timezone: TimeZone
        /// In which documents are written and messages are said; nil: the reader's locale decides.
        public var language: Language?

        /// The time zone as a plan names it.
        public var timezoneName: String { timezone == .gmt ? "UTC" : timezone.identifier }

        public init(name: String, timezone: TimeZone = .gmt, language: Language? = nil) {
            self.name = name
            self.timezone = timezone
            self.language = language
        }
    }

    public func vault(named name: String) -> VaultPlan? { vaults.first { $0.name == name } }

    public func asset(named name: String) -> AssetPlan? { assets.first { $0.name == name } }
}
