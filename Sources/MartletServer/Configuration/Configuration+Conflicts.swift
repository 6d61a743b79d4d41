extension Configuration {
    /// Settings that are each right but not together.
    struct Conflict: Sendable, Equatable {
        /// The settings to look at, the most likely mistake first.
        let paths: [String]
        let message: String
    }

    /// What stands in printed configurations for a secret.
    package static let secretMask = "***"

    /// Whether `bind` is reached from this machine only: 127.0.0.0/8, `::1` or `localhost`.
    ///
    /// Other spellings (`0:0:0:0:0:0:0:1`, names that resolve to loopback) count as foreign, which asks for a token
    /// too often but never too rarely.
    package var isLoopback: Bool {
        if bind.lowercased() == "localhost" || bind == "::1" { return true }
        // All four numbers are looked at, because `127.example.com` is a name on the internet.
        let parts = bind.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.allSatisfy(\.isDecimalDigit) && UInt8($0) != nil }
    }

    /// Everything that cannot be meant, empty for a configuration that can be served.
    var conflicts: [Conflict] {
        var conflicts: [Conflict] = []
        if !isLoopback, auth.mode == .token, auth.token.isEmpty {
            conflicts.append(
                Conflict(
                    paths: ["bind", "auth.token", "auth.mode"],
                    message: "`bind: \(bind)` can be reached from other machines: set `auth.token` "
                        + "(or say `auth.mode: none` to let everyone in)"))
        }
        if auth.token == Self.secretMask {
            // Somebody saved a printed configuration. Taken as it stands, everyone could guess the token.
            conflicts.append(
                Conflict(
                    paths: ["auth.token"],
                    message: "`auth.token` is \(Self.secretMask), which only stands for a secret in printed "
                        + "configurations: give the secret itself, in the file or by a variable"))
        }
        if ingest.memoryBytes / 4 < otlp.maxBodyBytes {
            // One sender may hold half of the memory, and a packed body is there twice while it is unpacked.
            conflicts.append(
                Conflict(
                    paths: ["ingest.memory_bytes", "otlp.max_body_bytes"],
                    message: "`ingest.memory_bytes` is less than four times `otlp.max_body_bytes`: "
                        + "the largest bodies would never fit"))
        }
        if ingest.logBytes / 4 < otlp.maxBodyBytes {
            conflicts.append(
                Conflict(
                    paths: ["ingest.log_bytes", "otlp.max_body_bytes"],
                    message: "`ingest.log_bytes` is less than four times `otlp.max_body_bytes`: "
                        + "the log could not take the largest bodies"))
        }
        return conflicts + portConflicts
    }

    /// One conflict per setting whose port an earlier one has already.
    private var portConflicts: [Conflict] {
        var owners: [Int: String] = [:]
        return Setting.all.filter { $0.section == "ports" }.compactMap { setting in
            // Port 0 is any free one, so two of them never meet.
            guard case .text(let text) = setting.read(self), let port = Int(text), port != 0 else { return nil }
            guard let owner = owners[port] else {
                owners[port] = setting.path
                return nil
            }
            return Conflict(
                paths: [setting.path, owner], message: "`\(owner)` and `\(setting.path)` are both \(port)")
        }
    }
}
