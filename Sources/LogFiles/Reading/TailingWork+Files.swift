import LogProcessing
import TelemetryModel

extension TailingWork {
    private static let searchInterval: Int64 = 30_000_000_000
    /// Looked through for the beginning of the last line, when reading starts at the end.
    private static let lastLineBytesMax = 64 << 10

    // MARK: Looking

    /// Looks for the files of all patterns.
    func scan() {
        snapshot.scans += 1
        let began = Timestamp.now()
        var found: [FileIdentity: (file: FoundFile, input: Int)] = [:]
        for (input, finder) in finders.enumerated() {
            for file in finder.find() {
                let identity = file.status.identity
                // One file may have several names: it is read once, under the name that it had before.
                if let known = found[identity] {
                    if known.input == input, files[identity]?.path == file.path { found[identity] = (file, input) }
                } else {
                    found[identity] = (file, input)
                }
            }
        }
        if isFirstScan { recallPaths() }
        let rotated = rotated(found, at: began)
        for (identity, (file, input)) in found.sorted(by: { $0.value.file.path < $1.value.file.path }) {
            if let known = files[identity] {
                known.isFound = true
                known.isRenamedAway = false
                known.path = file.path
                known.lastSeen = roundTime
                known.state.setHasName(true, at: roundTime)
                if known.file == nil { known.status = file.status }
            } else {
                add(file, input)
            }
        }
        if isFirstScan { addUnseen() }
        isFirstScan = false
        for (path, known) in rotated { adopt(path, known) }
        var folders: [String: [FileFinder.Entry]] = [:]
        for file in files.values where found[file.identity] == nil { lose(file, &folders) }
    }

    /// A file that was not known.
    private func add(_ found: FoundFile, _ inputIndex: Int) {
        let input = options.inputs[inputIndex]
        let times = TailedFile.Times(input)
        let identity = found.status.identity
        if let entry = registry[identity] ?? moved(found) {
            let state = TailedFile(lineStart: entry.offset, tail: entry.tail, times: times, at: roundTime)
            let file = FollowedFile(
                found, label: entry.path, input: inputIndex, state: state, at: roundTime)
            files[identity] = file
            order.append(identity)
            return
        }
        var entry = RegistryEntry(path: found.path, identity: identity, offset: 0, time: roundTime)
        let age = roundTime.nanoseconds &- found.status.modified
        let isOld = input.ignoreOlder.map { age > $0.wholeNanoseconds } ?? false
        if isOld || (isFirstScan && input.start == .end), let end = lastLine(found) {
            (entry.offset, entry.tail) = end
        }
        registry[identity] = entry
        snapshot.registryUpdates += 1
        let state = TailedFile(lineStart: entry.offset, tail: entry.tail, times: times, at: roundTime)
        files[identity] = FollowedFile(
            found, label: found.path, input: inputIndex, state: state, at: roundTime)
        order.append(identity)
    }

    /// The position of a file whose device has another number since the system started anew.
    private func moved(_ found: FoundFile) -> RegistryEntry? {
        guard isFirstScan else { return nil }
        let identity = found.status.identity
        guard
            var entry = registry.entries.first(where: { $0.identity.inode == identity.inode && $0.path == found.path }),
            files[entry.identity] == nil, let file = try? OpenFile(found.path),
            entry.continues(file, size: found.status.size)
        else { return nil }
        registry[entry.identity] = nil
        entry.identity = identity
        registry[identity] = entry
        return entry
    }

