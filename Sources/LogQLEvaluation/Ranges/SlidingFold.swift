/// What some samples come to, so that two stretches of samples can be joined to one.
protocol SampleFold {
    init(_ value: Double)
    /// Appends samples that come after these.
    mutating func append(_ later: Self)
}

/// The fold of a window that moves over samples, both of its ends forward.
///
/// Nothing is ever taken away again, which for floating point would leave what rounding did: the samples stand in two
/// stacks, the older of which holds the folds of all its suffixes. When that one is used up, the other is turned over.
///
/// - Cost: each sample is appended at most twice.
struct SlidingFold<Fold: SampleFold> {
    /// Folds of `samples[i..<turn]`, for `i` from `turn - 1` down; the window's oldest sample is on top.
    private var suffixes: [Fold] = []
    /// Of `samples[turn..<end]`.
    private var rest: Fold?
    private var first = 0
    private var turn = 0
    private var end = 0

    /// - Precondition: the samples are not empty, and begin and end no earlier than those of the call before.
    mutating func move(to samples: Range<Int>, of values: UnsafeBufferPointer<Double>) -> Fold {
        if samples.lowerBound >= end {
            // Nothing of the window before is left.
            suffixes.removeAll(keepingCapacity: true)
            rest = nil
            (first, turn, end) = (samples.lowerBound, samples.lowerBound, samples.lowerBound)
        }
        while end < samples.upperBound {
            let sample = Fold(values[end])
            if rest == nil { rest = sample } else { rest?.append(sample) }
            end += 1
        }
        if samples.lowerBound > turn {
            // More was passed than the older stack held: all that is left is turned over.
            suffixes.removeAll(keepingCapacity: true)
            var index = end
            while index > samples.lowerBound {
                index -= 1
                var suffix = Fold(values[index])
                if let later = suffixes.last { suffix.append(later) }
                suffixes.append(suffix)
            }
            (turn, rest) = (end, nil)
        } else {
            suffixes.removeLast(min(suffixes.count, samples.lowerBound - first))
        }
        first = samples.lowerBound
        guard var result = suffixes.last else { return rest ?? Fold(.nan) }
        if let rest { result.append(rest) }
        return result
    }
}
