import FuzzSupport

/// Bodies of Loki's clients: see `LokiFuzzer`.
private enum FuzzLoki {
    static let fuzzer = LokiFuzzer()
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { FuzzLoki.fuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzLoki.fuzzer.test(UnsafeBufferPointer(start: data, count: count))
    return 0
}
