import Logging

/// One place where targets come from, and what it said last. Its owner sees to it that refreshes do not overlap.
actor DiscoverySource {
    /// Files are looked at this often; only changed ones are read.
    private static let filePollMax = Duration.seconds(5)

    private enum Kind {
        case fixed([TargetGroup])
        case files(FileDiscovery, refresh: Int64)
        case http(url: String, refresh: Duration, client: ScrapeClientOptions)
    }

    nonisolated let discovery: TargetDiscovery
    private let jobName: String
    private let surroundings: TargetScraper.Surroundings
    private var kind: Kind
    private var lastRead: Int64?
    private var problems: [String] = []

    init(_ discovery: TargetDiscovery, jobName: String, _ surroundings: TargetScraper.Surroundings) {
        self.discovery = discovery
        self.jobName = jobName
        self.surroundings = surroundings
        switch discovery {
        case .fixed(let groups): kind = .fixed(groups)
        case .files(let patterns, let refresh):
            kind = .files(FileDiscovery(patterns: patterns), refresh: refresh.wholeNanoseconds)
        case .http(let url, let refresh, let client): kind = .http(url: url, refresh: refresh, client: client)
        }
    }

    /// What is known without asking.
    nonisolated var initialGroups: [TargetGroup] {
        if case .fixed(let groups) = discovery { groups } else { [] }
    }

    /// How often `refresh` is to be called; nil for never.
    nonisolated var interval: Duration? {
        switch discovery {
        case .fixed: nil
        case .files(_, let refresh): min(refresh, Self.filePollMax)
        case .http(_, let refresh, _): refresh
        }
    }

    /// Asks again.
    ///
    /// - Returns: all groups; nil when they are as before or cannot be had, so that the last good ones stay.
    func refresh() async -> [TargetGroup]? {
        switch kind {
        case .fixed(let groups): return groups
        case .files(var files, let refresh):
            let now = surroundings.clock.uptime()
            let isForced = lastRead.map { now - $0 >= refresh } ?? true
            let result = files.poll(isForced: isForced)
            kind = .files(files, refresh: refresh)
            if isForced { lastRead = now }
            guard let result else { return nil }
            note(result.problems)
            return result.groups
        case .http(let url, let refresh, let client):
            do throws(ScrapeFailure) {
                let groups = try await HTTPDiscovery.fetch(
                    url: url, refresh: refresh, client: client, userAgent: surroundings.userAgent,
                    by: surroundings.fetcher)
                note([])
                return groups
            } catch {
                if !Task.isCancelled { note(["\(url): \(error.reason)"]) }
                return nil
            }
        }
    }

    /// Logs what has changed.
    private func note(_ found: [String]) {
        defer { problems = found }
        guard found != problems else { return }
        if found.isEmpty {
            surroundings.logger.info("service discovery works again", metadata: ["job": "\(jobName)"])
        }
        for problem in found where !problems.contains(problem) {
            surroundings.logger.warning(
                "service discovery failed, the last targets stay",
                metadata: ["job": "\(jobName)", "error": "\(problem)"])
        }
    }
}
