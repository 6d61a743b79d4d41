package import Logging
package import PrometheusModel
import ServiceLifecycle
import Synchronization

/// Finds targets, scrapes each at its interval and hands the samples on.
///
/// At a graceful shutdown running scrapes are cancelled and leave nothing behind; the series of targets do not end, so
/// that a restart goes unnoticed.
package final class ScrapeManager: Service {
    package struct Options: Sendable {
        /// `Martlet/<version>`.
        package var userAgent: String
        /// Scrapes and discoveries that wait for an answer at once. A target that does not answer takes a place for
        /// its whole timeout, so that this is far above what the machine can parse at once.
        package var concurrencyMax = 100
        /// Whether the series of all targets end with staleness markers at shutdown. Like upstream, Martlet lets them
        /// run out by themselves: queries look back far enough (five minutes) to bridge a restart, where with markers
        /// every restart is a gap, in which `absent()` fires and alerts are lost. Right only for a server that goes for
        /// good. Series of targets that a reload or a discovery removed, and of failed scrapes, end in any case.
        package var marksSeriesAtShutdown = false
        /// Puts apart the scrape times of several Martlets with the same targets.
        package var offsetSeed: UInt64 = 0

        package init(userAgent: String) { self.userAgent = userAgent }
    }

    private enum Item: Hashable, Sendable {
        case target(Int)
        case source(Int)
    }

    private struct State {
        var pools: [String: ScrapePool] = [:]
        /// Names of jobs as configured.
        var order: [String] = []
        var schedule: ScrapeSchedule<Item>
        var scrapers: [Int: TargetScraper] = [:]
        var sources: [Int: (source: DiscoverySource, job: String)] = [:]
        var nextID = 0
        /// Scrapers whose series have to be ended.
        var ended: [TargetScraper] = []
        var isStopping = false
    }

    private let options: Options
    private let surroundings: TargetScraper.Surroundings
    private let state: Mutex<State>
    private let alarm = ScrapeAlarm()

    package init(
        _ configuration: PrometheusConfiguration = PrometheusConfiguration(), fetcher: any ScrapeFetcher,
        sink: any SampleSink, logger: Logger, options: Options, clock: any ScrapeClock = SystemScrapeClock()
    ) {
        self.options = options
        surroundings = TargetScraper.Surroundings(
            fetcher: fetcher, sink: sink, clock: clock, logger: logger, userAgent: options.userAgent)
        state = Mutex(State(schedule: ScrapeSchedule(concurrencyMax: options.concurrencyMax)))
        reload(configuration)
    }

    /// Changes over to other jobs. Targets that stay keep their rhythm and their series; those that go have their
    /// series ended.
    package func reload(_ configuration: PrometheusConfiguration) { reload(jobs: configuration.scrapeJobs) }

    package func reload(jobs: [ScrapeJob]) {
        state.withLock { state in
            let names = Set(jobs.map(\.name))
            for name in state.order where !names.contains(name) {
                guard let pool = state.pools.removeValue(forKey: name) else { continue }
                for entry in pool.sources { removeSource(entry.id, &state) }
                for member in pool.members.values { remove(member, &state) }
            }
            state.order = jobs.map(\.name)
            for job in jobs {
                var pool = state.pools[job.name] ?? ScrapePool(job: job)
                pool.job = job
                changeSources(of: &pool, to: job.discoveries, &state)
                sync(&pool, &state)
                state.pools[job.name] = pool
            }
        }
        alarm.ring()
    }

    /// The targets as they are now, by job in the order of the configuration, then by address.
    package func targets() -> (active: [ScrapeTargetStatus], dropped: [ScrapeTargetStatus]) {
        let pools = state.withLock { state in state.order.compactMap { state.pools[$0] } }
        var active: [ScrapeTargetStatus] = []
        var dropped: [ScrapeTargetStatus] = []
        for pool in pools {
            active += pool.members.values.map(\.scraper.status).sorted {
                ($0.scrapeURL, $0.labels) < ($1.scrapeURL, $1.labels)
            }
            dropped += pool.dropped.map { ScrapeTargetStatus(discoveredLabels: $0, scrapePool: pool.job.name) }
        }
        return (active, dropped)
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    let step = nextStep()
                    if step.isStopping { break }
                    for scraper in step.ended { group.addTask { await scraper.end() } }
                    for item in step.start { group.addTask { await self.perform(item) } }
                    await alarm.sleep(nanoseconds: step.wait)
                }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.state.withLock { $0.isStopping = true }
            self.alarm.ring()
        }
        guard !Task.isCancelled else { return }
        // Those removed just before the end are over even if the server comes back.
        let scrapers = state.withLock { state in
            (options.marksSeriesAtShutdown ? Array(state.scrapers.values) : []) + state.ended
        }
        for scraper in scrapers { await scraper.end() }
    }

    // MARK: - Steps

    private func nextStep() -> (start: [Item], ended: [TargetScraper], wait: Int64?, isStopping: Bool) {
        state.withLock { state in
            if state.isStopping { return ([], [], nil, true) }
            let step = state.schedule.step(now: surroundings.clock.uptime())
            defer { state.ended = [] }
            return (step.start, state.ended, step.wait, false)
        }
    }

    private func perform(_ item: Item) async {
        switch item {
        case .target(let id):
            let scraper = state.withLock { $0.scrapers[id] }
            await scraper?.scrape()
        case .source(let id):
            let source = state.withLock { $0.sources[id]?.source }
            if let groups = await source?.refresh() { accept(groups, from: id) }
        }
        state.withLock { $0.schedule.finish(item, now: surroundings.clock.uptime()) }
        alarm.ring()
    }

    private func accept(_ groups: [TargetGroup], from id: Int) {
        state.withLock { state in
            guard let job = state.sources[id]?.job, var pool = state.pools[job] else { return }
            // The state would otherwise hold a second copy while the first one changes.
            state.pools[job] = nil
            if let index = pool.sources.firstIndex(where: { $0.id == id }) { pool.sources[index].groups = groups }
            sync(&pool, &state)
            state.pools[job] = pool
        }
    }

    // MARK: - Changes, all called with the state locked

    private func changeSources(of pool: inout ScrapePool, to discoveries: [TargetDiscovery], _ state: inout State) {
        var old = pool.sources
        pool.sources = discoveries.map { discovery in
            if let index = old.firstIndex(where: { $0.source.discovery == discovery }) { return old.remove(at: index) }
            let source = DiscoverySource(discovery, jobName: pool.job.name, surroundings)
            let id = state.nextID
            state.nextID += 1
            state.sources[id] = (source, pool.job.name)
            if let interval = source.interval {
                state.schedule.set(
                    .source(id), interval: interval.wholeNanoseconds, due: surroundings.clock.uptime())
            }
            return ScrapePool.Source(id: id, source: source, groups: source.initialGroups)
        }
        for entry in old { removeSource(entry.id, &state) }
    }

    private func removeSource(_ id: Int, _ state: inout State) {
        state.sources[id] = nil
        state.schedule.remove(.source(id))
    }

    private func remove(_ member: ScrapePool.Member, _ state: inout State) {
        state.scrapers[member.id] = nil
        state.schedule.remove(.target(member.id))
        state.ended.append(member.scraper)
    }

    /// Makes the members of a pool those that its groups and rules ask for.
    private func sync(_ pool: inout ScrapePool, _ state: inout State) {
        let found = pool.discover()
        if found.invalid != pool.invalid {
            for reason in found.invalid where !pool.invalid.contains(reason) {
                surroundings.logger.error(
                    "a discovered target cannot be scraped",
                    metadata: ["job": "\(pool.job.name)", "error": "\(reason)"])
            }
            pool.invalid = found.invalid
        }
        pool.dropped = found.dropped
        var gone = pool.members
        var leaving: [Labels: ScrapePool.Member] = [:]
        for target in found.targets { gone[target.key] = nil }
        for member in gone.values { leaving[member.scraper.plan.target.publicLabels] = member }
        for (key, _) in gone { pool.members[key] = nil }
        for target in found.targets {
            let plan = TargetScraper.Plan(job: pool.job, target: target, failure: found.failure)
            if let member = pool.members[target.key] {
                member.scraper.setPlan(plan)
                continue
            }
            // One whose samples get the same labels goes on with the series of the one that leaves.
            let former = leaving.removeValue(forKey: target.publicLabels)
            if let former { gone[former.scraper.plan.target.key] = nil }
            let scraper = TargetScraper(plan, predecessor: former?.scraper, surroundings)
            let id = state.nextID
            state.nextID += 1
            pool.members[target.key] = ScrapePool.Member(id: id, scraper: scraper)
            state.scrapers[id] = scraper
            let interval = target.interval.wholeNanoseconds
            state.schedule.set(
                .target(id), interval: interval, due: surroundings.clock.uptime() + offset(of: target, interval))
            if let former {
                state.scrapers[former.id] = nil
                state.schedule.remove(.target(former.id))
            }
        }
        for member in gone.values { remove(member, &state) }
    }

    /// Nanoseconds until the target's place in its interval, which is the same after each start.
    private func offset(of target: ScrapeTarget, _ interval: Int64) -> Int64 {
        let untilNext = interval - surroundings.clock.now() % interval
        let offset = Int64(target.offset(seed: options.offsetSeed) % UInt64(interval))
        let sum = untilNext + offset
        return sum > interval ? sum - interval : sum
    }
}
