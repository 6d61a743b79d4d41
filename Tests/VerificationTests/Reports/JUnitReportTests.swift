import Testing

@testable import Verification

@Suite struct JUnitReportTests {
    @Test func theFormIsThatOfJenkins() {
        #expect(
            JUnitReport().render(ReportSamples.mixed) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="checkout" tests="5" failures="2" errors="1" time="1.250">
                  <testsuite name="correlation" tests="3" failures="2" errors="0" skipped="0" time="0.003" timestamp="2026-01-02T03:04:05" id="0">
                    <properties>
                      <property name="title" value="Logs belong to traces."/>
                      <property name="subject" value="http://127.0.0.1:3000"/>
                    </properties>
                    <testcase name="spans name their service" classname="checkout: correlation" time="0.003"/>
                    <testcase name="logs carry a trace id" classname="checkout: correlation" time="0.000">
                      <failure message="2 of 9 log records do not" type="failed">expectations.yaml:7:3
                2 of 9 log records do not
                expected: 9 records
                actual:   7 records
                evidence:
                  INFO "started" of checkout
                  WARN "retry" of checkout
                nearest misses:
                  INFO "started": trace_id has 31 digits</failure>
                    </testcase>
                    <testcase name="errors are recorded" classname="checkout: correlation" time="0.000">
                      <failure message="there are no errors" type="vacuous">there are no errors</failure>
                    </testcase>
                  </testsuite>
                  <testsuite name="expectations.yaml" tests="2" failures="0" errors="1" skipped="1" time="0.000" timestamp="2026-01-02T03:04:05" id="1">
                    <properties>
                      <property name="title" value="What we expect."/>
                      <property name="subject" value="http://127.0.0.1:3000"/>
                    </properties>
                    <testcase name="p99 is low" classname="checkout: expectations_yaml" time="0.000">
                      <error message="unknown function `p99`" type="broken">unknown function `p99`</error>
                    </testcase>
                    <testcase name="overhead is low" classname="checkout: expectations_yaml" time="0.000">
                      <skipped message="no process to measure"/>
                    </testcase>
                  </testsuite>
                </testsuites>

                """)
    }

    /// XML 1.0, production 2, and 2.4: neither markup nor what is no character comes through.
    @Test func hostileTextIsCharactersOnly() {
        let xml = JUnitReport().render(ReportSamples.hostileReport)
        #expect(!xml.contains("<script"))
        #expect(!xml.contains("]]>"))
        let isClean = xml.unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || (scalar.value >= 0x20 && scalar.value != 0x7F && scalar.value != 0xFFFF)
        }
        #expect(isClean)
        #expect(xml.contains("&#13;&#10;"))
    }
}
