import PrometheusModel

/// The targets of one job.
struct ScrapePool {
    struct Source {
        let id: Int
        let source: DiscoverySource
        var groups: [TargetGroup]
    }

    struct Member {
        let id: Int
        let scraper: TargetScraper
    }

    /// What the groups and the rules of a job lead to.
    struct Found {
        /// Each once.
        var targets: [ScrapeTarget] = []
        /// Labels before relabelling.
        var dropped: [[String: String]] = []
        var invalid: Set<String> = []
        /// Why none of them is scraped.
        var failure: ScrapeFailure?
    }

    var job: ScrapeJob
    var sources: [Source] = []
    var members: [ScrapeTarget.Key: Member] = [:]
    var dropped: [[String: String]] = []
    var invalid: Set<String> = []

    init(job: ScrapeJob) { self.job = job }

    func discover() -> Found { Self.discover(job, sources.flatMap(\.groups)) }

    static func discover(_ job: ScrapeJob, _ groups: [TargetGroup]) -> Found {
        var found = Found()
        var keys: Set<ScrapeTarget.Key> = []
        let droppedMax = job.limits.droppedTargets > 0 ? job.limits.droppedTargets : ScrapeLimits.targetsCeiling
        for group in groups {
            for outcome in job.targets(of: group) {
                switch outcome {
                case .scraped(let target):
                    guard keys.count < ScrapeLimits.targetsCeiling || keys.contains(target.key) else {
                        found.invalid.insert("the job has more than \(ScrapeLimits.targetsCeiling) targets")
                        continue
                    }
                    if keys.insert(target.key).inserted { found.targets.append(target) }
                case .dropped(let labels): if found.dropped.count < droppedMax { found.dropped.append(labels) }
                case .invalid(let reason): found.invalid.insert(reason)
                }
            }
        }
        let targetsMax = job.limits.targets
        if targetsMax > 0, found.targets.count > targetsMax {
            found.failure = ScrapeFailure(
                "target_limit exceeded: the job has \(found.targets.count) targets, limit is \(targetsMax)")
        }
        return found
    }
}
