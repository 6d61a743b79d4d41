import Subprocess
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What an installation tells while it works.
package enum InstallationEvent: Sendable {
    /// A step begins.
    case step(String)
    /// 0 to 1 of the present step.
    case progress(Double)
}

/// Puts the engine's library on this machine.
///
/// The library comes in a Python wheel, fetched by pip from whatever index pip is set up with; pip checks the pinned
/// SHA-256. Only the library and what it links to are unpacked.
package struct EngineInstaller: Sendable {
    private let environment: [String: String]
    private let directory: String

    package init(environment: [String: String]) {
        self.environment = environment
        directory = EngineLocation.wheelDirectory(environment: environment)
    }

    /// Installs what is missing and returns where the engine is.
    ///
    /// - Parameters:
    ///   - wheels: a directory with the wheel, for machines without a network; nil fetches it.
    ///   - force: installs anew over what is there.
    /// - Throws: `.engineMissing` with what is missing and the command that brings it, `.diskFull`.
    package func install(
        wheels: String?, force: Bool, report: @escaping @Sendable (InstallationEvent) -> Void
    ) async throws -> EngineLocation {
        if !force, let found = try? EngineLocation.find(configured: "", environment: environment) {
            if found.source == .wheel { try await requirePython(report) }
            return found
        }
        guard let checksum = EngineRelease.wheelSHA256 else {
            throw EngineError(
                .engineMissing,
                "there is no packaged engine for this platform: install libchdb \(EngineRelease.clickHouseVersion) and name "
                    + "it in engine.library")
        }
        try await requirePython(report)
        try Files.makeDirectories(directory)
        try requireSpace(EngineRelease.libraryBytes + 300 << 20)
        let temporary = "\(directory).partial-\(getpid())"
        try Files.makeDirectories(temporary)
        do {
            report(.step("fetching \(EngineRelease.wheelName) \(EngineRelease.wheelVersion)"))
            try await fetch(into: temporary, checksum: checksum, wheels: wheels)
            report(.step("unpacking the library"))
            try await unpack(temporary, report)
            _ = try? await capture("rm", ["-rf", directory])
            guard rename(temporary + "/unpacked", directory) == 0 else {
                throw Files.failure("move the library to", directory)
            }
            _ = try? await capture("rm", ["-rf", temporary])
        } catch {
            _ = try? await capture("rm", ["-rf", temporary])
            throw error
        }
        return try EngineLocation.find(configured: "", environment: environment)
    }

    private func fetch(into directory: String, checksum: String, wheels: String?) async throws {
        let requirements = directory + "/requirements.txt"
        try Files.write(
            requirements, "\(EngineRelease.wheelName)==\(EngineRelease.wheelVersion) --hash=sha256:\(checksum)\n".utf8)
        var arguments = [
            "-m", "pip", "download", "--require-hashes", "--no-deps", "--only-binary=:all:",
            "--disable-pip-version-check",
            "--platform", EngineRelease.wheelPlatform, "--python-version", "3.11", "--implementation", "cp", "--abi",
            "abi3",
            "--dest", directory, "--requirement", requirements,
        ]
        if let wheels { arguments += ["--no-index", "--find-links", wheels] }
        // pip draws its own progress bar when standard error is a terminal; it goes there whole, so that standard output
        // stays for answers.
        let result = try await run(
            .name("python3"), arguments: Arguments(arguments), output: .currentStandardError,
            error: .currentStandardError)
        guard result.terminationStatus.isSuccess else {
            throw EngineError(
                .engineMissing,
                "pip could not fetch \(EngineRelease.wheelName)==\(EngineRelease.wheelVersion); its words are above. Without "
                    + "a network: put the wheel into a directory and run `martlet engine install --wheels DIRECTORY`")
        }
    }

    private func unpack(_ directory: String, _ report: @escaping @Sendable (InstallationEvent) -> Void) async throws {
        let script = """
            import glob, sys, zipfile
            archive = zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0])
            names = [n for n in archive.namelist() if n == sys.argv[2] or n.startswith(sys.argv[3])]
            archive.extractall(sys.argv[1] + "/unpacked", names)
            """
        let library = directory + "/unpacked/" + EngineRelease.libraryMember
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let result = try await capture(
                    "python3", ["-c", script, directory, EngineRelease.libraryMember, EngineRelease.companionDirectory])
                guard result.isSuccess else {
                    throw EngineError(
                        result.text.contains("No space left") ? .diskFull : .cannotOpen,
                        "the wheel could not be unpacked: \(result.text)")
                }
            }
            group.addTask {
                // Ends when the unpacking task has ended and the group is cancelled.
                while !Task.isCancelled {
                    report(.progress(min(1, Double(size(library)) / Double(EngineRelease.libraryBytes))))
                    try? await Task.sleep(for: .milliseconds(100))
                }
            }
            try await group.next()
            group.cancelAll()
        }
        report(.progress(1))
    }

    /// The wheel's library needs Debian's libpython to be loadable, and pip to be fetched.
    private func requirePython(_ report: @Sendable (InstallationEvent) -> Void) async throws {
        if ADBCDriver.canLoadPython() { return }
        let command = "apt-get install --yes \(EngineRelease.pythonPackage)"
        if geteuid() == 0, let found = try? await capture("apt-get", ["--version"]), found.isSuccess {
            report(.step("installing Debian's \(EngineRelease.pythonPackage)"))
            _ = try await capture("apt-get", ["update", "--quiet"])
            let result = try await capture("apt-get", ["install", "--yes", "--quiet", EngineRelease.pythonPackage])
            if result.isSuccess, ADBCDriver.canLoadPython() { return }
        }
        throw EngineError(
            .engineMissing,
            "the engine's library needs \(EngineRelease.pythonLibrary): install it with `sudo \(command)`")
    }

    private func requireSpace(_ bytes: Int) throws {
        guard let free = Files.freeBytes(directory), free < bytes else { return }
        throw EngineError(
            .diskFull,
            "\(directory) has \(free >> 20) MiB free, the engine needs \(bytes >> 20) MiB; MARTLET_CACHE names another place"
        )
    }

    private func capture(_ name: String, _ arguments: [String]) async throws -> (isSuccess: Bool, text: String) {
        let result = try await run(
            .name(name), arguments: Arguments(arguments), output: .string(limit: 1 << 20), error: .combinedWithOutput)
        return (result.terminationStatus.isSuccess, result.standardOutput)
    }

    private func size(_ path: String) -> Int {
        var information = stat()
        return stat(path, &information) == 0 ? Int(information.st_size) : 0
    }
}
