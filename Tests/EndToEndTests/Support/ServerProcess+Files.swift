import Foundation

extension ServerProcess {
    /// Runs a verb against this server and reads the JSON that it prints.
    ///
    /// - Parameter exitCode: what is expected; another is a `TestFailure`.
    func martletJSON(_ exitCode: Int32 = 0, _ verb: String, _ arguments: String...) async throws -> JSONValue {
        let result = try await runMartlet([verb, "--data", data.path] + arguments)
        guard result.exitCode == exitCode else {
            throw TestFailure("\(verb) \(arguments): not exit code \(exitCode) but \(result.summary)")
        }
        return try JSONValue.decode(Array(result.output.utf8))
    }
}

/// Files of a directory by their path in it.
func files(in directory: URL) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: directory.path) {
        var isDirectory: ObjCBool = false
        let file = directory.appending(path: path)
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory), !isDirectory.boolValue
        else { continue }
        found[path] = try Data(contentsOf: file)
    }
    return found
}
