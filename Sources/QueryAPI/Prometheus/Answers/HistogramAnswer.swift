import Codecs
import PrometheusModel

extension JSONWriter {
    /// `{"count":"2","sum":"3.5","buckets":[[0,"1","2","2"]]}`, from the lowest bucket up; empty ones are left out, and
    /// so is the list when all are empty.
    mutating func histogram(_ histogram: NativeHistogram) {
        raw("{\"count\":")
        sample(histogram.count)
        raw(",\"sum\":")
        sample(histogram.sum)
        var isFirst = true
        for bucket in histogram.allBuckets where bucket.count != 0 {
            raw(isFirst ? ",\"buckets\":[[" : ",[")
            isFirst = false
            integer(bucket.boundaryRule)
            raw(",")
            sample(bucket.lower)
            raw(",")
            sample(bucket.upper)
            raw(",")
            sample(bucket.count)
            raw("]")
        }
        raw(isFirst ? "}" : "]}")
    }
}
