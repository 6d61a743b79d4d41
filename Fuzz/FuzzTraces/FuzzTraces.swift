import FuzzSupport
import TelemetryModel

/// OTLP/protobuf traces: see `RequestFuzzer`.
private enum FuzzTraces {
    // libFuzzer calls from one thread.
    nonisolated(unsafe) static var fuzzer = RequestFuzzer(.traces)
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { FuzzTraces.fuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTraces.fuzzer.test(UnsafeBufferPointer(start: data, count: count))
    return 0
}

@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>?, _ count: Int, _ bytesMax: Int, _ seed: CUnsignedInt) -> Int {
    var mutator = RequestMutator(.traces, seed: UInt64(seed))
    return mutator.mutate(UnsafeMutableBufferPointer(start: data, count: bytesMax), count: count)
}

@_cdecl("LLVMFuzzerCustomCrossOver")
public func cross(
    _ first: UnsafePointer<UInt8>?, _ firstCount: Int, _ second: UnsafePointer<UInt8>?, _ secondCount: Int,
    _ output: UnsafeMutablePointer<UInt8>?, _ bytesMax: Int, _ seed: CUnsignedInt
) -> Int {
    var mutator = RequestMutator(.traces, seed: UInt64(seed))
    return mutator.cross(
        Array(UnsafeBufferPointer(start: first, count: firstCount)),
        Array(UnsafeBufferPointer(start: second, count: secondCount)),
        UnsafeMutableBufferPointer(start: output, count: bytesMax))
}
