import Dispatch
package import Recordings
import TelemetryFiles

/// Telemetry in files: a mirror's directory, an export, a run that was kept, or one file.
///
/// Files have no query languages and no ledger. Each call reads them anew, on a thread of its own.
package struct FilesSource: TelemetrySource {
    package let title: String
    private let directory: String

    /// - Parameter title: for reports; nil: `files in <directory>`.
    package init(directory: String, title: String? = nil) {
        self.directory = directory
        self.title = title ?? "files in \(directory)"
    }

    /// What is written to files is there.
    package func settle() async throws {}

    package func recording(_ window: RecordingWindow, itemsMax: Int) async throws -> Recording {
        // Reading files blocks, which the cooperative pool must not.
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "martlet.telemetry-files").async {
                continuation.resume(with: Result { try read(window, itemsMax: itemsMax) })
            }
        }
    }

    package func answer(_ query: RawQuery) async throws -> RawAnswer? { nil }

    package func ledger() async throws -> [LedgerFigures]? { nil }

    /// Files that are none of telemetry are left out (a program's own logs may lie beside the mirror's); a bad line in
    /// one that is makes the answer wrong, so it ends the reading.
    private func read(_ window: RecordingWindow, itemsMax: Int) throws(VerificationError) -> Recording {
        var builder = RecordingBuilder(itemsMax: itemsMax)
        var others: [String] = []
        do {
            let files = try TelemetryDirectory.files(directory)
            for file in files {
                if let signal = file.signal, !window.signals.contains(signal) { continue }
                let reader: TelemetryFileReader
                do throws(TelemetryFileError) {
                    reader = try TelemetryFileReader(file.path, signal: file.signal)
                } catch {
                    guard error.code == .unknownForm || error.code == .unsupported else { throw error }
                    others.append("\(error)")
                    continue
                }
                while let event = try reader.next() {
                    switch event {
                    case .problem(let problem): throw VerificationError(.invalidFile, problem.description)
                    case .request(let request, _, _):
                        switch window.part(of: request) {
                        case .traces(let request): try builder.add(request)
                        case .metrics(let request): try builder.add(request)
                        case .logs(let request): try builder.add(request)
                        case nil: break
                        }
                    }
                }
            }
            guard others.count < files.count || files.isEmpty else {
                throw VerificationError(.invalidFile, "no file of telemetry in \(directory): \(others[0])")
            }
        } catch let error as VerificationError {
            throw error
        } catch let error as RecordingError {
            throw VerificationError(
                .tooLarge,
                "\(error.message) in \(directory); narrow the window with --since, --start, --end or --service"
            )
        } catch {
            throw VerificationError(.invalidFile, "\(error)")
        }
        return builder.finish()
    }
}
