import TelemetryModel
import Testing

@Suite struct GrowableBufferTests {
    @Test("elements stay in order however often the buffer grows", arguments: [1, 2, 64, 0, -5])
    func growth(capacity: Int) {
        let buffer = GrowableBuffer<UInt32>(capacity: capacity)
        for element in UInt32(0)..<10_000 { buffer.append(element) }
        #expect(buffer.count == 10_000)
        #expect(buffer.byteCount == 40_000)
        #expect(buffer.elements.elementsEqual(UInt32(0)..<10_000))
        #expect(buffer[0] == 0)
        #expect(buffer[9_999] == 9_999)
    }

    @Test("runs are appended whole, also those larger than twice the buffer", arguments: [0, 1, 3, 4, 5, 1000])
    func runs(length: Int) {
        let buffer = GrowableBuffer<UInt8>(capacity: 4)
        buffer.append(7)
        let run = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        run.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
        buffer.append(9)
        #expect(Array(buffer.elements) == [7] + run + [9])
    }

    @Test func nothingIsAppendedOfARunWithoutMemory() {
        let buffer = GrowableBuffer<UInt8>()
        buffer.append(contentsOf: UnsafeBufferPointer(start: nil, count: 0))
        #expect(buffer.count == 0)
        #expect(buffer.elements.isEmpty)
    }

    @Test func cuttingBackForgetsTheRest() {
        let buffer = GrowableBuffer<Int64>(capacity: 2)
        for element in Int64(0)..<5 { buffer.append(element) }
        buffer.truncate(to: 5)
        #expect(buffer.count == 5)
        buffer.truncate(to: 2)
        buffer.append(42)
        #expect(Array(buffer.elements) == [0, 1, 42])
        buffer.truncate(to: 0)
        #expect(buffer.byteCount == 0)
    }
}
