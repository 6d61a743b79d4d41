package import Hummingbird
import NIOCore

/// Why a body was not taken.
package enum BodyError: Error, Sendable, Equatable {
    /// More than the limit of bytes; the rest of the body was not read.
    case tooLarge(bytesMax: Int)
    /// Not complete in time.
    case tooSlow(Duration)
    /// The reservation failed: too much is being taken in already.
    case noMemory
    /// The client went away, or broke the framing.
    case incomplete
}

/// Reads whole bodies under a bound of size and of time.
package struct BodyCollector: Sendable {
    package var bytesMax: Int
    package var timeLimit: Duration
    /// Asked for each piece before it is kept; false refuses the body.
    package var reserve: @Sendable (Int) -> Bool
    package var release: @Sendable (Int) -> Void

    package init(
        bytesMax: Int, timeLimit: Duration, reserve: @escaping @Sendable (Int) -> Bool = { _ in true },
        release: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.bytesMax = bytesMax
        self.timeLimit = timeLimit
        self.reserve = reserve
        self.release = release
    }

    /// The body; the caller releases its count of bytes when it is done with them. After an error nothing is reserved.
    package func collect(_ request: Request) async throws(BodyError) -> [UInt8] {
        // A length that is too large is refused before a byte of it is read.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bytesMax {
            throw .tooLarge(bytesMax: bytesMax)
        }
        return try await collect(request.body)
    }

    /// The same for a body whose length is not known.
    package func collect(_ body: RequestBody) async throws(BodyError) -> [UInt8] {
        let result = await withTaskGroup(of: Result<[UInt8], BodyError>.self) { group in
            group.addTask { await read(body) }
            group.addTask {
                do {
                    try await Task.sleep(for: timeLimit)
                    return .failure(.tooSlow(timeLimit))
                } catch {
                    return .failure(.incomplete)
                }
            }
            let first = await group.next() ?? .failure(.incomplete)
            group.cancelAll()
            if case .failure(.tooSlow) = first, case .success(let bytes)? = await group.next() {
                // The body was complete just as the time ran out.
                return Result<[UInt8], BodyError>.success(bytes)
            }
            return first
        }
        return try result.get()
    }

    private func read(_ body: RequestBody) async -> Result<[UInt8], BodyError> {
        var bytes: [UInt8] = []
        do {
            for try await piece in body {
                if bytes.count + piece.readableBytes > bytesMax {
                    release(bytes.count)
                    return .failure(.tooLarge(bytesMax: bytesMax))
                }
                guard reserve(piece.readableBytes) else {
                    release(bytes.count)
                    return .failure(.noMemory)
                }
                bytes.append(contentsOf: piece.readableBytesView)
            }
        } catch {
            release(bytes.count)
            return .failure(.incomplete)
        }
        if Task.isCancelled {
            release(bytes.count)
            return .failure(.incomplete)
        }
        return .success(bytes)
    }
}
