// swift-tools-version: 6.1
import PackageDescription

// Settings of every Swift target: language mode 6 and the upcoming features of the house style.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let grpcCore = Target.Dependency.product(name: "GRPCCore", package: "grpc-swift-2")
let grpcTransport = Target.Dependency.product(
    name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "martlet", targets: ["martlet"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Row 0: values, messages, C shims.
        .target(name: "CADBC"),
        .systemLibrary(
            name: "CLibdeflate", pkgConfig: "libdeflate",
            providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
        .systemLibrary(
            name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .systemLibrary(
            name: "CSnappy", providers: [.apt(["libsnappy-dev"]), .brew(["snappy"])]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "TelemetryModel", swiftSettings: house),
        .target(name: "PrometheusModel", dependencies: ["CRE2"], swiftSettings: house),
        .target(name: "SQLSyntax", swiftSettings: house),
        .target(name: "OTLPMessages", dependencies: [protobuf], swiftSettings: house),
        .target(name: "TraceMessages", dependencies: [protobuf], swiftSettings: house),

        // Row 1: wire formats.
        .target(name: "Samples", dependencies: ["OTLPMessages", protobuf], swiftSettings: house),
        .target(
            name: "Codecs",
            dependencies: [
                "CLibdeflate", "CSnappy", "CZstd", "OTLPMessages", "PrometheusModel", "TelemetryModel", protobuf,
            ],
            swiftSettings: house),
        .target(name: "PromQL", dependencies: ["PrometheusModel"], swiftSettings: house),
        .target(name: "TraceQL", dependencies: ["PrometheusModel"], swiftSettings: house),
        .target(name: "TraceAnalysis", dependencies: ["TelemetryModel"], swiftSettings: house),
        .target(name: "LogQL", dependencies: ["PrometheusModel"], swiftSettings: house),
        .target(name: "LogPatterns", swiftSettings: house),
        .target(
            name: "Recordings", dependencies: ["OTLPMessages", "TelemetryModel", protobuf], swiftSettings: house),

        .target(name: "WriteAheadLog", dependencies: ["CLibdeflate", "TelemetryModel"], swiftSettings: house),

        // Row 2: the engine; the evaluation of languages.
        .target(name: "PromQLEvaluation", dependencies: ["PromQL", "PrometheusModel"], swiftSettings: house),
        .target(
            name: "TraceQLEvaluation", dependencies: ["PrometheusModel", "TelemetryModel", "TraceQL"],
            swiftSettings: house),
        .target(
            name: "LogQLEvaluation", dependencies: ["CRE2", "LogQL", "PrometheusModel", "TelemetryModel"],
            swiftSettings: house),
        .target(
            name: "LogProcessing", dependencies: ["Codecs", "PrometheusModel", "TelemetryModel"],
            swiftSettings: house),
        .target(
            name: "ClickHouse", dependencies: ["CADBC", "TelemetryModel", logging, subprocess],
            swiftSettings: house),

        // Row 3: schema, writes and reads.
        .target(
            name: "TelemetryStore", dependencies: ["ClickHouse", "SQLSyntax", "TelemetryModel", logging],
            swiftSettings: house),

        // Row 4: the pipeline, files that are followed, and what every HTTP surface shares.
        .target(
            name: "LogFiles",
            dependencies: ["Codecs", "LogProcessing", "TelemetryModel", lifecycle, logging], swiftSettings: house),
        .target(
            name: "TelemetryFiles",
            dependencies: [
                "CLibdeflate", "CZstd", "Codecs", "OTLPMessages", "TelemetryModel", "TraceMessages",
                protobuf,
            ], swiftSettings: house),
        .target(
            name: "Ingest",
            dependencies: [
                "Codecs", "OTLPMessages", "PrometheusModel", "TelemetryModel", "TelemetryStore", "WriteAheadLog",
                logging, metrics, lifecycle,
            ],
            swiftSettings: house),
        .target(
            name: "QueryEngines",
            dependencies: [
                "ClickHouse", "Codecs", "LogPatterns", "LogQL", "LogQLEvaluation", "PromQL", "PromQLEvaluation",
                "PrometheusModel", "SQLSyntax", "TelemetryModel", "OTLPMessages", "TelemetryStore", "TraceAnalysis",
                "TraceQL", "TraceQLEvaluation", logging, lifecycle, yams,
            ],
            swiftSettings: house),
        .target(
            name: "HTTPSurface",
            dependencies: [
                "Codecs", "TelemetryModel", hummingbird, hummingbirdCore, httpTypes, logging, grpcCore, grpcTransport,
                nioCore, nioHTTP1, nioHTTP2, nioHTTPTypes, nioPosix, nioWebSocket, lifecycle, protobuf,
            ],
            swiftSettings: house),

        // Row 5: sockets in and answers out.
        .target(
            name: "Receivers",
            dependencies: [
                "TelemetryFiles", "Codecs", "HTTPSurface", "Ingest", "LogFiles", "OTLPMessages", "PrometheusModel",
                "QueryEngines",
                "TelemetryModel", "TraceMessages", asyncHTTPClient, protobuf, hummingbird, httpTypes, grpcCore,
                grpcTransport, lifecycle,
                logging, metrics,
                nioCore, nioHPACK, nioHTTP1, nioHTTP2, nioPosix, yams,
            ],
            swiftSettings: house),
        .target(
            name: "QueryAPI",
            dependencies: [
                "ClickHouse", "Codecs", "HTTPSurface", "LogQL", "OTLPMessages", "PromQL", "PromQLEvaluation",
                "PrometheusModel", "QueryEngines", "SQLSyntax", "TelemetryModel", "TelemetryStore", "TraceAnalysis",
                "TraceMessages",
                "TraceQL", protobuf, hummingbird, httpTypes, grpcCore, nioCore, logging, metrics,
            ],
            swiftSettings: house),

        .target(
            name: "FileMirror",
            dependencies: [
                "PrometheusModel", "Codecs", "Ingest", "LogFiles", "TelemetryModel",
                "TelemetryStore", lifecycle, logging, metrics,
            ], swiftSettings: house),
        .target(
            name: "Verification",
            dependencies: [
                "Codecs", "LogPatterns", "OTLPMessages", "PrometheusModel", "Recordings",
                "TelemetryFiles", "TelemetryModel", "TraceAnalysis", yams,
            ], swiftSettings: house),

        // Row 6: wiring.
        .target(
            name: "MartletServer",
            dependencies: [
                "ClickHouse", "Codecs", "FileMirror", "HTTPSurface", "Ingest", "LogFiles", "LogProcessing",
                "PromQLEvaluation",
                "PrometheusModel", "QueryAPI", "QueryEngines", "Receivers", "SQLSyntax", "TelemetryModel",
                "TelemetryStore",
                "WriteAheadLog", grpcCore, hummingbird,
                httpTypes, nioCore, nioPosix, logging, metrics,
                coreMetrics,
                lifecycle,
                unixSignals, yams,
            ],
            swiftSettings: house),

        // Row 7: the command line.
        .executableTarget(
            name: "martlet",
            dependencies: [
                "ClickHouse", "Codecs", "Ingest", "LogQL", "MartletServer", "OTLPMessages", "PrometheusModel",
                "Recordings", "Samples", "TelemetryFiles",
                "TelemetryModel", "TelemetryStore", "TraceAnalysis", "TraceQL", "Verification", "WriteAheadLog",
                argumentParser,
                asyncHTTPClient, grpcCore, grpcTransport, logging, nioCore, nioHTTP1, nioPosix, protobuf, unixSignals,
            ],
            swiftSettings: house),

        .executableTarget(
            name: "martlet-bench",
            dependencies: [
                "FileMirror", "ClickHouse", "Codecs", "Ingest", "MartletServer", "OTLPMessages", "PromQLEvaluation",
                "PrometheusModel", "QueryEngines", "Receivers", "TelemetryModel", "TelemetryStore", "TraceAnalysis",
                "TraceQL", "WriteAheadLog", asyncHTTPClient, lifecycle, logging, nioCore, nioHTTP1, protobuf,
            ],
            path: "Benchmarks", swiftSettings: house),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: ["ClickHouse", "Codecs", "OTLPMessages", "TelemetryModel", logging, protobuf],
            path: "Tests/TestSupport",
            swiftSettings: house),
        .testTarget(name: "TelemetryModelTests", dependencies: ["TelemetryModel"], swiftSettings: house),
        .testTarget(name: "PrometheusModelTests", dependencies: ["PrometheusModel"], swiftSettings: house),
        .testTarget(name: "PromQLTests", dependencies: ["PromQL", "PrometheusModel"], swiftSettings: house),
        .testTarget(
            name: "PromQLEvaluationTests", dependencies: ["PromQL", "PromQLEvaluation", "PrometheusModel"],
            swiftSettings: house),
        .testTarget(
            name: "ConformanceTests", dependencies: ["PromQL", "PromQLEvaluation", "PrometheusModel"],
            swiftSettings: house),
        .testTarget(
            name: "QueryEnginesTests",
            dependencies: [
                "ClickHouse", "Codecs", "LogQL", "LogQLEvaluation", "OTLPMessages", "PromQL", "PromQLEvaluation",
                "PrometheusModel", "QueryEngines", "SQLSyntax", "TelemetryModel", "TelemetryStore", "TestSupport",
                "TraceAnalysis", "TraceQL",
                "TraceQLEvaluation", logging, protobuf,
            ], exclude: ["Logs/Goldens", "Traces/Goldens"], swiftSettings: house),
        .testTarget(name: "TraceQLTests", dependencies: ["TraceQL"], swiftSettings: house),
        .testTarget(name: "LogQLTests", dependencies: ["LogQL", "PrometheusModel"], swiftSettings: house),
        .testTarget(name: "LogPatternsTests", dependencies: ["LogPatterns", "TelemetryModel"], swiftSettings: house),
        .testTarget(
            name: "LogQLEvaluationTests",
            dependencies: ["Codecs", "LogQL", "LogQLEvaluation", "PrometheusModel", "TelemetryModel"],
            swiftSettings: house),
        .testTarget(
            name: "LogProcessingTests", dependencies: ["Codecs", "LogProcessing", "PrometheusModel", "TelemetryModel"],
            swiftSettings: house),
        .testTarget(
            name: "TraceAnalysisTests", dependencies: ["TelemetryModel", "TraceAnalysis"], swiftSettings: house),
        .testTarget(
            name: "TraceQLEvaluationTests",
            dependencies: ["PrometheusModel", "TelemetryModel", "TraceQL", "TraceQLEvaluation"], swiftSettings: house),
        .testTarget(name: "SQLSyntaxTests", dependencies: ["SQLSyntax"], swiftSettings: house),
        .testTarget(
            name: "TelemetryStoreTests",
            dependencies: [
                "PrometheusModel", "ClickHouse", "Codecs", "OTLPMessages", "SQLSyntax", "TelemetryModel",
                "TelemetryStore", "TestSupport",
                logging,
                protobuf,
            ], swiftSettings: house),
        .testTarget(
            name: "IngestTests",
            dependencies: [
                "ClickHouse", "Codecs", "Ingest", "OTLPMessages", "PrometheusModel", "TelemetryModel",
                "TelemetryStore", "TestSupport", "WriteAheadLog", lifecycle, logging, protobuf,
            ], swiftSettings: house),
        .testTarget(
            name: "HTTPSurfaceTests",
            dependencies: [
                "HTTPSurface", "TelemetryModel", grpcCore, grpcTransport, httpTypes, hummingbird, lifecycle, logging,
                nioCore, nioHTTP1, nioPosix, nioWebSocket, protobuf,
            ],
            swiftSettings: house),
        .testTarget(
            name: "ReceiversTests",
            dependencies: [
                "Codecs", "HTTPSurface", "Ingest", "LogProcessing", "OTLPMessages", "PrometheusModel", "QueryEngines",
                "Receivers", "TelemetryModel", "TelemetryStore", "TestSupport", "TraceMessages", "WriteAheadLog",
                asyncHTTPClient,
                grpcCore, grpcTransport, httpTypes, lifecycle, logging, nioCore, nioHTTP1, nioPosix,
                protobuf,
            ], swiftSettings: house),
        .testTarget(
            name: "LogFilesTests",
            dependencies: ["Codecs", "LogFiles", "LogProcessing", "TelemetryModel", lifecycle, logging],
            swiftSettings: house),
        .testTarget(
            name: "QueryAPITests",
            dependencies: [
                "ClickHouse", "Codecs", "HTTPSurface", "LogQL", "OTLPMessages", "PromQL", "PromQLEvaluation",
                "PrometheusModel", "QueryAPI", "QueryEngines", "TelemetryModel", "TelemetryStore", "TestSupport",
                "TraceAnalysis",
                "TraceMessages", "TraceQL", grpcCore, grpcTransport, httpTypes, hummingbird, lifecycle, logging,
                nioCore, nioPosix, protobuf,
            ],
            swiftSettings: house),
        .testTarget(
            name: "RecordingsTests", dependencies: ["OTLPMessages", "Recordings", "TelemetryModel", protobuf],
            swiftSettings: house),
        .testTarget(
            name: "TelemetryFilesTests",
            dependencies: [
                "CZstd", "Codecs", "OTLPMessages", "Recordings", "TelemetryFiles", "TelemetryModel", "TestSupport",
                "TraceMessages", protobuf,
            ], swiftSettings: house),
        .testTarget(
            name: "FileMirrorTests",
            dependencies: [
                "PrometheusModel", "ClickHouse", "Codecs", "FileMirror", "Ingest", "LogFiles", "LogProcessing",
                "OTLPMessages",
                "TelemetryFiles", "TelemetryModel", "TelemetryStore", "TestSupport", lifecycle, logging, protobuf,
            ], swiftSettings: house),
        .testTarget(
            name: "VerificationTests",
            dependencies: [
                "Codecs", "OTLPMessages", "PrometheusModel", "Recordings", "TelemetryFiles", "TelemetryModel",
                "TestSupport", "Verification", protobuf, yams,
            ], swiftSettings: house),
        .testTarget(name: "TidyTests", swiftSettings: house),
        .testTarget(
            name: "WriteAheadLogTests", dependencies: ["TelemetryModel", "WriteAheadLog"], swiftSettings: house),
        .testTarget(
            name: "ClickHouseTests", dependencies: ["ClickHouse", "TelemetryModel", "TestSupport", logging],
            swiftSettings: house),
        .testTarget(
            name: "CodecsTests",
            dependencies: ["Codecs", "OTLPMessages", "PrometheusModel", "TelemetryModel", "TestSupport", protobuf],
            swiftSettings: house),
        .testTarget(
            name: "SamplesTests", dependencies: ["OTLPMessages", "Samples", protobuf], swiftSettings: house),
        .testTarget(
            name: "MartletCommandTests",
            dependencies: [
                "TelemetryFiles", "Verification", "Codecs", "LogQL", "OTLPMessages", "PrometheusModel",
                "TelemetryModel", "TraceAnalysis", "TraceQL",
                "martlet",
                argumentParser, protobuf,
            ],
            swiftSettings: house),
        .testTarget(
            name: "EndToEndTests", dependencies: ["martlet"], exclude: ["Python"], swiftSettings: house),
        .testTarget(
            name: "MartletServerTests",
            dependencies: ["HTTPSurface", "MartletServer", "TelemetryModel", "TestSupport", coreMetrics, metrics],
            swiftSettings: house),
    ],
    cxxLanguageStandard: .cxx17
)

// Fuzzers bring a main function of libFuzzer's, which links only when the sanitizer is asked for (`make fuzz`).
if Context.environment["MARTLET_FUZZ"] != nil {
    let fuzzers: [(name: String, dependencies: [Target.Dependency])] = [
        ("FuzzTraces", ["FuzzSupport", "TelemetryModel"]), ("FuzzMetrics", ["FuzzSupport", "TelemetryModel"]),
        ("FuzzLogs", ["FuzzSupport", "TelemetryModel"]),
        ("FuzzLog", ["FuzzSupport", "CLibdeflate", "TelemetryModel", "WriteAheadLog"]),
        ("FuzzCompression", ["Codecs", "CLibdeflate", "CZstd", "FuzzSupport"]),
        ("FuzzExposition", ["Codecs", "FuzzSupport", "PrometheusModel"]),
        ("FuzzStatsD", ["Codecs", "FuzzSupport"]), ("FuzzPromQL", ["FuzzSupport", "PromQL"]),
        ("FuzzTraceQL", ["FuzzSupport", "TraceQL"]), ("FuzzLogQL", ["FuzzSupport", "LogQL"]),
        ("FuzzLogPipeline", ["FuzzSupport", "LogQL", "LogQLEvaluation", "PrometheusModel"]),
        ("FuzzLogLines", ["FuzzSupport", "LogProcessing", "TelemetryModel"]),
        ("FuzzLoki", ["Codecs", "FuzzSupport", "OTLPMessages", "TelemetryModel", protobuf]),
        ("FuzzSyslog", ["Codecs", "FuzzSupport", "OTLPMessages", "TelemetryModel", protobuf]),
        (
            "FuzzTelemetryFiles",
            ["Codecs", "FuzzSupport", "OTLPMessages", "TelemetryFiles", "TelemetryModel", protobuf]
        ),
        ("FuzzZipkin", ["Codecs", "FuzzSupport", "OTLPMessages", "TelemetryModel"]),
    ]
    package.targets.append(
        .target(
            name: "FuzzSupport", dependencies: ["Codecs", "TelemetryModel", "TestSupport"], path: "Fuzz/FuzzSupport",
            swiftSettings: house))
    for fuzzer in fuzzers {
        package.targets.append(
            .executableTarget(
                name: fuzzer.name, dependencies: fuzzer.dependencies, path: "Fuzz/\(fuzzer.name)",
                swiftSettings: house))
    }
}
