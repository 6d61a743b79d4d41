import Testing

@testable import Receivers

struct ScrapeScheduleTests {
    @Test("Things start when they are due, in the order of their times, and the wait is until the next")
    func order() {
        var schedule = ScrapeSchedule<String>(concurrencyMax: 10)
        schedule.set("b", interval: 10, due: 5)
        schedule.set("a", interval: 10, due: 3)
        var step = schedule.step(now: 0)
        #expect(step.start == [] && step.wait == 3)
        step = schedule.step(now: 4)
        #expect(step.start == ["a"] && step.wait == 1)
        step = schedule.step(now: 5)
        #expect(step.start == ["b"] && step.wait == nil)
    }

    @Test("Something that runs is not started again before it ends")
    func noOverlap() {
        var schedule = ScrapeSchedule<String>(concurrencyMax: 10)
        schedule.set("a", interval: 10, due: 0)
        #expect(schedule.step(now: 0).start == ["a"])
        #expect(schedule.step(now: 50).start == [])
        schedule.finish("a", now: 52)
        let step = schedule.step(now: 52)
        #expect(step.start == [] && step.wait == 8)
        #expect(schedule.step(now: 60).start == ["a"])
    }

    @Test("What was missed is not made up for, and the rhythm stays")
    func rhythm() {
        var schedule = ScrapeSchedule<String>(concurrencyMax: 10)
        schedule.set("a", interval: 10, due: 3)
        #expect(schedule.step(now: 37).start == ["a"])
        schedule.finish("a", now: 38)
        #expect(schedule.step(now: 42).wait == 1)
        #expect(schedule.step(now: 43).start == ["a"])
    }

    @Test("No more run at once than allowed; the others start as soon as one ends")
    func bound() {
        var schedule = ScrapeSchedule<Int>(concurrencyMax: 2)
        for id in 0..<5 { schedule.set(id, interval: 100, due: Int64(id)) }
        #expect(schedule.step(now: 10).start == [0, 1])
        #expect(schedule.step(now: 11).start == [])
        schedule.finish(1, now: 12)
        #expect(schedule.step(now: 12).start == [2])
        #expect(schedule.runningCount == 2)
    }

    @Test("What is removed does not start, and its end while it runs frees its place")
    func removal() {
        var schedule = ScrapeSchedule<String>(concurrencyMax: 1)
        schedule.set("a", interval: 10, due: 0)
        schedule.set("b", interval: 10, due: 1)
        #expect(schedule.step(now: 5).start == ["a"])
        let wasRunning = schedule.remove("a")
        #expect(wasRunning)
        schedule.finish("a", now: 6)
        #expect(schedule.step(now: 6).start == ["b"])
        schedule.remove("b")
        schedule.finish("b", now: 7)
        let step = schedule.step(now: 100)
        #expect(step.start == [] && step.wait == nil)
    }

    @Test("Random events: nothing overlaps, nothing is forgotten")
    func random() {
        var generator = SystemRandomNumberGenerator()
        var schedule = ScrapeSchedule<Int>(concurrencyMax: 5)
        var running: Set<Int> = []
        var known: Set<Int> = []
        var now: Int64 = 0
        for id in 0..<5000 {
            now += Int64.random(in: 0...3, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                schedule.set(id, interval: Int64.random(in: 1...50, using: &generator), due: now)
                known.insert(id)
            case 1:
                if let id = known.randomElement() {
                    known.remove(id)
                    schedule.remove(id)
                }
            case 2:
                if let id = running.randomElement() {
                    running.remove(id)
                    schedule.finish(id, now: now)
                }
            default:
                for id in schedule.step(now: now).start {
                    #expect(known.contains(id))
                    #expect(running.insert(id).inserted)
                }
            }
            #expect(running.count == schedule.runningCount && running.count <= 5)
        }
        // Everything that is left comes once more.
        for id in running { schedule.finish(id, now: now) }
        var seen: Set<Int> = []
        for _ in 0..<known.count {
            for id in schedule.step(now: now + 100).start {
                seen.insert(id)
                schedule.remove(id)
                schedule.finish(id, now: now + 100)
            }
        }
        #expect(seen == known)
    }

    @Test("Times stay in the rhythm of the interval while the clock is near it")
    func times() {
        var times = ScrapeTimes()
        let second: Int64 = 1_000_000_000
        let start = 100 * second
        #expect(times.next(now: start, interval: 10 * second) == 100_000)
        #expect(times.next(now: start + 10 * second + 1_900_000, interval: 10 * second) == 110_000)
        #expect(times.next(now: start + 30 * second + 1_000_000, interval: 10 * second) == 130_000)
        // Beyond 2 ms the clock's time is taken, and the rhythm goes on from there.
        #expect(times.next(now: start + 40 * second + 5_000_000, interval: 10 * second) == 140_005)
        #expect(times.next(now: start + 50 * second + 6_000_000, interval: 10 * second) == 150_005)
        // A clock that was set back.
        #expect(times.next(now: start, interval: 10 * second) == 100_000)
    }
}
