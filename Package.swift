// swift-tools-version: 6.2
import PackageDescription

/// `REPRISE_STRICT=1`, as `make test` sets it, turns the warnings of our own targets into errors. Not so by default: a newer
/// compiler's new warning must not keep a newcomer from building. (`-Xswiftc -warnings-as-errors` would reach the dependencies
/// too.)
let warnings: [SwiftSetting] = Context.environment["REPRISE_STRICT"] == "1" ? [.treatAllWarnings(as: .error)] : []

let ownC: [CSetting] = warnings.isEmpty ? [] : [.treatAllWarnings(as: .error)]

let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + warnings

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let network: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

/// One layer may import only what stands here; the build refuses any other import.
let layers: [Target] = [
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .target(name: "CPostgres", cSettings: ownC),
    .target(name: "CSHA256", cSettings: ownC),
    .systemLibrary(name: "CQrencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    .target(name: "Language", swiftSettings: strict),
    .target(name: "Plan", dependencies: ["Language", yams], swiftSettings: strict),
    .target(name: "ObjectStore", dependencies: ["Language", system], swiftSettings: strict),
    .target(
        name: "S3Store", dependencies: ["Language", "ObjectStore", httpClient, crypto] + network, swiftSettings: strict),
    .target(
        name: "Vault", dependencies: ["Language", "ObjectStore", "CSHA256", "CZstd", crypto, cryptoExtras, system],
        swiftSettings: strict),
    .target(name: "Postgres", dependencies: ["Language", "CPostgres", "CXXHash", subprocess, system], swiftSettings: strict),
    .target(name: "Assets", dependencies: ["Language", "Vault", "Postgres"], swiftSettings: strict),
    .target(name: "Ledger", dependencies: ["Language", "Vault"], swiftSettings: strict),
    .target(
        name: "Protection", dependencies: ["Language", "ObjectStore", "Vault", "Postgres", "Assets"], swiftSettings: strict),
    .target(
        name: "Recovery", dependencies: ["Language", "Plan", "Vault", "Postgres", "Assets", "Ledger", system],
        swiftSettings: strict),
    .target(
        name: "Reporting", dependencies: ["Language", "Plan", "Vault", "Ledger", "CQrencode"], swiftSettings: strict),
    .target(
        name: "Commands",
        dependencies: [
            "Language", "Plan", "ObjectStore", "S3Store", "Vault", "Postgres", "Assets", "Ledger", "Protection", "Recovery",
            "Reporting", arguments, logging, system,
        ],
        swiftSettings: strict),
    .executableTarget(name: "reprise", dependencies: ["Commands", "CMalloc"], swiftSettings: strict),
    .target(
        name: "TestServers", dependencies: ["Language", "Postgres", subprocess, system], path: "Tests/TestServers",
        swiftSettings: strict),
    .target(name: "TestStores", dependencies: ["Language", "ObjectStore"], path: "Tests/TestStores", swiftSettings: strict),
    .target(name: "TestNumbers", path: "Tests/TestNumbers", swiftSettings: strict),
    .testTarget(name: "LanguageTests", dependencies: ["Language"], swiftSettings: strict),
    .testTarget(name: "PlanTests", dependencies: ["Language", "Plan", "TestNumbers", yams], swiftSettings: strict),
    .testTarget(
        name: "ReportingTests",
        dependencies: ["Language", "Plan", "ObjectStore", "Vault", "Ledger", "Reporting", "TestStores", subprocess, system],
        swiftSettings: strict),
    .target(
        name: "TestBuckets", dependencies: ["Language", "ObjectStore", "S3Store", httpClient] + network,
        path: "Tests/TestBuckets",
        exclude: [
            "attended.py", "boto_checks.py", "sign_with_botocore.py", "strict_bucket.py", "strict_locks.py", "strict_s3.py",
        ], swiftSettings: strict),
    .testTarget(
        name: "ObjectStoreTests", dependencies: ["Language", "ObjectStore", "S3Store", "TestStores", "TestBuckets"],
        swiftSettings: strict),
    .testTarget(
        name: "S3StoreTests", dependencies: ["Language", "ObjectStore", "S3Store", "TestBuckets", "TestNumbers"] + network,
        swiftSettings: strict),
    .testTarget(
        name: "VaultTests",
        dependencies: ["Language", "ObjectStore", "S3Store", "Vault", "TestStores", "TestBuckets", "TestNumbers", crypto],
        swiftSettings: strict),
    .testTarget(
        name: "LedgerTests", dependencies: ["Language", "ObjectStore", "Vault", "Ledger", "TestStores"], swiftSettings: strict),
    .testTarget(
        name: "PostgresTests", dependencies: ["Language", "Postgres", "TestServers", "TestNumbers", system],
        swiftSettings: strict),
    .testTarget(
        name: "AssetsTests",
        dependencies: ["Language", "ObjectStore", "Vault", "Postgres", "Assets", "TestServers", "TestNumbers"],
        swiftSettings: strict),
    .testTarget(name: "RecoveryTests", dependencies: ["Language", "Recovery"], swiftSettings: strict),
    .testTarget(
        name: "CommandsTests",
        dependencies: [
            "Language", "Plan", "ObjectStore", "Vault", "Postgres", "Commands", "TestServers", "TestBuckets", subprocess,
        ],
        swiftSettings: strict),
]

let package = Package(
    name: "reprise",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: layers
)
