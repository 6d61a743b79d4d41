"""Reads a JUnit file with somebody else's parser, as a build server would.

Usage: junit_read.py FILE

Prints its counts, and each case with its results.
"""

import json
import sys

from junitparser import JUnitXml, TestSuite


def main(path):
    document = JUnitXml.fromfile(path)
    suites = [document] if isinstance(document, TestSuite) else list(document)
    cases = [case for suite in suites for case in suite]
    print(
        json.dumps(
            {
                "suites": [suite.name for suite in suites],
                "tests": sum(suite.tests for suite in suites),
                "failures": sum(suite.failures for suite in suites),
                "errors": sum(suite.errors for suite in suites),
                "skipped": sum(suite.skipped for suite in suites),
                "cases": [
                    {"name": case.name, "results": [type(result).__name__ for result in case.result]} for case in cases
                ],
            }
        )
    )


main(sys.argv[1])
