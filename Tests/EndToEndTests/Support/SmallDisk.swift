import Foundation
import Glibc

/// A file system of its own that a test can fill, break and mount read-only. Needs the right to mount.
final class SmallDisk: Sendable {
    enum Kind: Sendable {
        /// In memory.
        case tmpfs(mebibytes: Int)
        /// In a file: the only one here that turns read-only while files are open for writing, as disks do that fail.
        case ext4(mebibytes: Int)
    }

    private let directory: TemporaryDirectory
    private let kind: Kind
    var url: URL { directory.url.appending(path: "disk") }
    private var image: URL { directory.url.appending(path: "image") }
    private var filler: String { url.path + "/filler" }

    /// - Returns: nil, and says so, where this process may not mount.
    static func mount(_ kind: Kind) async throws -> SmallDisk? {
        let disk = SmallDisk(directory: try TemporaryDirectory(), kind: kind)
        try FileManager.default.createDirectory(at: disk.url, withIntermediateDirectories: true)
        if case .ext4(let mebibytes) = kind {
            let made = try await shell(
                "truncate -s \(mebibytes)M \"$1\" && mkfs.ext4 -q \"$1\"", disk.image.path)
            guard made.exitCode == 0 else {
                print("SKIPPED: no ext4 file system can be made here: \(made.errors)")
                return nil
            }
        }
        let mounted = try await disk.mount()
        guard mounted.exitCode == 0 else {
            print("SKIPPED: a small file system cannot be mounted here: \(mounted.errors)")
            return nil
        }
        return disk
    }

    private init(directory: TemporaryDirectory, kind: Kind) {
        self.directory = directory
        self.kind = kind
    }

    deinit {
        // Whatever still has files open there keeps them; the directory is free to be removed.
        guard
            let child = try? ChildProcess.start(
                URL(filePath: "/usr/bin/env"), ["umount", "-l", url.path], environment: childEnvironment(),
                directory: URL(filePath: "/"), output: nil, errors: nil)
        else { return }
        while child.isRunning { usleep(1000) }
        child.reap()
    }

    private func mount() async throws -> CommandResult {
        switch kind {
        case .tmpfs(let mebibytes):
            try await Self.shell("mount -t tmpfs -o size=\(mebibytes)m martlet-test \"$1\"", url.path)
        case .ext4:
            try await Self.shell("mount -o loop \"$2\" \"$1\"", url.path, image.path)
        }
    }

    /// Writes a file until nothing more fits.
    func fill() async throws {
        let result = try await Self.shell(
            "dd if=/dev/zero of=\"$1\" bs=4k 2>/dev/null; df --output=avail \"$1\" | tail -1", filler)
        guard result.output.trimmingCharacters(in: .whitespacesAndNewlines) == "0" else {
            throw TestFailure("the disk is not full: \(result.summary)")
        }
    }

    func makeRoom() throws {
        try FileManager.default.removeItem(atPath: filler)
    }

    /// Mounts it anew with other options, such as `ro`; fails while files are open for writing.
    func remount(_ options: String) async throws {
        let result = try await Self.shell("mount -o remount,\(options) \"$1\"", url.path)
        guard result.exitCode == 0 else { throw TestFailure("cannot remount: \(result.summary)") }
    }

    /// Makes new paths into the disk read-only, by a second mount above the first; what is open stays writable.
    func cover() async throws {
        let result = try await Self.shell("mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\"", url.path)
        guard result.exitCode == 0 else { throw TestFailure("cannot mount: \(result.summary)") }
    }

    /// Takes away what `cover` has mounted.
    func uncover() async throws {
        let result = try await Self.shell("umount -l \"$1\"", url.path)
        guard result.exitCode == 0 else { throw TestFailure("cannot unmount: \(result.summary)") }
    }

    /// What a maintainer does with a disk that broke, once nobody uses it: check it and mount it again.
    func repair() async throws {
        let result = try await Self.shell(
            "umount \"$1\" && { e2fsck -fy \"$2\" >/dev/null; test $? -le 1; } && mount -o loop \"$2\" \"$1\"",
            url.path, image.path)
        guard result.exitCode == 0 else { throw TestFailure("cannot repair: \(result.summary)") }
    }

    private static func shell(_ script: String, _ arguments: String...) async throws -> CommandResult {
        try await run(URL(filePath: "/bin/sh"), ["-c", script, "sh"] + arguments)
    }
}
