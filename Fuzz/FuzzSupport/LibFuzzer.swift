import Foundation

/// What libFuzzer offers, and what all targets do with its inputs. Spec: LLVM documentation, "libFuzzer".
package enum LibFuzzer {
    /// Changes bytes in place.
    ///
    /// - Returns: the new length, at most that of the buffer.
    package static func mutate(_ buffer: UnsafeMutableBufferPointer<UInt8>, count: Int) -> Int {
        guard let start = buffer.baseAddress, !buffer.isEmpty else { return 0 }
        return mutateInPlace(start, count, buffer.count)
    }

    package static func mutated(_ bytes: [UInt8], bytesMax: Int) -> [UInt8] {
        let room = max(1, bytesMax, bytes.count)
        return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            _ = buffer.update(fromContentsOf: bytes)
            count = min(bytesMax, mutate(buffer, count: bytes.count))
        }
    }

    /// Ends the process, so that libFuzzer keeps the input.
    package static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data("FINDING: \(message)\n".utf8))
        abort()
    }

    /// Writes seeds where `MARTLET_FUZZ_SEEDS` says, and ends the process; does nothing without it.
    package static func writeSeedsIfAsked(_ seeds: () throws -> [[UInt8]]) {
        guard let directory = ProcessInfo.processInfo.environment["MARTLET_FUZZ_SEEDS"] else { return }
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            for (number, seed) in try seeds().enumerated() {
                try Data(seed).write(to: URL(filePath: "\(directory)/seed-\(number)"))
            }
            exit(0)
        } catch {
            fail("cannot write seeds to \(directory): \(error)")
        }
    }
}

// Defined by libFuzzer, which is linked to the executable only; pointers and integers go in the same registers in C and
// in Swift.
@_silgen_name("LLVMFuzzerMutate")
private func mutateInPlace(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ bytesMax: Int) -> Int
