import TelemetryFiles

/// The files that paths lead to, looked at before anything is sent.
struct ImportFiles: Sendable {
    /// A file of a directory that holds no telemetry.
    struct Skipped: Sendable, Equatable {
        let path: String
        let reason: String
    }

    private(set) var files: [TelemetryFile] = []
    private(set) var skipped: [Skipped] = []

    /// Bytes of all, packed ones as they are.
    var bytes: Int { files.reduce(0) { $0 + $1.size } }

    /// Whether a file can be read one time only.
    var hasStandardInput: Bool { files.contains { $0.path == "-" } }

    /// - Throws: usage, when a path that was named is not there or no telemetry.
    init(_ paths: [String]) throws(CommandFailure) {
        var seen = Set<String>()
        for path in paths {
            do throws(TelemetryFileError) {
                let found = try TelemetryDirectory.files(path)
                let isNamed = found.map(\.path) == [path]
                for file in found where seen.insert(file.path).inserted {
                    try look(at: file, isNamed: isNamed)
                }
            } catch {
                throw CommandFailure(.usage, error.description)
            }
        }
        guard !files.isEmpty else {
            let reasons = skipped.map { "\($0.path): \($0.reason)" }.joined(separator: "; ")
            throw CommandFailure(.usage, "no telemetry in \(paths.joined(separator: ", ")) (\(reasons))")
        }
    }

    /// Of a directory, what is something else is left out; logs of applications lie beside telemetry.
    private mutating func look(at file: TelemetryFile, isNamed: Bool) throws(TelemetryFileError) {
        // What is read here would be missing later.
        guard file.path != "-" else { return files.append(file) }
        do throws(TelemetryFileError) {
            _ = try TelemetryFileReader(file.path, signal: file.signal)
            files.append(file)
        } catch {
            guard !isNamed, error.code == .unknownForm || error.code == .unsupported else { throw error }
            skipped.append(Skipped(path: file.path, reason: error.reason))
        }
    }

    /// The oldest and newest time in all files. Reads them from beginning to end.
    func times(_ progress: (Int) -> Void) throws(CommandFailure) -> RequestTimes {
        var times = RequestTimes()
        var done = 0
        for file in files {
            do throws(TelemetryFileError) {
                let reader = try TelemetryFileReader(file.path, signal: file.signal)
                while let event = try reader.next() {
                    if case .request(let request, _, _) = event { times.add(request) }
                    progress(done + reader.progress.read)
                }
            } catch {
                throw CommandFailure(.no, error.description)
            }
            done += file.size
        }
        return times
    }
}
