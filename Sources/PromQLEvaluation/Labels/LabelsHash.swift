import PrometheusModel

/// Prometheus' hash of a label set: XXH64 of its names and values, each with its length in front.
enum LabelsHash {
    static func value(_ labels: Labels) -> UInt64 {
        var bytes: [UInt8] = []
        for entry in labels.entries {
            append(entry.name, to: &bytes)
            append(entry.value, to: &bytes)
        }
        return XXHash64.value(bytes)
    }

    /// One byte for the length up to 254; else 255 and three bytes, the least first.
    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let length = text.utf8.count
        if length < 255 {
            bytes.append(UInt8(length))
        } else {
            bytes += [255, UInt8(length & 255), UInt8(length >> 8 & 255), UInt8(length >> 16 & 255)]
        }
        bytes += text.utf8
    }
}

/// XXH64 with seed 0. Spec: xxHash fast digest algorithm, version 0.1.1.
enum XXHash64 {
    private static let primes: [UInt64] = [
        0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
        0x27D4_EB2F_1656_67C5,
    ]

    static func value(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { input in
            var place = 0
            var hash: UInt64
            if input.count >= 32 {
                var lanes: [UInt64] = [primes[0] &+ primes[1], primes[1], 0, 0 &- primes[0]]
                while place + 32 <= input.count {
                    for lane in 0..<4 { lanes[lane] = round(lanes[lane], word(input, place + 8 * lane)) }
                    place += 32
                }
                hash = rotate(lanes[0], 1) &+ rotate(lanes[1], 7) &+ rotate(lanes[2], 12) &+ rotate(lanes[3], 18)
                for lane in lanes { hash = (hash ^ round(0, lane)) &* primes[0] &+ primes[3] }
            } else {
                hash = primes[4]
            }
            hash = hash &+ UInt64(input.count)
            while place + 8 <= input.count {
                hash = rotate(hash ^ round(0, word(input, place)), 27) &* primes[0] &+ primes[3]
                place += 8
            }
            if place + 4 <= input.count {
                let half = UInt32(littleEndian: input.loadUnaligned(fromByteOffset: place, as: UInt32.self))
                hash = rotate(hash ^ (UInt64(half) &* primes[0]), 23) &* primes[1] &+ primes[2]
                place += 4
            }
            while place < input.count {
                hash = rotate(hash ^ (UInt64(input[place]) &* primes[4]), 11) &* primes[0]
                place += 1
            }
            hash = (hash ^ hash >> 33) &* primes[1]
            hash = (hash ^ hash >> 29) &* primes[2]
            return hash ^ hash >> 32
        }
    }

    private static func round(_ state: UInt64, _ word: UInt64) -> UInt64 {
        rotate(state &+ word &* primes[1], 31) &* primes[0]
    }

    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }

    private static func word(_ input: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
        UInt64(littleEndian: input.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
}
