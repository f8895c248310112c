import Language
import Plan

/// A plan for programs, with the keys of the plan file. Vaults and assets are lists, because their order counts.
struct PlanDescription: Encodable {
    let version: Int
    let project: Project
    let vaults: [Vault]
    let assets: [Asset]
    let sandbox: Sandbox?

    struct Project: Encodable {
        let name, timezone: String
        let language: String?
    }

    struct Vault: Encodable {
        let name, url: String
        let key, credentials: String?
        let parity: Bool
        let lock: Lock?
        let medium: String
        let site, account: String?
        let removable: Bool
        let keep: Keep?
    }

    struct Lock: Encodable {
        let mode: String
        /// Its key is that of the plan.
        let `for`: String
    }

    struct Asset: Encodable {
        let name, kind: String
        let url, path: String?
        let exclude: [String]?
        let objectives: Objectives
        let lockTimeout: String?
        let jobs: Int
        let checks: [Check]
        let keep: Keep?
    }

    struct Keep: Encodable {
        let last, hourly, daily, weekly, monthly, yearly: Int?
        let within: String?
        let tags: [String]

        init(_ rules: RetentionRules) {
            last = rules.last
            hourly = rules.hourly
            daily = rules.daily
            weekly = rules.weekly
            monthly = rules.monthly
            yearly = rules.yearly
            within = rules.within?.planText
            tags = rules.tags
        }
    }

    struct Objectives: Encodable {
        let rpo, rto: String?
    }

    struct Check: Encodable {
        let name, sql, expect: String
    }

    struct Sandbox: Encodable {
        let url: String
    }

    init(_ plan: Plan) {
        version = plan.version
        project = Project(name: plan.project.name, timezone: plan.project.timezoneName, language: plan.project.language?.rawValue)
        vaults = plan.vaults.map {
            Vault(
                name: $0.name, url: $0.url, key: $0.key?.description, credentials: $0.credentials?.description, parity: $0.parity,
                lock: $0.lock.map { Lock(mode: $0.mode.rawValue, for: $0.period.planText) },
                medium: $0.medium.rawValue, site: $0.site, account: $0.account, removable: $0.removable,
                keep: $0.keep.map(Keep.init))
        }
        assets = plan.assets.map { asset in
            Asset(
                name: asset.name, kind: asset.kind.rawValue, url: asset.url?.description, path: asset.files?.path,
                exclude: asset.files?.exclude,
                objectives: Objectives(rpo: asset.objectives.rpo?.planText, rto: asset.objectives.rto?.planText),
                lockTimeout: asset.url == nil ? nil : asset.lockTimeout.planText, jobs: asset.jobs,
                checks: asset.checks.map { Check(name: $0.name, sql: $0.sql, expect: $0.expect.description) },
                keep: asset.keep.map(Keep.init))
        }
        sandbox = plan.sandbox.map { Sandbox(url: $0.url.description) }
    }
}
