import PrometheusModel
import Testing

@testable import Receivers

// Expectations: the behaviour of Prometheus 3.5's scrape loop. A session is a value: each step hands in an answer and
// looks at the samples that come out.
struct ScrapeSessionTests {
    /// A session with its job and target, and the texts of what it stores.
    private struct Scene {
        var session = ScrapeSession()
        var job: ScrapeJob
        var time: Int64 = 0
        var outcome = ScrapeSession.Outcome(batches: [])

        init(_ change: (inout ScrapeJob) -> Void = { _ in }) {
            job = ScrapeJob(name: "j")
            change(&job)
        }

        var target: ScrapeTarget {
            ScrapeTarget(
                discoveredLabels: [:], labels: ["job": "j", "instance": "i"],
                publicLabels: ["job": "j", "instance": "i"], url: "http://i/metrics", interval: .seconds(10),
                timeout: .seconds(5))
        }

        /// - Returns: the samples without their `job` and `instance`, sorted.
        mutating func show(_ page: String, type: String? = "text/plain") -> [String] {
            take(.success(ScrapePage(contentType: type, body: Array(page.utf8))))
        }

        mutating func fail() -> [String] { take(.failure(ScrapeFailure("nobody is there"))) }

        private mutating func take(_ answer: ScrapeSession.Answer) -> [String] {
            time += 10_000
            outcome = session.take(answer, job: job, target: target, time: time) { 0.25 }
            return texts(outcome.batches)
        }

        mutating func end() -> [String] {
            time += 10_000
            return texts(session.end(job: job, target: target, time: time))
        }

        private func texts(_ batches: [SampleBatches.Batch]) -> [String] {
            samples(batches).map { sample in
                let labels = sample.labels.removing("job").removing("instance")
                let value = sample.isStale ? "stale" : NumberText.plain(sample.value)
                return "\(labels) \(value)" + (sample.time == time ? "" : " @\(sample.time)")
            }.sorted()
        }

        func samples(_ batches: [SampleBatches.Batch]) -> [StoredSample] {
            batches.flatMap { RemoteWriteText.decode($0.request) }
        }

        /// Reports of a scrape, sorted as `show` has them.
        static func reports(up: Int, scraped: Int = 0, added: Int? = nil, new: Int = 0) -> [String] {
            [
                "scrape_duration_seconds 0.25", "scrape_samples_post_metric_relabeling \(added ?? scraped)",
                "scrape_samples_scraped \(scraped)", "scrape_series_added \(new)", "up \(up)",
            ]
        }
    }

    @Test("Samples get the target's labels and the time of the scrape, and the scrape's own series follow")
    func plain() {
        var scene = Scene()
        let samples = scene.show("# TYPE a counter\na{x=\"1\"} 5\nb 2.5\n")
        #expect(samples == ["a{x=\"1\"} 5", "b 2.5"] + Scene.reports(up: 1, scraped: 2, new: 2))
        let stored = scene.samples(scene.outcome.batches)
        #expect(stored.allSatisfy { $0.labels["job"] == "j" && $0.labels["instance"] == "i" && $0.time == 10_000 })
        #expect(stored.first?.metadataType == 1)
        #expect(scene.outcome.batches.reduce(0) { $0 + $1.sampleCount } == 7)
    }

    @Test("A series that is gone gets a staleness marker, once")
    func gone() {
        var scene = Scene()
        _ = scene.show("a 1\nb 1\n")
        #expect(scene.show("b 2\n") == ["a stale", "b 2"] + Scene.reports(up: 1, scraped: 1))
        #expect(scene.show("b 3\n") == ["b 3"] + Scene.reports(up: 1, scraped: 1))
        #expect(scene.show("a 4\nb 4\n") == ["a 4", "b 4"] + Scene.reports(up: 1, scraped: 2, new: 1))
    }

    @Test("A failed scrape ends all series, and they begin again after it")
    func failed() {
        var scene = Scene()
        _ = scene.show("a 1\nb 1\n")
        #expect(scene.fail() == ["a stale", "b stale"] + Scene.reports(up: 0))
        #expect(scene.outcome.failure?.reason == "nobody is there")
        #expect(scene.fail() == Scene.reports(up: 0))
        // They are not new to the cache: upstream does not count them as added either.
        #expect(scene.show("a 2\nb 2\n") == ["a 2", "b 2"] + Scene.reports(up: 1, scraped: 2))
    }

