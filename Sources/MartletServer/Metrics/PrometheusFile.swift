import PrometheusModel
import QueryEngines
import Receivers

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The configuration in Prometheus' form: targets, rules, receivers of alerts. Read at the start and again on reload.
struct PrometheusFile: Sendable {
    /// Of the file; a larger one is a mistake.
    private static let bytesMax = 16 << 20

    /// As it may be shown to whoever can ask the server.
    private(set) var shownText = ""
    private(set) var configuration = PrometheusConfiguration()
    private(set) var groups: [RuleGroup] = []
    /// What was passed over, in sentences for a person.
    private(set) var notes: [String] = []

    /// - Throws: `ServerError` that names file, place and problem.
    init(_ settings: Configuration.Prometheus, environment: [String: String]) throws {
        if !settings.configFile.isEmpty {
            let path = settings.configFile
            let text = try Self.read(path)
            let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
            do throws(PrometheusConfiguration.Failure) {
                configuration = try PrometheusConfiguration(
                    text: text, name: path, directory: directory, environment: environment)
            } catch {
                throw ServerError("\(error)")
            }
            shownText = PrometheusConfiguration.withoutSecrets(text)
            notes = configuration.ignored.map { "\(path):\($0)" }
            do throws(RuleFileError) {
                let loaded = try RuleFiles.load(configuration.ruleFiles, directory: directory)
                groups = loaded.groups
                notes += loaded.unmatchedPatterns.map { "no file of rules matches \($0)" }
            } catch {
                throw ServerError("\(error)")
            }
        }
        if !settings.spacetimedb.isEmpty {
            guard let job = ScrapeJob.spacetimeDB(url: settings.spacetimedb) else {
                throw ServerError(
                    "prometheus.spacetimedb is not a URL such as http://127.0.0.1:3000: \(settings.spacetimedb)")
            }
            guard !configuration.scrapeJobs.contains(where: { $0.name == job.name }) else {
                throw ServerError(
                    "prometheus.spacetimedb and \(settings.configFile) both have a job \(job.name); leave one out")
            }
            configuration.scrapeJobs.append(job)
        }
    }

    func ruleSettings(externalURL: String) -> RuleSettings {
        var settings = RuleSettings()
        settings.externalURL = externalURL
        let seconds = configuration.global.evaluationInterval.components
        settings.interval = seconds.seconds * 1000 + seconds.attoseconds / 1_000_000_000_000_000
        settings.externalLabels = configuration.global.externalLabels
        return settings
    }

    /// Base addresses of Alertmanagers.
    var alertmanagers: [(url: String, timeout: Duration)] {
        configuration.alertmanagers.flatMap { entry in
            entry.groups.flatMap(\.targets).compactMap { $0["__address__"] }.map { address in
                let prefix = entry.pathPrefix == "/" ? "" : entry.pathPrefix
                return ("\(entry.scheme)://\(address)\(prefix)", entry.timeout)
            }
        }
    }

    private static func read(_ path: String) throws -> String {
        let handle = open(path, O_RDONLY | O_CLOEXEC)
        guard handle >= 0 else {
            throw ServerError(
                "cannot read \(path) (prometheus.config_file): \(String(cString: strerror(errno)))")
        }
        defer { close(handle) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(handle, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw ServerError("cannot read \(path): \(String(cString: strerror(errno)))")
            }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= bytesMax else { throw ServerError("\(path) has more than \(bytesMax) bytes") }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
