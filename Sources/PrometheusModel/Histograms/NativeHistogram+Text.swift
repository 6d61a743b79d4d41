extension NativeHistogram: CustomStringConvertible {
    /// `{count:4, sum:5, [-2,-1):1, [-0.5,0.5]:1, (1,2]:2}`: populated buckets from the lowest up, as Prometheus
    /// prints a histogram.
    package var description: String {
        var parts = ["count:\(NumberText.general(count))", "sum:\(NumberText.general(sum))"]
        for bucket in negativeSide.reversed() where bucket.count != 0 { parts.append(bucket.description) }
        if zeroCount != 0, !usesCustomBounds { parts.append(zeroBucket.description) }
        for bucket in positiveSide where bucket.count != 0 { parts.append(bucket.description) }
        return "{\(parts.joined(separator: ", "))}"
    }
}

extension NativeHistogram.Bucket: CustomStringConvertible {
    package var description: String {
        let begin = lowerInclusive ? "[" : "(", end = upperInclusive ? "]" : ")"
        return
            "\(begin)\(NumberText.general(lower)),\(NumberText.general(upper))\(end):\(NumberText.general(count))"
    }
}