    @Test("A page with a wrong line stores nothing, and ends all series, those before the line too")
    func wrongPage() {
        var scene = Scene()
        _ = scene.show("a 1\nb 1\n")
        #expect(
            scene.show("a 2\nc 2\nb 2 2 2 2\n") == ["a stale", "b stale"] + Scene.reports(up: 0, scraped: 2, new: 1))
        #expect(scene.outcome.failure?.reason.hasPrefix("line 3: ") == true)
        #expect(scene.show("a 3\n") == ["a 3"] + Scene.reports(up: 1, scraped: 1))
    }

    @Test("An answer without a type that is known fails, unless there is a fallback")
    func contentType() {
        var scene = Scene()
        #expect(scene.show("a 1\n", type: nil) == Scene.reports(up: 0))
        #expect(scene.show("a 1\n", type: "text/html") == Scene.reports(up: 0))
        scene.job.fallbackProtocol = .text0
        #expect(scene.show("a 1\n", type: nil) == ["a 1"] + Scene.reports(up: 1, scraped: 1, new: 1))
        #expect(
            scene.show("a 1\n# EOF\n", type: "application/openmetrics-text")
                == ["a 1"] + Scene.reports(up: 1, scraped: 1))
    }

    @Test("An empty answer is a scrape without series")
    func empty() {
        var scene = Scene()
        _ = scene.show("a 1\n")
        #expect(scene.show("") == ["a stale"] + Scene.reports(up: 1))
    }

    @Test("Explicit times are kept, and such a series is not ended unless asked for")
    func explicitTimes() {
        var scene = Scene()
        #expect(scene.show("a 1 5000\n") == ["a 1 @5000"] + Scene.reports(up: 1, scraped: 1, new: 1))
        #expect(scene.show("b 1\n") == ["b 1"] + Scene.reports(up: 1, scraped: 1, new: 1))
        var tracking = Scene { $0.tracksTimestampsStaleness = true }
        _ = tracking.show("a 1 5000\n")
        #expect(tracking.show("b 1\n") == ["a stale", "b 1"] + Scene.reports(up: 1, scraped: 1, new: 1))
    }

    @Test("Without honor_timestamps the scrape's time is taken, and the series is ended")
    func ignoredTimes() {
        var scene = Scene { $0.honorsTimestamps = false }
        #expect(scene.show("a 1 5000\n") == ["a 1"] + Scene.reports(up: 1, scraped: 1, new: 1))
        #expect(scene.show("b 1\n") == ["a stale", "b 1"] + Scene.reports(up: 1, scraped: 1, new: 1))
    }

    @Test("Of samples told twice the first stays; those with times must get later")
    func duplicates() {
        var scene = Scene()
        #expect(scene.show("a 1\na 2\n") == ["a 1"] + Scene.reports(up: 1, scraped: 2, new: 1))
        #expect(scene.outcome.dropped == 1)
        #expect(
            scene.show("b 1 1000\nb 2 3000\nb 3 2000\nb 4 3000\n")
                == ["a stale", "b 1 @1000", "b 2 @3000"] + Scene.reports(up: 1, scraped: 4, new: 1))
        #expect(scene.outcome.dropped == 2)
        // The same time again at the next scrape is what such targets do.
        #expect(scene.show("b 2 3000\n") == Scene.reports(up: 1, scraped: 1))
        #expect(scene.outcome.dropped == 0)
        #expect(scene.show("b 5 2500\n") == Scene.reports(up: 1, scraped: 1))
        #expect(scene.outcome.dropped == 1)
    }

    @Test("A time more than ten minutes ahead is dropped")
    func future() {
        var scene = Scene()
        #expect(
            scene.show("a 1 610000\nb 1 610001\nc 1 9223372036854775807\n")
                == ["a 1 @610000"] + Scene.reports(up: 1, scraped: 3, new: 1))
        #expect(scene.outcome.dropped == 2)
    }

    @Test("What a failed page had told with times may be told again")
    func rollback() {
        var scene = Scene()
        _ = scene.show("a 1 1000\n")
        _ = scene.show("a 2 2000\n!\n")
        #expect(scene.show("a 2 2000\n") == ["a 2 @2000"] + Scene.reports(up: 1, scraped: 1))
    }

    @Test("Metric relabelling drops samples, which still count as scraped")
    func relabelling() throws {
        let rule = try RelabelRule(.drop, sourceLabels: ["__name__"], expression: "go_.*")
        var scene = Scene { $0.sampleRules = [rule] }
        for new in [1, 0] {
            #expect(
                scene.show("go_a 1\nb 1\ngo_c 1\n") == ["b 1"] + Scene.reports(up: 1, scraped: 3, added: 1, new: new))
        }
    }

    @Test("Two series that relabelling makes one are one: the first sample stays")
    func merged() throws {
        let rule = try RelabelRule(.labeldrop, expression: "x")
        var scene = Scene { $0.sampleRules = [rule] }
        #expect(
            scene.show("a{x=\"1\"} 1\na{x=\"2\"} 2\n") == ["a 1"] + Scene.reports(up: 1, scraped: 2, new: 1))
        // One of the two texts that lead to it is enough to keep it alive.
        #expect(scene.show("a{x=\"2\"} 3\n") == ["a 3"] + Scene.reports(up: 1, scraped: 1))
        #expect(scene.show("a{x=\"1\"} 4\n").first == "a 4")
    }

    @Test("Over the sample limit nothing is stored, but all is counted")
    func sampleLimit() {
        var scene = Scene { $0.limits.samples = 2 }
        #expect(scene.show("a 1\nb 1\n") == ["a 1", "b 1"] + Scene.reports(up: 1, scraped: 2, new: 2))
        #expect(
            scene.show("a 1\nb 1\nc 1\nd 1\n") == ["a stale", "b stale"] + Scene.reports(up: 0, scraped: 4, new: 2))
        #expect(scene.outcome.failure?.reason.contains("sample limit of 2") == true)
    }

    @Test(
        "Over a limit of labels the scrape fails",
        arguments: [
            "a{x=\"1\",y=\"2\"} 1\n", "a{long_name_of_a_label=\"1\"} 1\n", "a{x=\"a value that is much too long\"} 1\n",
        ])
    func labelLimits(page: String) {
        var scene = Scene {
            // Name, job, instance and one more.
            $0.limits.labels = 4
            $0.limits.labelNameBytes = 10
            $0.limits.labelValueBytes = 10
        }
        #expect(scene.show("a{x=\"1\"} 1\n").last == "up 1")
        #expect(scene.show(page).last == "up 0")
        #expect(scene.outcome.failure?.reason.contains("limit exceeded") == true)
    }

    @Test("Names of any text are valid, unless the legacy form is asked for")
    func validation() {
        var scene = Scene()
        #expect(scene.show("{\"a.b\",\"c d\"=\"1\"} 1\n").contains("up 1"))
        scene.job.nameValidation = .legacy
        #expect(scene.show("{\"a.b\"} 1\n").contains("up 0"))
        #expect(scene.show("a 1\n").last == "up 1")
    }

    @Test("A change of the rules ends the series that they do not lead to any more")
    func changedRules() throws {
        var scene = Scene()
        _ = scene.show("a{x=\"1\"} 1\nb 1\n")
        scene.job.sampleRules = [try RelabelRule(.labeldrop, expression: "x")]
        #expect(
            scene.show("a{x=\"1\"} 2\nb 2\n")
                == ["a 2", "a{x=\"1\"} stale", "b 2"] + Scene.reports(up: 1, scraped: 2, new: 2))
    }

    @Test("The end of a target ends its series and those of the scrape itself")
    func end() {
        var scene = Scene()
        #expect(scene.end() == [])
        _ = scene.show("a 1\n")
        #expect(
            scene.end() == [
                "a stale", "scrape_duration_seconds stale", "scrape_samples_post_metric_relabeling stale",
                "scrape_samples_scraped stale", "scrape_series_added stale", "up stale",
            ])
        #expect(scene.end() == [])
    }

    @Test("The extra series of scraping come when asked for")
    func extra() {
        var scene = Scene {
            $0.reportsExtraMetrics = true
            $0.limits.samples = 9
        }
        let samples = scene.show("a 1\n")
        #expect(samples.contains("scrape_timeout_seconds 5"))
        #expect(samples.contains("scrape_sample_limit 9"))
        #expect(samples.contains("scrape_body_size_bytes 4"))
        #expect(scene.fail().contains("scrape_body_size_bytes 0"))
    }

    @Test("An exemplar that the page repeats is stored once")
    func exemplars() {
        var scene = Scene()
        let page = "# TYPE a counter\na_total 1 # {trace_id=\"x\"} 0.5\n# EOF\n"
        _ = scene.show(page, type: "application/openmetrics-text")
        #expect(scene.samples(scene.outcome.batches).first?.exemplars == 1)
        _ = scene.show(page, type: "application/openmetrics-text")
        #expect(scene.samples(scene.outcome.batches).first?.exemplars == 0)
        _ = scene.show(page.replacing("0.5", with: "0.6"), type: "application/openmetrics-text")
        #expect(scene.samples(scene.outcome.batches).first?.exemplars == 1)
    }

    @Test("Large pages become requests of bounded size, and nothing is lost")
    func batches() {
        var scene = Scene()
        let page = (0..<60_000).map { "a{number=\"\($0)\",path=\"/some/path/\($0 % 7)\"} \($0)\n" }.joined()
        #expect(scene.show(page).count == 60_005)
        #expect(scene.outcome.batches.count > 1)
        #expect(scene.outcome.batches.allSatisfy { $0.request.count <= 4 << 20 })
        #expect(scene.show(page).count == 60_005)
        #expect(scene.outcome.seriesAdded == 0)
    }

    // What is alive is compared with a plain set.
    @Test("Random pages: each series that was shown last time and is not shown now gets a marker")
    func random() {
        var generator = SystemRandomNumberGenerator()
        var scene = Scene()
        var alive: Set<String> = []
        for _ in 0..<300 {
            if Int.random(in: 0..<10, using: &generator) == 0 {
                let ended = Set(scene.fail().filter { $0.hasSuffix(" stale") })
                #expect(ended == Set(alive.map { "\($0) stale" }))
                alive = []
                continue
            }
            let shown = (0..<30).filter { _ in Bool.random(using: &generator) }.shuffled().map { "m{n=\"\($0)\"}" }
            let samples = Set(scene.show(shown.map { "\($0) 1\n" }.joined() + "z 1\n"))
            let expected = alive.subtracting(shown + ["z"]).map { "\($0) stale" } + shown.map { "\($0) 1" } + ["z 1"]
            #expect(
                samples.subtracting(samples.filter { $0.hasPrefix("scrape_") || $0.hasPrefix("up ") }) == Set(expected))
            alive = Set(shown + ["z"])
        }
    }
}
