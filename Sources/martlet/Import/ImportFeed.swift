import Codecs
import TelemetryFiles
import TelemetryModel

/// Files one after the other as fast as they can be sent.
actor ImportFeed: TelemetryFeed {
    private let files: [TelemetryFile]
    private let bytesTotal: Int
    private let shift: TimeShift?
    private let identifiers: NewIdentifiers?
    private let isStrict: Bool
    private let progress: ImportProgress

    private var position = 0
    private var bytesDone = 0
    private var reader: TelemetryFileReader?
    private var batcher = RequestBatcher()
    private var ready: [TelemetryRequest] = []
    private var isOver = false

    init(
        _ files: ImportFiles, shift: TimeShift?, identifiers: NewIdentifiers?, isStrict: Bool, progress: ImportProgress
    ) {
        self.files = files.files
        bytesTotal = files.bytes
        self.shift = shift
        self.identifiers = identifiers
        self.isStrict = isStrict
        self.progress = progress
    }

    func next() throws -> DueRequest? {
        while ready.isEmpty {
            guard !isOver, !progress.isStopped else { return nil }
            do throws(TelemetryFileError) {
                try readOn()
            } catch {
                isOver = true
                throw CommandFailure(.no, error.description)
            }
        }
        return DueRequest(request: ready.removeFirst(), due: nil)
    }

    private func readOn() throws(TelemetryFileError) {
        guard let reader else {
            guard position < files.count else {
                isOver = true
                ready += batcher.finish()
                return
            }
            reader = try TelemetryFileReader(files[position].path, signal: files[position].signal)
            return
        }
        let event = try reader.next()
        progress.reach(Double(bytesDone + reader.progress.read) / Double(max(1, bytesTotal)))
        switch event {
        case nil:
            let repairs = reader.repairs
            progress.update { $0.repairs.merge(repairs) }
            bytesDone += files[position].size
            position += 1
            self.reader = nil
        case .problem(let problem):
            progress.update { $0.add(problem) }
            if isStrict {
                // What was read before is sent still.
                isOver = true
                ready += batcher.finish()
            }
        case .request(var request, _, let bytes):
            let items = request.items
            progress.update { $0.counts[request.signal, default: .init()].read += items }
            shift?.apply(&request)
            identifiers?.apply(&request)
            ready += batcher.add(request, bytes: bytes)
        }
    }
}