    /// Where the last line of a file begins, whether it has its line break or not: the half of a line is none.
    private func lastLine(_ found: FoundFile) -> (Int, Fingerprint)? {
        guard found.status.size > 0, let file = try? OpenFile(found.path) else { return nil }
        let size = found.status.size
        let bytes = min(size, Self.lastLineBytesMax)
        var offset = size
        withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 16) { room in
            guard let count = try? file.read(into: room, at: size - bytes), count == bytes else { return }
            // In UTF-16 the two bytes of a line break are not told apart from here; the mark settles it.
            let place = room.lastIndex(of: 0x0A)
            if let place { offset = size - bytes + place + 1 }
            var mark: [UInt8] = [0, 0]
            let marked = mark.withUnsafeMutableBytes { (try? file.read(into: $0, at: 0)) ?? 0 }
            if marked == 2, TextEncoding.detect(mark)?.encoding == .utf16LittleEndian { offset = min(size, offset + 1) }
        }
        let tailBytes = min(offset, Fingerprint.tailBytesMax)
        guard let tail = Fingerprint(of: file, at: offset - tailBytes, bytes: tailBytes) else { return nil }
        return (offset, tail)
    }

    /// Files of an earlier run that no pattern finds: they may have been renamed while nobody looked.
    private func addUnseen() {
        for entry in registry.entries where files[entry.identity] == nil {
            let status = FileStatus(identity: entry.identity, size: entry.offset, modified: 0)
            let input = options.inputs.indices.first { index in
                options.inputs[index].paths.contains { text in
                    (try? GlobPattern.parse(text))?.contains { $0.matches(entry.path) } ?? false
                }
            }
            guard let input else {
                // Of an input that is configured no longer.
                if roundTime.nanoseconds &- entry.time.nanoseconds > options.forgetAfter.wholeNanoseconds {
                    registry[entry.identity] = nil
                    snapshot.registryCleanups += 1
                }
                continue
            }
            let state = TailedFile(
                lineStart: entry.offset, tail: entry.tail, times: TailedFile.Times(options.inputs[input]),
                at: roundTime)
            files[entry.identity] = FollowedFile(
                FoundFile(path: entry.path, status: status), label: entry.path, input: input, state: state,
                at: roundTime)
            order.append(entry.identity)
        }
    }

    /// Where paths led in an earlier run: a file that was made after its last look, and renamed before this one, is
    /// looked for as between two scans.
    private func recallPaths() {
        for entry in registry.entries {
            if let known = paths[entry.path], known.seen >= entry.time { continue }
            let input = options.inputs.indices.first { index in
                options.inputs[index].paths.contains { text in
                    (try? GlobPattern.parse(text))?.contains { $0.matches(entry.path) } ?? false
                }
            }
            guard let input else { continue }
            paths[entry.path] = KnownPath(identity: entry.identity, input: input, seen: entry.time)
        }
    }

    /// No pattern finds the file any more. An open one is read to its end all the same; for a closed one its folder is
    /// looked through.
    private func lose(_ file: FollowedFile, _ folders: inout [String: [FileFinder.Entry]]) {
        file.isFound = false
        file.state.setHasName(false, at: roundTime)
        guard file.file == nil else { return }
        if roundTime >= file.nextSearch {
            file.nextSearch = Timestamp(nanoseconds: roundTime.nanoseconds &+ Self.searchInterval)
            if let status = search(file, &folders) {
                file.isRenamedAway = true
                file.lastSeen = roundTime
                file.status = status
                return
            }
        }
        if roundTime.nanoseconds &- file.lastSeen.nanoseconds > options.forgetAfter.wholeNanoseconds {
            if file.status.size > file.state.lineStart {
                events.contentLost(file.label, bytes: file.status.size - file.state.lineStart)
            }
            end(file)
        }
    }

    // MARK: Rotation

    /// Paths that lead to other files than they did, or to none.
    ///
    /// - Parameter time: when the scan began, by the system's clock, which also dates files.
    private func rotated(
        _ found: [FileIdentity: (file: FoundFile, input: Int)], at time: Timestamp
    ) -> [(path: String, known: KnownPath)] {
        var changed: [(path: String, known: KnownPath)] = []
        for (identity, (file, input)) in found {
            if let before = paths[file.path], before.identity != identity { changed.append((file.path, before)) }
            paths[file.path] = KnownPath(identity: identity, input: input, seen: time)
        }
        for (path, known) in paths where known.seen != time {
            // At once, and again when there is a file: the writer may be between renaming and making anew.
            if !known.isGone { changed.append((path, known)) }
            paths[path]?.isGone = true
            if time.nanoseconds &- known.seen.nanoseconds > options.forgetAfter.wholeNanoseconds {
                paths[path] = nil
                cuts[path] = nil
            }
        }
        return changed.sorted { $0.path < $1.path }
    }

    /// Between two scans a file may be made, written and renamed to what no pattern matches: such files are looked for
    /// beside a path that was rotated, and read under that name.
    ///
    /// They are known by names that go on as the path's does (`app.log.1`, `app-2026-01-02.log`), and by having been
    /// written since the path was last seen. A copy of a file that is known is none of them.
    private func adopt(_ path: String, _ known: KnownPath) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? ""
        let base = slash.map { String(path[path.index(after: $0)...]) } ?? path
        for entry in FileFinder.list(folder) where entry.kind == .file && Self.isRotated(entry.name, from: base) {
            let other = folder + entry.name
            guard !FileFinder.isCompressed(other), let status = FileStatus.of(path: other), status.isRegular,
                status.size > 0, status.identity.device == known.identity.device, files[status.identity] == nil,
                registry[status.identity] == nil,
                status.modified >= known.seen.nanoseconds &- Self.fileClockTick,
                status.modified > cuts[path]?.nanoseconds ?? .min, !isCopy(other, size: status.size)
            else { continue }
            registry[status.identity] = RegistryEntry(
                path: path, identity: status.identity, offset: 0, time: roundTime)
            let times = TailedFile.Times(options.inputs[known.input])
            let state = TailedFile(lineStart: 0, tail: .empty, times: times, at: roundTime)
            let file = FollowedFile(
                FoundFile(path: other, status: status), label: path, input: known.input, state: state, at: roundTime)
            file.isFound = false
            file.isRenamedAway = true
            file.state.setHasName(false, at: roundTime)
            files[status.identity] = file
            order.append(status.identity)
            snapshot.total.problems["rotated_unseen", default: 0] += 1
        }
    }

    private static func isRotated(_ name: String, from base: String) -> Bool {
        guard name != base else { return false }
        func goesOn(_ start: Substring) -> Bool {
            guard name.hasPrefix(start), let next = name.dropFirst(start.count).first else { return false }
            return ".-_".contains(next)
        }
        if goesOn(base[...]) { return true }
        guard let dot = base.lastIndex(of: "."), dot > base.startIndex else { return false }
        return name.hasSuffix(base[dot...]) && goesOn(base[..<dot])
    }

    /// Whether a file has what was read of one that is known.
    private func isCopy(_ path: String, size: Int) -> Bool {
        guard let file = try? OpenFile(path) else { return true }
        return registry.entries.contains { $0.offset > 0 && $0.continues(file, size: size) }
    }

    /// Looks for a file by its inode in the folder where it was.
    private func search(_ file: FollowedFile, _ folders: inout [String: [FileFinder.Entry]]) -> FileStatus? {
        let folder = file.path.lastIndex(of: "/").map { String(file.path[...$0]) } ?? ""
        let entries = folders[folder] ?? FileFinder.list(folder)
        folders[folder] = entries
        for entry in entries where entry.inode == file.identity.inode && entry.kind == .file {
            let path = folder + entry.name
            guard !FileFinder.isCompressed(path), let status = FileStatus.of(path: path),
                status.identity == file.identity
            else { continue }
            file.path = path
            return status
        }
        return nil
    }

    // MARK: Opening and closing

    /// Opens files that have something new, as far as the limit allows.
    func openWaiting() {
        var waiting = order.compactMap { files[$0] }.filter { $0.isWaiting && ($0.isFound || $0.isRenamedAway) }
        guard !waiting.isEmpty else { return }
        var room = openFilesMax - openCount
        if room < waiting.count { room += makeRoom(waiting.count - room) }
        if room < waiting.count {
            events.openFilesLimitReached(openFilesMax, waiting: waiting.count - room)
            waiting.removeLast(waiting.count - max(0, room))
        }
        for file in waiting { open(file) }
    }

    /// Closes files that are read to their end, those first that were silent longest.
    private func makeRoom(_ count: Int) -> Int {
        let idle = files.values.filter { file in
            guard let handle = file.file, file.isFound, !file.hasPending, file.batches.isEmpty else { return false }
            return file.state.caughtUp == (try? handle.status())?.signature
        }
        let closed = idle.sorted { $0.state.lastData < $1.state.lastData }.prefix(count)
        for file in closed { closeFile(file, reason: "limit") }
        return closed.count
    }

    private func open(_ file: FollowedFile) {
        do throws(OpenFile.Failure) {
            let handle = try OpenFile(file.path)
            let status = try handle.status()
            // It was renamed since it was found; the next look finds it again.
            guard status.identity == file.identity, status.isRegular else {
                file.nextSearch = Timestamp(nanoseconds: .min)
                return
            }
            if let entry = registry[file.identity], !entry.continues(handle, size: status.size) {
                if file.path != file.label, !file.isRenamedAway {
                    // Another file got the inode: it has another name in its records.
                    return replace(file, status)
                }
                // A renamed file that does not go on is none that was read.
                if file.isRenamedAway { return end(file) }
                events.fileRestarted(file.label, offset: file.state.lineStart)
                restart(file)
            }
            if file.state.position == 0, isCompressed(handle) {
                file.counters.problems["compressed"] = 1
                file.state.caughtUp(with: status.signature, at: roundTime)
                return
            }
            file.file = handle
            file.status = status
            file.reader = nil
            file.state.opened(at: roundTime)
            openCount += 1
            snapshot.filesStarted += 1
            events.fileStarted(file.label, offset: file.state.lineStart)
            events.fileWorks(file.path)
        } catch {
            file.nextSearch = Timestamp(nanoseconds: .min)
            if error.name != "gone" { count(error, file) }
        }
    }

    /// Opened in the next round.
    private func replace(_ file: FollowedFile, _ status: FileStatus) {
        registry[file.identity] = RegistryEntry(path: file.path, identity: file.identity, offset: 0, time: roundTime)
        let state = TailedFile(lineStart: 0, tail: .empty, times: file.state.times, at: roundTime)
        files[file.identity] = FollowedFile(
            FoundFile(path: file.path, status: status), label: file.path, input: file.input, state: state,
            at: roundTime)
    }

    /// By the first bytes: gzip, zstd, xz, bzip2.
    private func isCompressed(_ handle: OpenFile) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 6)
        guard let count = bytes.withUnsafeMutableBytes({ try? handle.read(into: $0, at: 0) }), count == 6
        else { return false }
        return bytes.starts(with: [0x1F, 0x8B, 0x08]) || bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
            || bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]) || bytes.starts(with: [0x42, 0x5A, 0x68, 0x39, 0x31])
    }

    func closeFile(_ file: FollowedFile, reason: String) {
        guard file.file != nil else { return }
        file.file = nil
        file.reader = nil
        openCount -= 1
        snapshot.filesClosed += 1
        events.fileClosed(file.label, reason: reason)
    }

    /// Begins at 0 again.
    func restart(_ file: FollowedFile) {
        file.restartsAfterCommit = false
        file.state.restart(at: roundTime)
        file.reader = nil
        file.counters.restarts += 1
        snapshot.total.restarts += 1
        // A copy of what was cut away was made before this moment, perhaps in this round. After a kill the entry's time is all
        // that tells it from a file that was written while nobody looked.
        let now = Timestamp.now()
        cuts[file.label] = now
        registry[file.identity] = RegistryEntry(
            path: file.label, identity: file.identity, offset: 0,
            time: max(roundTime, Timestamp(nanoseconds: now.nanoseconds &+ Self.fileClockTick)))
    }

    /// The file system's clock ticks every few milliseconds; here in nanoseconds, with room.
    private static let fileClockTick: Int64 = 20_000_000

    /// Forgets a file.
    func end(_ file: FollowedFile) {
        closeFile(file, reason: "deleted")
        files[file.identity] = nil
        order.removeAll { $0 == file.identity }
        registry[file.identity] = nil
        snapshot.registryCleanups += 1
    }
}
