import MartletServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Whether who sends to the usual port reaches Martlet, and what the variables of this shell would make an SDK do.
enum PortExamination {
    /// - Parameter state: of the running server; nil when none runs.
    static func findings(_ state: ServerState?, environment: [String: String]) -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if let state {
            let moved = state.endpoints.compactMap { endpoint in
                endpoint.instead.map { (endpoint: endpoint, wanted: $0) }
            }
            for (endpoint, wanted) in moved {
                findings.append(
                    DoctorFinding(
                        subject: "port \(endpoint.name)", state: .bad,
                        text:
                            "\(wanted) was taken by another program, \(endpoint.name) is at \(endpoint.address): who sends "
                            + "to \(wanted) does not reach Martlet. Stop the other program and restart, or point senders "
                            + "there"))
            }
            if moved.isEmpty {
                findings.append(
                    DoctorFinding(
                        subject: "ports", state: .ok, text: "all \(state.endpoints.count) are where they were wanted"))
            }
        }
        findings += variables(environment, state)
        return findings
    }

    /// Spec: OpenTelemetry specification, "OpenTelemetry Protocol Exporter", configuration options.
    static func variables(_ environment: [String: String], _ state: ServerState?) -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        func add(_ name: String, _ text: String) {
            findings.append(DoctorFinding(subject: "variable \(name)", state: .bad, text: text))
        }
        func port(_ name: String, _ usual: Int) -> String {
            state?.endpoints.first { $0.name == name }.flatMap {
                $0.address.split(separator: ":").last.map(String.init)
            }
                ?? String(usual)
        }
        let grpc = port("otlp_grpc", 4317)
        let http = port("otlp_http", 4318)
        for signal in ["", "TRACES_", "METRICS_", "LOGS_"] {
            let name = "OTEL_EXPORTER_OTLP_\(signal)ENDPOINT"
            guard let endpoint = environment[name], !endpoint.isEmpty else { continue }
            let given =
                environment["OTEL_EXPORTER_OTLP_\(signal)PROTOCOL"] ?? environment["OTEL_EXPORTER_OTLP_PROTOCOL"]
            let end = endpoint.split(separator: ":").last.map { $0.prefix { $0.isNumber } } ?? ""
            let path = endpoint.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" }
            if end == grpc, let given, given.hasPrefix("http/") {
                add(name, "\(endpoint) takes gRPC, and \(given) is asked for: use port \(http), or the protocol grpc")
            }
            if end == http, given == "grpc" {
                add(name, "\(endpoint) takes HTTP, and grpc is asked for: use port \(grpc), or http/protobuf")
            }
            if endpoint.hasPrefix("https://") {
                add(name, "\(endpoint) asks for TLS; Martlet's ports are not encrypted: http://")
            }
            if !signal.isEmpty, given != "grpc", end == http, path.isEmpty {
                add(name, "the endpoint of a signal is taken as it is: append /v1/\(signal.dropLast().lowercased())")
            }
            if signal.isEmpty,
                path.hasSuffix("/v1/traces") || path.hasSuffix("/v1/metrics") || path.hasSuffix("/v1/logs")
            {
                add(name, "SDKs append /v1/traces and so on to it themselves: leave the path out")
            }
        }
        if let disabled = environment["OTEL_SDK_DISABLED"], disabled.lowercased() == "true" {
            add("OTEL_SDK_DISABLED", "SDKs send nothing at all")
        }
        for name in ["OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER"]
        where environment[name] == "none" {
            add(name, "is none: SDKs do not send this signal")
        }
        if let sampler = environment["OTEL_TRACES_SAMPLER"], sampler.contains("always_off") {
            add("OTEL_TRACES_SAMPLER", "\(sampler): no span is recorded")
        }
        return findings
    }
}
